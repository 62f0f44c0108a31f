import { ConnectFailedError, HandshakeRefusedError, TokenUnavailableError } from '@livecall/core';
import type { LiveCallError } from '@livecall/core';

import { exitCodes, ExitError } from './exit-error.js';

/** Where the command line takes what core takes with an agent. */
const HOW = ' Here that is the URL: http://USER:PASSWORD@HOST:PORT.';

/** Says how to end when a call could not be followed to its end. */
export function callExitError(error: LiveCallError): ExitError {
  const { message } = error;
  if (error instanceof HandshakeRefusedError) {
    const { status, refusedBy } = error;
    if (refusedBy === 'proxy') {
      // It says nothing of the tokens, which it has not seen.
      const wantsCredentials = status === 401 || status === 407;
      return new ExitError(exitCodes.unavailable, wantsCredentials ? `${message}${HOW}` : message);
    }
    const isUnauthorized = status === 401 || status === 403;
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
