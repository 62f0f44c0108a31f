import fc from 'fast-check';
import { expect, it } from 'vitest';

import { JOINERS, NUMERALS } from './number-word-rows.js';
import { createNumberWords } from './number-words.js';
import { toNextNumber } from './scan-digits.js';

const words = createNumberWords();
const canBegin = (word: string) => words.get(word)?.canBegin === true;

/** A text of words that numbers are made of and others, with whatever between them. */
const texts = fc
  .array(
    fc.oneof(
      fc.constantFrom(...words.keys()),
      fc.constantFrom(...words.keys()).map((word) => word.toUpperCase()),
      fc.constantFrom('the', 'to', 'and', 'onetwo', 'Vier-', 'x', 'ß', 'ﬀ', '42', '٣', '𝟗', '+'),
      fc.constantFrom(...NUMERALS.keys(), ...JOINERS.keys()),
      fc.constantFrom(' ', ' ', '-', ', ', '.', '\n', '\u2060', '\ud835', "'"),
      fc.string({ unit: 'binary', maxLength: 3 }),
    ),
    { maxLength: 12 },
  )
  .map((parts) => parts.join(''));

/** The same, by patterns: every word is cut out and looked up. */
function toNextByPattern(text: string, from: number): number {
  const shape = Array.from({ length: text.length }, (_, at) => toShape(text.charAt(at))).join('');
  const parts = shape.slice(from).matchAll(/1|a+/g);
  const next = [...parts].find(({ 0: { length }, index }) => {
    const part = text.slice(from + index, from + index + length);
    return toShape(part) === '1' || canBegin(toSmall(part));
  });
  return next === undefined ? text.length : from + next.index;
}

function toShape(character: string): string {
  if (/^\p{Nd}$/u.test(character) || MARKS.has(character)) return '1';
  return /^[\p{L}\p{M}]/u.test(character) ? 'a' : ' ';
}

const MARKS = new Set([...NUMERALS.keys(), ...JOINERS.keys(), '+', '\uff0b']);

const toSmall = (word: string) =>
  word.replaceAll(/[A-Z\xc0-\xde]/g, (letter) => String.fromCharCode(letter.charCodeAt(0) + 32));

it('finds the next number where every word that is looked up finds it', () => {
  fc.assert(
    fc.property(texts, fc.nat(6), (text, skipped) => {
      const from = Math.min(skipped, text.length);
      expect(toNextNumber(text, from, text.length)).toBe(toNextByPattern(text, from));
    }),
  );
});

it('has no word that says more than four digits', () => {
  // So `inText` passes over a text of one word.
  expect(Math.max(...[...words.values()].map(({ weight }) => weight))).toBe(4);
});
