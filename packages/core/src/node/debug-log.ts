import { debuglog } from 'node:util';

import type { Transport } from '../transport.js';
import { watch } from '../watch.js';

/**
 * With `NODE_DEBUG=livecall`, writes what happens on a transport to standard error, a line of JSON
 * each; otherwise it is the transport itself.
 */
export function debugLog(transport: Transport): Transport {
  log ??= debuglog('livecall');
  if (!log.enabled) return transport;
  watchTransport ??= watch((news) => log?.(JSON.stringify(news)));
  return transport.pipe(watchTransport);
}

/* One for all transports of the process: it numbers their calls. */
let log: ReturnType<typeof debuglog> | undefined;
let watchTransport: ReturnType<typeof watch> | undefined;
