import { isLiveCallError } from './live-call-error.js';

/** What to do about a connection that could not be made, or ended. */
export type Verdict = 'retry' | 'refresh-token' | 'fatal';

const RETRIED_CLOSE_CODES: ReadonlySet<number> = new Set([
  1000, 1001, 1005, 1006, 1011, 1012, 1013, 1014, 1015,
]);

/**
 * Says whether dialling again can help; the default of `retryConnection` and `liveCall`. Anything that
 * is no `TransportError` is `fatal`.
 *
 * @see PROTOCOL.md#dialling-again, which has the table
 * @example
 * import { classify, ConnectionClosedError, HandshakeRefusedError } from '@livecall/core';
 *
 * console.log(classify(new ConnectionClosedError(1006))); // => retry
 * console.log(classify(new HandshakeRefusedError(404))); // => fatal
 */
export function classify(error: unknown): Verdict {
  if (!isLiveCallError(error)) return 'fatal';
  switch (error._tag) {
    case 'HandshakeRefusedError':
      // A proxy on the way has seen no token.
      if (error.status === 401) return error.refusedBy === 'proxy' ? 'fatal' : 'refresh-token';
      return error.status === 408 || error.status === 429 || error.status >= 500
        ? 'retry'
        : 'fatal';
    case 'ConnectionClosedError':
      return RETRIED_CLOSE_CODES.has(error.code) ? 'retry' : 'fatal';
    case 'ConnectFailedError':
      return error.isLasting ? 'fatal' : 'retry';
    case 'HandshakeTimeoutError':
    case 'TokenUnavailableError':
      return 'retry';
    default:
      return 'fatal';
  }
}
