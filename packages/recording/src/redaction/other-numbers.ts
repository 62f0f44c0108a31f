import { NUMERALS } from './number-word-rows.js';
import type { Run } from './read-digits.js';
import { Gap } from './scan-digits.js';

const DAY = '(?:0?[1-9]|[12]\\d|3[01])';
const MONTH = '(?:0?[1-9]|1[0-2])';
const YEAR = '(?:19|20)\\d\\d';
const BYTE = '(?:25[0-5]|2[0-4]\\d|1\\d\\d|[1-9]?\\d)';
/** What stands before a number, and is cut off by its last letter. */
const CALLED = '[Tt]e|[Pp]hon|[Ff]a|[Mm]obi|[Mm]obil|[Cc]el|[Tt]elefo|[Ff]o|[Hh]and';
const OR = '(?:, | ?[-–] ?|,? (?:and|or|to|und|oder|bis|y|o|a|et|ou|à|e|ed) )';

/** What digits are whose marks say so; what repeats does so a few times only, or it takes too long. */
const SHAPES: readonly string[] = [
  // Dates
  `${YEAR}([-/.])${MONTH}\\1${DAY}(?:[T -]\\d\\d)?`,
  `${DAY}([-/.])${DAY}\\2${YEAR}`,
  `${DAY}([/.])${DAY}\\3\\d\\d(?=,? \\d{1,2}[:.]\\d\\d)`,
  `${DAY}\\. ?${MONTH}\\. ?${YEAR}`,
  `(?:${DAY}([/.])${MONTH}|${MONTH}([/.])${DAY})(?:\\4|\\5)\\d\\d`,
  `${YEAR}(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\\d|3[01])(?=[-._T]\\d)[-._T]\\d+`,
  `(?:${YEAR}${OR}){1,9}${YEAR}`,
  `(?:${YEAR} ){2,9}${YEAR}`,
  // Amounts and decimals
  '\\d{1,3}(?:,\\d{3}){2,6}(?:\\.\\d+)?',
  '\\d{1,3}(?:[. \\u00a0\\u202f]\\d{3}){1,6},\\d\\d',
  '\\d{1,2}(?:\\.\\d{3}){2,6}',
  '(?:0|[1-9]\\d{0,2})\\.\\d{5,}',
  // Versions: behind a name and a slash or a word that says so, or with a group that is 0
  `(?<=(?<!\\b(?:${CALLED}))\\p{L}/|(?<!\\p{L})(?:[Vv]|[Vv]ersion:?|[Vv]er\\.?|[Bb]uild:?|[Ff]irmware:?|[Rr]elease:?) ?)(?:0|[1-9]\\d{0,3})(?:\\.\\d{1,5}){3}`,
  '[1-9]\\d{0,3}\\.0\\.\\d{1,5}(?:\\.\\d{1,5})?',
  // Addresses of the net; cards; accounts, insurances, taxpayers, postal codes
  `(?:${BYTE}\\.){3}${BYTE}`,
  '\\d{4}([ -])\\d{4}\\6\\d{4}\\6\\d{4}',
  '\\d{4}([ -])\\d{6}\\7\\d{5}',
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

/** Behind which group somebody stops to count from zero; the first where nobody counts. */
function toCounted(run: Run, from: number): number {
  let end = from;
  while (Number(run[end]?.digits) === end - from) end += 1;
  // Figures that spaces alone divide are dictated: there are countries with 0123456789 for a number.
  const isAloud = run
    .slice(from + 1, end)
    .some(({ digits, isSpoken, gap }) => isSpoken || gap >= Gap.And || digits.length > 1);
  return isAloud && end - from > FEWEST_COUNTED ? end : from;
}
const FEWEST_COUNTED = 7;

const DATED =
  /(?<![\p{L}\p{M}])(?:date|dated|born|birth\p{L}*|dob|d\.o\.b\.?|datum|\p{L}*datum|geboren|geburtstag|date de naissance|née?|nacid[oa]|nascid[oa]|nat[oa]|fecha|data)(?:[\s:,]|(?<![\p{L}\p{M}])(?:is|was|of|on|the|am|ist|war|le|el|em|il|è|es|é)(?![\p{L}\p{M}]))*$/iu;

/** Whether three groups are a day: by the word before them, as their marks need not say so. */
export function isDate(before: string, groups: Run): boolean {
  const [one, other, year] = groups.map(({ digits }) => digits);
  if (one === undefined || other === undefined || year === undefined || groups.length > 3)
    return false;
  const isDay = [one, other].every((digits) => digits.length < 3 && Number(digits) <= 31);
  return (
    isDay &&
    Math.min(Number(one), Number(other)) <= 12 &&
    year.length % 2 === 0 &&
    DATED.test(before)
  );
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
  if (!STEPS.has(Math.abs(step))) return false;
  for (let at = from + 1; at < to; at += 1) if (toStep(at) !== step) return false;
  // Numbers begin with zero; who counts from it goes on, and not back to it.
  if (run[from]?.digits === '0' && step !== 0) return step === 1 && toCounted(run, from) > to;
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
