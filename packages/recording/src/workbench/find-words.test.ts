import fc from 'fast-check';
import { expect, it } from 'vitest';

import { findWords } from './find-words.js';
import { foldText } from './fold-text.js';

/** The texts with what was found in brackets. */
function mark(texts: readonly string[], words: string): readonly string[] {
  return findWords(texts, words).map((places, index) =>
    places.reduceRight(
      (text, [from, to]) => `${text.slice(0, from)}[${text.slice(from, to)}]${text.slice(to)}`,
      texts[index] ?? '',
    ),
  );
}

it.each<[words: string, texts: readonly string[], marked: readonly string[]]>([
  ['parcel', ['A PARCEL, two parcels.'], ['A [PARCEL], two [parcel]s.']],
  ['creme brulee', ['Crème  brûlée!'], ['[Crème  brûlée]!']],
  [
    'creme brulee',
    ['Cre\u0300me \u200bbru\u0302le\u0301e'],
    ['[Cre\u0300me \u200bbru\u0302le\u0301e]'],
  ],
  ['hauptstrasse', ['die Hauptstraße 2'], ['die [Hauptstraße] 2']],
  ['fi', ['ﬁve'], ['[ﬁ]ve']],
  [
    'and a parcel',
    ['Here it is, and', 'a parcel.', 'So.'],
    ['Here it is, [and]', '[a parcel].', 'So.'],
  ],
  ['そのにもつ', ['その', 'にもつ'], ['[その]', '[にもつ]']],
  ['😀', ['😀 parcel'], ['😀 parcel']],
  ['', ['a parcel'], ['a parcel']],
  ['zebra', ['a parcel', ''], ['a parcel', '']],
])('finds where %s stands', (words, texts, marked) => {
  expect(mark(texts, words)).toEqual(marked);
});

it('finds all that a search finds, whatever it is written in', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'grapheme', maxLength: 12 }), (text) => {
      fc.pre(foldText(text) !== '');
      const places = findWords([`a, ${text} z`], text)[0] ?? [];
      expect(places.length).toBeGreaterThan(0);
    }),
  );
});
