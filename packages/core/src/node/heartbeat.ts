import type { EventEmitter } from 'node:events';

import { asyncScheduler } from 'rxjs';

import { patience } from '../patience.js';
import type { Progress } from '../patience.js';

/** How a silent connection is noticed. */
export interface HeartbeatOptions {
  /** Milliseconds between pings. @default 15000 */
  readonly pingIntervalMs?: number;
  /** Milliseconds after a ping in which something, whatever it is, must arrive. @default 10000 */
  readonly pongTimeoutMs?: number;
}

/** What is needed of a WebSocket, `ws`'s for one: it can ping, and tells what comes back. */
export interface Pinged extends Pick<EventEmitter, 'on' | 'off'> {
  ping(): void;
}

/** A connection's heartbeat. */
export interface Heartbeat {
  /** Takes note of a message: whoever sends one is there. */
  hear(): void;
  /** Pings now, unless a pong is awaited already. */
  look(): void;
  stop(): void;
}

/**
 * Pings the peer, and calls `onSilent` once when nothing came back: the connection is dead, whatever
 * TCP says. The verdict waits until what had come by then was heard ({@link patience}).
 *
 * Pings and pongs it hears by itself. Messages it is told of: a second listener to each would cost
 * as much as the first.
 *
 * @param progress tells of what the socket is still to tell
 * @example
 * import { heartbeat } from '@livecall/core/node';
 * import type { WebSocket } from 'ws';
 *
 * export function cutWhenSilent(client: WebSocket) {
 *   const options = { pingIntervalMs: 15_000, pongTimeoutMs: 10_000 };
 *   const { hear, stop } = heartbeat(client, options, () => {
 *     client.terminate();
 *   });
 *   client.on('message', hear).on('close', stop);
 * }
 */
export function heartbeat(
  socket: Pinged,
  { pingIntervalMs, pongTimeoutMs }: Required<HeartbeatOptions>,
  onSilent: () => void,
  progress?: Progress,
): Heartbeat {
  // Two of them are the shorter of the two options, to which the longer is rounded up.
  const tickMs = Math.ceil(Math.min(pingIntervalMs, pongTimeoutMs) / 2);
  let sincePingMs = 0;
  let isAwaiting = false;

  const hear = () => {
    isAwaiting = false;
  };
  const tick = () => {
    // Ticks are counted, not time: a loop that was blocked for long has not been silent for long,
    // nor has a machine that slept.
    sincePingMs += tickMs;
    if (isAwaiting && sincePingMs >= pongTimeoutMs) {
      timer = patience(0, progress).subscribe(judge);
      return;
    }
    timer = asyncScheduler.schedule(tick, tickMs);
    if (isAwaiting || sincePingMs < pingIntervalMs) return;
    sincePingMs = 0;
    isAwaiting = true;
    socket.ping();
  };
  const judge = () => {
    if (isAwaiting) onSilent();
    else timer = asyncScheduler.schedule(tick, tickMs);
  };

  socket.on('pong', hear).on('ping', hear);
  let timer = asyncScheduler.schedule(tick, tickMs);
  return {
    hear,
    look: () => {
      if (isAwaiting) return;
      // Time begins anew with this ping.
      timer.unsubscribe();
      timer = asyncScheduler.schedule(tick, tickMs);
      sincePingMs = 0;
      isAwaiting = true;
      socket.ping();
    },
    stop: () => {
      timer.unsubscribe();
      // And looks no more.
      isAwaiting = true;
      socket.off('pong', hear).off('ping', hear);
    },
  };
}
