import type { Transport } from '../transport.js';
import { dialEndpoint } from './dial-endpoint.js';
import type { WebSocketTransportOptions } from './web-socket-transport-options.js';

/**
 * Dials the live-call endpoint: a {@link Transport} over a real socket.
 *
 * Redirects are never followed, since they would carry the token along. A connection in which
 * nothing came back within `pongTimeoutMs` of a ping is cut, and ends as 1006.
 *
 * @throws TypeError for a URL, token or agent that cannot be used; the message holds none of them.
 * @see PROTOCOL.md#handshake
 * @example
 * import { liveCall } from '@livecall/core';
 * import { webSocketTransport } from '@livecall/core/node';
 *
 * const call = liveCall(
 *   webSocketTransport({
 *     url: 'wss://calls.example/ws/v1/liveCalls',
 *     accessToken: () => process.env['LIVECALL_ACCESS_TOKEN'] ?? '',
 *     conversationToken: 'liveConversationToken-of-the-call-log-entry',
 *   }),
 * );
 */
export function webSocketTransport(options: WebSocketTransportOptions): Transport {
  return dialEndpoint(options);
}
