import { expect, it } from 'vitest';

import { DIVERGED, nameCloseCode } from './close-codes.js';

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
