import {
  defer,
  delay,
  EMPTY,
  filter,
  ignoreElements,
  map,
  merge,
  mergeMap,
  of,
  switchMap,
  take,
  tap,
  throwError,
  timeout,
  timer,
} from 'rxjs';
import type { Observable } from 'rxjs';

import { assertDurationMs } from './assert-duration-ms.js';
import { encodeClientMessage } from './codec.js';
import type { ConnectionState } from './connection-state.js';
import { AckTimeoutError, CallEndedError, ConnectionLostError, NotOpenError } from './errors.js';
import type { LiveCallError, ServerReportedError } from './errors.js';
import type { Command } from './protocol.js';
import type { Received } from './received.js';
import type { Frame } from './transport.js';

/** A command that the server has acknowledged. */
export interface Acknowledged {
  /** Which command it was. */
  readonly type: Command['type'];
  /** The id that this command was sent with. */
  readonly id: string;
  /** Which connection it crossed, counted from 1. */
  readonly connection: number;
  /** When the confirmation arrived, in milliseconds since the epoch. */
  readonly at: number;
  /** What confirmed it: its ack, or for `endCall` the call's end. */
  readonly confirmedBy: 'ack' | 'callEnd';
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

/** What a command needs of its call. */
export interface CommandLine {
  /** Replays the last state. */
  readonly state$: Observable<ConnectionState>;
  readonly messages$: Observable<Received>;
  readonly errors$: Observable<LiveCallError>;
  /** Sends on the connection that is open. */
  send(frame: Frame): void;
  createId(): string;
}

/**
 * Sends one command per subscription and emits its acknowledgement.
 *
 *     subscribe   |         sent, with a fresh id
 *     server      ---x-a-   frames of others, then the ack
 *     result      -----(A|)
 *
 * Nothing is queued and nothing is sent twice. Unsubscribing stops the waiting; what was sent
 * stays sent.
 *
 * @throws TypeError for an `ackTimeoutMs` that is no duration
 */
export function issueCommand(
  line: CommandLine,
  command: Command,
  { whenNotOpen = 'reject', ackTimeoutMs = 5_000 }: CommandOptions = {},
): Observable<Acknowledged> {
  assertDurationMs({ ackTimeoutMs });

  return defer(() => {
    // Once it is being sent, it is `transmit` that says what becomes of it.
    let isSending = false;
    return line.state$.pipe(
      mergeMap((state) => {
        if (isSending) return EMPTY;
        switch (state.status) {
          case 'open':
            return of(state.connection);
          case 'closing':
          case 'closed':
            throw new CallEndedError(command.type, 'not-sent');
          default:
            if (whenNotOpen === 'reject') throw new NotOpenError();
            return EMPTY;
        }
      }),
      timeout({
        first: ackTimeoutMs,
        with: () => throwError(() => new NotOpenError(ackTimeoutMs)),
      }),
      tap(() => {
        isSending = true;
      }),
      take(1),
      switchMap((connection) => transmit(line, command, connection, ackTimeoutMs)),
    );
  });
}

function transmit(
  line: CommandLine,
  { type }: Command,
  connection: number,
  ackTimeoutMs: number,
): Observable<Acknowledged> {
  const id = line.createId();
  const errorsSinceSend: ServerReportedError[] = [];

  const isEndCall = type === 'client:endCall';
  const confirmed$ = line.messages$.pipe(
    mergeMap(({ message, at }): Acknowledged[] => {
      if (message.type === 'ack' && message.ackId === id) {
        return [{ type, id, connection, at, confirmedBy: 'ack' }];
      }
      return message.type === 'event:callEnd' && isEndCall
        ? [{ type, id, connection, at, confirmedBy: 'callEnd' }]
        : [];
    }),
  );
  const over$ = line.state$.pipe(
    map((state) => {
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
  // The verdict waits one more turn of the event loop, in which an ack that stood in the socket
  // behind a blocked loop is read.
  const expired$ = timer(ackTimeoutMs).pipe(
    delay(0),
    map(() => {
      throw new AckTimeoutError(type, ackTimeoutMs, errorsSinceSend);
    }),
  );
  const sent$ = defer(() => {
    line.send(encodeClientMessage({ type, id }));
    return EMPTY;
  });
  // `sent$` last: whatever can answer is listened to before the frame goes out.
  return merge(confirmed$, merge(over$, reported$, expired$, sent$).pipe(ignoreElements())).pipe(
    take(1),
  );
}
