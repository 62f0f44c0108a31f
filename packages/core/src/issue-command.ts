import {
  catchError,
  defer,
  distinctUntilChanged,
  EMPTY,
  exhaustMap,
  filter,
  from,
  ignoreElements,
  map,
  merge,
  mergeMap,
  switchMap,
  take,
  tap,
  throwError,
} from 'rxjs';
import type { Observable } from 'rxjs';

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
import { isLiveCallError } from './live-call-error.js';
import type { LiveCallError } from './live-call-error.js';
import { patience } from './patience.js';
import type { Progress } from './patience.js';
import { isAnswerTo } from './protocol.js';
import type { Answer, CommandId, Protocol } from './protocol.js';
import type { Received } from './received.js';
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
  /** Replays the last state. */
  readonly state$: Observable<ConnectionState>;
  readonly messages$: Observable<Received<In>>;
  readonly errors$: Observable<LiveCallError>;
  /** Which command the message answers that `messages$` tells just now. */
  readonly answers: Answer | undefined;
  /**
   * Sends on the connection that is open; what a transport of someone else's returns is passed on.
   *
   * @throws CommandError when the frame was not sent
   */
  send(type: string, frame: Frame): unknown;
  readonly encode: Protocol<In, Out>['encode'];
  createId(): unknown;
  readonly progress: Progress;
}

/** @throws TypeError for an option that cannot be. */
export function assertCommandOptions({
  whenNotOpen = 'reject',
  ackTimeoutMs = 0,
}: CommandOptions): void {
  assertOneOf('whenNotOpen', whenNotOpen, ['reject', 'wait']);
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

  return defer(() => {
    const isWaiting = whenNotOpen === 'wait';
    let isSending = false;
    const confirmed$ = line.state$.pipe(
      // While it is being sent, it is `transmit` that says what becomes of it.
      exhaustMap((state) => {
        switch (state.status) {
          case 'open':
            isSending = true;
            return transmit(line, command, state.connection, ackTimeoutMs).pipe(
              catchError((error: unknown) => {
                // It ended in the moment of sending, or is being closed: the next one is waited for.
                if (!isWaiting || !isNotOpen(error)) throw error;
                isSending = false;
                return EMPTY;
              }),
            );
          case 'closing':
          case 'closed':
            throw new CallEndedError(command.type, 'not-sent');
          default:
            if (!isWaiting) throw new NotOpenError();
            return EMPTY;
        }
      }),
    );
    if (!isWaiting) return confirmed$.pipe(take(1));
    const expired$ = patience(ackTimeoutMs, line.progress).pipe(
      mergeMap(() => (isSending ? EMPTY : throwError(() => new NotOpenError(ackTimeoutMs)))),
    );
    return merge(confirmed$, expired$).pipe(take(1));
  });
}

function transmit<In, Out extends { readonly type: string }>(
  line: CommandLine<In, Out>,
  command: Out,
  connection: number,
  ackTimeoutMs: number,
): Observable<Confirmed<In, Out>> {
  const { type } = command;
  const { id, frame } = toFrame(line, command);
  const errorsSinceSend: ServerReportedError[] = [];

  const confirmed$ = line.messages$.pipe(
    mergeMap(({ message, at }): Confirmed<In, Out>[] => {
      const { answers } = line;
      return answers !== undefined && isAnswerTo(answers, { id, type })
        ? [{ command, id, connection, at, by: answers.by, message }]
        : [];
    }),
  );
  const over$ = line.state$.pipe(
    tap((state) => {
      if (state.status === 'reconnecting') throw new ConnectionLostError(type, state.cause);
      if (state.status !== 'closed') return;
      if (state.reason === 'failed') throw new ConnectionLostError(type, state.error);
      throw new CallEndedError(type, 'unknown');
    }),
  );
  const reported$ = line.errors$.pipe(
    filter((error) => error._tag === 'ServerReportedError'),
    tap((error) => errorsSinceSend.push(error)),
  );
  // What came while we were away comes with us: time begins anew then.
  const expired$ = line.state$.pipe(
    map(({ status }) => status === 'away'),
    distinctUntilChanged(),
    switchMap((isAway) => (isAway ? EMPTY : patience(ackTimeoutMs, line.progress))),
    map(() => {
      throw new AckTimeoutError(type, ackTimeoutMs, errorsSinceSend);
    }),
  );
  const sent$ = defer(() => {
    const sending = line.send(type, frame);
    return isPromise(sending) ? from(sending) : EMPTY;
  }).pipe(
    catchError((failure: unknown) => {
      throw isCommandError(failure)
        ? failure
        : new SendFailedError(type, 'unknown', 'the transport', { failure: failure ?? null });
    }),
  );
  // `sent$` last: whatever can answer is listened to before the frame goes out.
  return merge(confirmed$, merge(over$, reported$, expired$, sent$).pipe(ignoreElements())).pipe(
    take(1),
  );
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

function isPromise(value: unknown): value is PromiseLike<unknown> {
  return typeof (value as { then?: unknown } | null | undefined)?.then === 'function';
}
