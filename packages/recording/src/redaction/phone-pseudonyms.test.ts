import fc from 'fast-check';
import { isValidPhoneNumber } from 'libphonenumber-js';
import { expect, it } from 'vitest';

import { createPhonePseudonyms } from './phone-pseudonyms.js';
import type { PhonePseudonymsOptions } from './phone-pseudonyms.js';

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

it.each([
  ['+14157301882', '730 1882', '202-555-0100'],
  ['+14157301882', '7301882 is it', '202-555-0100 is it'],
  ['+14157301882', 'seven three oh one double eight two', '202-555-0100'],
  ['730188', "it's 730 188 ok", "it's 202-555-0100 ok"],
  ['730188', 'so seven three oh one double eight', 'so 202-555-0100'],
  ['73018', '73018', '202-555-0100'],
  ['7301', 'sieben drei null eins', '202-555-0100'],
  ['7301', 'call 7301 or 12', 'call 202-555-0100 or 12'],
  ['2026', 'dial 2026', 'dial 202-555-0100'],
])('finds of the field %s what is written or said as %s', (phone, text, expected) => {
  const phones = createPhonePseudonyms();
  phones.inField(phone);

  expect(phones.inText(text)).toBe(expected);
  expect(phones.inText('call 415-555-2672')).toBe('call 202-555-0101');
});

it.each([
  ['730188', 'my order is 730188'],
  ['73018', '73018 5'],
  ['73018', '12, 73018'],
  ['7301', '$7301'],
  ['2026', 'in 2026'],
  ['911', 'call 911'],
  ['7301', 'call 7302'],
])('takes nothing of the field %s in %s', (phone, text) => {
  const phones = createPhonePseudonyms();
  phones.inField(phone);

  expect(phones.inText(text)).toBe(text);
});

it('leaves JSON numbers of few digits, though a field had them', () => {
  const phones = createPhonePseudonyms();
  phones.inField('73018');

  expect(phones.inNumber(73_018)).toBe(73_018);
});

it('finds what follows the area code of a number that a field had, in any country', () => {
  const phones = createPhonePseudonyms({ defaultCountry: 'DE' });
  phones.inField('+498924582687');

  expect(phones.inText('unter der 2458 2687')).toBe('unter der +12025550100');
});

/** Chrome's versions as they are, and random ones in their form. */
const versions = fc
  .tuple(fc.integer({ min: 90, max: 140 }), fc.integer({ min: 4000, max: 7000 }), fc.nat(250))
  .map(([major, build, patch]) => `${major}.0.${build}.${patch}`);

it.each(['US', 'DE', 'FR', 'GB', 'AU'])('takes no version for a number in %s', (defaultCountry) => {
  fc.assert(
    fc.property(
      versions,
      fc.constantFrom('Chrome/', 'Chrome ', 'version ', 'v'),
      (version, name) => {
        const text = `${name}${version} failed`;
        expect(createPhonePseudonyms({ defaultCountry }).inText(text)).toBe(text);
      },
    ),
  );
});

it.each([
  ['FR', 'Tel/06.12.34.56.78', 'Tel/+12025550100'],
  ['DE', 'Telefon/0151.62596589', 'Telefon/+12025550100'],
  ['US', 'Phone/415.555.2671', 'Phone/202-555-0100'],
  ['CH', 'Mobile/079.123.45.67', 'Mobile/+12025550100'],
])('takes in %s the number that stands behind the slash of %s', (country, text, expected) => {
  expect(createPhonePseudonyms({ defaultCountry: country }).inText(text)).toBe(expected);
});

it.each([
  ['DE', 'null eins zwei drei vier fünf sechs sieben acht neun'],
  ['DE', 'null eins zwei drei vier fünf sechs sieben acht neun zehn'],
  ['DE', '0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10'],
  ['FR', 'zéro un deux trois quatre cinq six sept huit neuf dix'],
  ['IT', 'zero uno due tre quattro cinque sei sette otto nove'],
  ['IT', 'zero uno due tre quattro cinque sei sette'],
  ['GB', 'zero one two three four five six seven eight nine ten'],
])('takes in %s nothing of what is counted from zero: %s', (country, text) => {
  expect(createPhonePseudonyms({ defaultCountry: country }).inText(text)).toBe(text);
});

