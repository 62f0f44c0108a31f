import type { Holds } from './protocol.js';

/** A piece of a JSON Schema, draft 2020-12. */
export type JsonSchema = Readonly<Record<string, unknown>>;

/** A field of whatever type. */
export interface AnyField {
  /** What a value that does not fit should have been: `string`, or the name of the type. */
  readonly name: string;
  /** What a value of it gives away. */
  readonly holds: Holds;
  /** A value of it; one that is missing is none of its matter ({@link optional}). */
  readonly schema: JsonSchema;
  /** Whether a value fits. A field that may be missing takes `undefined`. */
  readonly is: (value: unknown) => boolean;
}

/** A field, by its name. */
export type NamedField = readonly [key: string, field: AnyField];

/** A message that is not understood yet. */
export type Fields = Readonly<Record<string, unknown>>;

/**
 * What may stand in one field of a message, said once: its check, its name in an explanation, its
 * schema, and what it gives away.
 *
 * It is invariant. A field that is wider or narrower than the one of the interface it declares is
 * an error of the compiler's.
 */
export interface Field<in out A> extends AnyField {
  readonly is: (value: unknown) => value is A;
}

/** A type of JSON's, where nothing else is said. */
const field = <A>(
  name: string,
  is: (value: unknown) => value is A,
  holds: Holds = 'structure',
  schema: JsonSchema = { type: name },
): Field<A> => ({ name, is, holds, schema });

const isString = (value: unknown) => typeof value === 'string';

/** Text that is part of the message's build, and tells nothing: an id, a date. */
export const text: Field<string> = /* @__PURE__ */ field('string', isString);

/** A phone number, however it is written. */
export const phone: Field<string> = /* @__PURE__ */ field('string', isString, 'phone');

/** What somebody said, or what was said of it. */
export const words: Field<string> = /* @__PURE__ */ field('string', isString, 'words');

/** The platform's own words, for whoever runs the app. */
export const notice: Field<string> = /* @__PURE__ */ field('string', isString, 'notice');

/** A number. */
export const number: Field<number> = /* @__PURE__ */ field(
  'number',
  (value) => typeof value === 'number',
);

/** What stands where a field is missing. */
const missing: Field<null | undefined> = /* @__PURE__ */ field('null', (value) => value == null);

/**
 * One of a few texts.
 *
 * @param name the name of the type
 * @example
 * import { oneOf } from '@livecall/core';
 * import type { Field } from '@livecall/core';
 *
 * type Mood = 'calm' | 'upset';
 * const Mood: Field<Mood> = oneOf('Mood', ['calm', 'upset']);
 * console.log(Mood.is('upset'), Mood.is('angry')); // => true false
 */
export function oneOf<const A extends string>(name: string, values: readonly A[]): Field<A> {
  const is = (value: unknown): value is A => (values as readonly unknown[]).includes(value);
  return field(name, is, undefined, { enum: values });
}

/**
 * A value of one type or of another. It gives away what the first does.
 *
 * @param name the name of the type
 * @example
 * import { either, number, text } from '@livecall/core';
 *
 * const Offset = either('Offset', number, text);
 * console.log(Offset.is(12.5), Offset.is('00:12'), Offset.is(true)); // => true true false
 */
export function either<A, B>(name: string, one: Field<A>, other: Field<B>): Field<A | B> {
  const is = (value: unknown): value is A | B => one.is(value) || other.is(value);
  return field(name, is, one.holds, { anyOf: [one.schema, other.schema] });
}

/**
 * The same field where it may be missing: absent or `null`.
 *
 * @example
 * import { optional, text } from '@livecall/core';
 *
 * console.log(optional(text).is(null), optional(text).is(7)); // => true false
 */
export function optional<A>(present: Field<A>): Field<A | null | undefined> {
  return either(present.name, present, missing);
}

/** Whether a field may be missing. */
export const isOptional = ({ is }: AnyField): boolean => is(undefined);
