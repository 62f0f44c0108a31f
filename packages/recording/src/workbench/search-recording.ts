import { lineOf } from '../format/recording.js';
import type { Recording } from '../format/recording.js';
import { createPhrase } from './phrase.js';
import type { Hit, SearchOptions } from './phrase.js';
import { toUtterance } from './utterance.js';

/**
 * Finds words in what was said, each place once. Case, accents and punctuation are ignored, and one
 * who speaks may say them in several utterances, between which others speak.
 *
 * @throws TypeError where there is no letter and no digit in the words
 * @example
 * import { loadRecording, searchRecording } from '@livecall/recording';
 *
 * for (const { line, role } of searchRecording(
 *   await loadRecording('recordings/joined-call.ndjson'),
 *   'a PARCEL that needs a signature',
 * )) {
 *   console.log(line, role); // => 5 other
 * }
 */
export function searchRecording(
  { entries }: Recording,
  words: string,
  options: SearchOptions = {},
): readonly Hit[] {
  const phrase = createPhrase(words, options);
  const utterances = entries.flatMap((entry, index) => toUtterance(entry, lineOf(index)) ?? []);
  const hits = utterances.flatMap(
    (utterance, index) =>
      phrase.find(
        utterance,
        () => utterances.slice(0, index).reverse(),
        () => utterances.slice(index + 1),
      ) ?? [],
  );
  return withoutRepeats(hits);
}

/** Several utterances that have a phrase together are found from each of them. */
export function withoutRepeats(hits: readonly Hit[]): readonly Hit[] {
  const seen = new Set<string>();
  return hits.filter(({ line, throughLine = line }) => {
    const place = `${line}-${throughLine}`;
    if (seen.has(place)) return false;
    seen.add(place);
    return true;
  });
}
