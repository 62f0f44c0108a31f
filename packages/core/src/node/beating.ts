import type { EventEmitter } from 'node:events';

import { asyncScheduler } from 'rxjs';
import type { SchedulerAction, Subscription } from 'rxjs';

import { patience } from '../patience.js';
import type { Progress } from '../patience.js';
import type { HeartbeatOptions } from './heartbeat-options.js';

/** What is needed of a WebSocket, `ws`'s for one: it can ping, and tells what comes back. */
export interface Pinged extends Pick<EventEmitter, 'on' | 'off'> {
  ping(): void;
}

/** Whose heart it is. */
export interface Beaten {
  /** Nothing came back: the connection is dead. */
  fallSilent(): void;
  /** Tells of what is still to be told. */
  readonly progress?: Progress | undefined;
}

/**
 * A heartbeat without its listeners, which `heartbeat` adds: who has a socket hears it anyway. A
 * class, since every open call has one: as closures it was half a kilobyte.
 */
export class Beating {
  readonly #socket: Pick<Pinged, 'ping'>;
  readonly #options: Required<HeartbeatOptions>;
  readonly #beaten: Beaten;
  #sincePingMs = 0;
  #isAwaiting = false;
  #timer: Subscription;

  constructor(socket: Pick<Pinged, 'ping'>, options: Required<HeartbeatOptions>, beaten: Beaten) {
    this.#socket = socket;
    this.#options = options;
    this.#beaten = beaten;
    this.#timer = this.#schedule();
  }

  hear(): void {
    this.#isAwaiting = false;
  }

  /** Time begins anew with this ping. */
  look(): void {
    if (this.#isAwaiting) return;
    this.#timer.unsubscribe();
    this.#timer = this.#schedule();
    this.#ping();
  }

  stop(): void {
    this.#timer.unsubscribe();
    // And looks no more.
    this.#isAwaiting = true;
  }

  /** Two of them are the shorter of the two options, to which the longer is rounded up. */
  get tickMs(): number {
    const { pingIntervalMs, pongTimeoutMs } = this.#options;
    return Math.ceil(Math.min(pingIntervalMs, pongTimeoutMs) / 2);
  }

  #schedule(): Subscription {
    // As the state of the timer, and not in a closure of it.
    return asyncScheduler.schedule<Beating>(tick, this.tickMs, this);
  }

  /** Says whether it is to be called again. */
  tick(): boolean {
    const { pingIntervalMs, pongTimeoutMs } = this.#options;
    // Ticks are counted, not time: a loop that was blocked for long has not been silent for long,
    // nor has a machine that slept.
    this.#sincePingMs += this.tickMs;
    if (this.#isAwaiting && this.#sincePingMs >= pongTimeoutMs) {
      this.#timer = patience(0, this.#beaten.progress).subscribe(() => {
        this.#judge();
      });
      return false;
    }
    if (!this.#isAwaiting && this.#sincePingMs >= pingIntervalMs) this.#ping();
    return true;
  }

  #judge(): void {
    if (this.#isAwaiting) this.#beaten.fallSilent();
    else this.#timer = this.#schedule();
  }

  #ping(): void {
    this.#sincePingMs = 0;
    this.#isAwaiting = true;
    this.#socket.ping();
  }
}

/** Its timer is the same for as long as it ticks: one that lives for seconds costs the collector most. */
function tick(this: SchedulerAction<Beating>, beating?: Beating): void {
  if (beating?.tick() === true) this.schedule(beating, beating.tickMs);
}
