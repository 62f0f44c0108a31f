import type { Socket } from 'node:net';

import { ConnectionClosedError, isLiveCallError, patience } from '@livecall/core';
import type { Connection, Frame, Transport } from '@livecall/core';
import { isClose, systemCode } from '@livecall/core/internal';
import { heartbeat, toPassedHeaders } from '@livecall/core/node';
import type { HeartbeatOptions } from '@livecall/core/node';
import {
  concatWith,
  fromEvent,
  merge,
  noop,
  Subject,
  Subscription,
  switchMap,
  takeUntil,
  throwError,
  timer,
} from 'rxjs';
import { WebSocket } from 'ws';
import type { RawData } from 'ws';

import { toWireAnswer } from './answer.js';
import type { Answer } from './answer.js';
import { callSafely } from './call-safely.js';
import { hearFrames } from './hear-frames.js';
import type { ClientState } from './to-dialled-client.js';

/** How long a client has to finish a close that was begun, or to take more of what was sent. */
export const PATIENCE_MS = 1_000;

/** How long it has to take all of it. */
const LONGEST_CUT_MS = 30_000;

/** The most that is gathered for one write; with more it is hardly faster. */
const GATHERED_BYTES = 64 * 1024;

/** One client of a server's, before it is let in. */
export interface ServedClient {
  readonly state: ClientState;
  /** How many bytes may wait for it to read them, or for the transport to send them on. */
  readonly maxBufferedBytes: number;
  /** How long it may wait for its answer, in milliseconds; then it is hung up on. */
  readonly answerTimeoutMs: number;
  /** How it is asked whether it is there; not at all where it is not given. */
  readonly heartbeatOptions: Required<HeartbeatOptions> | undefined;
  /** Lets it in; `undefined` where it has left by then. */
  readonly upgrade: () => WebSocket | undefined;
  /** Called where its transport gives it no answer: it waits, and nothing is done for it. */
  readonly onUnanswered: () => void;
  /** Called with what none of livecall's transports does. */
  readonly onFailure: (failure: unknown) => void;
}

/** What is known of a connection that somebody else made: its `send` may well be asynchronous. */
interface SentTo {
  send(frame: Frame): unknown;
  bufferedBytes?(): number;
}

/** Subscribes the transport for one client, and passes frames both ways until either ends. */
export function serveClient(
  transport: Transport,
  {
    state,
    maxBufferedBytes,
    answerTimeoutMs,
    heartbeatOptions,
    upgrade,
    onUnanswered,
    onFailure,
  }: ServedClient,
): void {
  const { socket } = state;
  let client: WebSocket | undefined;
  let isOver = false;
  /** What it was closed with. */
  let sentCode: number | undefined;
  let opened: Connection | undefined;
  const letIn$ = new Subject<void>();
  const full$ = new Subject<void>();
  const { gather, flush } = toGatherer(socket, Math.min(GATHERED_BYTES, maxBufferedBytes));

  const letIn = (): WebSocket | undefined => {
    const upgraded = upgrade();
    // Whatever it is let in for: what is no frame is an error, which ends the process unheard.
    let broke: string | undefined;
    upgraded?.on('error', (error) => {
      const code = systemCode(error);
      if (code.startsWith('WS_ERR_')) broke = code;
      upgraded.terminate();
    });
    state.webSocket = upgraded;
    hangUpBehindClose(socket);
    upgraded?.on('close', (code, reason) => {
      // A client answers a close with the code that it was sent.
      const isOwn = code !== 1006 && code !== sentCode;
      if (isOwn || (code === 1006 && sentCode === undefined)) {
        callSafely(() => opened?.closeWith?.(code, reason.toString()), onFailure);
      }
      state.leave();
      state.closed$.next({ code, isOwn, ...(broke !== undefined && { broke }) });
      state.closed$.complete();
    });
    letIn$.next();
    return upgraded;
  };
  const leave = () => {
    isOver = true;
    callSafely(() => {
      full$.next();
    }, onFailure);
  };
  const beat = (upgraded: WebSocket) => {
    if (heartbeatOptions === undefined) return undefined;
    const { hear, stop } = heartbeat(upgraded, heartbeatOptions, () => {
      upgraded.terminate();
    });
    socket.on('close', stop);
    return hear;
  };
  const closeFull = (reason: string) => {
    sentCode = 1013;
    client?.close(sentCode, reason);
    cut(socket);
    leave();
  };
  // A frame and the answer to a ping stay here until the client reads them.
  const bound = () => {
    const isWithin = () => client === undefined || client.bufferedAmount <= maxBufferedBytes;
    if (client?.readyState !== WebSocket.OPEN || isWithin()) return;
    // What is only gathered does not wait for the client.
    flush();
    if (!isWithin()) closeFull('too much waits to be read');
  };
  const hand = (frame: Frame, connection: SentTo) => {
    // A client that is being closed may still say what it likes.
    if (isOver) return;
    // One that throws is ending; the client is about to hear of it.
    callSafely(() => connection.send(frame), noop);
    const waiting = callSafely(() => connection.bufferedBytes?.(), noop) ?? 0;
    if (waiting > maxBufferedBytes) closeFull('too much waits to be sent on');
  };
  const say = (frame: Frame) => {
    gather(() => client?.send(frame));
    bound();
  };
  const finish = (error: unknown) => {
    isOver = true;
    if (!isLiveCallError(error)) onFailure(error);
    sentCode = isClose(error) ? error.code : 1011;
    if (isClose(error)) client ??= letIn();
    if (client !== undefined) end(client, socket, error);
    else if (isLiveCallError(error) && error._tag === 'HandshakeTimeoutError') onUnanswered();
    else refuse(socket, error);
  };

  patience(answerTimeoutMs)
    .pipe(takeUntil(merge(letIn$, fromEvent(socket, 'close'))))
    .subscribe(() => socket.destroy());
  const subscription = new Subscription();
  state.leave = () => {
    callSafely(() => {
      subscription.unsubscribe();
    }, onFailure);
  };
  socket.on('close', () => {
    // Of one that was let in the code is told, a turn later at most.
    if (state.webSocket !== undefined) return;
    state.leave();
    state.closed$.complete();
  });
  const following = transport
    .pipe(
      // None should complete. One that does has closed.
      concatWith(throwError(() => new ConnectionClosedError(1005))),
      switchMap((connection) => {
        if (client !== undefined) throw new TypeError('The transport opened a second time.');
        opened = connection;
        client = letIn();
        const hear = client && beat(client);
        client?.on('ping', bound);
        client?.on('message', (data: RawData, isBinary) => {
          hear?.();
          hand(isBinary ? (data as Buffer) : (data as Buffer).toString(), connection);
        });
        return hearFrames(connection, onFailure);
      }),
      takeUntil(full$),
    )
    .subscribe({
      next: (frame) => {
        try {
          say(frame);
        } catch (failure) {
          // What cannot be sent was no frame.
          finish(failure);
          leave();
        }
      },
      error: (error: unknown) => {
        try {
          finish(error);
        } catch (failure) {
          // An error whose fields are none of its kind's.
          onFailure(failure);
          cut(socket);
        }
      },
    });
  subscription.add(following);
}

