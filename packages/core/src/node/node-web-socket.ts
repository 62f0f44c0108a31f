import type { Agent } from 'node:http';

import { WebSocket } from 'ws';
import type { ClientOptions } from 'ws';

import type { PageWebSocketClass } from '../browser/page-socket.js';
import { LOOPBACK } from './web-socket-transport.js';

/** A relay that does not answer a close keeps no program alive for longer; as `webSocketTransport` has it. */
const CLOSE_TIMEOUT_MS = 2_000;

/** What a socket is dialled with that a page's own cannot be given. */
export interface NodeWebSocketOptions {
  /** The cookie that the relay's app goes by; a function is asked for each dial. */
  readonly cookie?: string | (() => string | undefined);
  /** Makes the connection, through an HTTP proxy for one; for `wss:` an `https.Agent`. */
  readonly agent?: Agent;
  /** Certificate authorities to trust instead of Node's own, in PEM. */
  readonly ca?: string | Buffer;
  /** The longest message accepted, in bytes. @default 1048576 */
  readonly maxPayloadBytes?: number;
}

/**
 * The class of a page's sockets for a program: Node 20 has none by itself, and what Node 22 has takes
 * neither a cookie nor an agent. With it, a program follows a call over a relay as a page does.
 *
 * The class throws a TypeError for a cookie that would cross the network in the clear.
 *
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
  agent,
  ca,
  maxPayloadBytes = 1024 * 1024,
}: NodeWebSocketOptions = {}): PageWebSocketClass {
  return class extends WebSocket {
    constructor(url: string, protocols: string[]) {
      const given = typeof cookie === 'function' ? cookie() : cookie;
      const { protocol, hostname } = new URL(url);
      if (given !== undefined && protocol === 'ws:' && !LOOPBACK.test(hostname)) {
        throw new TypeError(
          `the url must start with wss: for ${hostname}: with ws: the cookie crosses the network in the clear`,
        );
      }
      const options: ClientOptions & { closeTimeout: number } = {
        closeTimeout: CLOSE_TIMEOUT_MS,
        perMessageDeflate: false,
        maxPayload: maxPayloadBytes,
        ...(given !== undefined && { headers: { cookie: given } }),
        ...(agent && { agent }),
        ...(ca !== undefined && { ca }),
      };
      super(url, protocols, options);
    }
  };
}
