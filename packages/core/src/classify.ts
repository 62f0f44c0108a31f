import { isLiveCallError } from './live-call-error.js';
import type { TransportError } from './transport-error.js';

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
  // Each knows its own: the compiler does not see that the two go together.
  return isTransportError(error) ? verdicts[error._tag](error as never) : 'fatal';
}

/** Whether it is what a transport errors with. */
export function isTransportError(error: unknown): error is TransportError {
  return isLiveCallError(error) && error._tag in verdicts;
}

type Verdicts = { readonly [E in TransportError as E['_tag']]: (error: E) => Verdict };

const verdicts: Verdicts = {
  HandshakeRefusedError: ({ status, refusedBy, isLasting }) =>
    // A proxy on the way has seen no token.
    status === 401 && refusedBy !== 'proxy' && !isLasting
      ? 'refresh-token'
      : toVerdict(status === 408 || status === 429 || status >= 500),
  HandshakeTimeoutError: () => 'retry',
  ConnectFailedError: ({ isLasting }) => toVerdict(!isLasting),
  TokenUnavailableError: () => 'retry',
  ConnectionClosedError: ({ code }) => toVerdict(RETRIED_CLOSE_CODES.has(code)),
};

const toVerdict = (mayHelp: boolean): Verdict => (mayHelp ? 'retry' : 'fatal');
