import { searchPhoneNumbersInText } from 'libphonenumber-js';
import type { CountryCode, NumberFound } from 'libphonenumber-js';

import { toAsciiDigits } from './ascii-digits.js';
import { createGroupedPhoneFinder, FEWEST_DIGITS } from './find-grouped-phones.js';

/** A phone number in a text, and where it stands there. */
export interface FoundPhone {
  readonly start: number;
  readonly end: number;
  /** In E.164; the seven digits alone where it was written without its area code. */
  readonly number: string;
}

/** Seven digits, no further apart than a number is spelled; anything less need not be searched. */
export const MAY_HOLD_A_NUMBER = /\p{Nd}(?:\P{Nd}{0,4}\p{Nd}){6}/u;

/** Digits, and between them what the library takes for a part of a number. */
const RUN =
  /\+?\d(?:[\p{Zs}\p{Pd}\p{Cf}\p{Ps}\p{Pe}./~\u2053\u2212\u223c\u30fc\uff0e\uff0f\uff5e]{0,4}\d)*/gu;

/** No number is written longer, however it is grouped; and in more, the library would take long. */
const LONGEST_RUN = 32;

/** So far around its digits the library looks at what stands there. */
const CONTEXT = 4;

/** Digits that are spelled, one by one. */
const SPELLED = /^\D*\d(?:\D+\d)*$/;

/** A stretch of digits that one number or several may stand in, and those found so far. */
interface Run {
  readonly start: number;
  readonly end: number;
  found: readonly FoundPhone[];
}

/**
 * Makes the finder of phone numbers in running text, as machines write them. It gives them in the
 * order in which they stand there, in a time that grows with the length of the text and no faster.
 *
 * Between two numbers that it gives, and before the first and behind the last, it finds no other,
 * not even when it is given that part of the text alone.
 *
 * @param defaultCountry whose national numbers are found
 */
export function createPhoneFinder(
  defaultCountry: CountryCode,
): (text: string) => readonly FoundPhone[] {
  const findGrouped = createGroupedPhoneFinder(defaultCountry);

  const findInGap = (text: string, from: number, to: number): readonly FoundPhone[] => {
    const gap = text.slice(from, to);
    const isForLibrary =
      countDigits(gap) >= FEWEST_DIGITS && gap.length <= LONGEST_RUN && !SPELLED.test(gap);
    return isForLibrary ? [...findByLibrary(text, from, to, defaultCountry)] : [];
  };

  const findInRun = (text: string, from: number, to: number): readonly FoundPhone[] => {
    const found: FoundPhone[] = [];
    let end = from;
    // First what is unmistakable: the library takes the last digit before it for a part of it.
    for (const phone of findGrouped(text, from, to)) {
      found.push(...findInGap(text, end, phone.start), phone);
      end = phone.end;
    }
    found.push(...findInGap(text, end, to));
    return toRows(text, found)
      .filter((row) => !isWithinCode(text, row[0].start, (row.at(-1) ?? row[0]).end))
      .flatMap((row) => row.map((phone) => ({ ...phone, start: toStart(text, phone) })));
  };

  /** Finds in that part of a run which stands between two places, as if nothing stood beyond. */
  const findBetween = (
    text: string,
    from: number,
    next: number,
    run: Run,
  ): readonly FoundPhone[] => {
    const to = next < text.length ? toEndBefore(text, next) : next;
    const part = text.slice(Math.max(from, run.start), Math.min(to, run.end));
    const { 0: written, index } = /\+?\d.*\d/su.exec(part) ?? { 0: '', index: 0 };
    if (countDigits(written) < FEWEST_DIGITS) return [];
    const start = Math.max(from, run.start) + index;
    const first = Math.max(from, start - CONTEXT);
    const last = Math.min(to, start + written.length + CONTEXT);
    // What goes before a number may be kept apart from it by a space, and an astral digit by less.
    const around = text.slice(first, last).replace(/[\s\u2060]+$/u, '');
    return findInRun(around, start - first, start - first + written.length).map((phone) => ({
      ...phone,
      start: phone.start + first,
      end: phone.end + first,
    }));
  };

  return (text) => {
    if (!MAY_HOLD_A_NUMBER.test(text)) return [];
    const ascii = toAsciiDigits(text);
    const runs = [...ascii.matchAll(RUN)]
      .filter(({ 0: run }) => countDigits(run) >= FEWEST_DIGITS)
      .map(({ 0: run, index }): Run => ({ start: index, end: index + run.length, found: [] }));
    for (let at = 0; at < runs.length;) {
      const run = runs[at] as Run;
      const ends = [runs[at - 1]?.found.at(-1)?.end ?? 0, ...run.found.map(({ end }) => end)];
      const found = ends.flatMap((end, index) => {
        const next = run.found[index];
        const to = next?.start ?? runs[at + 1]?.found[0]?.start ?? ascii.length;
        return [...findBetween(ascii, end, to, run), ...(next === undefined ? [] : [next])];
      });
      // Once a number is found, nothing sees it any more: what stands beside it is read again.
      if (found.length === run.found.length) at += 1;
      else at = Math.max(0, at - 1);
      run.found = found;
    }
    return runs.flatMap(({ found }) =>
      found.map((phone) => ({ ...phone, start: toCharacter(text, phone.start) })),
    );
  };
}

