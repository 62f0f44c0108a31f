import { isTransportError } from './classify.js';
import type { Closed } from './connection-state.js';
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

/** What was known of a call when its last dial or connection ended. */
interface Known {
  /** The server has said that the call is over. */
  readonly hasEnded: boolean;
  /** By its protocol, the close says so. */
  readonly isEndingClose: boolean;
  /** What the server closed with when it was 1000, and no connection has opened since. */
  readonly normalClose: ConnectionClosedError | undefined;
  /** It was to be dialled again, and was given up. */
  readonly isRetried: boolean;
}

export const CALL_ENDED: Closed = { status: 'closed', reason: 'call-ended' };
const CLEAN_CLOSE: Closed = { status: 'closed', reason: 'clean-close' };

/** Says what a call ended with that is not dialled again. @see PROTOCOL.md#dialling-again */
export function toClosed(
  error: LiveCallError,
  { hasEnded, isEndingClose, normalClose, isRetried }: Known,
): Closed {
  if (hasEnded) return CALL_ENDED;
  if (isEndingClose) return CLEAN_CLOSE;
  if (normalClose === undefined) return { status: 'closed', reason: 'failed', error };
  // Another verdict than these, on the tokens for one, says more than that the call has no end.
  const isGone =
    error._tag === 'HandshakeRefusedError' && error.status === 404 && error.refusedBy === 'server';
  const isWithoutEnd = error === normalClose || isGone || isRetried;
  return {
    status: 'closed',
    reason: 'failed',
    error: isWithoutEnd ? new EndedWithoutCallEndError(normalClose, { isGone }) : error,
  };
}
