import type { Either } from 'fp-ts/lib/Either.js';

import { left, right } from '../either.js';
import { InvalidFrameError } from '../errors.js';
import { isRecord } from '../message.js';
import type { AnyMessage, Fields } from '../message.js';
import type { Frame } from '../transport.js';
import { clientMessages } from './commands.js';
import type { ClientMessage } from './commands.js';
import { serverMessages } from './messages.js';
import type { ServerMessage, UnpublishedMessage } from './messages.js';

// Maps: the type is the sender's to choose, and `toString` is no message.
const server: ReadonlyMap<unknown, AnyMessage> = /* @__PURE__ */ new Map(
  /* @__PURE__ */ Object.entries<AnyMessage>(serverMessages),
);
const client: ReadonlyMap<unknown, AnyMessage> = /* @__PURE__ */ new Map(
  /* @__PURE__ */ Object.entries<AnyMessage>(clientMessages),
);
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
  const json = parse(frame);
  if (!isRecord(json)) return fail(frame, json === undefined ? 'JSON' : 'ServerMessage');
  const { type } = json;
  const published = server.get(type);
  if (published !== undefined) return toPublished(frame, published, json);
  return typeof type === 'string'
    ? right({ type: 'unknown', received: json as UnpublishedMessage })
    : fail(frame, 'string', 'type');
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
  const json = parse(frame);
  const published = isRecord(json) ? client.get(json['type']) : undefined;
  return published === undefined
    ? fail(frame, json === undefined ? 'JSON' : 'ClientMessage')
    : toPublished(frame, published, json as Fields);
}

/** Nothing where it is no JSON: what JSON.parse has to say of it quotes the text. */
function parse(frame: Frame): unknown {
  try {
    return JSON.parse(typeof frame === 'string' ? frame : utf8.decode(frame));
  } catch {
    return undefined;
  }
}

function toPublished<A>(
  frame: Frame,
  { findWrong }: AnyMessage,
  json: Fields,
): Either<InvalidFrameError, A> {
  const wrong = findWrong(json);
  return wrong === undefined ? right(json as unknown as A) : fail(frame, wrong[1].name, wrong[0]);
}

function fail(frame: Frame, expected: string, path?: string): Either<InvalidFrameError, never> {
  return left(new InvalidFrameError(frame, expected, path));
}
