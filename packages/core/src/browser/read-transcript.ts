/** Reads none: a page hears a few frames a second, and `JSON.parse` will do. */
export function readTranscript(): undefined {
  return undefined;
}
