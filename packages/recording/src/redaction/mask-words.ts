/** Everything that is not punctuation, a symbol, white space or a control character. */
const IN_WORDS = /[^\p{P}\p{S}\p{Z}\p{Cc}]/gu;

/** Masks the words of a text; its length, its punctuation and its spaces stay. */
export function maskWords(text: string): string {
  return text.replace(IN_WORDS, (character) => 'x'.repeat(character.length));
}

/**
 * Masks the words of bytes that are no text, read as latin1: what is ASCII as in a text, and every
 * other byte by one that no text has, so that they are none still.
 */
export function maskBytes(bytes: string): string {
  return bytes.replace(IN_BYTES, (byte) => (byte < '\u0080' ? 'x' : '\u00ff'));
}
const IN_BYTES = /[\u0080-\u00ff]|[^\p{P}\p{S}\p{Z}\p{Cc}]/gu;
