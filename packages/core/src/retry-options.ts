import type { Observable } from 'rxjs';

import { classify as defaultClassify } from './classify.js';
import type { Verdict } from './classify.js';
import { assertDurationMs } from './internal/assert-duration-ms.js';
import { assertNotNegative } from './internal/assert-option.js';

/** One dial that is about to be made again. */
export interface Retry {
  /** Which retry in a row it is, from 1; one that only refreshes the token is not counted. */
  readonly attempt: number;
  /** Milliseconds until the dial. */
  readonly delayMs: number;
  /** Why the dial or connection before it ended. */
  readonly cause: unknown;
}

/** When to dial again. */
export interface RetryConnectionOptions {
  /**
   * The longest wait before the first retry, in milliseconds; doubled for each further one. No two
   * dials begin within half of it. @default 500
   */
  readonly baseDelayMs?: number;
  /** The longest wait before any retry, in milliseconds. @default 15000 */
  readonly maxDelayMs?: number;
  /**
   * Milliseconds of dialling and waiting in a row after which no further retry is begun; the error of
   * the last one is passed on. What a `Retry-After` asks for beyond our own wait is not counted.
   * `Infinity` never gives up; 0 never retries, but for a token that is refreshed. An outage is
   * outlasted for certain where this is longer than the outage and the longest dial. @default 90000
   */
  readonly giveUpAfterMs?: number;
  /** How many retries in a row at most, within `giveUpAfterMs`; 0 as for that. @default Infinity */
  readonly maxAttempts?: number;
  /**
   * Milliseconds a connection must have been open for time and retries to count from 0 again.
   * Opening alone does not reset them: a server that accepts and drops would be dialled forever.
   * @default 5000
   */
  readonly resetAfterMs?: number;
  /** The longest `Retry-After` that is waited for, in milliseconds; of a longer one, so much. @default 60000 */
  readonly maxRetryAfterMs?: number;
  /** What to do about an error. @default {@link classify} */
  readonly classify?: (error: unknown) => Verdict;
  /**
   * Emits when the app knows that things have changed: the machine woke up, the network is back. A
   * wait ends at once, also one that a `Retry-After` asked for, and time and retries count from 0
   * again; an open connection is pinged, where the transport can. @default NEVER
   */
  readonly lookNow$?: Observable<unknown>;
  /** Called before each wait. */
  readonly onRetry?: (retry: Retry) => void;
  /**
   * Gives the jitter, at least 0 and below 1: for a test in virtual time, which stubs nothing of the
   * process then. @default Math.random
   */
  readonly random?: () => number;
}

/** The options with their defaults. */
export type CheckedRetryOptions = Required<Omit<RetryConnectionOptions, 'lookNow$' | 'onRetry'>>;

/** @throws TypeError for an option that cannot be. */
export function checkRetryOptions({
  baseDelayMs = 500,
  maxDelayMs = 15_000,
  giveUpAfterMs = 90_000,
  maxAttempts = Infinity,
  resetAfterMs = 5_000,
  maxRetryAfterMs = 60_000,
  classify = defaultClassify,
  random = Math.random,
}: RetryConnectionOptions): CheckedRetryOptions {
  assertDurationMs({ baseDelayMs, maxDelayMs, resetAfterMs, maxRetryAfterMs });
  assertNotNegative({ giveUpAfterMs, maxAttempts });
  return {
    baseDelayMs,
    maxDelayMs,
    giveUpAfterMs,
    maxAttempts,
    resetAfterMs,
    maxRetryAfterMs,
    classify,
    random,
  };
}
