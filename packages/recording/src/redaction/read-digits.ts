import {
  createNumberWords,
  isDigits,
  JOINERS,
  LANGUAGES,
  NUMERALS,
  toKnownWord,
} from './number-words.js';
import type { KnownWord, NumberWord, WordKind } from './number-words.js';

/** How far digits are kept apart from those before them. */
export const Gap = {
  /** Nothing between them. */
  None: 0,
  /** A mark, and no space: `415-555`. */
  Mark: 1,
  Space: 2,
  /** What a pause is written as: a comma, a full stop. */
  Pause: 3,
  /** A word that is none of the number's: `uh`. */
  Filler: 4,
  /** What takes back what was said before: `sorry`. */
  Correction: 5,
} as const;
export type Gap = (typeof Gap)[keyof typeof Gap];

/** Digits that are written, or said, as one. */
export interface Group {
  readonly digits: string;
  readonly start: number;
  readonly end: number;
  readonly isSpoken: boolean;
  readonly hasPlus: boolean;
  /** What divides them from those before; the first has none. */
  readonly gap: Gap;
}

/** Digits one after the other, with nothing between them that belongs to no number. */
export type Run = readonly Group[];

/** A digit, a number word, or what may stand between them, as it is met. */
interface Token {
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

/** A part of a text in which one language is spoken, and its runs. */
export interface Stretch {
  readonly start: number;
  readonly end: number;
  readonly runs: readonly Run[];
}

/**
 * Reads the digits of a text, in figures, words and numerals alike, as one stream that remembers
 * where each came from; it is divided where something stands that no number is divided by.
 *
 * Only runs of enough digits are given, and one look is all that a text without them takes.
 *
 * @param text its digits from 0 to 9
 */
export function readDigits(
  text: string,
  fewest: number,
  from = 0,
  to = text.length,
): readonly Stretch[] {
  const stretches = toStretches(text, fewest, from, to);
  return stretches.length === 0
    ? NONE
    : stretches.map((tokens) => ({
        start: tokens[0]?.start ?? from,
        end: tokens.at(-1)?.end ?? to,
        runs: toRuns(tokens, fewest),
      }));
}

const NONE: readonly never[] = [];

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

/** What may stand between digits where words are not divided by spaces. */
const joiners: ReadonlyMap<string, KnownWord> = new Map(
  [...JOINERS, ['+', 'plus'] as const, ['\uff0b', 'plus'] as const].map(([character, kind]) => [
    character,
    toKnownWord(LANGUAGES.map(() => ({ kind, value: 0, isCommon: true }))),
  ]),
);

/** The parts of a text that have digits enough, in whatever language. */
function toStretches(
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

  for (let at = from; at < length;) {
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
    } else if (kind === NUMERAL) digits = String(NUMERALS.get(text.charAt(start)));
    else word = joiners.get(text.charAt(start));

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
  if (to - from > LONGEST_GAP) return undefined;
  const between = text.slice(from, to);
  if (!DIVIDES.test(between)) return undefined;
  if (PAUSES.test(between)) return Gap.Pause;
  return /\s/.test(between) ? Gap.Space : Gap.Mark;
}

const LONGEST_GAP = 8;
const DIVIDES =
  /^[\s\p{Pd}\p{Cf}().[\]/_~·•…\u2212\u30fc\u30fb\uff08\uff09\uff0e\uff0f\uff5e,;!?、，。；！？]*$/u;
const PAUSES = /[,;…!?、，。；！？\n]|\.[\s.]/;

/** Reads the words of a stretch in its language, and the numbers that are made of several words. */
function toRuns(tokens: readonly Token[], fewest: number): readonly Run[] {
  const language = toLanguage(tokens);
  const runs: Group[][] = [];
  let run: Group[] = [];
  let gap: Gap = Gap.None;
  let plus: Token | undefined;
  const end = () => {
    if (count(run) >= fewest) runs.push(run);
    run = [];
  };
  const widen = (to: Gap) => {
    gap = Math.max(gap, to) as Gap;
  };

  for (let at = 0; at < tokens.length;) {
    const token = tokens[at] as Token;
    const kind = token.word?.meanings[language]?.kind;
    widen(token.gap);
    const said = readNumber(tokens, at, language);
    if (said !== undefined) {
      const hasPlus = plus !== undefined && token.gap <= Gap.Space;
      const last = tokens[said.to] as Token;
      run.push({
        digits: said.digits,
        start: hasPlus ? (plus as Token).start : token.start,
        end: last.end,
        isSpoken: token.word !== undefined || token.isNumeral,
        hasPlus,
        gap,
      });
      at = said.to + 1;
      gap = Gap.None;
      plus = undefined;
      continue;
    }
    plus = kind === 'plus' ? token : undefined;
    if (kind === 'filler' || kind === 'and') widen(Gap.Filler);
    else if (kind === 'correction') widen(Gap.Correction);
    else if (kind !== 'plus') end();
    at += 1;
  }
  end();
  return runs;
}

function count(run: Run): number {
  return run.reduce((sum, { digits }) => sum + digits.length, 0);
}

/** The language that has most of the words; the last of all, which is none, where there are none. */
function toLanguage(tokens: readonly Token[]): number {
  const votes = LANGUAGES.map(() => 0);
  for (const { word } of tokens) {
    if (word === undefined) continue;
    for (let at = 0; at < votes.length; at += 1) (votes[at] as number) += word.votes[at] as number;
  }
  const most = Math.max(...votes);
  return most < 1 ? LANGUAGES.length : votes.indexOf(most);
}

interface Said {
  readonly digits: string;
  /** The last of its tokens. */
  readonly to: number;
}

const DIGITS: NumberWord = { kind: 'other', value: 0, isCommon: false };

/** Whether nothing is added to a unit before it: another unit comes, a pause, or nothing. */
function isAlone(next: Token | undefined, language: number): boolean {
  if (next === undefined || next.gap > Gap.Space || next.word === undefined) return true;
  return next.word.meanings[language]?.kind === 'unit';
}

/** Reads what is said as one number, from a token on; `undefined` where none begins there. */
function readNumber(tokens: readonly Token[], first: number, language: number): Said | undefined {
  const token = tokens[first] as Token;
  if (token.word === undefined) return { digits: token.digits, to: first };
  const word = token.word.meanings[language] as NumberWord;
  if (!isDigits(word.kind) || word.value === 1000) return undefined;
  if (word.kind === 'unit' && isAlone(tokens[first + 1], language)) {
    return { digits: '0123456789'.charAt(word.value), to: first };
  }
  let to = first;
  const peek = (ahead = 1): NumberWord | undefined => {
    const next = tokens[to + ahead];
    if (next === undefined || next.gap > Gap.Space) return undefined;
    return next.word === undefined ? DIGITS : next.word.meanings[language];
  };
  if (word.kind === 'times') {
    const next = peek();
    const repeated = next?.kind === 'unit' ? String(next.value) : tokens[first + 1]?.digits;
    return next !== undefined && repeated?.length === 1
      ? { digits: repeated.repeat(word.value), to: to + 1 }
      : undefined;
  }

  /** Takes the next word for a part of it, behind an `and` where there may be one. */
  const take = (fits: (kind: WordKind, value: number) => boolean, mayBeJoined = true): number => {
    const ahead = mayBeJoined && peek()?.kind === 'and' && peek(2) !== undefined ? 2 : 1;
    const next = peek(ahead);
    if (next === undefined || !fits(next.kind, next.value)) return 0;
    to += ahead;
    return next.value;
  };
  const isUnit = (kind: WordKind, value: number) => kind === 'unit' && value > 0;
  /** Reads what is below a hundred; what has been read is its first word. */
  const readRest = (kind: WordKind, value: number): number => {
    if (
      kind === 'unit' &&
      value === 4 &&
      isFrench(language) &&
      take((next, ten) => next === 'ten' && ten === 20, false) > 0
    ) {
      return readRest('score', 80);
    }
    if (kind === 'ten') return value + take(isUnit, language !== ENGLISH);
    if (kind === 'score') {
      const more = take((next, add) => isUnit(next, add) || (next === 'whole' && add < 20));
      return (
        value + more + (more === 10 ? take((next, add) => next === 'unit' && add > 6, false) : 0)
      );
    }
    if (value === 10 && isFrench(language))
      return value + take((next, add) => next === 'unit' && add > 6, false);
    return value;
  };
  const readBehindHundred = (): number => {
    const next = peek();
    if (next === undefined) return 0;
    const isJoined = next.kind === 'and';
    // `eight hundred five five five` is 800 and 555.
    if (language === ENGLISH && !isJoined) return 0;
    const [rest, after] = isJoined ? [peek(2), peek(3)] : [next, peek(2)];
    if (rest === undefined || rest.value === 0) return 0;
    if (rest.kind === 'unit' && after?.kind === 'unit') return 0;
    if (!['unit', 'whole', 'ten', 'score'].includes(rest.kind) || rest.value > 99) return 0;
    to += isJoined ? 2 : 1;
    return readRest(rest.kind, rest.value);
  };

  let value = readRest(word.kind, word.value);
  const isHundreds = word.kind === 'hundreds' || word.kind === 'hundred';
  const next = peek();
  const isMultiplied = !isHundreds && value > 0 && value < (next?.value === 1000 ? 10 : 100);
  if (isMultiplied && next?.kind === 'hundred') {
    to += 1;
    value *= next.value;
    if (next.value === 100) value += readBehindHundred();
  } else if (isHundreds) value += readBehindHundred();
  return { digits: String(value), to };
}

const ENGLISH = LANGUAGES.indexOf('en');
const isFrench = (language: number): boolean => language === LANGUAGES.indexOf('fr');