/**
 * Gathers the writes to a socket: those of one turn go to the system together, or as
 * soon as there are so many bytes of them. To hand a frame to it takes longer than all the rest.
 */
export function toGatherer(socket: Socket, atMostBytes: number) {
  let isGathering = false;
  const flush = () => {
    if (isGathering) socket.uncork();
    isGathering = false;
  };
  const gather = (write: () => void) => {
    if (!isGathering) {
      isGathering = true;
      socket.cork();
      queueMicrotask(flush);
    }
    write();
    if (socket.writableLength > atMostBytes) flush();
  };
  return { gather, flush };
}

/** Ends a client's connection as the transport ended. */
function end(client: WebSocket, socket: Socket, error: unknown): void {
  const { code, reason } = isClose(error) ? error : { code: 1011, reason: '' };
  const isSendable =
    (code >= 1000 && code <= 1014 && ![1004, 1005, 1006].includes(code)) ||
    (code >= 3000 && code <= 4999);
  if (isSendable) client.close(code, toCloseReason(reason));
  else if (code === 1005) client.close();
  else cut(socket);
}

/** As much of a reason as a close frame has room for, whole characters of it (RFC 6455 §5.5). */
function toCloseReason(reason: string): string {
  return new TextDecoder().decode(Buffer.from(reason).subarray(0, 123), { stream: true });
}

/**
 * Cuts the TCP connection behind what was sent. A client that takes nothing of that for a while, or
 * does not take the hint, is cut off, and so is one that takes too long for it.
 */
export function cut(socket: Socket): void {
  socket.end();
  // Node's own: it sees what of a long write was taken.
  socket.setTimeout(PATIENCE_MS, () => socket.destroy());
  hangUpIn(LONGEST_CUT_MS, socket);
}

/** Answers a handshake that did not succeed as the transport's error says. */
export function refuse(socket: Socket, error: unknown): void {
  if (!isLiveCallError(error) || error._tag !== 'HandshakeRefusedError') {
    socket.destroy();
    return;
  }
  const { status, retryAfterMs = NaN, answer: given } = error;
  if (given !== undefined && isStatus(status)) {
    const { statusText, rawHeaders, body } = given;
    answer(socket, { status, statusText, headers: toPassedHeaders(rawHeaders), body });
    return;
  }
  answer(socket, {
    // What is no status of a refusal cannot be said.
    status: isStatus(status) ? status : 500,
    headers: [
      ...(status === 401 ? [['WWW-Authenticate', 'Bearer'] as const] : []),
      ...(Number.isFinite(retryAfterMs)
        ? [['Retry-After', `${Math.ceil(retryAfterMs / 1_000)}`] as const]
        : []),
    ],
  });
}

function isStatus(status: number): boolean {
  return Number.isInteger(status) && status >= 200 && status <= 999;
}

/** Answers, and hangs up: on who trickles on, too, since nothing is read of that. */
export function answer(socket: Socket, given: Answer): void {
  socket.end(toWireAnswer(given));
  hangUpIn(PATIENCE_MS, socket);
}

/**
 * Hangs up on a client that has closed its WebSocket, and was answered, and does not end the TCP
 * connection. All was said, and it takes one of the places that there are for clients.
 */
function hangUpBehindClose(socket: Socket): void {
  socket.once('finish', () => {
    // One that is cut has a time-out of its own: it may not have taken all that was sent yet.
    if (!socket.timeout) hangUpIn(PATIENCE_MS, socket);
  });
}

/** No wait for the client's words, of which none is heard any more: so any timer does (`patience`). */
function hangUpIn(ms: number, socket: Socket): void {
  timer(ms)
    .pipe(takeUntil(fromEvent(socket, 'close')))
    .subscribe(() => socket.destroy());
}
