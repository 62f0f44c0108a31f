import { JOINERS, LANGUAGES, NUMERALS } from './number-word-rows.js';
import { createNumberWords, toKnownWord } from './number-words.js';
import type { KnownWord } from './number-words.js';
import { UNSEEN } from './without-markup.js';

/** How far digits are kept apart from those before them. */
export const Gap = {
  /** Nothing between them. */
  None: 0,
  /** A mark, and no space: `415-555`. */
  Mark: 1,
  Space: 2,
  /** `and`, which may join two numbers, or two words of one. */
  And: 3,
  /** What a pause is written as: a comma, a full stop. */
  Pause: 4,
  /** A word that is none of the number's: `uh`. */
  Filler: 5,
  /** What takes back what was said before: `sorry`. */
  Correction: 6,
} as const;
export type Gap = (typeof Gap)[keyof typeof Gap];

/** A digit, a number word, or what may stand between them, as it is met. */
export interface Token {
  readonly start: number;
  readonly end: number;
  /** Digits as they are written. */
  readonly digits: string;
  readonly isNumeral: boolean;
  /** The word that it is, if it is one. */
  readonly word: KnownWord | undefined;
  /** What divides it from the token before. */
  readonly gap: Gap;
}

const [LETTER, DIGIT, NUMERAL, JOINER, OTHER] = [1, 2, 3, 4, 5] as const;

/** What the characters are; 0 where that is not known yet. */
const kinds = new Uint8Array(0x10000);

function classify(code: number): number {
  const character = String.fromCharCode(code);
  const kind = /\p{Nd}/u.test(character)
    ? DIGIT
    : NUMERALS.has(character)
      ? NUMERAL
      : joiners.has(character)
        ? JOINER
        : /[\p{L}\p{M}]/u.test(character)
          ? LETTER
          : OTHER;
  kinds[code] = kind;
  return kind;
}

/** Number words by their hash, so that a word that is none is never cut out of its text. */
interface WordTable {
  readonly hashes: Int32Array;
  readonly words: readonly (KnownWord | undefined)[];
}
const SLOTS = 0x4000;
let wordTable: WordTable | undefined;

function createWordTable(): WordTable {
  const hashes = new Int32Array(SLOTS);
  const words = new Array<KnownWord | undefined>(SLOTS).fill(undefined);
  for (const [word, known] of createNumberWords()) {
    let hash = 0;
    for (let at = 0; at < word.length; at += 1) hash = toHash(hash, word.charCodeAt(at));
    let slot = toSlot(hash);
    while (words[slot] !== undefined) slot = (slot + 1) % SLOTS;
    hashes[slot] = hash;
    words[slot] = known;
  }
  return { hashes, words };
}

/** Capital letters as small ones, where number words have any. */
function toHash(hash: number, code: number): number {
  const isCapital = (code >= 65 && code <= 90) || (code >= 0xc0 && code <= 0xde);
  return (Math.imul(hash, 31) + (isCapital ? code + 32 : code)) | 0;
}

const toSlot = (hash: number): number => (hash ^ (hash >>> 14)) & (SLOTS - 1);

function findWord({ hashes, words }: WordTable, hash: number): KnownWord | undefined {
  for (let slot = toSlot(hash); ; slot = (slot + 1) % SLOTS) {
    const word = words[slot];
    if (word === undefined || hashes[slot] === hash) return word;
  }
}

/** What a character does where no number has begun: it ends a word, may begin a number, or is a letter of a word. */
export const [ENDS, BEGINS] = [1, 2] as const;

/** Which of them, or else the letter that it is, as it is hashed; 0 where that is not known yet. */
const letters = new Uint16Array(0x10000);

/** What a character does where no number has begun: {@link ENDS}, {@link BEGINS}, or the letter that it is. */
export function toLetter(code: number): number {
  const kind = kinds[code] || classify(code);
  const letter = kind === LETTER ? toHash(0, code) : kind === OTHER ? ENDS : BEGINS;
  letters[code] = letter;
  return letter;
}

/**
 * Where the next digit, numeral, joiner or word stands that a number can begin with; `to` where there
 * is none. Most texts are passed over whole, in three fifths of the time that scanning them takes.
 */
export function toNextNumber(text: string, from: number, to: number): number {
  const table = (wordTable ??= createWordTable());
  let start = from;
  let hash = 0;
  for (let at = from; at < to; at += 1) {
    const code = text.charCodeAt(at);
    const letter = letters[code] || toLetter(code);
    if (letter > BEGINS) {
      hash = (Math.imul(hash, 31) + letter) | 0;
      continue;
    }
    if (at > start && findWord(table, hash)?.canBegin === true) return start;
    if (letter === BEGINS) return at;
    start = at + 1;
    hash = 0;
  }
  return to > start && findWord(table, hash)?.canBegin === true ? start : to;
}

/** How many digits a word stands for at most, by its {@link toLetter letters} as they are hashed. */
export function toWeight(hash: number): number {
  return findWord((wordTable ??= createWordTable()), hash)?.weight ?? 0;
}

