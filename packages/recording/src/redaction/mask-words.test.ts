import fc from 'fast-check';
import { expect, it } from 'vitest';

import { maskWords } from './mask-words.js';

it.each([
  ['', ''],
  ["Hi, it's Marta: call 415-555-2671!", "xx, xx'x xxxxx: xxxx xxx-xxx-xxxx!"],
  ['señal — ¿qué? 我在\n«hier»\t$5', 'xxxxx — ¿xxx? xx\n«xxxx»\t$x'],
  ['naïve 𝒳 e\u0301', 'xxxxx xx xx'],
  ['\ud800 alone', 'x xxxxx'],
])('masks %j as %j', (text, masked) => {
  expect(maskWords(text)).toBe(masked);
});

it('keeps the length and the punctuation of any text, and changes nothing the second time', () => {
  const text = fc.oneof(fc.string({ unit: 'binary' }), fc.string({ unit: 'grapheme' }));
  fc.assert(
    fc.property(text, (said) => {
      const masked = maskWords(said);

      expect(masked).toHaveLength(said.length);
      expect(masked.match(/[\p{P}\s]/gu)).toEqual(said.match(/[\p{P}\s]/gu));
      expect(masked).not.toMatch(/(?!x)[\p{L}\p{N}]/u);
      expect(maskWords(masked)).toBe(masked);
    }),
  );
});
