import * as t from 'io-ts';

import { isOptional } from '../field.js';
import type { Field } from '../field.js';
import type { Message } from '../message.js';
import * as commands from './commands.js';
import * as messages from './messages.js';

/*
 * The messages as io-ts codecs, for who builds on them. livecall itself decodes without: io-ts and
 * fp-ts would be the larger part of a page that loads it.
 */

export { explain } from './explain.js';
export type { Explanation } from '../message.js';

/**
 * Makes the io-ts codec of a message. It bears the message's name, and what it decodes stays as it
 * was received, with the fields that are not published.
 *
 * @example
 * import { message, words } from '@livecall/core';
 * import type { Message } from '@livecall/core';
 * import { toCodec } from '@livecall/core/codecs';
 *
 * interface Note {
 *   readonly type: 'note';
 *   readonly text: string;
 * }
 * const Note: Message<Note> = message('Note', 'note', { text: words });
 * console.log(toCodec(Note).is({ type: 'note', text: 'a parcel' })); // => true
 */
export function toCodec<A>({ name, type, fields }: Message<A>): t.Type<A> {
  const propsOf = (areOptional: boolean): t.Props =>
    Object.fromEntries(
      fields
        .filter(([, field]) => isOptional(field) === areOptional)
        .map(([key, field]) => [key, toFieldCodec(field as Field<unknown>)]),
    );
  const required = t.type({ type: t.literal(type), ...propsOf(false) });
  const optional = propsOf(true);
  const all =
    Object.keys(optional).length === 0 ? required : t.intersection([required, t.partial(optional)]);
  // Put together from fields that the compiler has held to `A`.
  return t.readonly(all, name) as unknown as t.Type<A>;
}

function toFieldCodec<A>({ name, is }: Field<A>): t.Type<A> {
  return new t.Type<A>(
    name,
    is,
    (u, context) => (is(u) ? t.success(u) : t.failure(u, context)),
    t.identity,
  );
}

/* Client -> server */

export const JoinCall: t.Type<commands.JoinCall> = toCodec(commands.JoinCall);
export type JoinCall = commands.JoinCall;

export const EndCall: t.Type<commands.EndCall> = toCodec(commands.EndCall);
export type EndCall = commands.EndCall;

/** Everything a client may send. */
export const ClientMessage: t.Type<commands.ClientMessage> = t.union(
  [JoinCall, EndCall],
  'ClientMessage',
);
export type ClientMessage = commands.ClientMessage;

/* Server -> client */

export const Ack: t.Type<messages.Ack> = toCodec(messages.Ack);
export type Ack = messages.Ack;

export const CallStart: t.Type<messages.CallStart> = toCodec(messages.CallStart);
export type CallStart = messages.CallStart;

export const ScreeningEnd: t.Type<messages.ScreeningEnd> = toCodec(messages.ScreeningEnd);
export type ScreeningEnd = messages.ScreeningEnd;

export const CallEnd: t.Type<messages.CallEnd> = toCodec(messages.CallEnd);
export type CallEnd = messages.CallEnd;

export const Role: t.Type<messages.Role> = toFieldCodec(messages.Role);
export type Role = messages.Role;

export const Offset: t.Type<messages.Offset> = toFieldCodec(messages.Offset);
export type Offset = messages.Offset;

export const Transcript: t.Type<messages.Transcript> = toCodec(messages.Transcript);
export type Transcript = messages.Transcript;

export const ErrorMessage: t.Type<messages.ErrorMessage> = toCodec(messages.ErrorMessage);
export type ErrorMessage = messages.ErrorMessage;

/** What a message decodes to whose type is not published. */
export const UnknownMessage: t.Type<messages.UnknownMessage> = t.readonly(
  t.type({
    type: t.literal('unknown'),
    received: t.readonly(t.intersection([t.type({ type: t.string }), t.UnknownRecord])),
  }),
  'UnknownMessage',
);
export type UnknownMessage = messages.UnknownMessage;

const published: { readonly [M in messages.PublishedMessage as M['type']]: t.Type<M> } = {
  ack: Ack,
  'event:start': CallStart,
  'event:end': ScreeningEnd,
  'event:callEnd': CallEnd,
  transcript: Transcript,
  error: ErrorMessage,
};
const codecByType: ReadonlyMap<unknown, t.Mixed> = new Map(Object.entries(published));
const AnyMessage = t.type({ type: t.string }, 'ServerMessage');

/**
 * Decodes whatever the server sends, by its `type`; an unpublished type is an
 * {@link UnknownMessage}, never a failure.
 */
export const ServerMessage = new t.Type<messages.ServerMessage, object, unknown>(
  'ServerMessage',
  (u): u is messages.ServerMessage => {
    const codec = AnyMessage.is(u) ? codecByType.get(u.type) : undefined;
    return (codec ?? UnknownMessage).is(u);
  },
  (u, context) => {
    if (!AnyMessage.is(u)) return AnyMessage.validate(u, context) as t.Validation<never>;
    const codec = codecByType.get(u.type);
    return codec === undefined
      ? t.success({ type: 'unknown', received: u })
      : codec.validate(u, context);
  },
  (message) => (message.type === 'unknown' ? message.received : message),
);
export type ServerMessage = messages.ServerMessage;
