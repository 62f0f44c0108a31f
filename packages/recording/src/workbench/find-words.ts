import { foldMarks, foldText, UNSPACED } from './fold-text.js';

/** A place in a text: its first UTF-16 unit, and the first behind it. */
export type WordPlace = readonly [from: number, to: number];

/**
 * Finds where in texts the words stand that `searchRecording` finds there, so that they can be marked.
 *
 * What one who speaks said in several utterances is given as several texts, and the words may go
 * from one into the next.
 *
 * @returns the places of each text; none where the words are not there
 * @example
 * import { findWords } from '@livecall/recording/format';
 *
 * const said = ['Crème brûlée for two, and', 'a parcel.'];
 * console.log(JSON.stringify(findWords(said, 'CREME brulee'))); // => [[[0,12]],[]]
 * console.log(JSON.stringify(findWords(said, 'and a parcel'))); // => [[[22,25]],[[0,8]]]
 */
export function findWords(
  texts: readonly string[],
  words: string,
): readonly (readonly WordPlace[])[] {
  const wanted = foldText(words);
  const { folded, places } = foldPlaced(texts.join(' '));
  const found: WordPlace[] = [];
  if (wanted !== '') {
    for (
      let at = folded.indexOf(wanted);
      at !== -1;
      at = folded.indexOf(wanted, at + wanted.length)
    ) {
      const [from = 0] = places[at] ?? [];
      const [, to = from] = places[at + wanted.length - 1] ?? [];
      found.push([from, to]);
    }
  }
  let start = 0;
  return texts.map((text) => {
    const own = found.flatMap(([from, to]): readonly WordPlace[] => {
      const [first, last] = [Math.max(0, from - start), Math.min(text.length, to - start)];
      return first < last ? [[first, last]] : [];
    });
    start += text.length + 1;
    return own;
  });
}

/** What people see as one letter, with its accents. */
const letters = new Intl.Segmenter('en', { granularity: 'grapheme' });
const WORDLY = /[\p{L}\p{N}\p{M}]/u;

/** Folds a text as `foldText` does, and says of each unit of that where it stood. */
function foldPlaced(text: string): { folded: string; places: readonly WordPlace[] } {
  const places: WordPlace[] = [];
  let folded = '';
  let last = '';
  let isApart = false;
  for (const { segment, index } of letters.segment(text)) {
    const place: WordPlace = [index, index + segment.length];
    for (const letter of foldMarks(segment)) {
      if (!WORDLY.test(letter)) {
        isApart = true;
        continue;
      }
      const isDivided = isApart && last !== '' && !(UNSPACED.test(last) && UNSPACED.test(letter));
      if (isDivided) {
        folded += ' ';
        places.push(place);
      }
      folded += letter;
      for (let unit = 0; unit < letter.length; unit += 1) places.push(place);
      last = letter;
      isApart = false;
    }
  }
  return { folded, places };
}
