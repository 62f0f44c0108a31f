import type { TransportError } from './errors.js';

/** What to do about a connection that could not be made, or ended. */
export type Verdict = 'retry' | 'refresh-token' | 'fatal';

const RETRIED_CLOSE_CODES: ReadonlySet<number> = new Set([
  1001, 1005, 1006, 1011, 1012, 1013, 1014, 1015,
]);

/**
 * Says whether dialling again can help; the default of `retryConnection` and `liveCall`.
 *
 * | what happened | verdict |
 * |---|---|
 * | handshake 401 | `refresh-token` |
 * | handshake 408, 429, 5xx | `retry` |
 * | any other handshake status | `fatal` |
 * | no answer, no network, no token | `retry` |
 * | closed with 1001, 1005, 1006, 1011–1015 | `retry` |
 * | closed with any other code | `fatal` |
 * | anything that is no `TransportError` | `fatal` |
 *
 * @see PROTOCOL.md#close-codes
 */
export function classify(error: unknown): Verdict {
  const failure = error as Partial<TransportError> | undefined;
  switch (failure?._tag) {
    case 'HandshakeRefusedError': {
      const { status = 0 } = failure;
      if (status === 401) return 'refresh-token';
      return status === 408 || status === 429 || status >= 500 ? 'retry' : 'fatal';
    }
    case 'ConnectionClosedError':
      return RETRIED_CLOSE_CODES.has(failure.code ?? 0) ? 'retry' : 'fatal';
    case 'HandshakeTimeoutError':
    case 'ConnectFailedError':
    case 'TokenUnavailableError':
      return 'retry';
    default:
      return 'fatal';
  }
}
