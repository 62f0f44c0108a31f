import { expect, it } from 'vitest';

import { toRetryAfterMs } from './retry-after.js';

const nowMs = Date.parse('2026-11-22T09:00:00.000Z');
const ask = (retryAfter: string | undefined, date?: string, now = nowMs) =>
  toRetryAfterMs({ retryAfter, date, nowMs: now });

it.each([
  ['7', 7_000],
  ['0', 0],
  ['007', 7_000],
  [' 7 ', 7_000],
  ['2.5', 3_000],
  ['30.5', 31_000],
  ['45.0', 45_000],
  ['292.052427053', 293_000],
  ['0.001', 1_000],
  ['86400', 86_400_000],
  ['9'.repeat(400), Number.MAX_SAFE_INTEGER],
])('takes %j for seconds, a fraction rounded up', (retryAfter, ms) => {
  expect(ask(retryAfter)).toBe(ms);
});

it.each([
  ['IMF-fixdate', 'Sun, 22 Nov 2026 09:01:30 GMT'],
  ['RFC 850', 'Sunday, 22-Nov-26 09:01:30 GMT'],
  ['asctime', 'Sun Nov 22 09:01:30 2026'],
  ['another case', 'sun, 22 NOV 2026 09:01:30 gmt'],
])('takes a date as %s has it', (_form, retryAfter) => {
  expect(ask(retryAfter)).toBe(90_000);
});

it('takes a day of one digit as asctime has it', () => {
  expect(ask('Tue Dec  1 09:00:00 2026')).toBe(9 * 86_400_000);
});

it('reckons a date against the Date of the answer, in whatever form', () => {
  const later = 'Sun, 22 Nov 2026 09:01:50 GMT';

  expect(ask(later, 'Sun, 22 Nov 2026 09:01:30 GMT')).toBe(20_000);
  expect(ask(later, 'Sunday, 22-Nov-26 09:01:30 GMT')).toBe(20_000);
  expect(ask(later, 'Sun Nov 22 09:01:30 2026')).toBe(20_000);
  expect(ask(later, 'soon')).toBe(110_000);
});

it('does not reckon seconds against the Date of the answer', () => {
  expect(ask('7', 'Sun, 22 Nov 2020 09:00:00 GMT')).toBe(7_000);
});

it('asks for no wait with a date gone by', () => {
  expect(ask('Sun, 22 Nov 2026 08:00:00 GMT')).toBe(0);
  expect(ask('Sun Nov  6 08:49:37 1994')).toBe(0);
});

it.each([
  ['of this century', '22-Nov-76 09:00:00', '2026-11-22T09:00:00Z', '2076-11-22T09:00:00Z'],
  [
    '50 years ahead and a second, of the last',
    '22-Nov-76 09:00:01',
    '2026-11-22T09:00:00Z',
    undefined,
  ],
  [
    'after the turn of a century, of the one before',
    '31-Dec-99 23:59:59',
    '2100-01-01T00:00:00Z',
    undefined,
  ],
])('takes a year of two digits for one %s', (_what, date, now, at) => {
  const ms = ask(`Sunday, ${date} GMT`, undefined, Date.parse(now));

  expect(ms).toBe(at === undefined ? 0 : Date.parse(at) - Date.parse(now));
});

it('takes a leap second', () => {
  expect(ask('Sun, 22 Nov 2026 09:00:60 GMT')).toBe(60_000);
});

it.each([
  undefined,
  '',
  'soon',
  '-1',
  '+30',
  '30, 30',
  '1e3',
  '0x1f',
  '.5',
  '5.',
  'NaN',
  'Infinity',
  '2026-11-22T09:01:30Z',
  'Sun, 31 Feb 2026 09:00:00 GMT',
  'Sun, 22 Nov 2026 24:00:00 GMT',
  'Sun, 22 Foo 2026 09:00:00 GMT',
  'Sun, 22 Nov 2026 09:01:30',
  'Sun, 22 Nov 2026 09:01:30 CET',
  'Nov 22 09:01:30 2026',
])('does not take %j for a wait', (retryAfter) => {
  expect(ask(retryAfter)).toBeUndefined();
});
