import { createUuid } from '../create-uuid.js';
import { right } from '../either.js';
import type { AnyMessage } from '../message.js';
import type { Answer, ClientProtocol, CommandId, Heard, Holds, Protocol } from '../protocol.js';
import type { Frame } from '../transport.js';
import { clientMessages } from './commands.js';
import type { ClientMessage, Command } from './commands.js';
import { decodeClientFrame, decodeFrame, parse, toServerMessage } from './decode-frame.js';
import { serverMessages } from './messages.js';
import type { ServerMessage } from './messages.js';
import { readTranscript } from './read-transcript.js';

const decode: Protocol<ServerMessage, Command>['decode'] = (frame) => {
  const message = readTranscript(frame) ?? toServerMessage(parse(frame));
  if (message !== undefined) return right(toHeard(message));
  // Which says why.
  const decoded = decodeFrame(frame);
  return decoded._tag === 'Right' ? right(toHeard(decoded.right)) : decoded;
};
const encode = (command: Command, id: CommandId) => JSON.stringify({ ...command, id });

/** {@link liveCallProtocol}, as far as {@link liveCall} needs it. */
export const liveCallClient: ClientProtocol<ServerMessage, Command> = {
  decode,
  encode,
  createId: createUuid,
  isEndingClose: () => false,
};

/**
 * What is said on a live call, as a {@link Protocol}: a channel, a recorder or a replay that is given
 * it understands the call, and knows none of its words.
 *
 * @see PROTOCOL.md#messages
 * @example
 * import { liveCallProtocol } from '@livecall/core';
 *
 * const heard = liveCallProtocol.decode('{"type":"event:callEnd","timestamp":"2026-11-22T09:00:00Z"}');
 * console.log(heard._tag === 'Right' && heard.right.isEnd); // => true
 */
export const liveCallProtocol: Protocol<ServerMessage, Command> = {
  decode,
  encode,
  createId: createUuid,
  isEndingClose: () => false,
  decodeJson: (json) => {
    const message = toServerMessage(json);
    return message && toHeard(message);
  },
  decodeCommand: (frame) => {
    const decoded = decodeClientFrame(frame);
    if (decoded._tag === 'Left') return decoded;
    const { id, ...content } = decoded.right;
    return right({ type: content.type, id, content });
  },
  acknowledge: ({ id }) => JSON.stringify({ type: 'ack', ackId: id }),
  readdress,
  holds: ({ type }) => holdsOf(type),
};

/** All six of its fields each time, in one order: whoever reads them finds objects of one shape. */
function toHeard(message: ServerMessage): Heard<ServerMessage> {
  const { type } = message;
  // Nine of ten are, and nothing is to be said of them.
  if (type === 'transcript') {
    return { message, type, isKnown: true, isEnd: false, answers: undefined, reports: undefined };
  }
  return {
    message,
    type: type === 'unknown' ? message.received.type : type,
    isKnown: type !== 'unknown',
    isEnd: type === 'event:callEnd',
    answers:
      type === 'ack'
        ? { by: 'ack', id: message.ackId }
        : type === 'event:callEnd'
          ? END
          : undefined,
    reports: type === 'error' ? message.description : undefined,
  };
}

/** The call's end answers whoever asked for it. */
const END: Answer = { by: 'callEnd', type: 'client:endCall' satisfies ClientMessage['type'] };

/**
 * Puts an id in the place of another wherever it stands as a JSON string, in messages of which
 * nothing is published, too. Bytes stay what they are, text or not. A number is no id here, and
 * would be found in every other number.
 */
function readdress(frame: Frame, from: CommandId, to: CommandId): Frame {
  if (typeof from !== 'string' || from === to) return frame;
  const [old, fresh] = [JSON.stringify(from), JSON.stringify(to)];
  // A function: in a string, `$&` and the like have a meaning.
  if (typeof frame === 'string') return frame.replaceAll(old, () => fresh);
  // A character a byte: UTF-8 in which a text is found holds its bytes in a row, and only there.
  const content = toByteString(frame).replaceAll(toByteString(utf8.encode(old)), () =>
    toByteString(utf8.encode(fresh)),
  );
  return Uint8Array.from(content, (byte) => byte.charCodeAt(0));
}

const utf8 = /* @__PURE__ */ new TextEncoder();

function toByteString(bytes: Uint8Array): string {
  return Array.from(bytes, (byte) => String.fromCharCode(byte)).join('');
}

type Holding = Readonly<Record<string, Holds>>;

/** Says what the fields of a message give away, by its type. */
const holdsOf = /* @__PURE__ */ createHolds();

function createHolds(): (type: unknown) => Holding {
  const messages = [
    ...Object.values<AnyMessage>(serverMessages),
    ...Object.values<AnyMessage>(clientMessages),
  ];
  const toHolding = (of: readonly AnyMessage[], isMeant: (holds: Holds) => boolean): Holding =>
    Object.fromEntries(
      of
        .flatMap(({ fields }) => fields)
        .flatMap(([key, { holds }]) => (isMeant(holds) ? [[key, holds]] : [])),
    );
  // What gives something away does so in whichever message it stands.
  const telling = toHolding(messages, (holds) => holds !== 'structure');
  // What is structure in one message may be anything in another.
  const published = new Map<unknown, Holding>(
    messages.map((message) => [
      message.type,
      { ...telling, type: 'structure', ...toHolding([message], (holds) => holds === 'structure') },
    ]),
  );
  // What is not published is decoded by its type, whatever that is: it has no words.
  const unpublished: Holding = { ...telling, type: 'notice' };
  return (type) => published.get(type) ?? unpublished;
}
