import fc from 'fast-check';
import { isValidPhoneNumber } from 'libphonenumber-js';
import { expect, it } from 'vitest';

import { createPhonePseudonyms } from './phone-pseudonyms.js';

const inText = (text: string) => createPhonePseudonyms().inText(text);
const inField = (phone: string) => createPhonePseudonyms().inField(phone);

it('gives pseudonyms by order of first appearance', () => {
  const phones = createPhonePseudonyms();

  expect(phones.inField('+442079460958')).toBe('+12025550100');
  expect(phones.inField('+14155552671')).toBe('+12025550101');
  expect(phones.inField('+442079460958')).toBe('+12025550100');
  expect(phones.inField('+14155552672')).toBe('+12025550102');
});

it('starts anew for every recording', () => {
  expect(inField('+14155552671')).toBe('+12025550100');
  expect(inField('+442079460958')).toBe('+12025550100');
});

it('gives a field and what is spoken of it the same pseudonym', () => {
  const phones = createPhonePseudonyms();

  expect(phones.inText('I call from 415-555-2672.')).toBe('I call from 202-555-0100.');
  expect(phones.inField('+14155552671')).toBe('+12025550101');
  expect(phones.inText('It is (415) 555-2671 here, not +1 415 555 2672.')).toBe(
    'It is 202-555-0101 here, not +12025550100.',
  );
});

it.each([
  ['+14155552671', '+12025550100'],
  ['14155552671', '+12025550100'],
  ['4155552671', '+12025550100'],
  ['(415) 555-2671', '+12025550100'],
  ['tel:+1-415-555-2671', '+12025550100'],
  ['sip:+14155552671@carrier.example', '+12025550100'],
  ['+442079460958', '+12025550100'],
  ['+99912345678901234', '+12025550100'],
  ['1234', '+12025550100'],
  ['*67 1234', '+12025550100'],
  ['unknown (4155552671)', '+12025550100'],
])('replaces a field that holds %s', (phone, expected) => {
  expect(inField(phone)).toBe(expected);
});

it.each(['', 'anonymous', 'unavailable', 'withheld', '+', '911', '0'])(
  'keeps a field that holds %j',
  (phone) => {
    expect(inField(phone)).toBe(phone);
  },
);

it.each([
  ['call 415-555-2671', 'call 202-555-0100'],
  ['call (415) 555-2671.', 'call 202-555-0100.'],
  ['call 415.555.2671!', 'call 202-555-0100!'],
  ['call 4155552671', 'call 202-555-0100'],
  ['call 1-415-555-2671', 'call 202-555-0100'],
  ['call 415 555 2671', 'call 202-555-0100'],
  ['call 4 1 5 5 5 5 2 6 7 1', 'call 202-555-0100'],
  ['call +1 415 555 2671', 'call +12025550100'],
  ['call +44 20 7946 0958', 'call +12025550100'],
  ['tel:+14155552671', 'tel:+12025550100'],
  ['415-555-2671 is it; yes, 415-555-2671', '202-555-0100 is it; yes, 202-555-0100'],
  ['415-555-2671 or 415-555-2672', '202-555-0100 or 202-555-0101'],
  ['415-555-2671 415-555-2672', '202-555-0100 202-555-0101'],
  // Read as the extension of the first, the beginning of the second would hide it.
  ['415-555-2671, 415-555-2672', '202-555-0100, 202-555-0101'],
  ['+14155552671, 415-555-2672', '+12025550100, 202-555-0101'],
  ['4155552671; 4155552672', '202-555-0100; 202-555-0101'],
  ['415-555-2671 x 415-555-2672', '202-555-0100 x 202-555-0101'],
  ['at 9, 415-555-2671', 'at 9, 202-555-0100'],
  ['room #12, 415-555-2671', 'room #12, 202-555-0100'],
  ['call 415-555-2671 ext. 17 now', 'call 202-555-0100 ext. 17 now'],
  ['call 415-555-2671, extension 17', 'call 202-555-0100, extension 17'],
  // The library takes the white space before the last for a part of it.
  [
    '415-555-2671 415-555-2671 / 415-555-2671 415-555-2672 / 415-555-2673',
    '202-555-0100 202-555-0100 / 202-555-0100 202-555-0101 / 202-555-0102',
  ],
  // With the second beside it, the first is too long to be one.
  ['Call 1 415 555 2671 4155552672', 'Call 202-555-0100 202-555-0101'],
])('replaces %j by %j', (text, expected) => {
  expect(inText(text)).toBe(expected);
});

