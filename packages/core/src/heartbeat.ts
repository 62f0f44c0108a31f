import type { EventEmitter } from 'node:events';

import { asyncScheduler, interval } from 'rxjs';
import type { Subscription } from 'rxjs';

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
 * TCP says.
 *
 * The verdict waits one more turn of the event loop, in which a pong that stood in the socket
 * behind a blocked loop is read. It is late by up to one tick (a second, or the shorter of the two
 * options): all connections of a process tick on one timer.
 *
 * Pings and pongs it hears by itself. Messages it is told of: a second listener to each would cost
 * as much as the first.
 */
export function heartbeat(
  socket: Pinged,
  { pingIntervalMs, pongTimeoutMs }: Required<HeartbeatOptions>,
  onSilent: () => void,
): Heartbeat {
  const tickMs = Math.min(1_000, pingIntervalMs, pongTimeoutMs);
  let sincePingMs = 0;
  let isAwaiting = false;

  const hear = () => {
    isAwaiting = false;
  };
  const tick = () => {
    // Ticks are counted, not time: a loop that was blocked for long has not been silent for long.
    sincePingMs += tickMs;
    if (isAwaiting && sincePingMs >= pongTimeoutMs) {
      asyncScheduler.schedule(() => {
        if (isAwaiting && stopTicking(tickMs, tick)) onSilent();
      });
    }
    if (sincePingMs >= pingIntervalMs && !isAwaiting) {
      sincePingMs = 0;
      isAwaiting = true;
      socket.ping();
    }
  };

  socket.on('pong', hear).on('ping', hear);
  startTicking(tickMs, tick);
  return {
    hear,
    look: () => {
      if (isAwaiting) return;
      // Between two ticks: what is left of this one is not counted.
      sincePingMs = -tickMs;
      isAwaiting = true;
      socket.ping();
    },
    stop: () => {
      stopTicking(tickMs, tick);
      socket.off('pong', hear).off('ping', hear);
    },
  };
}

interface Clock {
  readonly ticks: Set<() => void>;
  readonly timer: Subscription;
}

/**
 * The one state this module keeps: a timer each per tick length, running while anything ticks. Not
 * a shared `interval`: a subscriber takes ten times the memory of an entry in a set.
 */
const clocks = new Map<number, Clock>();

function startTicking(tickMs: number, tick: () => void): void {
  let clock = clocks.get(tickMs);
  if (clock === undefined) {
    const ticks = new Set<() => void>();
    const timer = interval(tickMs).subscribe(() => {
      for (const each of ticks) each();
    });
    clock = { ticks, timer };
    clocks.set(tickMs, clock);
  }
  clock.ticks.add(tick);
}

/** Says whether it was ticking. */
function stopTicking(tickMs: number, tick: () => void): boolean {
  const clock = clocks.get(tickMs);
  if (clock?.ticks.delete(tick) !== true) return false;
  if (clock.ticks.size === 0) {
    clock.timer.unsubscribe();
    clocks.delete(tickMs);
  }
  return true;
}
