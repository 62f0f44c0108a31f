import { isOptional } from './field.js';
import type { AnyField, Field, Fields, JsonSchema, NamedField } from './field.js';
import { toFindWrong } from './find-wrong.js';

/** A message of whatever type. */
export interface AnyMessage {
  /** What its type is called, here and in TypeScript. */
  readonly name: string;
  /** Its `type`, as on the wire. */
  readonly type: string;
  /**
   * All other fields that are published, in the order in which they are looked at. What may be
   * missing is declared last: an io-ts codec looks there at last.
   */
  readonly fields: readonly NamedField[];
  /** Gives the first field that does not fit, for whoever has found the message by its `type`. */
  readonly findWrong: (value: Fields) => NamedField | undefined;
  readonly is: (value: unknown) => boolean;
}

/**
 * One message, declared once: from it come the check, the explanation of what does not fit
 * ({@link explainMessage}), its JSON Schema ({@link toJsonSchema}) and, in `@livecall/core/codecs`,
 * its io-ts codec.
 */
export interface Message<in out A> extends AnyMessage {
  readonly is: (value: unknown) => value is A;
}

/** Where a value is wrong, and what should stand there; nothing of the value itself. */
export interface Explanation {
  /** The way to the field, `offset` or `json.role` for one; empty for the value as a whole. */
  readonly path: string;
  /** The name of the type that does not fit. */
  readonly expected: string;
}

/**
 * Declares a message: an interface says to people what it is, and a value of the same name to the
 * program. A field that one of the two lacks, or has otherwise, is an error of the compiler's.
 *
 * @param name the name of the type
 * @example
 * import { message, optional, text, words } from '@livecall/core';
 * import type { Message } from '@livecall/core';
 *
 * interface Note {
 *   readonly type: 'note';
 *   readonly text: string;
 *   readonly by?: string | null | undefined;
 * }
 * const Note: Message<Note> = message('Note', 'note', { text: words, by: optional(text) });
 *
 * console.log(Note.is({ type: 'note', text: 'a parcel' }), Note.is({ type: 'note' })); // => true false
 */
export function message<A extends { readonly type: string }>(
  name: string,
  type: A['type'],
  declared: { readonly [K in Exclude<keyof A, 'type'>]-?: Field<A[K]> },
): Message<A> {
  const fields = Object.entries<AnyField>(declared);
  const findWrong = toFindWrong(fields);
  return {
    name,
    type,
    fields,
    findWrong,
    is: (value): value is A => isRecord(value) && value['type'] === type && !findWrong(value),
  };
}

/**
 * Says what is wrong with a value that is no such message: the first field that does not fit.
 *
 * @returns nothing for what fits
 * @example
 * import { explainMessage, Transcript } from '@livecall/core';
 *
 * const wrong = explainMessage(Transcript, { type: 'transcript', msg: 'Hello?', role: 'caller' });
 * console.log(wrong?.path, wrong?.expected); // => role Role
 */
export function explainMessage(
  { name, type, findWrong }: AnyMessage,
  value: unknown,
): Explanation | undefined {
  if (!isRecord(value)) return { path: '', expected: name };
  if (value['type'] !== type) return { path: 'type', expected: JSON.stringify(type) };
  const wrong = findWrong(value);
  return wrong && { path: wrong[0], expected: wrong[1].name };
}

/**
 * Gives a message as a JSON Schema, draft 2020-12. Fields that are not published are allowed, as
 * they are everywhere.
 *
 * @example
 * import { Ack, toJsonSchema } from '@livecall/core';
 *
 * console.log(JSON.stringify(toJsonSchema(Ack)['required'])); // => ["type","ackId"]
 */
export function toJsonSchema({ name, type, fields }: AnyMessage): JsonSchema {
  const required = fields.filter(([, field]) => !isOptional(field)).map(([key]) => key);
  return {
    $schema: 'https://json-schema.org/draft/2020-12/schema',
    title: name,
    type: 'object',
    required: ['type', ...required],
    properties: {
      type: { const: type },
      ...Object.fromEntries(fields.map(([key, { schema }]) => [key, schema])),
    },
  };
}

/** Whether it is an object as JSON has them. */
export function isRecord(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
