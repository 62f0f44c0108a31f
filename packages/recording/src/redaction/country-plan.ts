import { getExampleNumber } from 'libphonenumber-js';
import type { CountryCode } from 'libphonenumber-js';
import examples from 'libphonenumber-js/mobile/examples';

import { numberingPlan } from './numbering-plan.js';
import { OUTDATED_LENGTHS, withoutOutdated } from './outdated-prefix.js';

/** What the digits are in whatever writing: it depends on nothing else. */
export interface Identity {
  readonly number: string;
  /**
   * `national` is valid there or begins with what leads out; `area` only looks like it, with an area
   * code that is not in use, `trunk` with the zero and the length of one; `foreign` lacks its plus.
   */
  readonly kind: 'national' | 'area' | 'trunk' | 'foreign';
  /** The zero is missing with which that country writes it. */
  isBare(): boolean;
  /** No longer than what is an ordinary number there. */
  readonly isShort: boolean;
  /** Whether the library would write it in groups of these lengths. */
  isGrouped(lengths: string): boolean;
}

/** No number is shorter, but where a country has no longer ones. */
export const FEWEST_DIGITS = 7;

/** A country's numbers. */
export interface CountryPlan {
  readonly fewest: number;
  readonly isNorthAmerican: boolean;
  readonly lengths: ReadonlySet<number>;
  leadsOut(digits: string): boolean;
  mayBe(digits: string): boolean;
  mayBeGrouped(lengths: string): boolean;
  isBare(digits: string): boolean;
  identify(digits: string): Identity | undefined;
}

/** Gives what a country's metadata says of digits. It takes 45 KiB: all recordings have one. */
export function countryPlan(country: CountryCode): CountryPlan {
  const known = plans.get(country);
  if (known !== undefined) return known;
  const plan = createCountryPlan(country);
  plans.set(country, plan);
  return plan;
}

/** What was read of the metadata, which does not change: each country once. */
const plans = new Map<CountryCode, CountryPlan>();

function createCountryPlan(country: CountryCode): CountryPlan {
  const plan = numberingPlan(country);
  const { trunk, callingCode, possibleLengths, leadsOut } = plan;
  const lengths = new Set(plan.lengths);
  for (const more of OUTDATED_LENGTHS[callingCode] ?? []) {
    for (const length of possibleLengths) lengths.add(length + more);
  }
  const usual = getExampleNumber(country, examples)?.nationalNumber.length ?? FEWEST_DIGITS;
  const ordinary = Math.min(FEWEST_DIGITS, usual);
  /** As long as a number is there, with its zero, though nobody may have it. */
  const isTrunked = (digits: string): boolean =>
    trunk === '0' && digits.startsWith(trunk) && digits.length === trunk.length + usual;
  const mayBe = (digits: string): boolean =>
    lengths.has(digits.length) &&
    (isTrunked(digits) || plan.mayBe(withoutOutdated(digits, callingCode)));

  return {
    fewest: Math.max(4, Math.min(ordinary, Math.min(...possibleLengths) + 1)),
    isNorthAmerican: callingCode === '1',
    lengths,
    leadsOut,
    mayBe,
    mayBeGrouped: plan.mayBeGrouped,
    isBare: (digits) => plan.isBare(digits) && !leadsOut(digits),
    identify(written) {
      const digits = withoutOutdated(written, callingCode);
      const isLeadingOut = leadsOut(digits);
      if (!isLeadingOut && !mayBe(digits)) return undefined;
      const isShort = digits.length < ordinary;
      const read = plan.read(digits);
      if (read !== undefined) {
        // Its code without a plus is taken for its own numbers' only where it is grouped like one.
        const kind = read.isForeign ? 'foreign' : 'national';
        const { number, isBare, isGrouped } = read;
        return { number, kind, isBare, isShort, isGrouped };
      }
      const possible = isTrunked(digits) && !isLeadingOut ? plan.readPossible(digits) : undefined;
      if (possible === undefined) return undefined;
      const { number, isGrouped } = possible;
      return { number, kind: 'trunk', isBare: () => false, isShort: false, isGrouped };
    },
  };
}
