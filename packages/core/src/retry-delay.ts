import { isLiveCallError } from './live-call-error.js';

/** Between what waits are drawn. */
export interface Backoff {
  readonly baseDelayMs: number;
  readonly maxDelayMs: number;
  readonly random: () => number;
}

/** Far beyond every `maxDelayMs`, and far from Infinity, which times a delay of 0 is no number. */
const MOST_DOUBLINGS = 31;

/** Draws the wait before a retry, which has so many before it in a row. */
export function toBackoffMs(before: number, { baseDelayMs, maxDelayMs, random }: Backoff): number {
  const ceilingMs = Math.min(maxDelayMs, baseDelayMs * 2 ** Math.min(before, MOST_DOUBLINGS));
  return Math.ceil((ceilingMs * (1 + random())) / 2);
}

/** How long the server asks to wait, in milliseconds, and at most so long. */
export function toAskedMs(cause: unknown, mostMs: number): number {
  if (!isLiveCallError(cause) || cause._tag !== 'HandshakeRefusedError') return 0;
  const { retryAfterMs = 0 } = cause;
  return retryAfterMs > 0 ? Math.min(Math.ceil(retryAfterMs), mostMs) : 0;
}
