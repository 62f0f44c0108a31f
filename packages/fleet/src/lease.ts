import { elapsedMs } from './moment.js';
import type { Moment } from './moment.js';

/** How long a job is certainly nobody else's. */
export interface Lease {
  /** Asked inside of whatever only the owner may do: a timer would fire too late after a sleep. */
  isValid(): boolean;
  /** The broker has heard a renewal that was sent at `sentAt`. */
  extend(sentAt: Moment): void;
  /** Nothing is certain any more, as after a lost connection. */
  lapse(): void;
}

/**
 * Makes a lease of a job that was asked for at `askedAt`: the broker gave it later, and counts from
 * then, so it is over here before it is over there.
 *
 * @param ackWaitMs after which the broker gives the job to another
 */
export function createLease(ackWaitMs: number, askedAt: Moment): Lease {
  let since: Moment | undefined = askedAt;
  return {
    isValid: () => since !== undefined && elapsedMs(since) < ackWaitMs,
    extend: (sentAt) => {
      since = sentAt;
    },
    lapse: () => {
      since = undefined;
    },
  };
}
