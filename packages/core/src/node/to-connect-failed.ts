import { systemCode } from '../internal/system-code.js';
import { ConnectFailedError } from '../transport-error.js';
import { whyLasting } from '../why-lasting.js';
import { certificateAdvice } from './certificate-advice.js';
import { programAdvice } from './program-advice.js';

/**
 * The error of a dial of Node's that failed, with what only Node knows to advise: of certificates,
 * permissions, and sockets that are none.
 *
 * @param options.isProgram whether this program is at fault, and not the network
 */
export function toConnectFailed(
  cause: unknown,
  { isProgram }: { readonly isProgram: boolean },
): ConnectFailedError {
  const advice =
    certificateAdvice(cause) ??
    (whyLasting(cause, systemCode(cause)) === 'permission'
      ? NOT_PERMITTED
      : isProgram
        ? programAdvice(cause)
        : undefined);
  return new ConnectFailedError(cause, advice === undefined ? {} : { advice });
}

const NOT_PERMITTED = 'this process is not permitted to use the network; give it --allow-net';
