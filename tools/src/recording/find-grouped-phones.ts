import {
  getCountryCallingCode,
  Metadata,
  parsePhoneNumberFromString,
  parsePhoneNumberWithError,
} from 'libphonenumber-js';
import type { CountryCode, PhoneNumber } from 'libphonenumber-js';

import type { FoundPhone } from './find-phones.js';

/** E.164 has no longer number. */
const MOST_DIGITS = 15;
/** What is shorter is an extension or a short code. */
export const FEWEST_DIGITS = 7;

/** Where numbers have no fixed shape, so many groups are tried before a run is given up. */
const MOST_GROUPS = 32;

/** What is no phone number follows a word, a currency, a colon … */
const NOT_AFTER = /[\p{L}\p{M}\p{N}\p{Sc}%:]$/u;
/** … or goes on with a word, a currency, minutes, cents. */
const NOT_BEFORE = /^(?:[\p{L}\p{M}\p{N}\p{Sc}%]|[:,]\d)/u;

/** Seven digits, which their hyphen alone tells from two numbers. */
const LOCAL = /^[2-9]\d\d\p{Pd}\d{4}$/u;
/** `500-1500` is a range. */
const ROUND = /0\p{Pd}\d+0$/u;

/** Digits that nothing divides. */
interface Group {
  readonly digits: string;
  readonly start: number;
  readonly end: number;
}

/**
 * Makes the finder of the phone numbers that the library passes over: beside another one or other
 * digits, with an area code that is not in use (as a mis-heard one may be), without an area code.
 *
 * What a number is, the library says here, too. It has to be grouped as the library itself would
 * write it, or not at all, or digit by digit, so that no window of a longer code is taken for one.
 */
export function createGroupedPhoneFinder(
  defaultCountry: CountryCode,
): (text: string, from: number, to: number) => readonly FoundPhone[] {
  const lengths = toLengths(defaultCountry);
  const isNorthAmerican = getCountryCallingCode(defaultCountry) === '1';
  /** Where all numbers are grouped alike, others need not be parsed. */
  const shapes = new Set(
    toForms(parsePhoneNumberWithError('+12025550100')).map((form) => form.replace(/\d/g, '#')),
  );
  const patience = isNorthAmerican ? Infinity : MOST_GROUPS;
  const mayBeGrouped = (groups: readonly Group[]) =>
    !isNorthAmerican || isUngrouped(groups) || shapes.has(toWritten(groups).replace(/\d/g, '#'));

  /** What a run is as a whole: it needs less to be told from other digits. */
  const toWhole = (run: string, groups: readonly Group[]): string | undefined => {
    const digits = toDigits(groups);
    if (run.startsWith('+') || digits.length > MOST_DIGITS) return undefined;
    if (isNorthAmerican && LOCAL.test(run)) return ROUND.test(run) ? undefined : digits;
    // Of an area code that is not in use …
    const national = parsePhoneNumberFromString(digits, defaultCountry);
    const isPossible = isNorthAmerican && national?.isPossible() === true;
    if (isPossible && /\d\p{Pd}\d/u.test(run) && isGrouped(national, groups)) {
      return national.number;
    }
    if (national?.isValid() === true) return undefined;
    // … or `44 20 7946 0958`: a plus is not spoken.
    const international = parsePhoneNumberFromString(`+${digits}`);
    const isInternational = groups.length > 2 && international?.isValid() === true;
    return isInternational && toForms(international).includes(toWritten(groups))
      ? international.number
      : undefined;
  };

  /** The longest number that begins with a group, and its last group's place. */
  const findAt = (
    groups: readonly Group[],
    first: number,
    isPlus: boolean,
  ): { readonly last: number; readonly number: string } | undefined => {
    for (const last of toLasts(groups, first, isPlus ? undefined : lengths)) {
      const window = groups.slice(first, last + 1);
      if (!isPlus && !mayBeGrouped(window)) continue;
      const written = `${isPlus ? '+' : ''}${toDigits(window)}`;
      const number = parsePhoneNumberFromString(written, defaultCountry);
      if (number?.isValid() === true && isGrouped(number, window)) {
        return { last, number: number.number };
      }
    }
    return undefined;
  };

  return (text, from, to) => {
    const run = text.slice(from, to).replace(/^[^+\d]+|\D+$/g, '');
    const start = from + text.slice(from, to).indexOf(run);
    if (run.length < FEWEST_DIGITS || isOfWords(text, start, start + run.length)) return [];
    const groups = toGroups(run);
    const whole = toWhole(run, groups);
    if (whole !== undefined) return [toFound(text, start, start + run.length, whole)];

    const found: FoundPhone[] = [];
    let free = 0;
    for (let first = 0; first < groups.length; first += 1) {
      // A number is among the first of many groups, or they are none.
      const isAmongSpelled = isSpelled(groups.slice(first - 1, first + 1));
      if (first > free + (isAmongSpelled ? MOST_DIGITS : patience)) continue;
      const begin = groups[first]?.start ?? 0;
      const isPlus = run[begin - 1] === '+';
      const phone = findAt(groups, first, isPlus);
      if (phone === undefined) continue;
      const end = start + (groups[phone.last]?.end ?? 0);
      found.push(toFound(text, start + begin, end, phone.number));
      first = phone.last;
      free = first + 1;
    }
    return found;
  };
}

