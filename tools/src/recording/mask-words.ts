/** Everything that is not punctuation, a symbol, white space or a control character. */
const IN_WORDS = /[^\p{P}\p{S}\p{Z}\p{Cc}]/gu;

/** Masks the words of a text; its length, its punctuation and its spaces stay. */
export function maskWords(text: string): string {
  return text.replace(IN_WORDS, (character) => 'x'.repeat(character.length));
}
