import type { Transport } from '@livecall/core';
import { webSocketTransport } from '@livecall/core/node';
import type { WebSocketTransportOptions } from '@livecall/core/node';
import { passOnTransport } from '@livecall/core/node/internal';
import type { PassedHandshake } from '@livecall/core/node/internal';

import { exitCodes, ExitError } from './exit-error.js';

/**
 * The transport of a command: a URL that cannot be dialled is the person's to mend.
 *
 * @param passed a client's handshake that is passed on
 */
export function dialPlatform(
  options: WebSocketTransportOptions,
  passed?: PassedHandshake,
): Transport {
  try {
    return passed === undefined ? webSocketTransport(options) : passOnTransport(options, passed);
  } catch (error) {
    if (!(error instanceof TypeError)) throw error;
    throw new ExitError(exitCodes.usage, `--url: ${error.message}`);
  }
}
