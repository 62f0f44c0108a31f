import * as E from 'fp-ts/lib/Either.js';
import type { Decoder } from 'io-ts';

import { InvalidFrameError } from './errors.js';
import { explain } from './explain.js';
import { ClientMessage, ServerMessage } from './protocol.js';
import type { Frame } from './transport.js';

const utf8 = new TextDecoder('utf-8', { fatal: true });

/**
 * Decodes one frame from the server.
 *
 * The server is believed where the publication is silent: unknown fields are kept, an unknown type
 * is an `UnknownMessage`, a binary frame is read as the UTF-8 text it may hold. A `role` or a field
 * type that the published types cannot hold is a failure.
 *
 * @returns the message, or an `InvalidFrameError` that tells the path and what was expected there,
 *   and nothing of what was said
 * @see PROTOCOL.md#server-messages
 * @example
 * import { decodeFrame } from '@livecall/core';
 *
 * const decoded = decodeFrame('{"type":"ack","ackId":"8f0c"}');
 * if (decoded._tag === 'Right') console.log(decoded.right.type); // => ack
 */
export function decodeFrame(frame: Frame): E.Either<InvalidFrameError, ServerMessage> {
  return decode(frame, ServerMessage);
}

/**
 * Decodes one frame from a client, as a server does.
 *
 * @see PROTOCOL.md#client-messages
 * @example
 * import { decodeClientFrame } from '@livecall/core';
 *
 * const decoded = decodeClientFrame('{"type":"client:joinCall","id":"8f0c"}');
 * if (decoded._tag === 'Right') console.log(decoded.right.id); // => 8f0c
 */
export function decodeClientFrame(frame: Frame): E.Either<InvalidFrameError, ClientMessage> {
  return decode(frame, ClientMessage);
}

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

function decode<A>(frame: Frame, codec: Decoder<unknown, A>): E.Either<InvalidFrameError, A> {
  let json: unknown;
  try {
    json = JSON.parse(typeof frame === 'string' ? frame : utf8.decode(frame));
  } catch {
    // What JSON.parse has to say quotes the text.
    return E.left(new InvalidFrameError(frame, 'JSON'));
  }
  const decoded = codec.decode(json);
  if (E.isRight(decoded)) return decoded;
  const { path, expected } = explain(decoded.left);
  return E.left(new InvalidFrameError(frame, expected, path));
}
