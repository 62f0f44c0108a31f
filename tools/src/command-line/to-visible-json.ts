/**
 * Writes JSON so that a terminal can show it: what a terminal obeys, or what turns text around, is
 * written as `\uXXXX`. It is the same JSON to whoever reads it as such.
 */
export function toVisibleJson(value: unknown): string {
  return escapeJson(JSON.stringify(value));
}

/** Escapes JSON that is written already; JSON itself escapes C0. */
export function escapeJson(json: string): string {
  return json.replace(
    // DEL and C1, line separators, and the marks that set the direction of text (UAX #9).
    /[\u007f-\u009f\u061c\u200e\u200f\u2028\u2029\u202a-\u202e\u2066-\u2069]/g,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}
