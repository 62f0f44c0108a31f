import { isTransportError } from './classify.js';
import { EndedWithoutCallEndError, isLiveCallError } from './live-call-error.js';
import type { LiveCallError } from './live-call-error.js';
import { ConnectionClosedError, TransportFailedError } from './transport-error.js';

/* What a connection ended with, of whosever making, and a call with it. */

/** What a connection's frames may end with: a transport's error is taken at its word. */
export function toLost(error: unknown): LiveCallError {
  return isTransportError(error)
    ? error
    : new ConnectionClosedError(1006, '', { cause: new TransportFailedError(error) });
}

/** Of a transport, or a connection's frames, that completes: none should, and one that does has closed. */
export function neverSaid(): ConnectionClosedError {
  return new ConnectionClosedError(1005);
}

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

/**
 * What a call failed with whose server has closed with 1000, and never said that it had ended.
 *
 * @param isRetried whether it was to be dialled again, and was given up
 * @see PROTOCOL.md#dialling-again
 */
export function toEndless(
  error: LiveCallError,
  normalClose: ConnectionClosedError,
  isRetried: boolean,
): LiveCallError {
  // Another verdict than these, on the tokens for one, says more than that the call has no end.
  const isGone =
    error._tag === 'HandshakeRefusedError' && error.status === 404 && error.refusedBy === 'server';
  return error === normalClose || isGone || isRetried
    ? new EndedWithoutCallEndError(normalClose, { isGone })
    : error;
}
