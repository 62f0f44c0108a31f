import {
  AckTimeoutError,
  CallEndedError,
  ConnectionLostError,
  NotOpenError,
  SendFailedError,
  ServerReportedError,
} from './command-error.js';
import { InvalidFrameError } from './invalid-frame-error.js';
import { EndedWithoutCallEndError, isLiveCallError, isTag } from './live-call-error.js';
import type { LiveCallError } from './live-call-error.js';
import { toPlainFields } from './plain-fields.js';
import {
  ConnectFailedError,
  ConnectionClosedError,
  HandshakeRefusedError,
  HandshakeTimeoutError,
  TokenUnavailableError,
  TransportFailedError,
} from './transport-error.js';

/** What only the server worded, what was thrown elsewhere, and what is an error's own affair. */
type Hidden =
  | 'answer'
  | 'description'
  | 'failure'
  | 'frame'
  | 'providerError'
  | 'reason'
  | 'cause'
  | 'stack'
  | 'toJSON';

/** What an error was caused by: another of livecall's own, by its `_tag`, or what is no part of it. */
export interface PlainCause {
  readonly _tag?: LiveCallError['_tag'];
  readonly name: string;
  readonly message: string;
  /** `ECONNREFUSED` for one, or a close code. */
  readonly code?: string | number;
  readonly cause?: PlainCause;
}

/** An error as plain data: what is not enumerable on it is left away, and `_tag` tells which it is. */
export type PlainError<E extends LiveCallError = LiveCallError> = E extends LiveCallError
  ? {
      readonly [Field in Exclude<keyof E, Hidden>]: E[Field] extends readonly ServerReportedError[]
        ? readonly PlainError<ServerReportedError>[]
        : E[Field];
    } & { readonly cause?: PlainCause }
  : never;

/**
 * Makes plain data of an error, for another thread or process: a structured clone of the error
 * itself keeps nothing but its message. It is what `JSON.stringify` writes of it, too.
 *
 * What loggers do not print is not in it: the server's own words, a frame, what somebody's function
 * threw.
 *
 * @example
 * import { toPlainError } from '@livecall/core';
 * import type { LiveCall } from '@livecall/core';
 *
 * export const passErrors = (call: LiveCall, post: (message: unknown) => void) =>
 *   call.errors$.subscribe((error) => {
 *     post(toPlainError(error));
 *   });
 */
export function toPlainError<E extends LiveCallError>(error: E): PlainError<E> {
  return toPlainFields(error) as PlainError<E>;
}

/**
 * The way back: an error of the same class with the same message and fields, and its causes alike.
 * What was hidden stays behind. It has no stack: where it was read tells nothing of it.
 *
 * @throws TypeError for what is no plain form of an error of livecall's, or lacks one of its fields
 * @example
 * import { fromPlainError, HandshakeRefusedError, toPlainError } from '@livecall/core';
 *
 * const copy: unknown = structuredClone(toPlainError(new HandshakeRefusedError(503)));
 * console.log(fromPlainError(copy).name); // => HandshakeRefusedError
 */
export function fromPlainError(plain: unknown): LiveCallError {
  const error = toError(plain);
  if (error !== undefined && isLiveCallError(error)) return error;
  throw new TypeError('This is no plain form of an error of livecall; toPlainError makes them.');
}

type Fields<Tag> = Exclude<
  keyof Extract<LiveCallError, { readonly _tag: Tag }>,
  Hidden | '_tag' | 'name' | 'message'
>;
type Check = (value: unknown) => boolean;

const isNumber: Check = (value) => typeof value === 'number';
const isString: Check = (value) => typeof value === 'string';
const isBoolean: Check = (value) => typeof value === 'boolean';
const isDelivery: Check = (value) => value === 'not-sent' || value === 'unknown';
const orNone =
  (check: Check): Check =>
  (value) =>
    value === undefined || check(value);

/** The fields of every error; the types see to it that none is missing. */
const fieldsByTag: {
  readonly [Tag in LiveCallError['_tag']]: Readonly<Record<Fields<Tag>, Check>>;
} = {
  HandshakeRefusedError: {
    ...{ status: isNumber, retryAfterMs: orNone(isNumber) },
    ...{ refusedBy: isString, isLasting: isBoolean },
  },
  HandshakeTimeoutError: { timeoutMs: isNumber, waitingFor: isString },
  ConnectFailedError: { code: orNone(isString), isLasting: isBoolean },
  TokenUnavailableError: { token: isString },
  ConnectionClosedError: { code: isNumber, wasClean: isBoolean },
  TransportFailedError: {},
  InvalidFrameError: { path: isString, expected: isString, length: isNumber },
  ServerReportedError: {},
  EndedWithoutCallEndError: {},
  NotOpenError: { delivery: isDelivery, waitedMs: isNumber },
  AckTimeoutError: { delivery: isDelivery, ackTimeoutMs: isNumber, errorsSinceSend: Array.isArray },
  ConnectionLostError: { delivery: isDelivery },
  CallEndedError: { delivery: isDelivery },
  SendFailedError: { delivery: isDelivery },
};

/** Every error's class by its tag. */
export const errorsByTag: {
  readonly [Tag in LiveCallError['_tag']]: {
    readonly prototype: Extract<LiveCallError, { readonly _tag: Tag }>;
  };
} = {
  HandshakeRefusedError,
  HandshakeTimeoutError,
  ConnectFailedError,
  TokenUnavailableError,
  ConnectionClosedError,
  TransportFailedError,
  InvalidFrameError,
  ServerReportedError,
  EndedWithoutCallEndError,
  NotOpenError,
  AckTimeoutError,
  ConnectionLostError,
  CallEndedError,
  SendFailedError,
};

/** What is hidden, as it is where there was nothing to hide. */
const absentByTag: Readonly<Record<string, object>> = {
  HandshakeRefusedError: { answer: undefined },
  ConnectionClosedError: { reason: '' },
  InvalidFrameError: { frame: '' },
  ServerReportedError: { description: '' },
};

function toError(plain: unknown): Error | undefined {
  if (typeof plain !== 'object' || plain === null) return undefined;
  const given = new Map<string, unknown>(Object.entries(plain));
  const message = given.get('message');
  if (typeof message !== 'string') return undefined;
  const tag = toText(given.get('_tag'), '');
  const error = new Error(message);
  const show = (field: string, value: unknown, enumerable: boolean) => {
    Object.defineProperty(error, field, { value, enumerable, writable: true, configurable: true });
  };
  const name = tag === '' ? toText(given.get('name'), 'Error') : tag;
  show('stack', `${name}: ${message}`, false);
  const cause = toError(given.get('cause'));
  if (cause !== undefined) show('cause', cause, false);
  if (!isTag(tag)) {
    show('name', name, false);
    if (typeof given.get('code') === 'string') show('code', given.get('code'), true);
    return error;
  }
  show('_tag', tag, true);
  show('name', tag, true);
  for (const [field, check] of Object.entries<Check>(fieldsByTag[tag])) {
    const value = given.get(field) ?? undefined;
    if (!check(value)) throw new TypeError(`${tag}.${field} is missing from its plain form.`);
    show(field, Array.isArray(value) ? value.map(fromPlainError) : value, true);
  }
  for (const [field, value] of Object.entries(absentByTag[tag] ?? {})) show(field, value, false);
  return Object.setPrototypeOf(error, errorsByTag[tag].prototype) as Error;
}

function toText(value: unknown, otherwise: string): string {
  return typeof value === 'string' ? value : otherwise;
}
