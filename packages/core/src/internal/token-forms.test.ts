import fc from 'fast-check';
import { expect, it } from 'vitest';

import { tokenForms } from './token-forms.js';

it.each([
  ['as it is', "s3cret/t0ken~'42"],
  ['percent-encoded', "s3cret%2Ft0ken~'42"],
  ['percent-encoded with small letters', "s3cret%2ft0ken~'42"],
  ['as a query has it', 's3cret%2Ft0ken%7E%2742'],
  ['in base64', 'czNjcmV0L3Qwa2Vufic0Mg=='],
  ['in base64url', 'czNjcmV0L3Qwa2Vufic0Mg'],
])('knows a token %s', (_how, form) => {
  expect(tokenForms("s3cret/t0ken~'42")).toContain(form);
});

it('knows a JWT by each of its parts', () => {
  expect(tokenForms('eyJhbGci.eyJzdWIi.c2lnbmF0')).toEqual(
    expect.arrayContaining(['eyJhbGci.eyJzdWIi.c2lnbmF0', 'eyJhbGci', 'eyJzdWIi', 'c2lnbmF0']),
  );
});

it('knows none of a token that could be a word', () => {
  expect(tokenForms('a.bc.def')).toEqual(['a.bc.def', ...tokenForms('a.bc.def').slice(1)]);
  expect(tokenForms('a.bc.def').some((form) => form.length < 8)).toBe(false);
  expect(tokenForms('1234567')).toEqual([]);
});

it('knows a token in base64 wherever it stands', () => {
  fc.assert(
    fc.property(
      fc.stringMatching(/^[\x21-\x7e]{8,40}$/),
      fc.string(),
      fc.string(),
      fc.constantFrom<BufferEncoding[]>('base64', 'base64url'),
      (token, before, after, encoding) => {
        const text = Buffer.from(before + token + after).toString(encoding);

        expect(tokenForms(token).some((form) => text.includes(form))).toBe(true);
      },
    ),
  );
});
