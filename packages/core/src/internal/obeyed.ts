/*
 * What a terminal obeys instead of showing it, or turns text around by, as classes of a regular
 * expression: text of others is not shown as it came.
 */

/** What JSON leaves as it is: DEL and C1, line separators, the marks that set the direction of text (UAX #9). */
export const OBEYED_IN_JSON = String.raw`\u007f-\u009f\u061c\u200e\u200f\u2028\u2029\u202a-\u202e\u2066-\u2069`;

/** All of it: C0, too. */
export const OBEYED = String.raw`\u0000-\u001f${OBEYED_IN_JSON}`;

/** A UTF-16 unit as JSON escapes it. */
export function toEscape(unit: string): string {
  return `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`;
}
