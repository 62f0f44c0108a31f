import { expect, it } from 'vitest';

import { compareRuns, parseEntryId, parseRun, toEntryIdText, toRunText } from './run.js';

it('orders runs by their job first, and then by their number', () => {
  const runs = [
    { job: 10, nth: 1 },
    { job: 9, nth: 12 },
    { job: 9, nth: 3 },
  ];
  expect(runs.sort(compareRuns).map(toRunText)).toEqual(['9-3', '9-12', '10-1']);
});

it('reads what it writes', () => {
  expect(parseRun('17-2')).toEqual({ job: 17, nth: 2 });
  expect(toEntryIdText('call_1-a', { job: 17, nth: 2 }, 5)).toBe('call_1-a.17-2.5');
  expect(parseEntryId('call_1-a.17-2.5', 'call_1-a')).toEqual({
    run: { job: 17, nth: 2 },
    number: 5,
  });
});

it.each(['', '17', '17-', '17-2-3', 'a-b', '-1-2'])('reads no run in %j', (text) => {
  expect(parseRun(text)).toBeUndefined();
});

it.each(['', 'call.17-2', 'call.17-2.0', 'call.17-2.x', 'call.17.2', '17-2', 'other.17-2.1'])(
  'reads no id in %j',
  (text) => {
    expect(parseEntryId(text, 'call')).toBeUndefined();
  },
);
