import { expect, it, onTestFinished } from 'vitest';

import { toDate, toLastDate } from './to-date.js';

/** Has the machine stand elsewhere, while the test runs. */
function standIn(zone: string): void {
  const before = process.env['TZ'];
  process.env['TZ'] = zone;
  onTestFinished(() => {
    if (before === undefined) delete process.env['TZ'];
    else process.env['TZ'] = before;
  });
}

it.each(['UTC', 'America/New_York', 'Asia/Kolkata'])(
  'reads a date as the list shows it, in %s, too',
  (zone) => {
    standIn(zone);

    expect(toDate('2026-01-31')).toBe(Date.UTC(2026, 0, 31));
    expect(toDate('2026-01-31T12:00')).toBe(Date.UTC(2026, 0, 31, 12));
    expect(toDate('2026-01-31T12:00:30.5Z')).toBe(Date.UTC(2026, 0, 31, 12, 0, 30, 500));
    expect(toDate('2026-01-31T12:00-05:00')).toBe(Date.UTC(2026, 0, 31, 17));
  },
);

it('takes of a day its end where that is asked for', () => {
  expect(toLastDate('2026-01-31')).toBe(Date.UTC(2026, 1, 1) - 1);
  expect(toLastDate('2028-02-29')).toBe(Date.UTC(2028, 2, 1) - 1);
  expect(toLastDate('2026-01-31T12:00Z')).toBe(Date.UTC(2026, 0, 31, 12));
});

it.each([
  '',
  'yesterday',
  'call 7',
  '7',
  '2026',
  '2026-13-01',
  '2026-02-29',
  '2026-06-31T12:00Z',
  '31.01.2026',
  '2026-01-31 12:00',
])('refuses %j', (text) => {
  expect(() => toDate(text)).toThrow('It should be a date such as 2026-01-31');
});
