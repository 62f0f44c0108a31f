import type { Transport } from '../transport.js';
import { dialEndpoint } from './dial-endpoint.js';
import type { PassedHandshake } from './passed-handshake.js';
import type { WebSocketTransportOptions } from './web-socket-transport-options.js';

/** What a proxy says of where it passes a client on to; what the client said is in its handshake. */
export type PassOnOptions = Omit<WebSocketTransportOptions, 'productVersion' | 'userId'>;

/**
 * Dials as `webSocketTransport` does, with a client's handshake in the place of what would be sent by
 * itself: for a proxy. The tokens are to be those in it, and a refusal is kept in the `answer` of its
 * error.
 *
 * @throws TypeError as `webSocketTransport` does
 */
export function passOnTransport(options: PassOnOptions, passed: PassedHandshake): Transport {
  return dialEndpoint(options, passed);
}
