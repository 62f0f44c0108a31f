import { either, number, notice, oneOf, optional, phone, text, words } from '../field.js';
import type { Field } from '../field.js';
import { message } from '../message.js';
import type { Message } from '../message.js';

/* What the server sends, a message after the other, in the order of PROTOCOL.md. */

/** Acknowledges the command whose `id` is `ackId`. @see PROTOCOL.md#ack */
export interface Ack {
  readonly type: 'ack';
  /** The `id` of the command that the server has taken. */
  readonly ackId: string;
}
export const Ack: Message<Ack> = /* @__PURE__ */ message('Ack', 'ack', { ackId: text });

/** The call has started: the caller is with the screening assistant. @see PROTOCOL.md#eventstart */
export interface CallStart {
  readonly type: 'event:start';
  /**
   * The caller's number, as the server wrote it: published as E.164, which a withheld number cannot
   * be ({@link isE164}).
   */
  readonly phone: string;
  /** When the call started, published as ISO 8601 ({@link toDate}). */
  readonly timestamp: string;
}
export const CallStart: Message<CallStart> = /* @__PURE__ */ message('CallStart', 'event:start', {
  phone,
  timestamp: text,
});

/**
 * The screening phase has ended. It is not the end of the call, which is {@link CallEnd}.
 *
 * @see PROTOCOL.md#eventend
 */
export interface ScreeningEnd {
  /** The end of the screening, not of the call: that is `event:callEnd`. */
  readonly type: 'event:end';
  /** The server's description of how the screening ended, in words. */
  readonly msg: string;
}
export const ScreeningEnd: Message<ScreeningEnd> = /* @__PURE__ */ message(
  'ScreeningEnd',
  'event:end',
  { msg: words },
);

/** The call has ended. @see PROTOCOL.md#eventcallend */
export interface CallEnd {
  readonly type: 'event:callEnd';
  /** When the call ended, published as ISO 8601 ({@link toDate}). */
  readonly timestamp: string;
}
export const CallEnd: Message<CallEnd> = /* @__PURE__ */ message('CallEnd', 'event:callEnd', {
  timestamp: text,
});

/** Who is speaking: `assistant` is the screening assistant, `other` the caller, `user` the subscriber. */
export type Role = 'assistant' | 'other' | 'user';
export const Role: Field<Role> = /* @__PURE__ */ oneOf('Role', ['assistant', 'other', 'user']);

/** Where a transcript stands; its unit is not published, so it is passed on as it came. */
export type Offset = number | string | null | undefined;
export const Offset: Field<Offset> = /* @__PURE__ */ optional(
  /* @__PURE__ */ either('Offset', number, text),
);

/** Something was said. @see PROTOCOL.md#transcript */
export interface Transcript {
  readonly type: 'transcript';
  /** What was said. */
  readonly msg: string;
  /** Who said it: `assistant` is the screening assistant, `other` the caller, `user` the subscriber. */
  readonly role: Role;
  /** Where in the call it was said; its unit is not published, so it is passed on as it came. */
  readonly offset?: Offset;
}
export const Transcript: Message<Transcript> = /* @__PURE__ */ message('Transcript', 'transcript', {
  msg: words,
  role: Role,
  offset: Offset,
});

/** The server reports an error; the connection may stay open. @see PROTOCOL.md#error */
export interface ErrorMessage {
  readonly type: 'error';
  /** The server's own words. They name no command, and may hold anything. */
  readonly description: string;
}
export const ErrorMessage: Message<ErrorMessage> = /* @__PURE__ */ message(
  'ErrorMessage',
  'error',
  {
    description: notice,
  },
);

/**
 * A message of a type that is not published (yet), as it was `received`, every field kept.
 *
 * It has a `type` of its own, so that a `switch` over {@link ServerMessage} narrows and can be
 * exhaustive whatever the server will send one day.
 */
export interface UnknownMessage {
  /** livecall's own; the server's is `received.type`. */
  readonly type: 'unknown';
  /** What the server sent, every field of it. */
  readonly received: UnpublishedMessage;
}

/** The fields of a message of which nothing is published; its `type` alone is certain. */
export interface UnpublishedMessage {
  /** As the server wrote it. */
  readonly type: string;
  readonly [field: string]: unknown;
}

/** What happens to the call itself. */
export type CallEvent = CallStart | ScreeningEnd | CallEnd;

/** Everything of the server's that is published. */
export type PublishedMessage = Ack | CallEvent | Transcript | ErrorMessage;

/** Everything the server sends. Fields that are not published are kept. */
export type ServerMessage = PublishedMessage | UnknownMessage;

/** Each published message by its type; the compiler sees to it that none is missing. */
export const serverMessages: {
  readonly [M in PublishedMessage as M['type']]: Message<M>;
} = {
  ack: Ack,
  'event:start': CallStart,
  'event:end': ScreeningEnd,
  'event:callEnd': CallEnd,
  transcript: Transcript,
  error: ErrorMessage,
};

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
