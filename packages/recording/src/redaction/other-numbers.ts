import { NUMERALS } from './number-word-rows.js';
import type { Run } from './read-digits.js';

const DAY = '(?:0?[1-9]|[12]\\d|3[01])';
const MONTH = '(?:0?[1-9]|1[0-2])';
const YEAR = '(?:19|20)\\d\\d';
const BYTE = '(?:25[0-5]|2[0-4]\\d|1\\d\\d|[1-9]?\\d)';
const OR = '(?:, | ?[-–] ?|,? (?:and|or|to|und|oder|bis|y|o|a|et|ou|à|e|ed) )';

/** What digits are whose marks say so; what repeats does so a few times only, or it takes too long. */
const SHAPES: readonly string[] = [
  // Dates
  `${YEAR}([-/.])${MONTH}\\1${DAY}(?:[T -]\\d\\d)?`,
  `${DAY}([-/.])${DAY}\\2${YEAR}`,
  `${DAY}([/.])${DAY}\\3\\d\\d(?=,? \\d{1,2}[:.]\\d\\d)`,
  `${DAY}\\. ?${MONTH}\\. ?${YEAR}`,
  `${YEAR}(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\\d|3[01])(?=[-._T]\\d)[-._T]\\d+`,
  `(?:${YEAR}${OR}){1,9}${YEAR}`,
  `(?:${YEAR} ){2,9}${YEAR}`,
  // Amounts and decimals
  '\\d{1,3}(?:,\\d{3}){2,6}(?:\\.\\d+)?',
  '\\d{1,3}(?:[. \\u00a0\\u202f]\\d{3}){1,6},\\d\\d',
  '\\d{1,2}(?:\\.\\d{3}){2,6}',
  '(?:0|[1-9]\\d{0,2})\\.\\d{5,}',
  // Addresses of the net; cards; accounts, insurances, taxpayers, postal codes
  `(?:${BYTE}\\.){3}${BYTE}`,
  '\\d{4}([ -])\\d{4}\\4\\d{4}\\4\\d{4}',
  '\\d{4}([ -])\\d{6}\\5\\d{5}',
  '\\d{3}\\.\\d{3}\\.\\d{3}-\\d\\d',
  '\\d\\d\\.\\d{3}\\.\\d{3}/\\d{4}-\\d\\d',
  '\\d{3}-\\d\\d-\\d{4}',
  '(?<![\\d)] ?)\\d{5}-\\d{4}',
];
const OTHER = new RegExp(
  `(?<![\\d+]|\\d[-./])(?:${SHAPES.map((shape) => `(?:${shape})`).join('|')})(?!\\d|[-./]\\d)|` +
    '(?<![\\p{L}\\d])[A-Z]{2}\\d\\d(?: ?[\\dA-Z]{4}){3,7}(?: ?[\\dA-Z]{1,3})?(?![\\p{L}\\d])',
  'gu',
);

/** Where in a part of a text digits stand that are something else, by their marks. */
export function findOthers(text: string): readonly (readonly [start: number, end: number])[] {
  return [...text.matchAll(OTHER)].map(({ 0: { length }, index }) => [index, index + length]);
}

const NOT_BEHIND =
  /(?:[\p{Sc}%]|\d:|(?<![\p{L}\p{M}])(?:usd|eur|gbp|r\$|v|version|ver\.?|build|firmware|release))\s?$/iu;
const NOT_BEFORE =
  /^(?::\d|[-_]\p{L}(?!\p{L})|\s?(?:[%\p{Sc}°]|(?:dollars?|bucks|cents?|euros?|pounds?|percent|prozent|million(?:en|s|i)?|millones|milhões|billion|thousand|tausend|mil|mille|mila|reais|pesos|rupees|yen|yuan|francs?|people|units?|pieces|copies|items|stück|unités|unidades|pezzi|kilowatt\p{L}*|rows|records|bytes|years?|minutes?|minuten|seconds?|sekunden|hours?|stunden|days?|miles?|km|kg|mb|gb|ms|uhr)(?![\p{L}\p{M}])|[元円万億亿年]))/iu;
const LETTER = /[\p{L}\p{M}]/u;
const UNDIVIDED = /[\p{sc=Han}\p{sc=Hira}\p{sc=Kana}\p{sc=Hang}\p{sc=Thai}]/u;
const EXTENDED = /^(?:x|ext)/i;

/** Whether digits belong to a word, an amount, a time, a measure: by what stands right beside them. */
export function isOfOther(before: string, after: string): boolean {
  const isBehind = before !== '' && (touches(before.slice(-2)) || NOT_BEHIND.test(before));
  const isBefore =
    after !== '' && (NOT_BEFORE.test(after) || (touches(after.charAt(0)) && !EXTENDED.test(after)));
  return isBehind || isBefore;
}

/** Some scripts divide no words by spaces. */
function touches(text: string): boolean {
  const character = /[\p{L}\p{M}@]$/u.exec(text)?.[0] ?? '';
  return (
    character === '@' ||
    (LETTER.test(character) && !UNDIVIDED.test(character) && !NUMERALS.has(character))
  );
}

/** Whether digits belong to a code, `eu-20261122` or `#4155`, unless they are grouped as a number is. */
export function isOfCode(before: string): boolean {
  return /(?:[\p{L}\d][-_]|#\s?)$/u.test(before);
}

const STEPS: ReadonlySet<number> = new Set([0, 1, 2, 5, 10, 100]);

/** Whether somebody counts: from group to group the same step. */
export function isCounting(run: Run, from: number, to: number): boolean {
  if (to - from < 4) return false;
  const toStep = (at: number) => {
    const [one, other] = [Number(run[at]?.digits), Number(run[at + 1]?.digits)];
    return one + other === 9 && one * other === 0 ? (one === 9 ? 1 : -1) : other - one;
  };
  const step = toStep(from);
  // Nobody counts from zero, and numbers begin with it.
  if (!STEPS.has(Math.abs(step)) || (run[from]?.digits === '0' && step !== 0)) return false;
  for (let at = from + 1; at < to; at += 1) if (toStep(at) !== step) return false;
  // Few digits are a number in few countries only: there, they are not counted.
  return to - from > 5 || run.length > to - from + 1 || run.some(({ digits }) => digits.length > 1);
}

/** Whether so many digits in one are a card's: their last checks them (ISO/IEC 7812-1). */
export function isCard(digits: string): boolean {
  if (digits.length < 13 || digits.length > 19) return false;
  let sum = 0;
  for (let at = 0; at < digits.length; at += 1) {
    const digit = Number(digits[digits.length - 1 - at]) * (at % 2 === 1 ? 2 : 1);
    sum += digit > 9 ? digit - 9 : digit;
  }
  return sum % 10 === 0;
}
