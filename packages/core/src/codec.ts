import type { ClientMessage } from './protocol/commands.js';
import type { Frame } from './transport.js';

/* Until `live-call.ts` and `issue-command.ts` speak to a protocol and not to this one. */
export { decodeFrame } from './protocol/decode-frame.js';

/**
 * Encodes one message for the server.
 *
 * @see PROTOCOL.md#client-messages
 * @example
 * import { encodeClientMessage } from '@livecall/core';
 *
 * const frame = encodeClientMessage({ type: 'client:endCall', id: '8f0c' });
 * console.log(frame); // => {"type":"client:endCall","id":"8f0c"}
 */
export function encodeClientMessage({ type, id }: ClientMessage): Frame {
  return JSON.stringify({ type, id });
}
