import { Observable, timer } from 'rxjs';
import type { MonoTypeOperatorFunction } from 'rxjs';

import { assertDurationMs } from './assert-duration-ms.js';
import { classify as defaultClassify } from './classify.js';
import type { Verdict } from './classify.js';
import { isLiveCallError } from './errors.js';
import { monotonicNow } from './monotonic-now.js';
import type { Connection } from './transport.js';

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
  /** The longest wait before the first retry, in milliseconds; doubled for each further one. @default 500 */
  readonly baseDelayMs?: number;
  /** The longest wait before any retry, in milliseconds. @default 15000 */
  readonly maxDelayMs?: number;
  /**
   * How many retries in a row; the error of the last one is passed on. 0 never retries, but for a
   * token that is refreshed. @default 8
   */
  readonly maxAttempts?: number;
  /**
   * Milliseconds a connection must have been open for the retries to count from 0 again. Opening
   * alone does not reset them: a server that accepts and drops would be dialled forever.
   * @default 5000
   */
  readonly resetAfterMs?: number;
  /** The longest `Retry-After` that is waited for, in milliseconds; a longer one is fatal. @default 60000 */
  readonly maxRetryAfterMs?: number;
  /** What to do about an error. @default {@link classify} */
  readonly classify?: (error: unknown) => Verdict;
  /** Called before each wait. */
  readonly onRetry?: (retry: Retry) => void;
  /** Gives the jitter, at least 0 and below 1. @default Math.random */
  readonly random?: () => number;
}

/**
 * Dials again when a connection could not be made or was lost, as long as it may help.
 *
 *     dials    c---------#            the server goes away
 *                        ~~d---e-#    random wait, dialled again
 *     result   c-----------d---e-...  one connection after the other
 *
 * The wait is a random share of `baseDelayMs`, doubled with every retry up to `maxDelayMs` (full
 * jitter), or what the server's `Retry-After` asks for where that is longer. A 401 is dialled again
 * at once, so that the token functions are asked anew; a second one is fatal, unless a connection
 * stayed open for `resetAfterMs` in between. The connection before is closed before the next dial;
 * unsubscribing ends the wait, too.
 *
 * @throws TypeError for an option that is no duration, or a negative `maxAttempts`
 * @see PROTOCOL.md#life-cycle
 * @example
 * import { retryConnection } from '@livecall/core';
 * import type { Transport } from '@livecall/core';
 *
 * export const retrying = (transport: Transport): Transport =>
 *   transport.pipe(retryConnection({ maxAttempts: 3 }));
 */
export function retryConnection({
  baseDelayMs = 500,
  maxDelayMs = 15_000,
  maxAttempts = 8,
  resetAfterMs = 5_000,
  maxRetryAfterMs = 60_000,
  classify = defaultClassify,
  onRetry,
  random = Math.random,
}: RetryConnectionOptions = {}): MonoTypeOperatorFunction<Connection> {
  assertDurationMs({ baseDelayMs, maxDelayMs, resetAfterMs, maxRetryAfterMs });
  if (!(maxAttempts >= 0))
    throw new TypeError(`maxAttempts must be at least 0, not ${maxAttempts}.`);

  // Not `tap` and `retry`: with what these keep, two kilobytes of every call that is open.
  return (transport) =>
    new Observable((subscriber) => {
      let attempt = 0;
      let isRefreshed = false;
      let openedAt = Infinity;

      const toDelayMs = (cause: unknown): number | undefined => {
        if (monotonicNow() - openedAt >= resetAfterMs) {
          attempt = 0;
          isRefreshed = false;
        }
        openedAt = Infinity;

        const verdict = classify(cause);
        if (verdict === 'refresh-token' && !isRefreshed) {
          isRefreshed = true;
          return 0;
        }
        if (verdict !== 'retry' || attempt >= maxAttempts) return undefined;

        const retryAfterMs = toRetryAfterMs(cause);
        if (retryAfterMs > maxRetryAfterMs) return undefined;

        const ceilingMs = Math.min(
          maxDelayMs,
          baseDelayMs * 2 ** Math.min(attempt, MOST_DOUBLINGS),
        );
        attempt += 1;
        return Math.max(retryAfterMs, Math.floor(random() * ceilingMs));
      };

      const lose = (cause: unknown) => {
        if (subscriber.closed) return;
        try {
          const delayMs = toDelayMs(cause);
          if (delayMs === undefined) throw cause;
          onRetry?.({ attempt, delayMs, cause });
          subscriber.add(timer(delayMs).subscribe(dial));
        } catch (error) {
          subscriber.error(error);
        }
      };

      const dial = () => {
        const dialled = transport.subscribe({
          next: (connection) => {
            openedAt = monotonicNow();
            subscriber.next(connection);
          },
          error: lose,
          complete: () => {
            subscriber.complete();
          },
        });
        subscriber.add(dialled);
      };

      dial();
    });
}

/** Far beyond every `maxDelayMs`, and far from Infinity, which times a delay of 0 is no number. */
const MOST_DOUBLINGS = 31;

function toRetryAfterMs(cause: unknown): number {
  if (!isLiveCallError(cause) || cause._tag !== 'HandshakeRefusedError') return 0;
  return cause.retryAfterMs ?? 0;
}