/** With its plus, and with the parenthesis that it closes. */
function toFound(text: string, start: number, end: number, number: string): FoundPhone {
  const before = text[start - 1];
  const isOpened = before === '(' && text.slice(start, end).includes(')');
  return { start: before === '+' || isOpened ? start - 1 : start, end, number };
}

/** Whether it belongs to a word, an amount, a time. */
function isOfWords(text: string, start: number, end: number): boolean {
  return (
    NOT_AFTER.test(text.slice(Math.max(0, start - 2), start)) ||
    NOT_BEFORE.test(text.slice(end, end + 2))
  );
}

function toGroups(run: string): readonly Group[] {
  return [...run.matchAll(/\d+/g)].map(({ 0: digits, index }) => ({
    digits,
    start: index,
    end: index + digits.length,
  }));
}

function toDigits(groups: readonly Group[]): string {
  return groups.map(({ digits }) => digits).join('');
}

/** The places of the last groups that make up a length that fits, the longest first. */
function toLasts(
  groups: readonly Group[],
  first: number,
  lengths: ReadonlySet<number> | undefined,
): readonly number[] {
  const lasts: number[] = [];
  let length = 0;
  for (let last = first; last < groups.length; last += 1) {
    length += groups[last]?.digits.length ?? 0;
    if (length > MOST_DIGITS) break;
    if (length >= FEWEST_DIGITS && lengths?.has(length) !== false) lasts.unshift(last);
  }
  return lasts;
}

/** How many digits a national number has, with and without the one that leads out of an area. */
function toLengths(country: CountryCode): ReadonlySet<number> {
  const metadata = new Metadata();
  metadata.selectNumberingPlan(country);
  const lengths = metadata.numberingPlan?.possibleLengths() ?? [];
  return new Set(lengths.flatMap((length) => [length, length + 1]));
}

/** Whether it is written as the library would, or with nothing that groups it. */
function isGrouped(number: PhoneNumber, groups: readonly Group[]): boolean {
  return isUngrouped(groups) || toForms(number).includes(toWritten(groups));
}

/** The groups of a number, as the library has them. */
function toForms(number: PhoneNumber): readonly string[] {
  const international = number.formatInternational();
  return [number.formatNational(), international, international.replace(/^\+\d+ /, '')].map(
    (form) => (form.match(/\d+/g) ?? []).join(' '),
  );
}

function toWritten(groups: readonly Group[]): string {
  return groups.map(({ digits }) => digits).join(' ');
}

function isUngrouped(groups: readonly Group[]): boolean {
  return groups.length === 1 || isSpelled(groups);
}

function isSpelled(groups: readonly Group[]): boolean {
  return groups.every(({ digits }) => digits.length === 1);
}