it.each([
  [
    'four one five point five five five point two six seven one, or two one two dot five five five dot two six seven two',
    '202-555-0100, or 202-555-0101',
  ],
  ['415 dot 555 dot 2671', '202-555-0100'],
  ['four one five dot uh five five five, dot two six seven one', '202-555-0100'],
  [
    'it is three point five, call four one five dot five five five dot two six seven one',
    'it is three point five, call 202-555-0100',
  ],
  [
    'open parenthesis four one five, close parenthesis, five five five dash two six seven one',
    'open parenthesis 202-555-0100',
  ],
])('reads the marks that are said in %s', (text, expected) => {
  expect(inText(text)).toBe(expected);
});

it.each([
  'three point one four one five nine two six five three',
  'thirty seven point seven seven four nine minus one two two point four one nine four one six three',
  'one three one dot zero dot six seven seven eight dot two zero four',
  'two one six dot fifty eight dot one nine dot one seven four',
])('takes no points that are said for a number in %s', (text) => {
  expect(inText(text)).toBe(text);
});

it.each([
  ['<b>415</b>-<span class="x">555</span>-2671', '<b>202-555-0100'],
  [
    '<a href="tel:+14155552671">+1 415&nbsp;555&ndash;2671</a>',
    '<a href="tel:+12025550100">+12025550100</a>',
  ],
  ['?to=%28415%29%20555%2D2671&n=1', '?to=%28 202-555-0100&n=1'],
  ['100%20off', '100%20off'],
  ['4 < 155 & 5 > 5526', '4 < 155 & 5 > 5526'],
])('reads the marks of HTML and URLs in %s', (text, expected) => {
  expect(inText(text)).toBe(expected);
  expect(inText(expected)).toBe(expected);
});

