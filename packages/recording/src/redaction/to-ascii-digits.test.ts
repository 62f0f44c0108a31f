import fc from 'fast-check';
import { expect, it } from 'vitest';

import { toAsciiDigits } from './to-ascii-digits.js';

it.each([
  ['', ''],
  ['call 415', 'call 415'],
  ['٠١٢٣٤٥٦٧٨٩', '0123456789'],
  ['۰۱۲ ४१५ ４１５ ໐໙', '012 415 415 09'],
  // Two code units each, so that what comes after stands where it stood.
  ['𝟎𝟗 𝟘𝟡!', '\u20600\u20609 \u20600\u20609!'],
])('writes %j as %j', (text, expected) => {
  expect(toAsciiDigits(text)).toBe(expected);
});

it('keeps the length of any text, and all that is no digit', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), (text) => {
      const written = toAsciiDigits(text);

      expect(written).toHaveLength(text.length);
      expect(written.replace(/[\d\u2060]/g, '')).toBe(text.replace(/[\p{Nd}\u2060]/gu, ''));
    }),
  );
});
