import {
  isValidPhoneNumber,
  parsePhoneNumberFromString,
  searchPhoneNumbersInText,
} from 'libphonenumber-js';
import type { CountryCode, E164Number, NumberFound } from 'libphonenumber-js';

/** Replaces phone numbers; the same number gets the same pseudonym, however it is written. */
export interface PhonePseudonyms {
  /** Replaces a field that holds a phone number and nothing else; one without digits is kept. */
  inField(phone: string): string;
  /** Replaces the numbers that stand in running text. */
  inText(text: string): string;
}

/** Fewer digits than this are an extension or a short code at most. */
const FEWEST_DIGITS = 4;

/** Seven digits, no further apart than a number is spelled; anything less need not be searched. */
const MAY_HOLD_A_NUMBER = /\d(?:\D{0,4}\d){6}/;

/**
 * Where no number goes on, though the library takes these for the beginning of an extension: `at 9,
 * 415-555-2671` would be number 9, extension 415.
 */
const BETWEEN_NUMBERS = /(?<=[,;#])/;

/**
 * Gives pseudonyms by order of first appearance: `+12025550100`, `+12025550101` … to `…0199`, then
 * on in the next area code. Those hundred numbers of every North American area code are reserved
 * for fiction (ATIS-0300115).
 *
 * A number that is fictional already is replaced like any other. So a recording that was redacted
 * gives the same again, and two numbers never become one.
 *
 * @param defaultCountry whose national numbers are recognised
 */
export function createPhonePseudonyms(defaultCountry: CountryCode = 'US'): PhonePseudonyms {
  const pseudonyms = new Map<string, E164Number>();
  const fictional = fictionalNumbers();

  const toPseudonym = (number: string): E164Number => {
    let pseudonym = pseudonyms.get(number);
    if (pseudonym === undefined) {
      pseudonym = fictional.next().value;
      pseudonyms.set(number, pseudonym);
    }
    return pseudonym;
  };

  const inPart = (part: string): string => {
    let replaced = '';
    let rest = part;
    for (;;) {
      const found = findFirst(rest, defaultCountry);
      if (found === undefined) return replaced + rest;
      const [start, end] = toSpan(rest, found);
      // Next to a number, another one is passed over; alone, it is found.
      replaced += inPart(rest.slice(0, start));
      const pseudonym = toPseudonym(found.number.number);
      replaced += rest[start] === '+' ? pseudonym : toNational(pseudonym);
      rest = rest.slice(end);
    }
  };

  return {
    inField(phone) {
      const digits = phone.replace(/\D/g, '');
      if (digits.length < FEWEST_DIGITS) return phone;
      return toPseudonym(parsePhoneNumberFromString(phone, defaultCountry)?.number ?? digits);
    },
    inText: (text) => text.split(BETWEEN_NUMBERS).map(inPart).join(''),
  };
}

function findFirst(text: string, defaultCountry: CountryCode): NumberFound | undefined {
  if (!MAY_HOLD_A_NUMBER.test(text)) return undefined;
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

/** `202-555-0100`, as the machines that transcribe write a number that was spoken. */
function toNational(number: E164Number): string {
  return `${number.slice(2, 5)}-${number.slice(5, 8)}-${number.slice(8)}`;
}

function* fictionalNumbers(): Generator<E164Number, never> {
  for (;;) {
    for (let areaCode = 202; areaCode < 990; areaCode += 1) {
      if (!isValidPhoneNumber(`+1${areaCode}5550100`)) continue;
      for (let last = 100; last < 200; last += 1) yield `+1${areaCode}5550${last}`;
    }
  }
}
