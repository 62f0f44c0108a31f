import type { WebSocketTransportOptions } from '@livecall/core/node';

import { findProxy } from './find-proxy.js';
import type { ProxyFlag } from './find-proxy.js';
import { proxyAgent } from './proxy-agent.js';

/** The way to the platform. */
export interface Way {
  /** What a transport has to know of it. */
  readonly options: Pick<WebSocketTransportOptions, 'socket'>;
  /** The proxy on it, for the person: ` through the proxy HOST:PORT`, or nothing. */
  readonly name: string;
}

/**
 * Finds the way to an endpoint: straight, or through an HTTP proxy.
 *
 * @throws ExitError for a proxy that cannot be used
 * @see findProxy
 */
export function findWay(endpoint: string, flag: ProxyFlag): Way {
  const proxy = findProxy(endpoint, flag);
  return proxy === undefined
    ? { options: {}, name: '' }
    : {
        options: { socket: { agent: proxyAgent(proxy) } },
        name: ` through the proxy ${proxy.host}`,
      };
}
