import { expect, it } from 'vitest';

import { cutReason, DIVERGED, isSendable, nameCloseCode } from './close-codes.js';

it.each([
  [999, '999'],
  [1000, '1000 (normal closure)'],
  [1004, '1004'],
  [1005, '1005 (no code given)'],
  [1006, '1006 (cut without a close)'],
  [1009, '1009 (message too big)'],
  [1015, '1015 (TLS failure)'],
  [1016, '1016'],
  [4000, '4000'],
  [DIVERGED, '4999 (the client departed from the recording)'],
])('names %i as %s', (code, name) => {
  expect(nameCloseCode(code)).toBe(name);
});

it.each([1000, 1003, 1007, 1014, 3000, 4999])('can send %i', (code) => {
  expect(isSendable(code)).toBe(true);
});

it.each([0, 999, 1004, 1005, 1006, 1015, 1016, 2999, 5000, NaN])('cannot send %d', (code) => {
  expect(isSendable(code)).toBe(false);
});

it('says of a long reason as many whole characters as 123 bytes hold', () => {
  expect(cutReason('as it is')).toBe('as it is');
  expect(cutReason(`x${'é'.repeat(100)}`)).toBe(`x${'é'.repeat(61)}`);
  expect(cutReason('x'.repeat(200))).toBe('x'.repeat(123));
});
