import { parsePhoneNumberFromString } from 'libphonenumber-js';
import type { CountryCode, PhoneNumber } from 'libphonenumber-js';

import { toCurrent } from './outdated-prefix.js';
import { planForms, toGroups } from './plan-forms.js';
import type { PlanForm } from './plan-forms.js';
import { NOTHING, start, toAllMetadata, toMetadata, whole } from './plan-metadata.js';
import type { PlanMetadata } from './plan-metadata.js';

/** A number that somebody can have, and how it is written. */
export interface PlanNumber {
  /** In E.164. */
  readonly number: string;
  /** Its country's code stands before it, without a plus and without what leads out of a country. */
  readonly isForeign: boolean;
  /** The zero is missing with which its country writes it. */
  isBare(): boolean;
  /** Whether the library would write it in groups of these lengths, as `3,3,4`. */
  isGrouped(lengths: string): boolean;
}

/** A country's numbers, as the library's metadata has them. */
export interface NumberingPlan {
  readonly callingCode: string;
  /** What is dialled before a number within the country; empty where there is nothing. */
  readonly trunk: string;
  /** How many digits its numbers have, without that. */
  readonly possibleLengths: readonly number[];
  /** How many digits stand there, in every writing without a plus and without what leads out. */
  readonly lengths: ReadonlySet<number>;
  /** Whether digits begin with what leads out of it. */
  leadsOut(digits: string): boolean;
  /** Whether digits need be read at all: nearly none are a number's, and this is fast. */
  mayBe(digits: string): boolean;
  /** Whether any of its numbers is written in groups of these lengths. */
  mayBeGrouped(lengths: string): boolean;
  /** Whether digits lack the zero that is written before every number there. */
  isBare(digits: string): boolean;
  /** Reads what is dialled within the country, to that country or out of it. */
  read(digits: string): PlanNumber | undefined;
  /** Reads what has the length of a number, whether anybody can have it or not. */
  readPossible(digits: string): PlanNumber | undefined;
}

/**
 * Reads a country's plan out of the library's metadata.
 *
 * Of digits alone it says what `parsePhoneNumberFromString` and `isValid` would, in a fiftieth of
 * their time: they look up and compile their patterns anew for each candidate.
 */
export function numberingPlan(country: CountryCode): NumberingPlan {
  const plan = toMetadata(country);
  const callingCode = plan.callingCode();
  const trunk = plan.nationalPrefix() || '';
  const possibleLengths = plan.possibleLengths();
  const longest = Math.max(...possibleLengths);
  const national = whole(plan.nationalNumberPattern());
  const prefixed = start(plan.nationalPrefixForParsing() || NOTHING);
  const transform = plan.nationalPrefixTransformRule() || undefined;
  const leadingOut = start(plan.IDDPrefix() || NOTHING);
  const isValid = createValidity(country, country);
  const isValidBehindCode = createValidity(country, callingCode);
  const forms = planForms(plan);
  const withoutPrefix = createPrefixRemover(plan);
  const withoutItsPrefix = createPrefixRemover(toMetadata(callingCode));

  /** The number within the country, and whether the country's code stands before it. */
  const toNational = (digits: string): readonly [national: string, hasCode: boolean] => {
    const before = withoutPrefix(digits);
    if (!digits.startsWith(callingCode)) return [before, false];
    const rest = digits.slice(callingCode.length);
    const hasCode =
      (!national.test(before) && national.test(withoutPrefix(rest))) || before.length > longest;
    return hasCode ? [withoutItsPrefix(rest), true] : [before, false];
  };
  const toNumber = (digits: string, number: string, hasCode: boolean): PlanNumber => {
    let form: PlanForm | undefined;
    const toForm = () => (form ??= forms.find(number));
    return {
      number: `+${callingCode}${number}`,
      isForeign: hasCode && callingCode !== '1',
      isBare: () => digits === number && toForm().isPrefixed,
      isGrouped: (lengths) => forms.groups.has(lengths) && toForm().groups.has(lengths),
    };
  };

  return {
    callingCode,
    trunk,
    possibleLengths,
    lengths: new Set(
      possibleLengths.flatMap((length) => {
        const more = [
          0,
          trunk.length,
          callingCode.length,
          ...(prefixed.source === start(trunk).source ? [] : MORE),
        ];
        return more.map((digits) => length + digits);
      }),
    ),
    leadsOut: (digits) => leadingOut.test(digits),
    mayBe: (digits) =>
      national.test(digits) ||
      (digits.startsWith(callingCode) && national.test(digits.slice(callingCode.length))) ||
      (prefixed.test(digits) &&
        (national.test(digits.replace(prefixed, '')) ||
          (transform !== undefined && national.test(digits.replace(prefixed, transform))))),
    mayBeGrouped: (lengths) => forms.groups.has(lengths),
    isBare: (digits) => forms.arePrefixed && trunk !== '' && !digits.startsWith(trunk),
    read(digits) {
      if (leadingOut.test(digits)) return readAbroad(digits.replace(leadingOut, ''));
      const [number, hasCode] = toNational(digits);
      return (hasCode ? isValidBehindCode : isValid)(number)
        ? toNumber(digits, number, hasCode)
        : undefined;
    },
    readPossible(digits) {
      const [number, hasCode] = toNational(digits);
      return possibleLengths.includes(number.length)
        ? toNumber(digits, number, hasCode)
        : undefined;
    },
  };
}

