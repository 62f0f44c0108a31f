import { expect, it } from 'vitest';

import type { Found, Listed } from './api.js';
import { filterList, toListedOutcome } from './filter-list.js';

type Summary = NonNullable<Listed['summary']>;
const listed = (id: number, name: string, summary?: Partial<Summary>): Listed => ({
  id,
  name,
  isBeingWritten: false,
  ...(summary !== undefined && {
    summary: {
      recordedAt: '2026-11-22T09:00:00.000Z',
      durationMs: 30_000,
      outcome: { how: 'ended' },
      connections: 1,
      utterances: 3,
      commands: [],
      ...summary,
    },
  }),
});
const list = [
  listed(0, 'old', { recordedAt: '2026-11-21T09:00:00.000Z', commands: ['client:joinCall'] }),
  listed(1, 'b', { outcome: { how: 'cut' }, durationMs: 120_000 }),
  listed(2, 'a', { durationMs: 301_000 }),
  listed(3, 'bad'),
];
const names = (recordings: readonly Listed[]) => recordings.map(({ name }) => name).join(' ');
const all = { outcome: '', length: '' };

it('lists the newest first, and by name what is as new', () => {
  expect(names(filterList(list, all))).toBe('a b old bad');
});

it.each([
  [{ outcome: 'joined', length: '' }, 'old'],
  [{ outcome: 'ended', length: '' }, 'a'],
  [{ outcome: 'lost', length: '' }, 'b'],
  [{ outcome: 'unreadable', length: '' }, 'bad'],
  [{ outcome: '', length: 'middle' }, 'b'],
  [{ outcome: '', length: 'long' }, 'a'],
  [{ outcome: 'lost', length: 'long' }, ''],
])('lists by %j', (filter, expected) => {
  expect(names(filterList(list, filter))).toBe(expected);
});

it('lists those in which words were found', () => {
  const found: Found = {
    id: 1,
    count: 2,
    lines: [
      [4, 4],
      [9, 9],
    ],
    text: 'it is Marta',
  };

  expect(names(filterList(list, all, new Map([[1, found]])))).toBe('b');
});

it.each([
  [{ how: 'left' }, 'lost'],
  [{ how: 'failed', reason: 'timeout' }, 'refused'],
  [{ how: 'incomplete' }, 'incomplete'],
] as const)('says how a call went by %j', (outcome, expected) => {
  expect(toListedOutcome(listed(0, 'x', { outcome }))).toBe(expected);
});
