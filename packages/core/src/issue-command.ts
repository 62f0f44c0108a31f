import { Observable, Subscription } from 'rxjs';

import type { ChannelStreams } from './channel-streams.js';
import {
  AckTimeoutError,
  CallEndedError,
  ConnectionLostError,
  NotOpenError,
  SendFailedError,
} from './command-error.js';
import type { CommandError, ServerReportedError } from './command-error.js';
import type { ConnectionState } from './connection-state.js';
import { assertDurationMs } from './internal/assert-duration-ms.js';
import { assertOneOf } from './internal/assert-option.js';
import { isPromiseLike } from './internal/is-promise-like.js';
import { isLiveCallError } from './live-call-error.js';
import { patience } from './patience.js';
import type { Progress } from './patience.js';
import { isAnswerTo } from './protocol.js';
import type { Answer, ClientProtocol, CommandId } from './protocol.js';
import type { Frame } from './transport.js';

/** A command that the server has answered. */
export interface Confirmed<In, Out> {
  /** What was asked for. */
  readonly command: Out;
  /** The id that this command was sent with. */
  readonly id: CommandId;
  /** Which connection it crossed, counted from 1. */
  readonly connection: number;
  /** When the answer arrived, in milliseconds since the epoch. */
  readonly at: number;
  /** What answered it, `ack` for one, as the protocol names it. */
  readonly by: string;
  /** The answer itself. */
  readonly message: In;
}

/** How long a command may take. */
export interface CommandOptions {
  /**
   * What to do while no connection is open: fail at once, or wait for one, at most `ackTimeoutMs`.
   * @default 'reject'
   */
  readonly whenNotOpen?: 'reject' | 'wait';
  /** Milliseconds for the ack to arrive, from when the command was sent. @default 5000 */
  readonly ackTimeoutMs?: number;
}

/** What a command needs of its channel, which tells one thing after the other. */
export interface CommandLine<In, Out extends { readonly type: string }> {
  readonly streams: Pick<ChannelStreams<In>, 'messages' | 'errors' | 'state'>;
  /** Which command the message answers that `messages$` tells just now. */
  readonly answers: Answer | undefined;
  /**
   * Sends on the connection that is open; what a transport of someone else's returns is passed on.
   *
   * @throws CommandError when the frame was not sent
   */
  send(type: string, frame: Frame): unknown;
  readonly encode: ClientProtocol<In, Out>['encode'];
  createId(): unknown;
  readonly progress: Progress;
}

/** @throws TypeError for an option that cannot be. */
export function assertCommandOptions({
  whenNotOpen = 'reject',
  ackTimeoutMs = 0,
}: CommandOptions): void {
  assertOneOf({ whenNotOpen }, ['reject', 'wait']);
  assertDurationMs({ ackTimeoutMs });
}

/**
 * Sends one command per subscription and emits its confirmation.
 *
 *     subscribe   |         sent, with a fresh id
 *     server      ---x-a-   frames of others, then the ack
 *     result      -----(A|)
 *
 * Nothing is queued and nothing is sent twice. Unsubscribing stops the waiting; what was sent
 * stays sent. It errors with a `CommandError`, whatever a transport or `createId` throws.
 *
 * @throws TypeError for an option that cannot be
 */
