import { LANGUAGES } from './number-word-rows.js';
import { isDigits } from './number-words.js';
import type { NumberWord, WordKind } from './number-word.js';
import { Gap } from './scan-digits.js';
import type { Token } from './scan-digits.js';

/** Digits that are said as one number. */
export interface Said {
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
export function readNumber(
  tokens: readonly Token[],
  first: number,
  language: number,
): Said | undefined {
  const token = tokens[first] as Token;
  if (token.word === undefined) return { digits: token.digits, to: first };
  const word = token.word.meanings[language] as NumberWord;
  if (!isDigits(word.kind) || word.value === 1000) return undefined;
  const { kind, value } = word;
  // Nearly all are: it is not worth the closures of what goes on.
  if (
    (kind === 'unit' || (kind === 'whole' && value !== 10)) &&
    isAlone(tokens[first + 1], language)
  ) {
    return { digits: kind === 'unit' ? '0123456789'.charAt(value) : String(value), to: first };
  }
  return readLonger(tokens, first, language, word);
}

/** Reads a number that goes on with the next word, or may. */
function readLonger(
  tokens: readonly Token[],
  first: number,
  language: number,
  word: NumberWord,
): Said | undefined {
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
    if (kind === 'unit' && value > 0 && language === GERMAN) {
      // `neun und vierzig`, as it is said, and as some write it.
      const [and, ten] = [peek(), peek(2)];
      if (and?.kind !== 'and' || ten?.kind !== 'whole' || !isTen(ten.value)) return value;
      to += 2;
      return value + ten.value;
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
  /** `eight hundred`, `thirteen hundred` and `oh three hundred` are prefixes: 800 and 55, but 415. */
  const isPrefix = (hundreds: number) =>
    hundreds >= 800 || tokens[first - 1]?.word?.meanings[language]?.value === 0;
  const readBehindHundred = (hundreds: number): number => {
    const next = peek();
    if (next === undefined) return 0;
    const isJoined = next.kind === 'and';
    const [rest, after] = isJoined ? [peek(2), peek(3)] : [next, peek(2)];
    if (rest === undefined || rest.value === 0) return 0;
    // `eight hundred five five five` is 800 and 555, `four hundred fifteen` is 415.
    if (language === ENGLISH && !isJoined && (rest.kind === 'unit' || isPrefix(hundreds))) return 0;
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
    if (next.value === 100) value += readBehindHundred(value);
  } else if (isHundreds) value += readBehindHundred(value);
  return { digits: String(value), to };
}

const isTen = (value: number): boolean => value >= 20 && value < 100 && value % 10 === 0;

const ENGLISH = LANGUAGES.indexOf('en');
const GERMAN = LANGUAGES.indexOf('de');
const isFrench = (language: number): boolean => language === LANGUAGES.indexOf('fr');
