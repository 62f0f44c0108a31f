import type { EventEmitter } from 'node:events';

import { asyncScheduler, interval, Observable, share } from 'rxjs';

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

/**
 * Pings the peer, and emits once when nothing came back: the connection is dead, whatever TCP says.
 *
 * The verdict waits one more turn of the event loop, in which a pong that stood in the socket
 * behind a blocked loop is read. It is late by up to one tick (a second, or the shorter of the two
 * options): all connections of a process tick on one timer.
 */
export function heartbeat(
  socket: Pinged,
  { pingIntervalMs, pongTimeoutMs }: Required<HeartbeatOptions>,
): Observable<void> {
  const tickMs = Math.min(1_000, pingIntervalMs, pongTimeoutMs);
  return new Observable((subscriber) => {
    let sincePingMs = 0;
    let isAwaiting = false;

    const hear = () => {
      isAwaiting = false;
    };
    socket.on('message', hear).on('pong', hear).on('ping', hear);

    subscriber.add(
      ticks(tickMs).subscribe(() => {
        // Ticks are counted, not time: a loop that was blocked for long has not been silent for long.
        sincePingMs += tickMs;
        if (isAwaiting && sincePingMs >= pongTimeoutMs) {
          subscriber.add(
            asyncScheduler.schedule(() => {
              if (!isAwaiting) return;
              subscriber.next();
              subscriber.complete();
            }),
          );
        }
        if (sincePingMs >= pingIntervalMs && !isAwaiting) {
          sincePingMs = 0;
          isAwaiting = true;
          socket.ping();
        }
      }),
    );
    return () => socket.off('message', hear).off('pong', hear).off('ping', hear);
  });
}

/** The one state this module keeps: a timer each per tick length, running while anyone listens. */
const ticksByLength = new Map<number, Observable<number>>();

function ticks(tickMs: number): Observable<number> {
  const known$ = ticksByLength.get(tickMs);
  if (known$ !== undefined) return known$;
  const shared$ = interval(tickMs).pipe(share());
  ticksByLength.set(tickMs, shared$);
  return shared$;
}
