import { monotonicNow } from '@livecall/core/internal';

/**
 * When something was, by two clocks: one that is never set, and stands still on many systems while
 * the machine sleeps, and the wall clock, which goes on.
 */
export interface Moment {
  readonly monotonic: number;
  readonly wall: number;
}

/** Reads both. */
export function now(): Moment {
  return { monotonic: monotonicNow(), wall: Date.now() };
}

/** Milliseconds since then, by the clock that says more: a lease is never thought longer than it is. */
export function elapsedMs({ monotonic, wall }: Moment): number {
  return Math.max(monotonicNow() - monotonic, Date.now() - wall);
}
