/** 150 words a minute. */
const WORD_MS = 400;

/**
 * Estimates how long it took to say something: 0.4 s a word, but never more than there was time.
 *
 * @param roomMs since the utterance before
 */
export function estimateTalkMs(text: string, roomMs: number): number {
  return Math.min(countWords(text) * WORD_MS, Math.max(0, roomMs));
}

/** Counts what has letters or digits. */
export function countWords(text: string): number {
  return text.match(/[\p{L}\p{N}\p{M}'’]+/gu)?.length ?? 0;
}
