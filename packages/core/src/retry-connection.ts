import { Observable, timer } from 'rxjs';
import type { MonoTypeOperatorFunction, Subscription } from 'rxjs';

import { classify as defaultClassify } from './classify.js';
import type { Verdict } from './classify.js';
import { subscribeAs } from './dial-request.js';
import type { DialRequest } from './dial-request.js';
import { assertDurationMs } from './internal/assert-duration-ms.js';
import { monotonicNow } from './internal/monotonic-now.js';
import { isLiveCallError } from './live-call-error.js';
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
 * The wait is between half of `baseDelayMs` and the whole of it, doubled with every retry up to
 * `maxDelayMs`, or what the server's `Retry-After` asks for where that is longer. After the verdict
 * `refresh-token` it is dialled again at once, and the token functions are asked with the reason
 * `unauthorized`; a second such verdict in a row is fatal. Each further one that is not in a row
 * waits and counts as any retry does, until a connection stayed open for `resetAfterMs`. The
 * connection before is closed before the next dial; unsubscribing ends the wait, too.
 *
 * @throws TypeError for an option that is no duration, or a negative `giveUpAfterMs` or `maxAttempts`
 * @see PROTOCOL.md#dialling-again
 * @example
 * import { retryConnection } from '@livecall/core';
 * import type { Transport } from '@livecall/core';
 *
 * export const retrying = (transport: Transport): Transport =>
 *   transport.pipe(retryConnection({ giveUpAfterMs: 300_000 }));
 */
export function retryConnection({
  baseDelayMs = 500,
  maxDelayMs = 15_000,
  giveUpAfterMs = 90_000,
  maxAttempts = Infinity,
  resetAfterMs = 5_000,
  maxRetryAfterMs = 60_000,
  classify = defaultClassify,
  lookNow$,
  onRetry,
  random = Math.random,
}: RetryConnectionOptions = {}): MonoTypeOperatorFunction<Connection> {
  assertDurationMs({ baseDelayMs, maxDelayMs, resetAfterMs, maxRetryAfterMs });
  assertNotNegative({ giveUpAfterMs, maxAttempts });
  const leastMs = Math.ceil(Math.min(baseDelayMs, maxDelayMs) / 2);

  // Not `tap` and `retry`: with what these keep, two kilobytes of every call that is open.
  return (transport) =>
    new Observable((subscriber) => {
      let reason: DialRequest['reason'] = 'connect';
      let attempt = 0;
      let spentMs = 0;
      let refreshes = 0;
      let isRefreshed = false;
      let dialledAt = 0;
      let openedAt = Infinity;
      let waiting: Subscription | undefined;

      /** How long the dial may have to wait for the one before it. */
      const toGapMs = () => Math.max(0, Math.ceil(dialledAt + leastMs - monotonicNow()));

      const reset = () => {
        attempt = 0;
        spentMs = 0;
        refreshes = 0;
        isRefreshed = false;
      };

      const toDelayMs = (cause: unknown): number | undefined => {
        const endedAt = monotonicNow();
        if (endedAt - openedAt >= resetAfterMs) reset();
        else spentMs += Math.min(endedAt - dialledAt, LONGEST_DIAL_MS);
        openedAt = Infinity;

        const verdict = classify(cause);
        if (verdict === 'refresh-token') {
          if (isRefreshed) return undefined;
          isRefreshed = true;
          reason = 'unauthorized';
          refreshes += 1;
          if (refreshes === 1) return toGapMs();
        } else {
          if (verdict !== 'retry') return undefined;
          if (!isBeforeDial(cause)) {
            isRefreshed = false;
            reason = 'connect';
          }
        }
        if (attempt >= maxAttempts || spentMs >= giveUpAfterMs) return undefined;

        const ceilingMs = Math.min(
          maxDelayMs,
          baseDelayMs * 2 ** Math.min(attempt, MOST_DOUBLINGS),
        );
        const ownMs = Math.ceil((ceilingMs * (1 + random())) / 2);
        attempt += 1;
        // At least something: where neither dialling nor waiting takes time, it ends, too.
        spentMs += Math.max(1, ownMs);
        return Math.max(ownMs, Math.min(toRetryAfterMs(cause), maxRetryAfterMs));
      };

      const wait = (delayMs: number) => {
        waiting = timer(delayMs).subscribe(dial);
        subscriber.add(waiting);
      };

      const look = () => {
        attempt = 0;
        spentMs = 0;
        if (waiting === undefined || waiting.closed) return;
        waiting.unsubscribe();
        wait(toGapMs());
      };

      const lose = (cause: unknown) => {
        if (subscriber.closed) return;
        try {
          const delayMs = toDelayMs(cause);
          if (delayMs === undefined) throw cause;
          onRetry?.({ attempt, delayMs, cause });
          wait(delayMs);
        } catch (error) {
          subscriber.error(error);
        }
      };

      const dial = () => {
        dialledAt = monotonicNow();
        const request: DialRequest = {
          reason,
          life: subscriber,
          ...(lookNow$ && { lookNow$ }),
        };
        const dialled = subscribeAs(request, transport, {
          next: (connection) => {
            openedAt = monotonicNow();
            isRefreshed = false;
            subscriber.next(connection);
          },
          error: lose,
          complete: () => {
            subscriber.complete();
          },
        });
        subscriber.add(dialled);
      };

      subscriber.add(lookNow$?.subscribe(look));
      dial();
    });
}

/** Far beyond every `maxDelayMs`, and far from Infinity, which times a delay of 0 is no number. */
const MOST_DOUBLINGS = 31;

/** Of a dial that took longer, a machine that slept meanwhile is to blame, and not the server. */
const LONGEST_DIAL_MS = 30_000;

/** Whether the server was not even asked: what it said of the tokens before still stands. */
function isBeforeDial(cause: unknown): boolean {
  if (!isLiveCallError(cause)) return false;
  return (
    cause._tag === 'TokenUnavailableError' ||
    (cause._tag === 'HandshakeTimeoutError' && cause.waitingFor === 'token')
  );
}

function toRetryAfterMs(cause: unknown): number {
  if (!isLiveCallError(cause) || cause._tag !== 'HandshakeRefusedError') return 0;
  const { retryAfterMs = 0 } = cause;
  return retryAfterMs > 0 ? Math.ceil(retryAfterMs) : 0;
}

function assertNotNegative(options: Readonly<Record<string, number>>): void {
  for (const [name, value] of Object.entries(options)) {
    if (value >= 0) continue;
    throw new TypeError(`${name} must be at least 0, not ${value}.`);
  }
}
