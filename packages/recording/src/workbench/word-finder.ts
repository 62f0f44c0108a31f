import { isAscii } from 'node:buffer';

import { toBytePattern } from './byte-pattern.js';

/** Finds the lines of a block in which a word may stand; a few too many, never one too few. */
export type WordFinder = (block: Buffer) => Iterable<number>;

/**
 * Makes a finder of a word in whole lines of UTF-8, in any case and with any accents. It looks at
 * bytes alone, since to read every line as JSON takes twenty times as long.
 *
 * @param word folded, without a space
 * @returns gives places in ascending order, each somewhere in a line that is to be read
 */
export function createWordFinder(word: string): WordFinder {
  const inAscii = createAsciiFinder(word);
  let pattern: RegExp | undefined;
  return (block) => {
    // Where bytes do not tell what is said: binary frames, and letters that are escaped.
    const hidden = [...findAll(block, BASE64), ...findAll(block, ESCAPE)];
    const seen = isAscii(block)
      ? inAscii(block)
      : findPattern(block, (pattern ??= toBytePattern(word)));
    return hidden.length === 0 ? seen : [...hidden, ...seen].sort((one, other) => one - other);
  };
}

/**
 * Of `"base64":`, what begins with a letter that is rare: `indexOf` looks for the first, and at the rest
 * wherever it stands. It is found four times as fast as the whole.
 */
const BASE64 = Buffer.from('64":');
const ESCAPE = Buffer.from('\\u');

function* findAll(block: Buffer, needle: Buffer): Generator<number> {
  for (let at = block.indexOf(needle); at !== -1; at = block.indexOf(needle, at + 1)) yield at;
}

function* findPattern(block: Buffer, pattern: RegExp): Generator<number> {
  for (const { index } of block.toString('latin1').matchAll(pattern)) yield index;
}

/** Two letters are found by `indexOf`, in each case, eight times as fast as a word by a pattern. */
function createAsciiFinder(word: string): (block: Buffer) => readonly number[] {
  const letters = Buffer.from(word);
  // Nothing that is written in ASCII folds to another letter.
  if (!isAscii(letters)) return () => [];
  if (letters.length === 1) {
    const forms = [...new Set([word, word.toUpperCase()])].map((form) => Buffer.from(form));
    return (block) => forms.flatMap((form) => [...findAll(block, form)]).sort(ascending);
  }
  return (block) => {
    const counts = countSample(block);
    const at = findRarest(letters, counts);
    const found: number[] = [];
    for (const { form, begins } of toForms(word.slice(at, at + 2), counts)) {
      for (const place of findAll(block, form)) {
        if (isWordAt(block, place - at - begins, letters)) found.push(place);
      }
    }
    return found.sort(ascending);
  };
}

const ascending = (one: number, other: number): number => one - other;

/** What is looked for, and where in the pair it begins. */
interface Form {
  readonly form: Buffer;
  readonly begins: 0 | 1;
}

/**
 * Two letters in each case. Of capitals there are few in most lines: then one alone is looked for, once,
 * in the place of each with either letter.
 */
function toForms(pair: string, counts: Counts): readonly Form[] {
  const [first, second] = [pair.slice(0, 1), pair.slice(1)];
  const [One, Other] = [first.toUpperCase(), second.toUpperCase()];
  const isRare = (capital: string) => (counts[capital.charCodeAt(0)] ?? 0) <= FEW_CAPITALS;
  const forms: (readonly [form: string, begins: 0 | 1])[] = [[pair, 0]];
  if (One !== first) {
    if (isRare(One)) forms.push([One, 0]);
    else forms.push([One + second, 0], [One + Other, 0]);
  }
  if (Other !== second) forms.push(isRare(Other) ? [Other, 1] : [first + Other, 0]);
  return forms.map(([form, begins]) => ({ form: Buffer.from(form), begins }));
}

type Counts = Readonly<Uint32Array>;

/** How often each byte stands in the beginning of a block. */
function countSample(block: Buffer): Counts {
  const counts = new Uint32Array(256);
  for (const byte of block.subarray(0, SAMPLE_BYTES)) counts[byte] = (counts[byte] ?? 0) + 1;
  return counts;
}

/** The letter of the word that stands least often in these lines, the last aside. */
function findRarest(letters: Buffer, counts: Counts): number {
  let rarest = 0;
  for (let at = 1; at < letters.length - 1; at += 1) {
    if ((counts[letters[at] ?? 0] ?? 0) < (counts[letters[rarest] ?? 0] ?? 0)) rarest = at;
  }
  return rarest;
}

const SAMPLE_BYTES = 2_048;
/** Of so many bytes. A capital that is found is looked at in JavaScript, which takes its time. */
const FEW_CAPITALS = 10;

function isWordAt(block: Buffer, start: number, letters: Buffer): boolean {
  if (start < 0) return false;
  for (let index = 0; index < letters.length; index += 1) {
    const byte = block[start + index] ?? 0;
    const letter = letters[index];
    if (byte !== letter && (byte | CAPITAL_BIT) !== letter) return false;
  }
  return true;
}

/** What a capital lacks of its small letter; over a digit it changes nothing that is one. */
const CAPITAL_BIT = 0x20;
