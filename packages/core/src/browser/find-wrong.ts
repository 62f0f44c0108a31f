import type { Fields, NamedField } from '../field.js';

/** Makes what looks at the fields of a message one by one: what a loop takes is nothing to a page. */
export function toFindWrong(
  fields: readonly NamedField[],
): (value: Fields) => NamedField | undefined {
  return (value) => fields.find(([key, { is }]) => !is(value[key]));
}
