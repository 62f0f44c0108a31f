import type { Socket } from 'node:net';

import { patience } from '@livecall/core';
import type { UpgradeAnswer } from '@livecall/core/node';
import { defer, fromEventPattern, map, merge, of, take } from 'rxjs';
import type { Observable, Subject } from 'rxjs';
import { WebSocket } from 'ws';

import type { ClientClose, DialledClient } from './dialled-client.js';

/** What becomes of a client, for its handle; whoever serves it fills it in. */
export interface ClientState {
  readonly socket: Socket;
  webSocket: WebSocket | undefined;
  readonly closed$: Subject<ClientClose>;
  leave: () => void;
  answer: UpgradeAnswer | undefined;
}

/** The handle of a client. */
export function toDialledClient(state: ClientState): DialledClient {
  const client: DialledClient = {
    closed$: state.closed$.asObservable(),
    isThere: (withinMs) =>
      defer(() => {
        const { socket, webSocket } = state;
        if (socket.destroyed) return of(false);
        if (webSocket === undefined) return of(true);
        if (webSocket.readyState !== WebSocket.OPEN) return of(false);
        webSocket.ping();
        return merge(
          merge(...['pong', 'ping', 'message'].map((event) => toEvents(webSocket, event))).pipe(
            map(() => true),
          ),
          patience(withinMs).pipe(map(() => false)),
          toEvents(webSocket, 'close').pipe(map(() => false)),
        ).pipe(take(1));
      }),
    isClosing: () => state.webSocket?.readyState === WebSocket.CLOSING,
    hangUp() {
      state.socket.destroy();
      state.leave();
    },
    answerWith(answer) {
      state.answer = answer;
    },
  };
  return client;
}

/** `fromEvent` takes a WebSocket for one of a page, which knows of no pings. */
function toEvents(webSocket: WebSocket, event: string): Observable<unknown> {
  return fromEventPattern(
    (listener) => webSocket.on(event, listener),
    (listener) => webSocket.off(event, listener),
  );
}
