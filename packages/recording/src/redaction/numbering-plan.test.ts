import { getCountries, getExampleNumber, parsePhoneNumberFromString } from 'libphonenumber-js';
import examples from 'libphonenumber-js/mobile/examples';
import { expect, it } from 'vitest';

import { numberingPlan, toLibraryGroups } from './numbering-plan.js';
import type { PlanNumber } from './numbering-plan.js';

/** As many digits of each country are compared. */
const COUNT = Math.ceil(Number(process.env['LIVECALL_NUMBERS'] ?? 1_000) / 125);

/** Numbers that the seed says, the same each time. */
function createRandom(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (state * 48_271) % 2_147_483_647;
    return state % below;
  };
}

const LENGTHS = ['3,3,4', '1,3,3,4', '5,6', '3,8', '2,2,2,2', '1,2,2,2,2', '3,3,3', '2,4,4', '4,4'];

it(
  'says of the digits of every country what the library says of them',
  { timeout: 600_000 },
  () => {
    const random = createRandom(20_261_128);
    const differing = getCountries().flatMap((country) => {
      const plan = numberingPlan(country);
      const example = getExampleNumber(country, examples)?.nationalNumber ?? '';
      return Array.from({ length: COUNT }, () => {
        const kept = random(example.length);
        const size = [example.length, 4 + random(12)][random(2)] ?? 0;
        const number = Array.from({ length: size }, (_digit, at) =>
          at < kept && at < example.length ? example.charAt(at) : random(10),
        ).join('');
        const before = [plan.trunk, '', plan.callingCode, plan.trunk + plan.callingCode][random(4)];
        return (before ?? '') + number;
      }).flatMap((digits) => {
        if (plan.leadsOut(digits)) return [];
        const said = tell(plan.read(digits));
        const theirs = toldByTheLibrary(digits, country);
        return said === theirs ? [] : [`${country} ${digits}: ${said}, not ${theirs}`];
      });
    });

    expect(differing).toEqual([]);
  },
);

function tell(number: PlanNumber | undefined): string {
  if (number === undefined) return 'none';
  const groups = LENGTHS.filter((lengths) => number.isGrouped(lengths));
  return [number.number, number.isBare(), ...groups].join(' ');
}

function toldByTheLibrary(
  digits: string,
  country: ReturnType<typeof getCountries>[number],
): string {
  const number = parsePhoneNumberFromString(digits, country);
  if (number?.isValid() !== true) return 'none';
  const toDigits = (form: string) => form.replace(/\D/g, '');
  const isBare =
    digits === number.nationalNumber &&
    toDigits(number.formatNational()) !== digits &&
    toDigits(number.formatNational({ nationalPrefix: false })) !== digits;
  const groups = LENGTHS.filter((lengths) => toLibraryGroups(number).has(lengths));
  return [number.number, isBare, ...groups].join(' ');
}
