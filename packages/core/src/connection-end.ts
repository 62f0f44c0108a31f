import { isLiveCallError } from './live-call-error.js';
import type { LiveCallError } from './live-call-error.js';
import { ConnectionClosedError, TransportFailedError } from './transport-error.js';
import type { TransportError } from './transport-error.js';

/* What a connection ended with, of whosever making. */

/** What a connection's frames may end with: a transport's error is taken at its word. */
export function toLost(error: unknown): LiveCallError {
  const isKnown = isLiveCallError(error) && classifiable.has(error._tag);
  return isKnown
    ? error
    : new ConnectionClosedError(1006, '', { cause: new TransportFailedError(error) });
}

const classifiable: ReadonlySet<LiveCallError['_tag']> = /* @__PURE__ */ new Set<
  TransportError['_tag']
>([
  'HandshakeRefusedError',
  'HandshakeTimeoutError',
  'ConnectFailedError',
  'TokenUnavailableError',
  'ConnectionClosedError',
]);

/** Whether a connection was open, and has ended. */
export function isClose(error: unknown): error is ConnectionClosedError {
  return isLiveCallError(error) && error._tag === 'ConnectionClosedError';
}

/** Whether it ended with 1000. */
export function isNormalClose(error: unknown): error is ConnectionClosedError {
  return isClose(error) && error.code === 1000;
}

/** A transport of someone else's may error with anything. */
export function toLiveCallError(error: unknown): LiveCallError {
  return isLiveCallError(error) ? error : new TransportFailedError(error);
}
