import type { Transport } from '@livecall/core';
import { webSocketTransport } from '@livecall/core/node';
import type { WebSocketTransportOptions } from '@livecall/core/node';

import { exitCodes, ExitError } from './exit-error.js';

/** The transport of a command: a URL that cannot be dialled is the person's to mend. */
export function dialPlatform(options: WebSocketTransportOptions): Transport {
  try {
    return webSocketTransport(options);
  } catch (error) {
    if (!(error instanceof TypeError)) throw error;
    throw new ExitError(exitCodes.usage, `--url: ${error.message}`);
  }
}
