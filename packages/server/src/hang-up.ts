import type { Socket } from 'node:net';

import { isLiveCallError } from '@livecall/core';
import { cutReason, isClose, isSendable } from '@livecall/core/internal';
import { toPassedHeaders } from '@livecall/core/node/internal';
import { fromEvent, takeUntil, timer } from 'rxjs';
import type { WebSocket } from 'ws';

import { CHALLENGE, toWireAnswer } from './answer.js';
import type { Answer } from './answer.js';

/* How a client's connection ends from this side: in words, without, and by force. */

/** How long a client has to finish a close that was begun, or to take more of what was sent. */
export const PATIENCE_MS = 1_000;

/** How long it has to take all of it. */
const LONGEST_CUT_MS = 30_000;

/** Ends a client's connection as the transport ended: what is no close is a failure of this side's. */
export function endAs(error: unknown, client: WebSocket, socket: Socket): void {
  const { code, reason } = isClose(error) ? error : { code: 1011, reason: '' };
  if (isSendable(code)) client.close(code, cutReason(reason));
  else if (code === 1005) client.close();
  else cut(socket);
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
      ...(status === 401 ? [CHALLENGE] : []),
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
export function hangUpBehindClose(socket: Socket): void {
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
