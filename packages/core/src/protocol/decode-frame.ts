import type { Either } from 'fp-ts/lib/Either.js';

import { left, right } from '../either.js';
import { InvalidFrameError } from '../errors.js';
import { explainMessage, isRecord } from '../message.js';
import type { AnyMessage, Explanation, Fields } from '../message.js';
import type { Frame } from '../transport.js';
import { clientMessages } from './commands.js';
import type { ClientMessage } from './commands.js';
import { serverMessages } from './messages.js';
import type { ServerMessage, UnpublishedMessage } from './messages.js';

/** The type is the server's to choose: `toString` is no message. */
const byType = (messages: Readonly<Record<string, AnyMessage>>): ReadonlyMap<unknown, AnyMessage> =>
  new Map(Object.entries(messages));

const server = /* @__PURE__ */ byType(serverMessages);
const client = /* @__PURE__ */ byType(clientMessages);
const utf8 = /* @__PURE__ */ new TextDecoder('utf-8', { fatal: true });

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
export function decodeFrame(frame: Frame): Either<InvalidFrameError, ServerMessage> {
  return decode(frame, toServerMessage);
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
export function decodeClientFrame(frame: Frame): Either<InvalidFrameError, ClientMessage> {
  return decode(frame, toClientMessage);
}

function decode<A>(
  frame: Frame,
  toMessage: (json: unknown) => Either<Explanation, A>,
): Either<InvalidFrameError, A> {
  let json: unknown;
  try {
    json = JSON.parse(typeof frame === 'string' ? frame : utf8.decode(frame));
  } catch {
    // What JSON.parse has to say quotes the text.
    return left(new InvalidFrameError(frame, 'JSON'));
  }
  const message = toMessage(json);
  if (message._tag === 'Right') return message;
  const { path, expected } = message.left;
  return left(new InvalidFrameError(frame, expected, path));
}

function toServerMessage(json: unknown): Either<Explanation, ServerMessage> {
  if (!isRecord(json)) return left({ path: '', expected: 'ServerMessage' });
  const { type } = json;
  const published = server.get(type);
  if (published !== undefined) return toPublished<ServerMessage>(published, json);
  return typeof type === 'string'
    ? right({ type: 'unknown', received: json as UnpublishedMessage })
    : left({ path: 'type', expected: 'string' });
}

function toClientMessage(json: unknown): Either<Explanation, ClientMessage> {
  if (isRecord(json)) {
    const published = client.get(json['type']);
    if (published !== undefined) return toPublished(published, json);
  }
  return left({ path: '', expected: 'ClientMessage' });
}

function toPublished<A>(message: AnyMessage, json: Fields): Either<Explanation, A> {
  const wrong = message.fits(json) ? undefined : explainMessage(message, json);
  return wrong === undefined ? right(json as A) : left(wrong);
}
