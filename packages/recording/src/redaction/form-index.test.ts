import fc from 'fast-check';
import { expect, it } from 'vitest';

import { createFormIndex } from './form-index.js';

function indexOf(forms: readonly string[]) {
  const index = createFormIndex();
  for (const form of forms) index.add(form);
  return index;
}

/** Marks all that belongs to any form, place by place. */
function markSlowly(text: string, forms: readonly string[]): string {
  const marked = [...Array(text.length).keys()].map((place) =>
    forms.some((form) => {
      for (let start = Math.max(0, place - form.length + 1); start <= place; start += 1) {
        if (text.startsWith(form, start)) return true;
      }
      return false;
    }),
  );
  return marked.map((isIn) => (isIn ? 'x' : '.')).join('');
}

function mark(text: string, found: readonly { start: number; end: number }[]): string {
  return [...Array(text.length).keys()]
    .map((place) => (found.some(({ start, end }) => place >= start && place < end) ? 'x' : '.'))
    .join('');
}

it.each<[what: string, forms: readonly string[], text: string, marked: string]>([
  ['nothing', [], 'abcdefgh', '........'],
  ['one', ['abcdefgh'], 'abcdefgh', 'xxxxxxxx'],
  ['one at the end', ['abcdefgh'], '-abcdefgh', '.xxxxxxxx'],
  ['none that is cut', ['abcdefghi'], '-abcdefgh', '.........'],
  ['the longest of those that begin alike', ['abcdefgh', 'abcdefghij'], 'abcdefghij', 'xxxxxxxxxx'],
  ['the longest that is there', ['abcdefgh', 'abcdefghiz'], 'abcdefghij', 'xxxxxxxx..'],
  [
    'one under a longer one that is not there',
    ['abcdefgh', 'abcdefghia', 'abcdefghib', 'abcdefghibc'],
    'abcdefghic',
    'xxxxxxxx..',
  ],
  ['what overlaps', ['abcdefgh', 'efghijkl'], 'abcdefghijklm', 'xxxxxxxxxxxx.'],
  ['none that is too short', ['abcdefg'], 'abcdefgh', '........'],
])('finds %s', (_what, forms, text, marked) => {
  expect(mark(text, indexOf(forms).find(text))).toBe(marked);
});

it('finds what a look at every place finds, in order and apart', () => {
  // Of few letters, so that they overlap, begin alike and stand in one another.
  const forms = fc.array(fc.stringMatching(/^[ab]{8,14}$/), { maxLength: 12 });
  const text = fc.stringMatching(/^[ab]{0,60}$/);
  fc.assert(
    fc.property(forms, text, (given, around) => {
      const found = indexOf(given).find(around);

      expect(mark(around, found)).toBe(markSlowly(around, given));
      for (const [number, { start }] of found.entries()) {
        expect(start).toBeGreaterThanOrEqual(found[number - 1]?.end ?? 0);
      }
    }),
  );
});

it('finds all of many that begin alike, and all of many that do not', () => {
  const forms = Array.from({ length: 3_000 }, (_, number) =>
    number % 2 === 0 ? `eyJhbGciOiJSUzI1NiJ9.${number}` : `${number}`.padStart(8, 'x'),
  );
  const index = indexOf(forms);

  for (const form of forms) {
    expect(index.find(`<${form}>`)[0]).toMatchObject({ start: 1 });
    expect(index.find(`<${form}>`).at(-1)?.end).toBe(form.length + 1);
  }
});
