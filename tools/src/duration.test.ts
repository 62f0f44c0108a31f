import fc from 'fast-check';
import { expect, it } from 'vitest';

import { parseDuration, showDuration } from './duration.js';

it.each([
  ['90s', 90_000],
  ['1m30s', 90_000],
  ['1m', 60_000],
  ['1h', 3_600_000],
  ['2h05m', 7_500_000],
  ['1.5s', 1_500],
  ['1.1s', 1_100],
  ['250ms', 250],
  ['1s250ms', 1_250],
  ['250', 250],
  ['1:02.5', 62_500],
  ['01:02:03', 3_723_000],
])('reads %s', (text, ms) => {
  expect(parseDuration(text)).toBe(ms);
});

it.each(['', 'soon', '-1', '1x', 's', '1 minute', '1s1m', 'Infinity'])(
  'does not read %j',
  (text) => {
    expect(parseDuration(text)).toBeUndefined();
  },
);

it.each([
  [71.2, '71ms'],
  [999.6, '1.0s'],
  [3_985.4, '4.0s'],
  [59_960, '1m00s'],
  [90_000, '1m30s'],
  [7_500_000, '2h05m'],
])('writes %d as %s', (ms, text) => {
  expect(showDuration(ms)).toBe(text);
});

it('reads what it writes, to a twentieth', () => {
  fc.assert(
    fc.property(fc.double({ min: 0, max: 2 ** 31, noNaN: true }), (ms) => {
      expect(Math.abs((parseDuration(showDuration(ms)) ?? NaN) - ms)).toBeLessThanOrEqual(
        Math.max(0.5, ms / 20),
      );
    }),
  );
});
