import { WebSocket } from 'ws';

import type { PageWebSocketClass } from '../browser/page-socket.js';
import { toClientOptions } from './client-options.js';
import { LOOPBACK } from './loopback.js';
import { shareSecureContext } from './share-secure-context.js';
import type { SocketOptions } from './socket-options.js';

/** What a socket is dialled with that a page's own cannot be given. */
export interface NodeWebSocketOptions extends SocketOptions {
  /** The cookie that the relay's app goes by; a function is asked for each dial. */
  readonly cookie?: string | (() => string | undefined);
}

/**
 * The class of a page's sockets for a program: Node 20 has none by itself, and what Node 22 has takes
 * neither a cookie nor an agent. With it, a program follows a call over a relay as a page does.
 *
 * The class throws a TypeError for a cookie that would cross the network in the clear.
 *
 * @throws TypeError for an option that cannot be
 * @see docs/relay.md
 * @example
 * import { liveCall } from '@livecall/core';
 * import { relayTransport } from '@livecall/core/browser';
 * import { nodeWebSocket } from '@livecall/core/node';
 *
 * const webSocket = nodeWebSocket({ cookie: () => process.env['SESSION_COOKIE'] });
 * const call = liveCall(relayTransport({ url: 'https://app.example/livecall/8f0c', webSocket }));
 * call.connect();
 */
export function nodeWebSocket({
  cookie,
  ...socket
}: NodeWebSocketOptions = {}): PageWebSocketClass {
  const clientOptions = toClientOptions(socket);
  return class extends WebSocket {
    constructor(url: string, protocols: string[]) {
      const given = typeof cookie === 'function' ? cookie() : cookie;
      const { protocol, hostname } = new URL(url);
      if (given !== undefined && protocol === 'ws:' && !LOOPBACK.test(hostname)) {
        throw new TypeError(
          `the url must start with wss: for ${hostname}: with ws: the cookie crosses the network in the clear`,
        );
      }
      const headers = given === undefined ? {} : { cookie: given };
      super(url, protocols, shareSecureContext(url, { headers, ...clientOptions }));
    }
  };
}
