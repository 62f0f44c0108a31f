import { isLiveCallError, patience } from '@livecall/core';
import type { Connection, Frame, Transport } from '@livecall/core';
import { closedWhenComplete, isClose, sendOn, systemCode } from '@livecall/core/internal';
import { heartbeat } from '@livecall/core/node';
import type { HeartbeatOptions } from '@livecall/core/node';
import { fromEvent, merge, noop, Subject, Subscription, switchMap, takeUntil } from 'rxjs';
import { WebSocket } from 'ws';
import type { RawData } from 'ws';

import { callSafely } from './call-safely.js';
import { cut, endAs, hangUpBehindClose, refuse } from './hang-up.js';
import { hearFrames } from './hear-frames.js';
import type { ClientState } from './to-dialled-client.js';
import { toGatherer } from './to-gatherer.js';

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
      // Some answer a close without a code with one that nobody may send.
      if (code.startsWith('WS_ERR_') && sentCode === undefined) broke = code;
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
  const hand = (frame: Frame, connection: Connection) => {
    // A client that is being closed may still say what it likes.
    if (isOver) return;
    // One that throws is ending; the client is about to hear of it.
    callSafely(() => sendOn(connection, frame), noop);
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
    if (client !== undefined) endAs(error, client, socket);
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
      closedWhenComplete(),
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