it.each([
  ['GB', 'oh one two three four five six seven eight nine oh'],
  ['CI', '0 1 2 3 4 5 6 7 8 9'],
  ['FR', '01 23 45 67 89'],
])('takes in %s the number %s, though it looks counted', (country, text) => {
  expect(createPhonePseudonyms({ defaultCountry: country }).inText(text)).toBe('+12025550100');
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
  ['call 1-415-555-2671', 'call 1-202-555-0100'],
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
  ['Call 1 415 555 2671 4155552672', 'Call 1 202-555-0100 202-555-0101'],
  ['415 555 2671 415 555 2672', '202-555-0100 202-555-0101'],
  ['4 1 5 5 5 5 2 6 7 1 4 1 5 5 5 5 2 6 7 1', '202-555-0100 202-555-0100'],
  ['4.1.5.5.5.5.2.6.7.1', '202-555-0100'],
  ['4. 1. 5. 5. 5. 5. 2. 6. 7. 1.', '202-555-0100.'],
  ['4-1-5-5-5-5-2-6-7-1', '202-555-0100'],
  ['1 (800) 555-1234 or 1-800-555-1234', '1 202-555-0100 or 1-202-555-0100'],
  ['(415-555-2671 or (41 55 55 26 72', '(202-555-0100 or (202-555-0101'],
  ['press 1 4155552671', 'press 1 202-555-0100'],
  ['4.1.5.5.5.5.2.6.7.1 415-555-2671', '202-555-0100 202-555-0100'],
  ['call 12(415) 555-2671', 'call 12 202-555-0100'],
  ['800-415-555-2671', '800-202-555-0100'],
  // An area code that is not in use is a number that was not heard well.
  ['call 333-224-1447', 'call 202-555-0100'],
  ['+44 20 7946 0958 +33 1 23 45 67 89', '+12025550100 +12025550101'],
  ['44 20 7946 0958 is +442079460958', '202-555-0100 is +12025550100'],
  // Nobody's country code, though Palau's is 680.
  ['680.200.4321 is 680-200-4321', '202-555-0100 is 202-555-0100'],
  // Without their area code
  ['555-2671 is 415-555-2671, not 212-555-2671', '202-555-0100 is 202-555-0100, not 202-555-0101'],
  [
    '415-555-2671, not 212-555-2671, is 555-2671',
    '202-555-0100, not 202-555-0101, is 202-555-0100',
  ],
  ['555-2671, 555-2671 and 555-2672', '202-555-0100, 202-555-0100 and 202-555-0101'],
  // Whatever the library says of what has a plus
  ['+5215541637145, +52 1 55 4163 7145', '+12025550100, +12025550100'],
  ['+1 333-224-1447, +13332241447, 333 224 1447', '+12025550100, +12025550100, 202-555-0100'],
  ['+1 415 555 2671 24 hours', '+12025550100 24 hours'],
  // Over pauses, and in words
  ['4 1 5, 5 5 5, 2 6 7 1', '202-555-0100'],
  ['415, 555, 2671 and 4 1 5... 5 5 5. 2 6 7 1.', '202-555-0100 and 202-555-0100.'],
  ['four one five five five five two six seven one', '202-555-0100'],
  ['four fifteen, five fifty-five, twenty-six seventy-one', '202-555-0100'],
  [
    'four one five uh five double five 26 seven one is 415-555-2671',
    '202-555-0100 is 202-555-0100',
  ],
  ['four one five, sorry, four one six five five five two six seven one', '202-555-0100'],
  ['eight hundred five five five oh one double nine', '202-555-0100'],
  ['four hundred fifteen, five five five, two six seven one', '202-555-0100'],
  ['four hundred fifteen five fifty-five twenty-six seventy-one', '202-555-0100'],
  // A prefix that is said in hundreds is whole: nothing is added to it.
  ['one eight hundred fifty-five five twenty-six seventy-one', '202-555-0100'],
  ['plus four four twenty 7946 0958', '+12025550100'],
  ['三四一五五五五二六七一', '三202-555-0100'],
  // In digits of other scripts
  ['１-８００-５５５-１２３４', '１-202-555-0100'],
  ['+٤٤ ٢٠ ٧٩٤٦ ٠٩٥٨ is +442079460958', '+12025550100 is +12025550100'],
  ['४१५-५५५-२६७१', '202-555-0100'],
  ['𝟒𝟏𝟓-𝟓𝟓𝟓-𝟐𝟔𝟕𝟏', '202-555-0100'],
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
  'for $1,537.35, or $4155552671',
  'between 500-1500 dollars',
  'in 2021 2022 2023',
  'on 11/22/2026 4155',
  '2026-11-22 09:00, 2026-11-22 0900',
  '2026-11-22 09 2026-11-22 10',
  'card 4155 5526 7112 3456',
  'order AMZ0987, AMZ284U4-9, 27369',
  'order 12-415-555-2671-33',
  'code 33322-41447',
  'SSN 123-45-6789, ZIP 94107-1234',
  'at 37.7749295 -122.4194155',
  'host 192.168.100.100',
  'at 1763802000000',
  '1 1 1 1 1 1 1 1 1 1 1 1 1 1 1 1 1 1 1 1 1 1 1 1 1 1 1 1 1 1 1 1 1 1 1 1',
  '{"offset":5371.2,"score":0.82}',
  'connect ECONNREFUSED 25.15.105.195:1039',
  'hosted-eu-20260812-09, build 2026-11-28-09, pod-7d9f-20261128.09',
  'at 3100.500 ms, 672-12-3972, Version 2.10.3456789',
  'one two three four five six seven eight nine ten',
  '1, 2, 3, 4, 5, 6, 7, 8, 9, 10',
  'my order number is 4155552671',
])('keeps %j', (text) => {
  expect(inText(text)).toBe(text);
});

it.each([
  ['GB', 'call 020 7946 0958', '+442079460958'],
  ['FR', 'call 01 23 45 67 89', '+33123456789'],
  ['DE', 'call 030 901820', '+4930901820'],
  ['IN', 'call ९८७६५ ४३२१०', '+919876543210'],
])(
  'recognises the national numbers of %s, if that is the default',
  (defaultCountry, text, phone) => {
    const phones = createPhonePseudonyms({ defaultCountry });

    expect(inText(text)).toBe(text);
    // A fictional number is no national one there.
    expect(phones.inText(text)).toBe('call +12025550100');
    expect(phones.inField(phone)).toBe('+12025550100');
    expect(phones.inField(text.replace('call ', ''))).toBe('+12025550100');
  },
);

it('refuses several countries of which there is one not, and none', () => {
  expect(() => createPhonePseudonyms({ defaultCountry: ['GB', 'XX'] })).toThrow(/not "XX"/);
  expect(() => createPhonePseudonyms({ defaultCountry: [] })).toThrow(TypeError);
});

it.each(['', 'us', 'XX', 'GBR'])('refuses the country %j', (defaultCountry) => {
  expect(() => createPhonePseudonyms({ defaultCountry })).toThrow(
    new TypeError(
      `defaultCountry must be a country's two letters, GB for one, not ${JSON.stringify(defaultCountry)}.`,
    ),
  );
});

