import { isTransportError } from './classify.js';
import { isLiveCallError } from './live-call-error.js';
import type { LiveCallError } from './live-call-error.js';
import { ConnectionClosedError, TransportFailedError } from './transport-error.js';

/* What a connection ended with, of whosever making. */

/** What a connection's frames may end with: a transport's error is taken at its word. */
export function toLost(error: unknown): LiveCallError {
  return isTransportError(error)
    ? error
    : new ConnectionClosedError(1006, '', { cause: new TransportFailedError(error) });
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
