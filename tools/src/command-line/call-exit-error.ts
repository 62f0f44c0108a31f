import { ConnectFailedError, HandshakeRefusedError, TokenUnavailableError } from '@livecall/core';
import type { LiveCallError } from '@livecall/core';

import { exitCodes, ExitError } from './exit-error.js';

/** Says how to end when a call could not be followed to its end. */
export function callExitError(error: LiveCallError): ExitError {
  const { message } = error;
  if (error instanceof HandshakeRefusedError) {
    const isUnauthorized = error.status === 401 || error.status === 403;
    return new ExitError(isUnauthorized ? exitCodes.unauthorized : exitCodes.unavailable, message);
  }
  if (error instanceof TokenUnavailableError) {
    return error.providerError instanceof ExitError
      ? error.providerError
      : new ExitError(exitCodes.unauthorized, message);
  }
  // An answer that is no WebSocket's has no code of the system's, or one of the HTTP parser's.
  const isGarbage = error instanceof ConnectFailedError && /^(HPE_.*)?$/.test(error.code ?? '');
  const isProtocol = isGarbage || error._tag === 'EndedWithoutCallEndError';
  return new ExitError(isProtocol ? exitCodes.protocolError : exitCodes.unavailable, message);
}