it.each([
  '',
  'Who is calling, please?',
  'two two five, five five, zero one',
  'on 22 November 2026 at 09:00',
  '2026-11-22T09:00:00.000Z',
  'parcel 1234567890123456',
  'at 12 Mill Road, 3rd floor, flat 45',
  'it costs 1,234,567.89',
  '{"offset":5371.2,"score":0.82}',
])('keeps %j', (text) => {
  expect(inText(text)).toBe(text);
});

it('recognises the national numbers of another country, if that is the default', () => {
  const text = 'call 020 7946 0958';

  expect(inText(text)).toBe(text);
  expect(createPhonePseudonyms('GB').inText(text)).toBe('call 202-555-0100');
});

it('goes on in the next area code after a hundred numbers', () => {
  const phones = createPhonePseudonyms();
  const pseudonyms = Array.from({ length: 101 }, (_, n) => phones.inField(`+1415555${2_000 + n}`));

  expect(pseudonyms.slice(98)).toEqual(['+12025550198', '+12025550199', '+12035550100']);
});

it('keeps distinct numbers distinct, and gives fictional ones only', () => {
  const phones = createPhonePseudonyms();
  const pseudonyms = Array.from({ length: 2_000 }, (_, n) =>
    phones.inField(`+1415${String(2_000_000 + n)}`),
  );

  expect(new Set(pseudonyms).size).toBe(2_000);
  for (const pseudonym of pseudonyms) {
    expect(pseudonym).toMatch(/^\+1\d{3}55501\d{2}$/);
    expect(isValidPhoneNumber(pseudonym)).toBe(true);
  }
});

const digits = fc.integer({ min: 200, max: 989 }).chain((area) =>
  fc.integer({ min: 200_0000, max: 999_9999 }).map((local) => ({
    area,
    office: String(local).slice(0, 3),
    line: String(local).slice(3),
  })),
);
const spoken = fc
  .tuple(
    digits.filter(({ area, office, line }) => isValidPhoneNumber(`+1${area}${office}${line}`)),
    fc.constantFrom(
      ({ area, office, line }: { area: number; office: string; line: string }) =>
        `${area}-${office}-${line}`,
      ({ area, office, line }) => `(${area}) ${office}-${line}`,
      ({ area, office, line }) => `${area}.${office}.${line}`,
      ({ area, office, line }) => `${area}${office}${line}`,
      ({ area, office, line }) => `1-${area}-${office}-${line}`,
      ({ area, office, line }) => `+1${area}${office}${line}`,
      ({ area, office, line }) => `+1 ${area} ${office} ${line}`,
    ),
  )
  .map(([number, write]) => write(number));

it('leaves no number in a text, wherever it stands between words', () => {
  const word = fc.constantFrom('call', 'or', 'me,', 'at', 'now.', 'Marta', '-', 'by 9', '§ 5');
  fc.assert(
    fc.property(fc.array(fc.tuple(word, spoken)), (said) => {
      const redacted = inText(said.flat().join(' '));

      for (const [, number] of said) {
        if (!number.includes('5550')) expect(redacted).not.toContain(number.slice(-7));
      }
    }),
  );
});

it('changes nothing when it redacts twice', () => {
  const between = fc.constantFrom(' ', ', ', '; ', '. ', ' or ', ' and then ', ' / ');
  fc.assert(
    fc.property(fc.array(fc.tuple(spoken, between)), (said) => {
      const redacted = inText(said.flat().join(''));

      expect(inText(redacted)).toBe(redacted);
    }),
    { numRuns: 200 },
  );
});
