import {
  findPhoneNumbersInText,
  isValidPhoneNumber,
  parsePhoneNumberFromString,
} from 'libphonenumber-js';
import type { CountryCode, E164Number } from 'libphonenumber-js';

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

  return {
    inField(phone) {
      const digits = phone.replace(/\D/g, '');
      if (digits.length < FEWEST_DIGITS) return phone;
      return toPseudonym(parsePhoneNumberFromString(phone, defaultCountry)?.number ?? digits);
    },
    inText(text) {
      if (!MAY_HOLD_A_NUMBER.test(text)) return text;
      let replaced = '';
      let end = 0;
      for (const { number, startsAt, endsAt } of findPhoneNumbersInText(text, { defaultCountry })) {
        const pseudonym = toPseudonym(number.number);
        const isInternational = text[startsAt] === '+';
        replaced +=
          text.slice(end, startsAt) + (isInternational ? pseudonym : toNational(pseudonym));
        end = endsAt;
      }
      return replaced + text.slice(end);
    },
  };
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