it('keeps fictional numbers as they are written, if it is told to', () => {
  const phones = createPhonePseudonyms({ keepFictional: true });
  const text = '(202) 555-0173, +12025550100, 555-0100';

  expect(phones.inText(text)).toBe(text);
  expect(phones.inField('2025550100')).toBe('2025550100');
  expect(phones.inText('(202) 555-0173 or 415-555-2671')).toBe('(202) 555-0173 or 202-555-0100');
});

it.each([
  ['E.164', '+14155552671'],
  ['national digits', '4155552671'],
  ['another script', '٤١٥٥٥٥٢٦٧١'],
  ['seven digits', '5552671'],
])('gives a field in %s the pseudonym of what is spoken', (_what, phone) => {
  const phones = createPhonePseudonyms();
  phones.inText('555-0199 … 415-555-2671');

  expect(phones.inField(phone)).toBe('+12025550101');
});

it.each([
  ['DE', 'Ruf 089 2458 2687 an, oder 0151 62596589', 'Ruf +12025550100 an, oder +12025550101'],
  ['DE', 'null eins fünf eins zweiundsechzig Komma neunundfünfzig 6589', '+12025550100'],
  ['DE', 'am 12.03.2026 um 1.234.567,89 Euro', 'am 12.03.2026 um 1.234.567,89 Euro'],
  ['AT', '0664 669 2868', '+12025550100'],
  ['AU', 'call 13 11 14', 'call +12025550100'],
  ['FR', 'zéro six douze trente-quatre, cinquante-six soixante-dix-huit', '+12025550100'],
  ['ES', 'seiscientos doce treinta y cuatro cincuenta y seis setenta y ocho', '+12025550100'],
  ['PT', 'nove um dois três quatro cinco meia sete oito', '+12025550100'],
  ['IT', 'tre quarantasette centoventitré quarantacinque sessantasette', '+12025550100'],
  ['CN', '请打一三八，零零一三，八零零零找我', '请打+12025550100找我'],
])('finds the numbers of %s in %j', (defaultCountry, text, expected) => {
  expect(createPhonePseudonyms({ defaultCountry }).inText(text)).toBe(expected);
});

it.each([
  ['US', 'call 1-800-FLOWERS'],
  ['US', 'tel4155552671'],
  ['US', 'the account is mine, 4155552671'],
  ['US', 'the number is 089 2458 2687'],
  ['DE', 'unter der 2458 2687'],
  ['FR', 'it is 612345678'],
  ['SE', 'noll sju noll ett två tre fyra fem sex sju'],
])('does not find what docs/privacy.md says that it does not: %s, %j', (defaultCountry, text) => {
  expect(createPhonePseudonyms({ defaultCountry }).inText(text)).toBe(text);
});

it.each([
  ['digits apart', '1 '],
  ['digits apart, in short runs', `${'1 '.repeat(30)}x`],
  ['digits apart, of another script', '١ '],
  ['digits in pairs', '55 '],
  ['digits', '0'],
  ['pluses', '+1'],
  ['dates', '2026-11-22 '],
  ['commas', '1,'],
])('takes no longer than the text is long: %s', (_what, piece) => {
  const seconds = (length: number) => {
    const text = piece.repeat(length / piece.length);
    const before = process.cpuUsage();
    expect(inText(text)).toBe(text);
    const { user, system } = process.cpuUsage(before);
    return (user + system) / 1e6;
  };

  // Ten times the text takes a hundred where it is no longer linear.
  seconds(5_000);
  const [short, long] = [seconds(10_000), seconds(100_000)];
  expect(long).toBeLessThan(Math.max(0.25, 40 * short));
});

