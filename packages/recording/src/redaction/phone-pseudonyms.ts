import {
  isSupportedCountry,
  isValidPhoneNumber,
  parsePhoneNumberFromString,
} from 'libphonenumber-js';
import type { CountryCode } from 'libphonenumber-js';

import type { FoundPhone } from './choose-phones.js';
import { toCurrent } from './outdated-prefix.js';
import { toAllDigits } from './join-pieces.js';
import { createPhoneFinder } from './phone-finder.js';
import { createPhoneJudge } from './phone-judge.js';
import { createPhoneMemory } from './phone-memory.js';
import type { Given, PhoneMemory } from './phone-memory.js';
import { toAsciiDigits } from './to-ascii-digits.js';

/** Replaces phone numbers; the same number gets the same pseudonym, however it is written. */
export interface PhonePseudonyms {
  /** How many digits the shortest number has by now, in whatever form: a field's may be short. */
  toFewest(): number;
  /** Whether a field that holds a phone number stays as it is. */
  isKept(phone: string): boolean;
  /** Replaces a field that holds a phone number and nothing else; one without digits is kept. */
  inField(phone: string): string;
  /** Replaces a number of JSON's that is a phone number's digits; the same where it is none. */
  inNumber(number: number): number;
  /** Replaces the numbers that stand in running text; the same string where there are none. */
  inText(text: string): string;
  /** Goes on with what another recording has had, and keeps there what it gives from now on. */
  recall(memory: PhoneMemory): void;
}

/** How numbers are recognised and replaced. */
export interface PhonePseudonymsOptions {
  /** The country whose national numbers are recognised, as ISO 3166 has it, or several. @default 'US' */
  readonly defaultCountry?: string | readonly string[];
  /** Whether numbers that are reserved for fiction stay: those that are left then are real. @default false */
  readonly keepFictional?: boolean;
}

/** Fewer digits than this are an extension or a short code at most. */
const FEWEST_DIGITS = 4;

/** How many digits a North American number has after its area code. */
const LOCAL_DIGITS = 7;

/** Reserved for fiction, with its area code or without. */
const FICTIONAL = /^(?:\+1\d{3})?55501\d\d$/;

/** A pseudonym as it is written in text; no other number can begin in it or end in it. */
const PSEUDONYM = /(\+1[2-9]\d\d55501\d\d)/u;
const NORTH_AMERICAN_PSEUDONYM = /(\+1[2-9]\d\d55501\d\d|(?<!\p{N})[2-9]\d\d-555-01\d\d)/u;

const MAY_HOLD_A_PSEUDONYM = /555-?01/;

const ONE_WORD = /^[A-Za-z]*$/;
/** `thousand` says four digits, and no word more. */
const MOST_IN_A_WORD = 4;

/**
 * Gives pseudonyms by order of first appearance: `+12025550100`, `+12025550101` … to `…0199`, then
 * on in the next area code. Those hundred numbers of every North American area code are reserved
 * for fiction (ATIS-0300115).
 *
 * A number that is fictional already is replaced like any other. So a recording that was redacted
 * gives the same again, and two numbers never become one, unless there are more than some 46,000.
 *
 * A local number is the first number of the recording that ends with it.
 *
 * Throws a `TypeError` for a country that there is not.
 */