/** What may stand between digits where words are not divided by spaces. */
const joiners: ReadonlyMap<string, KnownWord> = new Map(
  [...JOINERS, ['+', 'plus'] as const, ['\uff0b', 'plus'] as const].map(([character, kind]) => [
    character,
    toKnownWord(LANGUAGES.map(() => ({ kind, value: 0, isCommon: true }))),
  ]),
);

/**
 * Gives the parts of a text that have digits enough, in whatever language, as what they are made of.
 * One look is all that a text without them takes.
 */
export function scanDigits(
  text: string,
  fewest: number,
  from: number,
  length: number,
): readonly (readonly Token[])[] {
  const table = (wordTable ??= createWordTable());
  const stretches: (readonly Token[])[] = [];
  let stretch: Token[] = [];
  let count = 0;
  let last = 0;
  /** Whether a word of none has come since. */
  let isBroken = false;

  for (let at = from; ;) {
    if (isBroken || stretch.length === 0) at = toNextNumber(text, at, length);
    if (at >= length) break;
    const start = at;
    const code = text.charCodeAt(at);
    const kind = kinds[code] || classify(code);
    at += 1;
    if (kind === OTHER) continue;
    let digits = '';
    let word: KnownWord | undefined;
    if (kind === LETTER) {
      let hash = toHash(0, code);
      for (; at < length; at += 1) {
        const next = text.charCodeAt(at);
        if ((kinds[next] || classify(next)) !== LETTER) break;
        hash = toHash(hash, next);
      }
      word = findWord(table, hash);
    } else if (kind === DIGIT) {
      while (
        isDigit(text, at, length) ||
        (text[at] === INVISIBLE && isDigit(text, at + 1, length))
      ) {
        at += 1;
      }
      digits = text.slice(start, at).replaceAll(INVISIBLE, '');
    } else if (kind === NUMERAL) {
      digits = String(NUMERALS.get(text.charAt(start)));
      const end = toRecitalEnd(text, start, length);
      if (end !== undefined) {
        at = end;
        isBroken = true;
        continue;
      }
    } else word = joiners.get(text.charAt(start));

    const isNumber = word === undefined ? digits !== '' : word.canBegin;
    if (!isNumber && (stretch.length === 0 || isBroken || word === undefined)) {
      isBroken = true;
      continue;
    }
    let gap = isBroken || stretch.length === 0 ? undefined : toGap(text, last, start);
    if (gap === undefined) {
      if (count >= fewest) stretches.push(stretch);
      if (stretch.length > 0) stretch = [];
      count = 0;
      gap = Gap.None;
      isBroken = !isNumber;
      if (isBroken) continue;
    }
    stretch.push({ start, end: at, digits, isNumeral: kind === NUMERAL, word, gap });
    count += word?.weight ?? digits.length;
    last = at;
  }
  if (count >= fewest) stretches.push(stretch);
  return stretches;
}

/** More digits that no pause divides are recited: twenty numbers have no more. */
export const MOST_IN_A_ROW = 240;

/** Where numerals end that are too many in a row; `undefined` where they are not. */
function toRecitalEnd(text: string, start: number, to: number): number | undefined {
  const isNumeral = (at: number) => {
    const code = text.charCodeAt(at);
    return at < to && (kinds[code] || classify(code)) === NUMERAL;
  };
  const far = start + MOST_IN_A_ROW;
  // Nearly always the second one, or the last that may be, is none.
  if (!isNumeral(start + 1) || !isNumeral(far)) return undefined;
  let end = start + 2;
  while (isNumeral(end)) end += 1;
  return end > far ? end : undefined;
}

const INVISIBLE = '\u2060';

function isDigit(text: string, at: number, end: number): boolean {
  const code = text.charCodeAt(at);
  return at < end && (kinds[code] || classify(code)) === DIGIT;
}

/** What divides two tokens; `undefined` where they belong to no one number. */
function toGap(text: string, from: number, to: number): Gap | undefined {
  if (from === to) return Gap.None;
  if (to - from === 1) {
    const mark = text[from];
    if (mark === ' ') return Gap.Space;
    if (mark === '-') return Gap.Mark;
    if (mark === ',') return Gap.Pause;
  }
  if (to - from > LONGEST_MARKUP) return undefined;
  const all = text.slice(from, to);
  const between = all.includes(UNSEEN) ? all.replaceAll(UNSEEN, '') : all;
  if (between.length > LONGEST_GAP) return undefined;
  if (!DIVIDES.test(between)) return undefined;
  if (PAUSES.test(between)) return Gap.Pause;
  return /\s/.test(between) ? Gap.Space : Gap.Mark;
}

const LONGEST_GAP = 8;
const LONGEST_MARKUP = 200;
const DIVIDES =
  /^[\s\p{Pd}\p{Cf}().[\]/_~*|·•…\u2212\u30fc\u30fb\uff08\uff09\uff0e\uff0f\uff5e,;!?、，。；！？]*$/u;
const PAUSES = /[,;…!?、，。；！？\n]|\.[\s.]/;