it.each([
  ['numbers that touch', '(415) 555-2671'],
  ['numbers that make known those before', '415-555-2671 415-555-2672 415-555-2673,'],
  ['numbers that make known those behind', '+14155552671 415-555-2672 415-555-2673'],
])('takes no longer than the text is long, full of numbers: %s', (_what, piece) => {
  const seconds = (length: number) => {
    const text = piece.repeat(length / piece.length);
    const before = process.cpuUsage();
    expect(inText(text)).not.toContain('415');
    const { user, system } = process.cpuUsage(before);
    return (user + system) / 1e6;
  };

  seconds(5_000);
  const [short, long] = [seconds(5_000), seconds(50_000)];
  expect(long).toBeLessThan(Math.max(5, 40 * short));
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

/** An area code, an office and a line, of which a valid number is made. */
type Digits = readonly [area: string, office: string, line: string];

const number: fc.Arbitrary<Digits> = fc
  .tuple(fc.integer({ min: 200, max: 989 }), fc.integer({ min: 200_0000, max: 999_9999 }))
  .map(([area, local]): Digits => {
    return [String(area), String(local).slice(0, 3), String(local).slice(3)];
  })
  .filter((digits) => isValidPhoneNumber(`+1${digits.join('')}`));
const form = fc.constantFrom<(digits: Digits) => string>(
  (digits) => digits.join('-'),
  ([area, office, line]) => `(${area}) ${office}-${line}`,
  (digits) => digits.join('.'),
  (digits) => digits.join(''),
  (digits) => `1-${digits.join('-')}`,
  (digits) => `+1${digits.join('')}`,
  (digits) => `+1 ${digits.join(' ')}`,
  (digits) => digits.join(' '),
  (digits) => digits.join('').replaceAll(/\B/g, ' '),
  (digits) => digits.join('').replaceAll(/\B/g, '.'),
);
const spoken = fc.tuple(number, form).map(([digits, write]) => write(digits));

it('replaces a number that has a pseudonym for its extension', () => {
  const { inText } = createPhonePseudonyms();

  expect(inText('415-555-2671x202-555-0100')).toBe('202-555-0100x202-555-0101');
});

it('leaves no number in a text, wherever it stands between words', () => {
  const word = fc.constantFrom('call', 'or', 'me,', 'at', 'now.', 'Marta', '-', 'by 9', '§ 5');
  fc.assert(
    fc.property(fc.array(fc.tuple(word, spoken)), (said) => {
      const left = inText(said.flat().join(' ')).replaceAll(/202-555-01\d\d|\+120255501\d\d/g, '');

      for (const [, number] of said) expect(left).not.toContain(number.slice(-7));
    }),
  );
});

it('gives one number one pseudonym, whatever it is written like and stands beside', () => {
  const between = fc.constantFrom(' ', ', ', '. ', ' or ', ' / ', ' at 9, ');
  fc.assert(
    fc.property(number, fc.array(fc.tuple(form, between), { minLength: 1 }), (said, written) => {
      const text = written.map(([write, after]) => write(said) + after).join('');

      expect(inText(text).replaceAll(/(?:1-)?202-555-0100|\+12025550100/g, 'it')).toBe(
        written.map(([, after]) => `it${after}`).join(''),
      );
    }),
  );
});

const other = fc.constantFrom(
  ...['+442079460958', '44 20 7946 0958', '+33 1 23 45 67 89', '020 7946 0958', '030 901820'],
  ...['+12025550100', '202-555-0100', '202-555-0101', '(202) 555-0101', '2025550102', '555-0100'],
  ...['555-2671', '٤١٥٥٥٥٢٦٧١', '𝟒𝟏𝟓-𝟓𝟓𝟓-𝟐𝟔𝟕𝟏'],
);
const glue = fc.constantFrom(
  ...[
    '',
    ' ',
    ', ',
    ',',
    ':',
    '. ',
    ' / ',
    '/',
    '+',
    '(',
    ')',
    ' (',
    ') ',
    '-',
    ' - ',
    '#',
    '\u00a0',
  ],
  ...['1', ' 1 ', '12', ' 12 ', '00', ' 4155 ', ' 9 (', '+1', '+1 ', '+44 ', '$', '%', '½'],
  ...[' or ', 'x', ' x ', ' ext. ', 'abc', 'é'],
);
const noise = fc.string({
  unit: fc.constantFrom(...Array.from('0123456789+-() .,:/x')),
  maxLength: 12,
});
const said = fc
  .array(
    fc.constantFrom(
      ...['one', 'two', 'five', 'five', 'oh', 'double', 'twenty', 'hundred', 'uh', 'sorry', 'and'],
      ...[
        'null',
        'siebenundzwanzig',
        'eins',
        'Komma',
        'zéro',
        'soixante',
        'douze',
        'quatre',
        'vingt',
      ],
      ...[
        'seis',
        'um',
        'e',
        'treinta',
        'y',
        'sei',
        'plus',
        '一三八',
        '零零',
        ',',
        '. ',
        '4',
        '415',
        '+',
      ],
    ),
    { maxLength: 14 },
  )
  .map((words) => words.join(' '));
const glued = fc
  .array(fc.oneof(spoken, spoken, other, glue, glue, noise, said), { maxLength: 14 })
  .map((pieces) => pieces.join(''));
/** The texts and fields of one recording. */
type Said = readonly { readonly place: 'inText' | 'inField'; readonly text: string }[];

const recording: fc.Arbitrary<Said> = fc.array(
  fc.record({ place: fc.constantFrom('inText', 'inText', 'inField'), text: glued }),
  { maxLength: 4 },
);
const country = fc.constantFrom('US', 'US', 'GB', 'DE', 'FR', ['DE', 'US'], ['IN', 'BR', 'GB']);

function redactAll(said: Said, options: PhonePseudonymsOptions): Said {
  const phones = createPhonePseudonyms(options);
  return said.map(({ place, text }) => ({ place, text: phones[place](text) }));
}

it('changes nothing when it redacts twice, whatever the numbers touch', () => {
  fc.assert(
    fc.property(recording, country, (said, defaultCountry) => {
      const redacted = redactAll(said, { defaultCountry });

      expect(redactAll(redacted, { defaultCountry })).toEqual(redacted);
      // And so no number is left that is not fictional.
      expect(redactAll(redacted, { defaultCountry, keepFictional: true })).toEqual(redacted);
    }),
  );
});

it('looks at a text with few digits as closely as at one with many', () => {
  // So far behind that they belong to nothing, and no number.
  const farDigits = `${'\n'.repeat(20)}${'0 '.repeat(20)}`;
  const few = fc.array(fc.oneof(glue, noise, other), { maxLength: 4 });
  fc.assert(
    fc.property(few, country, (pieces, defaultCountry) => {
      const text = `${pieces.join('')} .`;
      const inFew = createPhonePseudonyms({ defaultCountry }).inText(text);
      const inMany = createPhonePseudonyms({ defaultCountry }).inText(text + farDigits);

      expect(inMany).toBe(inFew + farDigits);
    }),
  );
});

it.each([
  // A number that is replaced frees the one that it touches.
  ['600-200-00001+13012000000 12 (500) 200-0000 ', '600-200-00001+12025550100 12 202-555-0101 '],
  ['301-200-0000(301) 200-0000, 260-200-0000', '202-555-0100 202-555-0100, 202-555-0101'],
  ['12-301-200-0000(301) 200-0001', '12-202-555-0100 202-555-0101'],
  ['555-2671 415-555-2672', '202-555-0100 202-555-0101'],
  // In a row, the last makes the others known.
  [
    '415-555-2671 415-555-2672 415-555-2673,415-555-2674 415-555-2675 415-555-2676',
    '202-555-0100 202-555-0101 202-555-0102,202-555-0103 202-555-0104 202-555-0105',
  ],
  // What an extension would come after belongs to no number.
  ['301-200-0000x+1 301 200 0001', '202-555-0100x+12025550101'],
  ['301-200-0000ext.   +13012000001', '202-555-0100ext.   +12025550101'],
  // Pseudonyms are found as they stand, even where no number would be.
  ['x202-555-0101202-555-0100', 'x202-555-0100 202-555-0101'],
])('finds in %j all that it would find the second time', (text, expected) => {
  expect(inText(text)).toBe(expected);
  expect(inText(expected)).toBe(expected);
});

it('knows a pseudonym without its plus, in every country', () => {
  const phones = createPhonePseudonyms({ defaultCountry: 'DE' });

  expect(phones.inField('+4930901820')).toBe('+12025550100');
  expect(phones.inField('12025550100')).toBe(phones.inField('+12025550100'));
});

it.each(['MX', 'US'])(
  'gives what Mexico dialled once the number that it is now, in %s',
  (country) => {
    const { inField, inText } = createPhonePseudonyms({ defaultCountry: country });
    expect(inField('+5215541637145')).toBe('+12025550100');
    for (const written of ['+525541637145', '+52 1 55 4163 7145', '+52 55 4163 7145']) {
      expect(inText(written)).toBe('+12025550100');
    }
    expect(inText('00 52 1 55 4163 7145')).toMatch(/^(\+12025550100|202-555-0100)$/);
  },
);

it.each(['55 4163 7145', '044 55 4163 7145', '01 55 4163 7145', '52 1 55 4163 7145'])(
  'gives %s in Mexico the number that it is now',
  (written) => {
    const { inField, inText } = createPhonePseudonyms({ defaultCountry: 'MX' });
    expect(inField('+525541637145')).toBe('+12025550100');
    expect(inField('+525541637146')).toBe('+12025550101');
    expect(inText(written)).toBe('+12025550100');
  },
);
