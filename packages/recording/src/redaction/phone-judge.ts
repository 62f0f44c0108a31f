import {
  getCountryCallingCode,
  getExampleNumber,
  Metadata,
  parsePhoneNumberFromString,
} from 'libphonenumber-js';
import type { CountryCode, PhoneNumber } from 'libphonenumber-js';
import examples from 'libphonenumber-js/mobile/examples';

/** Digits that may be a number, and how they are written. */
export interface Candidate {
  readonly digits: string;
  readonly hasPlus: boolean;
  /** How many digits each of its groups has. */
  readonly lengths: readonly number[];
  readonly isSpoken: boolean;
  /** Marks and parentheses group it, as they group a number: `(415) 555-2671`. */
  readonly isMarked: boolean;
  /** It is all that stands there. */
  readonly isWhole: boolean;
  /** Says what the words around it say that it is. */
  readonly toCue: () => 'phone' | 'other' | undefined;
}

/** A candidate that is a number. */
export interface Judgement {
  /** In E.164; the seven digits alone where it has no area code. */
  readonly number: string;
  /** 3 where the library says so, 2 where its shape does, 1 where it is a guess. */
  readonly rank: 1 | 2 | 3;
  /** Grouped as the library would write it. */
  readonly isShaped: boolean;
}

/** What the digits are in whatever writing: it depends on nothing else. */
interface Identity {
  readonly number: string;
  /**
   * `national` is valid there or begins with what leads out; `area` only looks like it, with an area
   * code that is not in use, `trunk` with the zero and the length of one; `foreign` lacks its plus.
   */
  readonly kind: 'national' | 'area' | 'trunk' | 'foreign';
  /** The zero is missing with which that country writes it. */
  readonly isBare: boolean;
  /** No longer than what is an ordinary number there. */
  readonly isShort: boolean;
  /** The lengths of its groups, in every form that the library has for it. */
  readonly forms: ReadonlySet<string>;
}

/** No number is shorter, but where a country has no longer ones. */
const FEWEST_DIGITS = 7;
/** E.164 has no longer number. */
const MOST_DIGITS = 15;
/** What leads out of a country, and a country's code behind it. */
export const LONGEST = MOST_DIGITS + 3;

/** A North American number, whether its area code is in use or not. */
const NORTH_AMERICAN = /^1?([2-9]\d\d[2-9]\d{6})$/;
const NORTH_AMERICAN_FORMS: ReadonlySet<string> = new Set(['3,3,4', '1,3,3,4']);
const AREA: Identity = {
  number: '',
  kind: 'area',
  isBare: false,
  isShort: false,
  forms: NORTH_AMERICAN_FORMS,
};
const LOCAL = /^[2-9]\d{6}$/;
/** `500-1500` is a range. */
const ROUND = /^\d\d0\d{3}0$/;

/** Says whether digits are a phone number, and which. */
export interface PhoneJudge {
  /** Fewer digits are none. */
  readonly fewest: number;
  readonly isNorthAmerican: boolean;
  /** How many digits numbers have, without a plus and without what leads out of a country. */
  readonly lengths: ReadonlySet<number>;
  /** Whether digits begin with what leads out of a country. */
  leadsOut(digits: string): boolean;
  /** Whether digits without a plus need be judged at all: nearly none are a number's, and this is fast. */
  mayBe(digits: string): boolean;
  judge(candidate: Candidate): Judgement | undefined;
  /** Makes a number known that stood in a field: it is one however it is written from then on. */
  learn(number: string): void;
}

/**
 * Makes the judge of what is a number: the library's metadata for the countries in question, the
 * plus, and the numbers that are known.
 */