export function createPhonePseudonyms({
  defaultCountry = 'US',
  keepFictional = false,
}: PhonePseudonymsOptions = {}): PhonePseudonyms {
  const countries = toCountries(defaultCountry);
  const judge = createPhoneJudge(countries);
  const { isNorthAmerican, toFewest } = judge;
  const fewest = toFewest();
  const findPhones = createPhoneFinder(judge);
  let memory = createPhoneMemory();

  const isKept = (number: string) => keepFictional && FICTIONAL.test(number);

  const toPseudonym = (number: string): string => {
    const given = (memory.given ??= nothingGiven());
    const { pseudonyms, unclaimed } = given;
    const known = pseudonyms.get(number);
    if (known !== undefined) return known;
    const local = number.startsWith('+1') ? number.slice(-LOCAL_DIGITS) : undefined;
    const claimed =
      local !== undefined && unclaimed.delete(local) ? pseudonyms.get(local) : undefined;
    const pseudonym = claimed ?? toFictionalNumber(given.count++);
    pseudonyms.set(number, pseudonym);
    if (local === undefined) unclaimed.add(number);
    else if (!pseudonyms.has(local)) pseudonyms.set(local, pseudonym);
    return pseudonym;
  };

  /** E.164 where it can be; else the digits alone. */
  const toNumber = (written: string, all: string): string => {
    const digits = toCurrent(all);
    const phone = digits === all ? written : `+${digits}`;
    // A pseudonym is one in every country, as a JSON number too, which has no plus.
    if (FICTIONAL.test(`+${digits}`)) return `+${digits}`;
    const nationals = countries.map((country) => parsePhoneNumberFromString(phone, country));
    const international = parsePhoneNumberFromString(`+${digits}`);
    const valid = [...nationals, international].find((number) => number?.isValid() === true);
    const possible = nationals.find((number) => number?.isPossible() === true);
    return (valid ?? possible)?.number ?? digits;
  };

  /**
   * Finds pseudonyms first, and other numbers in what stands between them. So a text that is
   * redacted falls into the same parts again, and there is no number in those.
   */
  const findAll = (text: string): readonly FoundPhone[] => {
    if (!MAY_HOLD_A_PSEUDONYM.test(text)) return findPhones(text);
    let end = 0;
    return text
      .split(isNorthAmerican ? NORTH_AMERICAN_PSEUDONYM : PSEUDONYM)
      .flatMap((part, index) => {
        const start = end;
        end += part.length;
        return index % 2 === 1
          ? [
              {
                start,
                end,
                number: `+1${part.replace(/^\+1|-/g, '')}`,
                hasPlus: part.startsWith('+'),
              },
            ]
          : findPhones(part).map((phone) => ({
              ...phone,
              start: start + phone.start,
              end: start + phone.end,
            }));
      });
  };

  /** The number that a field holds; `undefined` where it has too few digits. */
  const toFieldNumber = (phone: string): string | undefined => {
    const written = toAsciiDigits(phone);
    const figures = written.replace(/\D/g, '');
    const all = figures.length < LOCAL_DIGITS ? toAllDigits(written) : figures;
    const digits = all.length > figures.length ? all : figures;
    if (digits.length < FEWEST_DIGITS) return undefined;
    return toNumber(digits === figures ? written : toPlus(written) + digits, digits);
  };

  const toReplaced = (phone: string): string => {
    const number = toFieldNumber(phone);
    if (number === undefined || isKept(number)) return phone;
    if (!FICTIONAL.test(number)) judge.learn(number);
    return toPseudonym(number);
  };

  return {
    toFewest,
    isKept(phone) {
      const number = toFieldNumber(phone);
      return number === undefined || isKept(number);
    },
    inField(phone) {
      // To read it takes long.
      if (memory.last?.phone !== phone) memory.last = { phone, replaced: toReplaced(phone) };
      return memory.last.replaced;
    },
    inNumber(number) {
      if (!Number.isSafeInteger(number) || number < 10 ** (fewest - 1)) return number;
      const digits = String(number);
      const [found] = FICTIONAL.test(`+${digits}`)
        ? [{ start: 0, end: digits.length, number: `+${digits}`, hasPlus: false }]
        : findPhones(digits);
      const isAll = found?.start === 0 && found.end === digits.length;
      return isAll && !isKept(found.number) ? Number(toPseudonym(found.number)) : number;
    },
    inText(text) {
      // The name of a field, mostly.
      if (toFewest() > MOST_IN_A_WORD && ONE_WORD.test(text)) return text;
      let replaced = '';
      let end = 0;
      for (const found of findAll(text)) {
        if (isKept(found.number)) continue;
        const pseudonym = toPseudonym(found.number);
        const isInternational = found.hasPlus || !isNorthAmerican;
        const before = text.slice(end, found.start);
        // A parenthesis goes, and what it kept apart must not become one number.
        const isGlued = before === '' ? end > 0 : /\p{N}$/u.test(before);
        const gap = !isInternational && isGlued ? ' ' : '';
        replaced += before + gap + (isInternational ? pseudonym : toNational(pseudonym));
        end = found.end;
      }
      return end === 0 ? text : replaced + text.slice(end);
    },
    recall(of) {
      memory = of;
      judge.recall(of);
    },
  };
}

function toCountries(defaultCountry: string | readonly string[]): readonly CountryCode[] {
  const countries = typeof defaultCountry === 'string' ? [defaultCountry] : defaultCountry;
  const wrong = countries.find((country) => !isSupportedCountry(country));
  if (wrong === undefined && countries.length > 0) return countries as readonly CountryCode[];
  throw new TypeError(
    `defaultCountry must be a country's two letters, GB for one, not ${JSON.stringify(wrong ?? countries)}.`,
  );
}

/** Whether a number is abroad, as it is said. */
const toPlus = (written: string): string => (/^\W*(?:\+|plus|加)/iu.test(written) ? '+' : '');

/** `202-555-0100`, as the machines that transcribe write a number that was spoken. */
function toNational(number: string): string {
  return `${number.slice(2, 5)}-${number.slice(5, 8)}-${number.slice(8)}`;
}

const nothingGiven = (): Given => ({ pseudonyms: new Map(), unclaimed: new Set(), count: 0 });

/** The area codes that have been looked for so far, and where to go on. */
const areaCodes: number[] = [];
let nextAreaCode = 202;

/** The nth number that is reserved for fiction; behind the last, they begin anew. */
function toFictionalNumber(nth: number): string {
  const place = Math.floor(nth / 100);
  for (; areaCodes.length <= place && nextAreaCode < 990; nextAreaCode += 1) {
    if (isValidPhoneNumber(`+1${nextAreaCode}5550100`)) areaCodes.push(nextAreaCode);
  }
  return `+1${areaCodes[place % areaCodes.length]}5550${100 + (nth % 100)}`;
}