export function issueCommand<In, Out extends { readonly type: string }>(
  line: CommandLine<In, Out>,
  command: Out,
  options: CommandOptions = {},
): Observable<Confirmed<In, Out>> {
  assertCommandOptions(options);
  const { whenNotOpen = 'reject', ackTimeoutMs = 5_000 } = options;

  // Not composed: the operators that it took were a sixth of what a page loads.
  return new Observable((subscriber) => {
    const type = toType(command);
    const isWaiting = whenNotOpen === 'wait';
    let isOverdue = false;
    let sending: Subscription | undefined;
    let clock: Subscription | undefined;
    const errorsSinceSend: ServerReportedError[] = [];

    const fail = (error: unknown) => {
      subscriber.error(error);
    };

    const startClock = () => {
      clock = patience(ackTimeoutMs, line.progress).subscribe(() => {
        fail(new AckTimeoutError(type, ackTimeoutMs, errorsSinceSend));
      });
      sending?.add(clock);
    };

    /** It was sent: unless it is confirmed, nothing is known of it. */
    const judge = (state: ConnectionState) => {
      if (state.status === 'reconnecting') fail(new ConnectionLostError(type, state.cause));
      else if (state.status === 'closed' && state.reason === 'failed')
        fail(new ConnectionLostError(type, state.error));
      else if (state.status === 'closed') fail(new CallEndedError(type, 'unknown'));
      else if (state.status === 'away') {
        clock?.unsubscribe();
        clock = undefined;
      }
      // What came while we were away comes with us: time begins anew then.
      else if (clock === undefined) startClock();
    };

    const wait = (state: ConnectionState) => {
      if (state.status === 'open') transmit(state.connection);
      else if (state.status === 'closing' || state.status === 'closed')
        fail(new CallEndedError(type, 'not-sent'));
      else if (!isWaiting) fail(new NotOpenError());
    };

    const failToSend = (failure: unknown) => {
      // It ended in the moment of sending, or is being closed: the next one is waited for.
      if (isWaiting && !isOverdue && isNotOpen(failure)) {
        sending?.unsubscribe();
        sending = undefined;
      } else if (isCommandError(failure)) {
        fail(failure);
      } else {
        fail(new SendFailedError(type, 'unknown', 'the transport', { failure: failure ?? null }));
      }
    };

    const transmit = (connection: number) => {
      let written: { readonly id: CommandId; readonly frame: Frame };
      try {
        written = toFrame(line, command);
      } catch (error) {
        fail(error);
        return;
      }
      const { id, frame } = written;
      sending = new Subscription();
      subscriber.add(sending);
      // Whatever can answer is listened to before the frame goes out.
      sending.add(
        line.streams.messages.values$.subscribe({
          next: ({ message, at }) => {
            const { answers } = line;
            if (answers === undefined || !isAnswerTo(answers, { id, type })) return;
            subscriber.next({ command, id, connection, at, by: answers.by, message });
            subscriber.complete();
          },
          // `state$` has told it before.
          error: () => undefined,
        }),
      );
      sending.add(
        line.streams.errors.values$.subscribe((error) => {
          if (error._tag === 'ServerReportedError') errorsSinceSend.push(error);
        }),
      );
      startClock();
      try {
        const given = line.send(type, frame);
        if (isPromiseLike(given)) given.then(undefined, failToSend);
      } catch (failure) {
        failToSend(failure);
      }
    };

    subscriber.add(
      line.streams.state.values$.subscribe((state) => {
        if (sending === undefined) wait(state);
        else judge(state);
      }),
    );
    if (!isWaiting || subscriber.closed) return;
    subscriber.add(
      patience(ackTimeoutMs, line.progress).subscribe(() => {
        isOverdue = true;
        if (sending === undefined) fail(new NotOpenError(ackTimeoutMs));
      }),
    );
  });
}

/** @throws SendFailedError for what is no command, whatever its type says */
function toType(command: unknown): string {
  const type = (command as { readonly type?: unknown } | null | undefined)?.type;
  if (typeof type === 'string') return type;
  throw new SendFailedError('A command', 'not-sent', 'it has no type');
}

/** @throws SendFailedError when there is no id to send it with, or it cannot be written */
function toFrame<In, Out extends { readonly type: string }>(
  line: CommandLine<In, Out>,
  command: Out,
): { readonly id: CommandId; readonly frame: Frame } {
  const { type } = command;
  const id = orFail(type, 'createId', () => line.createId());
  if (!isId(id)) {
    throw new SendFailedError(
      type,
      'not-sent',
      'createId must give a number or a non-empty string',
    );
  }
  return { id, frame: orFail(type, 'the protocol', () => line.encode(command, id)) };
}

function orFail<A>(type: string, what: string, make: () => A): A {
  try {
    return make();
  } catch (failure) {
    throw new SendFailedError(type, 'not-sent', what, { failure: failure ?? null });
  }
}

function isId(id: unknown): id is CommandId {
  return typeof id === 'number' || (typeof id === 'string' && id !== '');
}

function isNotOpen(error: unknown): boolean {
  return isLiveCallError(error) && error._tag === 'NotOpenError';
}

function isCommandError(error: unknown): error is CommandError {
  return isLiveCallError(error) && 'delivery' in error;
}
