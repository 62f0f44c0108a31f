import { expect, it } from 'vitest';

import { findMeant, nameRecordings } from './name-recordings.js';

const names = Array.from(
  { length: 200 },
  (_item, index) => `call-${String(index).padStart(3, '0')}`,
);

it('names all of a few', () => {
  expect(nameRecordings(['a', 'b'])).toBe('a, b');
  expect(nameRecordings(names.slice(0, 8))).toMatch(/call-007$/);
});

it('names the first of many, and says how many more there are', () => {
  expect(nameRecordings(names)).toBe(
    'call-000, call-001, call-002, call-003, call-004, call-005, call-006 and 193 more',
  );
});

it.each([
  ['call-3', 'call-003'],
  ['call-03', 'call-003'],
  ['call-003.ndjson', 'call-003'],
  ['recordings/call-003.ndjson', 'call-003'],
  ['Call-003', 'call-003'],
  ['call-300', undefined],
  ['eyJhbGciOiJIUzI1NiJ9', undefined],
])('takes %s for %s', (name, meant) => {
  expect(findMeant(name, names)).toBe(meant);
});
