import type { Fields, NamedField } from './field.js';

type Triple = readonly [NamedField, NamedField, NamedField];

/**
 * Makes what looks at the fields of a message one by one, for the first that does not fit. Where
 * there are three it does so without a loop, and V8 learns where it finds them: no other message has
 * three than a transcript, and one that is not written as published comes here
 * (`protocol/read-transcript.ts`). In a loop it takes a fifth longer to decode, at least. A page has
 * the loop (`browser/find-wrong.ts`).
 */
export function toFindWrong(
  fields: readonly NamedField[],
): (value: Fields) => NamedField | undefined {
  if (fields.length !== 3) return (value) => fields.find(([key, { is }]) => !is(value[key]));
  const triple = fields as Triple;
  const [[a, { is: isA }], [b, { is: isB }], [c, { is: isC }]] = triple;
  return (value) => {
    if (!isA(value[a])) return triple[0];
    if (!isB(value[b])) return triple[1];
    return isC(value[c]) ? undefined : triple[2];
  };
}
