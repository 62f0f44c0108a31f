import { parsePhoneNumberFromString } from 'libphonenumber-js';
import type { CountryCode } from 'libphonenumber-js';

import { countryPlan, FEWEST_DIGITS } from './country-plan.js';
import type { Identity } from './country-plan.js';
import { readAbroad, toLibraryGroups } from './numbering-plan.js';
import { toCurrent } from './outdated-prefix.js';
import { createPhoneMemory } from './phone-memory.js';
import type { Learned, PhoneMemory } from './phone-memory.js';

/** Digits that may be a number, and how they are written. */
export interface Candidate {
  readonly digits: string;
  readonly hasPlus: boolean;
  /** How many groups it has. */
  readonly size: number;
  /** How many digits each of them has, as `3,3,4`. */
  readonly lengths: string;
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

/** E.164 has no longer number. */
const MOST_DIGITS = 15;
/** What leads out of a country, and a country's code behind it. */
export const LONGEST = MOST_DIGITS + 3;

/** Dialled in most countries before a country's code, or in North America and Australia. */
const LEADING_OUT = /^0(?:0|11)/;

/** A North American number, whether its area code is in use or not. */
const NORTH_AMERICAN = /^1?([2-9]\d\d[2-9]\d{6})$/;
const isNorthAmericanForm = (lengths: string): boolean =>
  lengths === '3,3,4' || lengths === '1,3,3,4';
const LOCAL = /^[2-9]\d{6}$/;
/** `500-1500` is a range. */
const ROUND = /^\d\d0\d{3}0$/;

/** Says whether digits are a phone number, and which. */
export interface PhoneJudge {
  /** Fewer digits are none; it becomes less where a shorter number is learnt. */
  toFewest(): number;
  readonly isNorthAmerican: boolean;
  /** How many digits numbers have, without a plus and without what leads out of a country. */
  readonly lengths: ReadonlySet<number>;
  /** The most of them. */
  toMost(): number;
  /** Whether digits begin with what leads out of a country. */
  leadsOut(digits: string): boolean;
  /** Whether digits without a plus need be judged at all: nearly none are a number's, and this is fast. */
  mayBe(digits: string): boolean;
  /** Whether digits may be grouped as a number is: nearly none are, and this is fast. */
  mayBeShaped(digits: string, lengths: string): boolean;
  /** Whether digits lack the zero that every number begins with: they need a word to be one. */
  isBare(digits: string): boolean;
  judge(candidate: Candidate): Judgement | undefined;
  /** Makes a number known that stood in a field: it is one however it is written from then on. */
  learn(number: string): void;
  /** Goes by what a recording has had, which is kept there from now on. */
  recall(memory: PhoneMemory): void;
}

/**
 * Makes the judge of what is a number: the library's metadata for the countries in question, the
 * plus, and the numbers that are known.
 */
export function createPhoneJudge(countries: readonly CountryCode[]): PhoneJudge {
  const plans = countries.map(countryPlan);
  const isNorthAmerican = plans.some((plan) => plan.isNorthAmerican);
  const lengths = new Set(plans.flatMap((plan) => [...plan.lengths]));
  if (isNorthAmerican) [7, 10, 11].forEach((length) => lengths.add(length));
  const leadsOut = (digits: string) =>
    LEADING_OUT.test(digits) || plans.some((plan) => plan.leadsOut(digits));
  const fewest = Math.min(...plans.map((plan) => plan.fewest));
  const most = Math.max(...lengths);
  const untaught: Learned = { known: new Map(), lengths, most, fewest };
  let memory = createPhoneMemory();
  let learned = untaught;

  const isLocal = (digits: string) =>
    digits.length === 7 && isNorthAmerican && LOCAL.test(digits) && !ROUND.test(digits);
  const toArea = (digits: string): Identity | undefined => {
    const [, area] = (isNorthAmerican && NORTH_AMERICAN.exec(digits)) || [];
    if (area === undefined) return undefined;
    return {
      number: `+1${area}`,
      kind: 'area',
      isBare: () => false,
      isShort: false,
      isGrouped: isNorthAmericanForm,
    };
  };
  const toIdentity = (digits: string): Identity | undefined => {
    const nationals = plans
      .map((plan) => plan.identify(digits))
      .filter((identity) => identity !== undefined);
    // One that is written as that country writes it comes first, whatever the order.
    const national =
      nationals.find(({ kind, isBare }) => kind === 'national' && !isBare()) ??
      nationals.find(({ kind }) => kind === 'trunk') ??
      toArea(digits) ??
      nationals[0];
    if (national !== undefined) return national;
    for (const out of ['00', '0011', '011', '']) {
      if (!digits.startsWith(out) || digits.length < (out === '00' ? 10 : out.length + 9)) continue;
      const abroad = readAbroad(digits.slice(out.length));
      if (abroad === undefined) continue;
      const { number, isGrouped } = abroad;
      const kind = out === '' ? 'foreign' : 'national';
      return { number, kind, isBare: () => false, isShort: false, isGrouped };
    }
    return undefined;
  };
  const identify = (digits: string): Identity | undefined => {
    const identities = (memory.identities ??= new Map<string, Identity | undefined>());
    if (identities.has(digits)) return identities.get(digits);
    if (identities.size >= MOST_REMEMBERED) identities.clear();
    const identity = toIdentity(digits);
    identities.set(digits, identity);
    return identity;
  };

  const judgePlus = ({ digits: written, lengths }: Candidate): Judgement | undefined => {
    const digits = toCurrent(written);
    const number = parsePhoneNumberFromString(`+${digits}`);
    const isValid = number?.isValid() === true;
    if (!isValid && (digits.length < 8 || digits.length > MOST_DIGITS)) return undefined;
    return {
      number: number?.number ?? `+${digits}`,
      rank: isValid ? 3 : number?.isPossible() === true ? 2 : 1,
      isShaped: isValid && toLibraryGroups(number).has(lengths),
    };
  };

  const judge = (candidate: Candidate): Judgement | undefined => {
    const { digits, hasPlus, size, lengths, isSpoken, isMarked, isWhole, toCue } = candidate;
    const same = learned.known.get(digits);
    if (same !== undefined && (digits.length >= FEWEST_DIGITS || isShortOne(candidate)))
      return { number: same, rank: 3, isShaped: true };
    if (digits.length < fewest) return undefined;
    if (hasPlus) return judgePlus(candidate);
    const isSpelled = size > 1 && size === digits.length;
    if (isLocal(digits)) {
      const isJoined = lengths === '3,4' && isMarked;
      const isDictated = isSpelled || isSpoken || size === 1 || lengths.startsWith('3,');
      if (isJoined || (isDictated && toCue() === 'phone'))
        return { number: digits, rank: 1, isShaped: isJoined };
    }
    // Whether its area code is in use is the library's to say, who takes long, and changes nothing here.
    const isDialled = isSpoken || isSpelled || isNorthAmericanForm(lengths);
    const area = plans.length === 1 && isDialled ? toArea(digits) : undefined;
    const identity = area ?? identify(digits);
    if (identity === undefined) return undefined;
    const cue = toCue();
    const { number, kind, isShort } = identity;
    const isShaped = size > 1 && !isSpelled && identity.isGrouped(lengths);
    if (cue === 'other' && !(isShaped && isMarked)) return undefined;
    const isCued = cue === 'phone';
    switch (kind) {
      case 'national': {
        const isGrouped = isShaped && size > 2;
        if (!isGrouped && !isCued && identity.isBare()) return undefined;
        const isPaired = /^2(?:,2)+$/.test(lengths);
        if (isShort && (!(isCued || isShaped || isPaired) || identity.isBare())) return undefined;
        return { number, rank: 3, isShaped };
      }
      case 'area':
        return isShaped || isSpelled || isSpoken || (isCued && size === 1)
          ? { number, rank: 2, isShaped }
          : undefined;
      case 'trunk':
        return size > 1 || isCued ? { number, rank: 2, isShaped } : undefined;
      case 'foreign':
        // `44 20 7946 0958`: a plus is not always said.
        return isWhole && size > 2 && (isShaped || isCued)
          ? { number, rank: isShaped ? 2 : 1, isShaped }
          : undefined;
    }
  };

  return {
    toFewest: () => learned.fewest,
    isNorthAmerican,
    get lengths() {
      return learned.lengths;
    },
    toMost: () => learned.most,
    leadsOut,
    mayBe: (digits) =>
      (isNorthAmerican && (NORTH_AMERICAN.test(digits) || isLocal(digits))) ||
      plans.some((plan) => plan.mayBe(digits)) ||
      leadsOut(digits) ||
      learned.known.has(digits),
    mayBeShaped: (digits, lengths) =>
      plans.some((plan) => plan.mayBeGrouped(lengths)) ||
      (isNorthAmerican && (isNorthAmericanForm(lengths) || lengths === '3,4')) ||
      learned.known.has(digits),
    isBare: (digits) => plans.every((plan) => plan.isBare(digits)) && !learned.known.has(digits),
    judge,
    learn(number) {
      const parsed = parsePhoneNumberFromString(number);
      const national = parsed?.formatNational();
      const forms = [number, parsed?.nationalNumber, national].map(toDigits);
      // Nobody says the area code to who has the same.
      const local = toDigits(national?.replace(/^\D*\d+/, ''));
      if (local.length >= FEWEST_DIGITS) forms.push(local);
      for (const digits of forms) {
        if (digits.length < FEWEST_KNOWN || learned.known.has(digits)) continue;
        if (learned === untaught) memory.learned = learned = { ...untaught, known: new Map() };
        learned.known.set(digits, number);
        if (!learned.lengths.has(digits.length)) {
          learned.lengths = new Set([...learned.lengths, digits.length]);
        }
        learned.most = Math.max(learned.most, digits.length);
        learned.fewest = Math.min(learned.fewest, digits.length);
      }
    },
    recall(of) {
      memory = of;
      learned = of.learned ?? untaught;
    },
  };
}

const MOST_REMEMBERED = 10_000;

/** Fewer digits are anything's, though a field had them. */
const FEWEST_KNOWN = 4;
const YEAR = /^(?:19|20)\d\d$/;

/** Whether so few digits are the number that a field had, and not a part of something, or a year. */
function isShortOne({ digits, isWhole, toCue }: Candidate): boolean {
  const cue = toCue();
  return cue === 'phone' || (isWhole && cue !== 'other' && !YEAR.test(digits));
}

const toDigits = (written = ''): string => written.replace(/\D/g, '');
