import type { Either } from 'fp-ts/lib/Either.js';

import { left, right } from '../either.js';
import { text } from '../field.js';
import type { Fields } from '../field.js';
import { InvalidFrameError } from '../invalid-frame-error.js';
import { isRecord } from '../message.js';
import type { AnyMessage } from '../message.js';
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
const utf8 = /* @__PURE__ */ new TextDecoder(undefined, { fatal: true });

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
  const message = toServerMessage(json);
  if (message !== undefined) return right(message);
  if (!isRecord(json)) return fail(frame, json === undefined ? 'JSON' : 'ServerMessage');
  const [path, { name }] = server.get(json['type'])?.findWrong(json) ?? ['type', text];
  return fail(frame, name, path);
}

/** Reads JSON as a message of the server's; nothing where it is none, which {@link decodeFrame} explains. */
export function toServerMessage(json: unknown): ServerMessage | undefined {
  if (!isRecord(json) || typeof json['type'] !== 'string') return undefined;
  const published = server.get(json['type']);
  if (published === undefined) return { type: 'unknown', received: json as UnpublishedMessage };
  return published.findWrong(json) ? undefined : (json as unknown as ServerMessage);
}

/**
 * Decodes one frame from a client, as a server does.
 *
 * @see PROTOCOL.md#client-messages
 */
export function decodeClientFrame(frame: Frame): Either<InvalidFrameError, ClientMessage> {
  const json = parse(frame);
  const published = isRecord(json) ? client.get(json['type']) : undefined;
  if (published === undefined) return fail(frame, json === undefined ? 'JSON' : 'ClientMessage');
  const wrong = published.findWrong(json as Fields);
  return wrong === undefined ? right(json as ClientMessage) : fail(frame, wrong[1].name, wrong[0]);
}

/** Reads a frame as JSON; nothing where it is none: what JSON.parse has to say of it quotes the text. */
export function parse(frame: Frame): unknown {
  try {
    return JSON.parse(typeof frame === 'string' ? frame : utf8.decode(frame));
  } catch {
    return undefined;
  }
}

function fail(frame: Frame, expected: string, path?: string): Either<InvalidFrameError, never> {
  return left(new InvalidFrameError(frame, expected, path));
}
