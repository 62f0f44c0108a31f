import type { AnyField, Field, JsonSchema } from './field.js';

/** A message that is not understood yet. */
export type Fields = Readonly<Record<string, unknown>>;
type NamedField = readonly [key: string, field: AnyField];

/** A message of whatever type. */
export interface AnyMessage {
  /** What its type is called, here and in TypeScript. */
  readonly name: string;
  /** Its `type`, as on the wire. */
  readonly type: string;
  /** All other fields that are published; those that may be missing stand last. */
  readonly fields: readonly NamedField[];
  /** What `is` asks of the fields, for whoever has found the message by its `type`. */
  readonly fits: (value: Fields) => boolean;
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
  const all = Object.entries<AnyField>(declared);
  const fields = [
    ...all.filter(([, { isOptional }]) => !isOptional),
    ...all.filter(([, { isOptional }]) => isOptional),
  ];
  const fits = toCheck(fields);
  return {
    name,
    type,
    fields,
    fits,
    is: (value): value is A => isRecord(value) && value['type'] === type && fits(value),
  };
}

/**
 * Looks at the fields one by one.
 *
 * A function of its own for each number of fields: V8 learns where each of them finds its fields,
 * and a transcript, which nine of ten messages are, shares its own with no other message. One loop
 * for all takes some 60 ns a frame more, a tenth of what a frame takes.
 */
function toCheck(fields: readonly NamedField[]): (value: Fields) => boolean {
  const [one, two, three, ...others] = fields;
  if (one === undefined) return () => true;
  const [a, { is: isA }] = one;
  if (two === undefined) return (value) => isA(value[a]);
  const [b, { is: isB }] = two;
  if (three === undefined) return (value) => isA(value[a]) && isB(value[b]);
  const [c, { is: isC }] = three;
  if (others.length === 0) return (value) => isA(value[a]) && isB(value[b]) && isC(value[c]);
  return (value) => fields.every(([key, { is }]) => is(value[key]));
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
  { name, type, fields }: AnyMessage,
  value: unknown,
): Explanation | undefined {
  if (!isRecord(value)) return { path: '', expected: name };
  if (value['type'] !== type) return { path: 'type', expected: JSON.stringify(type) };
  const wrong = fields.find(([key, { is }]) => !is(value[key]));
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
  const required = fields.filter(([, { isOptional }]) => !isOptional).map(([key]) => key);
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
