import * as t from 'io-ts';

/* Client -> server */

/** Asks the platform to transfer the call to the user. @see PROTOCOL.md#clientjoincall */
export const JoinCall = t.readonly(
  t.type({ type: t.literal('client:joinCall'), id: t.string }),
  'JoinCall',
);
export type JoinCall = t.TypeOf<typeof JoinCall>;

/** Asks the platform to end the call. @see PROTOCOL.md#clientendcall */
export const EndCall = t.readonly(
  t.type({ type: t.literal('client:endCall'), id: t.string }),
  'EndCall',
);
export type EndCall = t.TypeOf<typeof EndCall>;

/** Everything a client may send. `id` is the client's own and comes back as the `ackId`. */
export const ClientMessage = t.union([JoinCall, EndCall], 'ClientMessage');
export type ClientMessage = t.TypeOf<typeof ClientMessage>;

/** What a client wants done; it gets a fresh id every time it is sent. */
export interface Command {
  readonly type: ClientMessage['type'];
}

/** The command that asks for the call to be transferred to the user. */
export const joinCall: Command = { type: 'client:joinCall' };

/** The command that asks for the call to be ended. */
export const endCall: Command = { type: 'client:endCall' };

/* Server -> client */

/** Acknowledges the command whose `id` is `ackId`. @see PROTOCOL.md#ack */
export const Ack = t.readonly(t.type({ type: t.literal('ack'), ackId: t.string }), 'Ack');
export type Ack = t.TypeOf<typeof Ack>;

/**
 * The call has started.
 *
 * `phone` is the caller's number as the server wrote it: published as E.164, which a withheld
 * number cannot be ({@link isE164}). `timestamp` is published as ISO 8601 ({@link toDate}).
 *
 * @see PROTOCOL.md#eventstart
 */
export const CallStart = t.readonly(
  t.type({ type: t.literal('event:start'), phone: t.string, timestamp: t.string }),
  'CallStart',
);
export type CallStart = t.TypeOf<typeof CallStart>;

/** The screening phase has ended; `msg` describes it in words. @see PROTOCOL.md#eventend */
export const ScreeningEnd = t.readonly(
  t.type({ type: t.literal('event:end'), msg: t.string }),
  'ScreeningEnd',
);
export type ScreeningEnd = t.TypeOf<typeof ScreeningEnd>;

/** The call has ended; `timestamp` is published as ISO 8601. @see PROTOCOL.md#eventcallend */
export const CallEnd = t.readonly(
  t.type({ type: t.literal('event:callEnd'), timestamp: t.string }),
  'CallEnd',
);
export type CallEnd = t.TypeOf<typeof CallEnd>;

/** Who is speaking: the screening assistant, the caller (`other`) or the subscriber (`user`). */
export const Role = t.keyof({ assistant: null, other: null, user: null }, 'Role');
export type Role = t.TypeOf<typeof Role>;

/** Where a transcript stands; its unit is not published, so it is passed on as it came. */
export const Offset = t.union([t.number, t.string, t.null, t.undefined], 'Offset');
export type Offset = t.TypeOf<typeof Offset>;

/** Something was said. @see PROTOCOL.md#transcript */
export const Transcript = t.readonly(
  t.intersection([
    t.type({ type: t.literal('transcript'), msg: t.string, role: Role }),
    t.partial({ offset: Offset }),
  ]),
  'Transcript',
);
export type Transcript = t.TypeOf<typeof Transcript>;

/** The server reports an error; the connection may stay open. @see PROTOCOL.md#error */
export const ErrorMessage = t.readonly(
  t.type({ type: t.literal('error'), description: t.string }),
  'ErrorMessage',
);
export type ErrorMessage = t.TypeOf<typeof ErrorMessage>;

/**
 * A message of a type that is not published (yet), as it was `received`, every field kept.
 *
 * It has a `type` of its own, so that a `switch` over {@link ServerMessage} narrows and can be
 * exhaustive whatever the server will send one day.
 */
