import { retry, throwError, timer } from 'rxjs';
import type { MonoTypeOperatorFunction } from 'rxjs';

import { assertDurationMs } from './internal/assert-duration-ms.js';
import { isLiveCallError } from './live-call-error.js';

/** When to send a command again. */
export interface RetryUnsentOptions {
  /** Milliseconds between two tries. @default 500 */
  readonly delayMs?: number;
}

/**
 * Sends a command again when it certainly was not sent, at most `count` times.
 *
 * A failure after which the command may have been carried out is passed on: a bare `retry()` would
 * join twice.
 *
 * @throws TypeError for a `delayMs` that is no duration, or a `count` below 0
 * @example
 * import { retryUnsent } from '@livecall/core';
 * import type { LiveCall } from '@livecall/core';
 *
 * export const joinOnce = (call: LiveCall) => call.joinCall().pipe(retryUnsent(3));
 */
export function retryUnsent<A>(
  count: number,
  { delayMs = 500 }: RetryUnsentOptions = {},
): MonoTypeOperatorFunction<A> {
  assertDurationMs({ delayMs });
  if (!(count >= 0)) throw new TypeError(`count must be at least 0, not ${count}.`);

  return retry({
    count,
    delay: (error: unknown) => {
      const isUnsent = isLiveCallError(error) && error._tag === 'NotOpenError';
      return isUnsent ? timer(delayMs) : throwError(() => error);
    },
  });
}