/** Reads digits that begin with a country's code. */
export function readAbroad(written: string): PlanNumber | undefined {
  const digits = toCurrent(written);
  if (!mayBeAbroad(digits)) return undefined;
  const number = parsePhoneNumberFromString(`+${digits}`);
  if (number?.isValid() !== true) return undefined;
  return {
    number: number.number,
    isForeign: false,
    isBare: () => false,
    isGrouped: (lengths) => toLibraryGroups(number).has(lengths),
  };
}

/** How the groups of a number are long, as the library writes it. */
export function toLibraryGroups(number: PhoneNumber): ReadonlySet<string> {
  const international = number.formatInternational().replace(/^\+\d+ /, '');
  return toGroups(number.formatNational(), international, number.countryCallingCode);
}

/** So much longer is a number with its carrier's code, or the 15 of Argentina's mobiles. */
const MORE = [1, 2, 3, 4, 5];

/** Takes off what is dialled before a number; the same digits where nothing is. */
function createPrefixRemover(plan: PlanMetadata): (digits: string) => string {
  const possibleLengths = plan.possibleLengths();
  const longest = Math.max(...possibleLengths);
  const national = whole(plan.nationalNumberPattern());
  const prefixed = start(plan.nationalPrefixForParsing() || NOTHING);
  const transform = plan.nationalPrefixTransformRule();
  return (digits) => {
    const match = prefixed.exec(digits);
    if (match === null) return digits;
    const hasGroup = match.length > 1 && Boolean(match.at(-1));
    const rest =
      transform && hasGroup ? digits.replace(prefixed, transform) : digits.slice(match[0].length);
    if (national.test(digits) && !national.test(rest)) return digits;
    return possibleLengths.includes(rest.length) || rest.length > longest ? rest : digits;
  };
}

/**
 * Says whether a number is somebody's; countries that share a code have their numbers by kinds.
 *
 * @param fallback whose it is where it is no one's else: the country, or the first of its code
 */
function createValidity(country: CountryCode, fallback: string): (national: string) => boolean {
  const own = createMembership(toMetadata(fallback));
  const code = toMetadata(country).callingCode();
  const countries = toAllMetadata().getCountryCodesForCallingCode(code) ?? [country];
  if (countries.length < 2) return own.has;
  const sharing = countries.map((one) => createMembership(toMetadata(one)));
  return (number) => {
    for (const { leading, has } of sharing) {
      if (leading === undefined ? has(number) : leading.test(number)) return has(number);
    }
    return own.has(number);
  };
}

interface Membership {
  /** What all its numbers begin with, where they are known by that. */
  readonly leading: RegExp | undefined;
  has(national: string): boolean;
}

function createMembership(plan: PlanMetadata): Membership {
  const pattern = whole(plan.nationalNumberPattern());
  const leading = plan.leadingDigits();
  const kinds = (plan.types() || [])
    .filter((kind) => kind !== 0)
    .filter(([digits]) => digits !== '')
    .map(([digits, lengths = plan.possibleLengths()]) => ({ pattern: whole(digits), lengths }));
  return {
    leading: leading ? start(leading) : undefined,
    has: (number) =>
      pattern.test(number) &&
      (kinds.length === 0 ||
        kinds.some((kind) => kind.lengths.includes(number.length) && kind.pattern.test(number))),
  };
}

/** Whether digits begin with a code, and go on as a number of its first country. */
function mayBeAbroad(digits: string): boolean {
  for (let length = 1; length <= 3; length += 1) {
    const code = digits.slice(0, length);
    const plan = toPlanAbroad(code);
    if (plan === undefined) continue;
    const rest = digits.slice(length);
    return plan.isShared ? plan.lengths.includes(rest.length) : plan.pattern.test(rest);
  }
  return false;
}

interface PlanAbroad {
  readonly isShared: boolean;
  readonly lengths: readonly number[];
  readonly pattern: RegExp;
}

/** What was read of the metadata, which does not change: each code once. */
const plansAbroad = new Map<string, PlanAbroad | undefined>();

function toPlanAbroad(code: string): PlanAbroad | undefined {
  if (plansAbroad.has(code)) return plansAbroad.get(code);
  const metadata = toAllMetadata();
  let plan: PlanAbroad | undefined;
  if (metadata.hasCallingCode(code)) {
    metadata.selectNumberingPlan(code);
    const { numberingPlan: found } = metadata;
    const trunk = found.nationalPrefixForParsing() || '';
    plan = {
      isShared: (metadata.getCountryCodesForCallingCode(code) ?? []).length > 1,
      lengths: found.possibleLengths(),
      pattern: whole(`(?:${trunk})?(?:${found.nationalNumberPattern()})`),
    };
  }
  plansAbroad.set(code, plan);
  return plan;
}