export function createPhoneJudge(countries: readonly CountryCode[]): PhoneJudge {
  const plans = countries.map(createPlan);
  const isNorthAmerican = plans.some((plan) => plan.isNorthAmerican);
  const lengths = new Set(plans.flatMap((plan) => [...plan.lengths]));
  if (isNorthAmerican) [7, 10, 11].forEach((length) => lengths.add(length));
  const leadsOut = (digits: string) =>
    digits.startsWith('00') || plans.some((plan) => plan.leadsOut(digits));
  const known = new Map<string, string>();
  const identities = new Map<string, Identity | undefined>();

  const isLocal = (digits: string) =>
    digits.length === 7 && isNorthAmerican && LOCAL.test(digits) && !ROUND.test(digits);
  const toArea = (digits: string): Identity | undefined => {
    const [, area] = (isNorthAmerican && NORTH_AMERICAN.exec(digits)) || [];
    return area === undefined ? undefined : { ...AREA, number: `+1${area}` };
  };
  const toIdentity = (digits: string): Identity | undefined => {
    const nationals = plans
      .map((plan) => plan.identify(digits))
      .filter((identity) => identity !== undefined);
    // One that is written as that country writes it comes first, whatever the order.
    const national =
      nationals.find(({ kind, isBare }) => kind === 'national' && !isBare) ??
      nationals.find(({ kind }) => kind === 'trunk') ??
      toArea(digits) ??
      nationals[0];
    if (national !== undefined) return national;
    const isLeadingOut = digits.startsWith('00');
    if (digits.length < (isLeadingOut ? 10 : 9)) return undefined;
    const abroad = toValid(`+${isLeadingOut ? digits.slice(2) : digits}`);
    if (abroad === undefined) return undefined;
    const kind = isLeadingOut ? 'national' : 'foreign';
    return { ...AREA, number: abroad.number, kind, forms: toForms(abroad) };
  };
  const identify = (digits: string): Identity | undefined => {
    if (identities.has(digits)) return identities.get(digits);
    if (identities.size >= MOST_REMEMBERED) identities.clear();
    const identity = toIdentity(digits);
    identities.set(digits, identity);
    return identity;
  };

  const judgePlus = ({ digits, lengths }: Candidate): Judgement | undefined => {
    const number = parsePhoneNumberFromString(`+${digits}`);
    const isValid = number?.isValid() === true;
    if (!isValid && (digits.length < 8 || digits.length > MOST_DIGITS)) return undefined;
    return {
      number: number?.number ?? `+${digits}`,
      rank: isValid ? 3 : number?.isPossible() === true ? 2 : 1,
      isShaped: isValid && toForms(number).has(lengths.join()),
    };
  };

  const judge = (candidate: Candidate): Judgement | undefined => {
    const { digits, hasPlus, lengths, isSpoken, isMarked, isWhole, toCue } = candidate;
    const same = digits.length >= FEWEST_DIGITS ? known.get(digits) : undefined;
    if (same !== undefined) return { number: same, rank: 3, isShaped: true };
    if (hasPlus) return judgePlus(candidate);
    const isSpelled = lengths.length > 1 && lengths.length === digits.length;
    const form = isSpelled ? 'spelled' : lengths.join();
    if (isLocal(digits)) {
      const isJoined = form === '3,4' && isMarked;
      const isDictated = lengths.length > 1 && (isSpelled || isSpoken || lengths[0] === 3);
      if (isJoined || (isDictated && toCue() === 'phone'))
        return { number: digits, rank: 1, isShaped: isJoined };
    }
    // Whether its area code is in use is the library's to say, who takes long, and changes nothing here.
    const isDialled = isSpoken || isSpelled || NORTH_AMERICAN_FORMS.has(form);
    const area = plans.length === 1 && isDialled ? toArea(digits) : undefined;
    const identity = area ?? identify(digits);
    if (identity === undefined) return undefined;
    const cue = toCue();
    const { number, kind, isBare, isShort, forms } = identity;
    const isShaped = lengths.length > 1 && forms.has(form);
    if (cue === 'other' && !(isShaped && isMarked)) return undefined;
    const isCued = cue === 'phone';
    switch (kind) {
      case 'national': {
        const isGrouped = isShaped && lengths.length > 2;
        if (isBare && !isGrouped && !isCued) return undefined;
        const isPaired = lengths.length > 1 && lengths.every((length) => length === 2);
        if (isShort && (isBare || !(isCued || isShaped || isPaired))) return undefined;
        return { number, rank: 3, isShaped };
      }
      case 'area':
        return isShaped || isSpelled || isSpoken || (isCued && lengths.length === 1)
          ? { number, rank: 2, isShaped }
          : undefined;
      case 'trunk':
        return lengths.length > 1 || isCued ? { number, rank: 2, isShaped } : undefined;
      case 'foreign':
        // `44 20 7946 0958`: a plus is not always said.
        return isWhole && lengths.length > 2 && (isShaped || isCued)
          ? { number, rank: 1, isShaped }
          : undefined;
    }
  };

  return {
    fewest: Math.min(...plans.map(({ fewest }) => fewest)),
    isNorthAmerican,
    lengths,
    leadsOut,
    mayBe: (digits) =>
      (isNorthAmerican && (NORTH_AMERICAN.test(digits) || isLocal(digits))) ||
      plans.some((plan) => plan.mayBe(digits)) ||
      leadsOut(digits) ||
      known.has(digits),
    judge,
    learn(number) {
      const parsed = parsePhoneNumberFromString(number);
      const forms = [number, parsed?.nationalNumber, parsed?.formatNational()];
      for (const form of forms) {
        const digits = form?.replace(/\D/g, '') ?? '';
        if (digits.length < FEWEST_DIGITS || known.has(digits)) continue;
        known.set(digits, number);
        lengths.add(digits.length);
      }
    },
  };
}