/**
 * Where a number begins: without a parenthesis that something else closes, and behind a 1 that
 * stands apart. It is the 1 of `press 1 855-228-4781` as well as that of `1-855-228-4781`; either
 * way it stays, and is read with what replaces the number, or not, with no difference.
 */
function toStart(text: string, { start, end, number }: FoundPhone): number {
  const written = text.slice(start, end);
  const isOpen = written.startsWith('(') && !written.includes(')');
  const apart = number.startsWith('+1')
    ? /^\(?1[^\d(]{1,4}(?=[\d(])/.exec(written)?.[0]
    : undefined;
  return start + (apart?.length ?? (isOpen ? 1 : 0));
}

/** What an extension would come after; another number, or its pseudonym, may stand where it would. */
const EXTENDED = /(?:x|ext\.?)$/i;

/** Where a part ends that another number may come after: without what would make an extension of that. */
export function toEndBefore(text: string, next: number): number {
  let end = next;
  while (text[end - 1] === ' ') end -= 1;
  const extended = EXTENDED.exec(text.slice(Math.max(0, end - 4), end))?.[0];
  return extended === undefined ? next : end - extended.length;
}

/** Where the character begins that stands at a place: some digits have two code units. */
function toCharacter(text: string, place: number): number {
  return /[\udc00-\udfff]/.test(text.charAt(place)) ? place - 1 : place;
}

function countDigits(run: string): number {
  return run.length < FEWEST_DIGITS ? run.length : run.replace(/\D/g, '').length;
}

/** Groups the numbers that stand in a row, with no more than one character between them. */
function toRows(
  text: string,
  phones: readonly FoundPhone[],
): readonly [FoundPhone, ...FoundPhone[]][] {
  const rows: [FoundPhone, ...FoundPhone[]][] = [];
  let end = -1;
  for (const phone of phones) {
    const row = /^\S?$/.test(text.slice(end, phone.start)) ? rows.at(-1) : undefined;
    if (row === undefined) rows.push([phone]);
    else row.push(phone);
    end = phone.end;
  }
  return rows;
}

/** Between digits on both sides, without a space, it is a part of a longer code: of a coordinate. */
function isWithinCode(text: string, start: number, end: number): boolean {
  return (
    /\d[^\d\s]?$/.test(text.slice(Math.max(0, start - 2), start)) &&
    /^[^\d\s]?\d/.test(text.slice(end, end + 2))
  );
}

/** Finds as the library does, which looks at what stands around the digits, too. */
function* findByLibrary(
  text: string,
  from: number,
  to: number,
  defaultCountry: CountryCode,
): Generator<FoundPhone> {
  // Behind a comma it would take the next number for an extension.
  const [before = ''] = /[^\d,;#]*$/.exec(text.slice(Math.max(0, from - CONTEXT), from)) ?? [];
  const [after = ''] = /^[^,;#]*/.exec(text.slice(to, to + CONTEXT)) ?? [];
  let at = from - before.length;
  for (;;) {
    const rest = text.slice(at, to + after.length);
    const found = findFirst(rest, defaultCountry);
    if (found === undefined) return;
    const [start, end] = toSpan(rest, found);
    if (at + end > to) return;
    yield { start: at + start, end: at + end, number: found.number.number };
    at += end;
  }
}

function findFirst(text: string, defaultCountry: CountryCode): NumberFound | undefined {
  for (const found of searchPhoneNumbersInText(text, { defaultCountry })) return found;
  return undefined;
}

/**
 * Where a number begins and ends: without white space, and before its extension, which is the
 * beginning of another number as likely as not (`415-555-2671 x 415-555-2672`).
 */
function toSpan(
  text: string,
  { number: { ext = '' }, startsAt, endsAt }: NumberFound,
): readonly [start: number, end: number] {
  const found = text.slice(startsAt, endsAt - ext.length);
  const written = (ext === '' ? found : found.replace(/\D+$/, '')).trim();
  const start = startsAt + found.indexOf(written);
  return [start, start + written.length];
}
