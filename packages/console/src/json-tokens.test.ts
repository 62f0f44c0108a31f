import fc from 'fast-check';
import { expect, it } from 'vitest';

import { toJsonTokens } from './json-tokens.js';

it('tells names, texts, numbers and words apart', () => {
  expect(
    toJsonTokens('{"a": "b: \\"c\\"", "n": -1.5e3, "t": null}').filter(
      ({ kind }) => kind !== 'rest',
    ),
  ).toEqual([
    { kind: 'name', text: '"a"' },
    { kind: 'string', text: '"b: \\"c\\""' },
    { kind: 'name', text: '"n"' },
    { kind: 'number', text: '-1.5e3' },
    { kind: 'name', text: '"t"' },
    { kind: 'word', text: 'null' },
  ]);
});

it('loses no letter of any text', () => {
  fc.assert(
    fc.property(fc.oneof(fc.string(), fc.json()), (text) => {
      expect(
        toJsonTokens(text)
          .map((token) => token.text)
          .join(''),
      ).toBe(text);
    }),
  );
});