/** So much longer is a number with its carrier's code, or the 15 of Argentina's mobiles. */
const MORE = [1, 2, 3, 4];

const MOST_REMEMBERED = 10_000;

/** A country's numbers. */
interface Plan {
  readonly fewest: number;
  readonly isNorthAmerican: boolean;
  /** How many digits its numbers have, in every writing without a plus. */
  readonly lengths: ReadonlySet<number>;
  /** Whether digits begin with what leads out of it. */
  leadsOut(digits: string): boolean;
  /** Whether the library need be asked, which takes a hundred times as long. */
  mayBe(digits: string): boolean;
  identify(digits: string): Identity | undefined;
}

/** What the library has of a plan, and its types leave out. */
interface NumberingPlan {
  possibleLengths(): readonly number[];
  nationalPrefix(): string | undefined;
  nationalNumberPattern(): string;
  nationalPrefixForParsing(): string | undefined;
  nationalPrefixTransformRule(): string | undefined;
  IDDPrefix(): string | undefined;
}

function createPlan(country: CountryCode): Plan {
  const metadata = new Metadata();
  metadata.selectNumberingPlan(country);
  const plan = metadata.numberingPlan as unknown as NumberingPlan;
  const usual = getExampleNumber(country, examples)?.nationalNumber.length ?? FEWEST_DIGITS;
  const ordinary = Math.min(FEWEST_DIGITS, usual);
  const trunk = plan.nationalPrefix() ?? '';
  const shortest = Math.min(...plan.possibleLengths());
  const national = new RegExp(`^(?:${plan.nationalNumberPattern()})$`);
  const prefixed = plan.nationalPrefixForParsing();
  const prefix = prefixed === undefined ? undefined : new RegExp(`^(?:${prefixed})`);
  const transform = plan.nationalPrefixTransformRule();
  const leadingOut = new RegExp(`^(?:${plan.IDDPrefix() ?? '$.'})`);
  const callingCode: string = getCountryCallingCode(country);
  /** As long as a number is there, with its zero, though nobody may have it. */
  const isTrunked = (digits: string): boolean =>
    trunk === '0' && digits.startsWith(trunk) && digits.length === trunk.length + usual;
  const lengths = new Set(
    plan.possibleLengths().flatMap((length) => {
      const prefixed = [trunk.length, callingCode.length, ...(transform === undefined ? [] : MORE)];
      return [0, ...prefixed].map((more) => length + more);
    }),
  );
  const mayBe = (digits: string): boolean => {
    if (!lengths.has(digits.length)) return false;
    if (national.test(digits) || isTrunked(digits)) return true;
    if (digits.startsWith(callingCode) && national.test(digits.slice(callingCode.length)))
      return true;
    if (prefix === undefined || !prefix.test(digits)) return false;
    return (
      national.test(digits.replace(prefix, '')) ||
      (transform !== undefined && national.test(digits.replace(prefix, transform)))
    );
  };

  return {
    fewest: Math.max(4, Math.min(ordinary, shortest + 1)),
    isNorthAmerican: callingCode === '1',
    lengths,
    leadsOut: (digits) => leadingOut.test(digits),
    mayBe,
    identify(digits) {
      if (!mayBe(digits) && !leadingOut.test(digits)) return undefined;
      const number = parsePhoneNumberFromString(digits, country);
      if (number?.isValid() !== true) {
        return isTrunked(digits) && number?.isPossible() === true
          ? { ...AREA, number: number.number, kind: 'trunk', forms: toForms(number) }
          : undefined;
      }
      const toDigits = (form: string) => form.replace(/\D/g, '');
      const written = toDigits(number.formatNational());
      // Some countries leave it out as often as not.
      const shortened = toDigits(number.formatNational({ nationalPrefix: false }));
      return {
        number: number.number,
        // Its code without a plus is taken for its own numbers' only where it is grouped like one.
        kind:
          digits.startsWith(callingCode) && callingCode !== '1' && digits !== number.nationalNumber
            ? 'foreign'
            : 'national',
        isBare: digits !== written && digits !== shortened && digits === number.nationalNumber,
        isShort: digits.length < ordinary,
        forms: toForms(number),
      };
    },
  };
}

function toValid(digits: string): PhoneNumber | undefined {
  const number = parsePhoneNumberFromString(digits);
  return number?.isValid() === true ? number : undefined;
}

/** How the groups of a number are long, as the library has them. */
function toForms(number: PhoneNumber): ReadonlySet<string> {
  const international = number.formatInternational();
  const forms = [number.formatNational(), international, international.replace(/^\+\d+ /, '')];
  return new Set(
    forms.map((form) => (form.match(/\d+/g) ?? []).map(({ length }) => length).join()),
  );
}