export const UnknownMessage = t.readonly(
  t.type({
    type: t.literal('unknown'),
    received: t.readonly(t.intersection([t.type({ type: t.string }), t.UnknownRecord])),
  }),
  'UnknownMessage',
);
export type UnknownMessage = t.TypeOf<typeof UnknownMessage>;

/** What happens to the call itself. */
export type CallEvent = CallStart | ScreeningEnd | CallEnd;

/** Everything the server sends. Fields that are not published are kept. */
export type ServerMessage = Ack | CallEvent | Transcript | ErrorMessage | UnknownMessage;

type Fields = Readonly<Record<string, unknown>>;

interface Member {
  /** Explains, field by field, what is wrong; four times the cost of the hand-written check. */
  readonly codec: t.Mixed;
  /** Says whether the fields fit; a property test holds it to the codec's own answer. */
  readonly accepts: (fields: Fields) => boolean;
}

const members = new Map<unknown, Member>([
  [
    'transcript',
    {
      codec: Transcript,
      accepts: ({ msg, role, offset }) =>
        typeof msg === 'string' &&
        (role === 'other' || role === 'assistant' || role === 'user') &&
        (offset == null || typeof offset === 'number' || typeof offset === 'string'),
    },
  ],
  ['ack', { codec: Ack, accepts: ({ ackId }) => typeof ackId === 'string' }],
  [
    'event:start',
    {
      codec: CallStart,
      accepts: ({ phone, timestamp }) => typeof phone === 'string' && typeof timestamp === 'string',
    },
  ],
  ['event:end', { codec: ScreeningEnd, accepts: ({ msg }) => typeof msg === 'string' }],
  ['event:callEnd', { codec: CallEnd, accepts: ({ timestamp }) => typeof timestamp === 'string' }],
  ['error', { codec: ErrorMessage, accepts: ({ description }) => typeof description === 'string' }],
]);

const AnyMessage = t.type({ type: t.string }, 'ServerMessage');

const isFields = (u: unknown): u is Fields => typeof u === 'object' && u !== null;

/**
 * Decodes whatever the server sends, by its `type`; an unpublished type is an
 * {@link UnknownMessage}, never a failure.
 *
 * The fields are checked by hand, and the message's own codec runs only to explain a failure: a
 * tagged `t.union` takes 1.6 times as long as `JSON.parse` itself.
 */
export const ServerMessage = new t.Type<ServerMessage, object, unknown>(
  'ServerMessage',
  (u): u is ServerMessage => {
    const member = isFields(u) ? members.get(u['type']) : undefined;
    return member === undefined ? UnknownMessage.is(u) : member.codec.is(u);
  },
  (u, context) => {
    if (!isFields(u) || typeof u['type'] !== 'string') {
      return AnyMessage.validate(u, context) as t.Validation<never>;
    }
    const member = members.get(u['type']);
    if (member === undefined) {
      return t.success({ type: 'unknown', received: u as UnknownMessage['received'] });
    }
    return member.accepts(u) ? t.success(u as never) : member.codec.validate(u, context);
  },
  (message) => (message.type === 'unknown' ? message.received : message),
);

/**
 * Says whether a caller's number is written in E.164, as published: `+`, then up to 15 digits.
 * A withheld number is not.
 *
 * @example
 * import { isE164 } from '@livecall/core';
 *
 * console.log(isE164('+12025550100'), isE164('anonymous')); // => true false
 */
export function isE164(phone: string): boolean {
  return /^\+[1-9]\d{1,14}$/.test(phone);
}

/**
 * Reads a message's ISO 8601 `timestamp`; `undefined` when it is not one.
 *
 * @example
 * import { toDate } from '@livecall/core';
 *
 * console.log(toDate('2026-11-22T09:00:00Z')?.getTime()); // => 1795338000000
 */
export function toDate(timestamp: string): Date | undefined {
  const date = new Date(timestamp);
  return Number.isNaN(date.getTime()) ? undefined : date;
}
