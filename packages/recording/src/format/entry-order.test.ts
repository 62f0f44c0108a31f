import fc from 'fast-check';
import { expect, it } from 'vitest';

import { createEntryOrder } from './entry-order.js';
import type { Entry } from './recording.js';

/* One entry of each kind, by a letter; all at once. */
const entries: Readonly<Record<string, Entry>> = {
  o: { at: 0, event: 'open', status: 101 },
  r: { at: 0, event: 'refused', status: 503 },
  x: { at: 0, event: 'failed', reason: 'unreachable' },
  f: { at: 0, event: 'frame', from: 'server', json: { type: 'ack', ackId: '8f0c' } },
  c: { at: 0, event: 'close', from: 'server', code: 1006, reason: '' },
  m: { at: 0, event: 'mark', label: 'here' },
  u: { at: 0, event: 'unknown', read: { at: 0, event: 'ping' } },
  e: { at: 0, event: 'end' },
};

/** The first problem of a recording whose entries are these. */
function findProblem(letters: string): string | undefined {
  const misplaced = createEntryOrder();
  return Array.from(letters)
    .map((letter) => misplaced(entries[letter] as Entry))
    .find((problem) => problem !== undefined);
}

it.each([
  '',
  'e',
  'oce',
  'offfce',
  're',
  'xe',
  'rxoffcrofce',
  'mumomufmucmue',
  'o',
  'offf',
  'offcof',
  'rr',
])('has nothing against %j', (letters) => {
  expect(findProblem(letters)).toBeUndefined();
});

it.each([
  ['f', 'is a frame outside of a connection'],
  ['c', 'is a close outside of a connection'],
  ['rf', 'is a frame outside of a connection'],
  ['ocf', 'is a frame outside of a connection'],
  ['ofcc', 'is a close outside of a connection'],
  ['oo', 'is a dial while the connection before it is open'],
  ['ofr', 'is a dial while the connection before it is open'],
  ['ox', 'is a dial while the connection before it is open'],
  ['oe', 'is the end while a connection is open'],
  ['offe', 'is the end while a connection is open'],
  ['eo', 'stands after the end'],
  ['ocee', 'stands after the end'],
  ['em', 'stands after the end'],
  ['eu', 'stands after the end'],
])('says of %j that an entry %s', (letters, problem) => {
  expect(findProblem(letters)).toBe(problem);
});

it('says where time runs backwards, in any kind of entry', () => {
  const misplaced = createEntryOrder();

  expect(misplaced({ at: 12.5, event: 'open', status: 101 })).toBeUndefined();
  expect(misplaced({ at: 12.5, event: 'mark', label: 'at the same time' })).toBeUndefined();
  expect(misplaced({ at: 12.499, event: 'mark', label: 'before' })).toBe(
    '`at` is 12.499, before the 12.5 of a line above',
  );
  expect(misplaced({ at: 12, event: 'unknown', read: { at: 12, event: 'ping' } })).toBe(
    '`at` is 12, before the 12.5 of a line above',
  );
});

it('goes on after a misplaced entry as if it were not there', () => {
  const misplaced = createEntryOrder();
  const problems = Array.from('foofce').map((letter) => misplaced(entries[letter] as Entry));

  expect(problems).toEqual([
    'is a frame outside of a connection',
    undefined,
    'is a dial while the connection before it is open',
    undefined,
    undefined,
    undefined,
  ]);
});

it('holds recordings to their grammar', () => {
  fc.assert(
    fc.property(fc.string({ unit: fc.constantFrom(...Array.from('orxfcmue')) }), (letters) => {
      // dial* end?, where the last connection may be left open; marks and unknown events anywhere.
      const isRecording = /^(r|x|of*c)*(e|of*)?$/.test(letters.replace(/[mu]/g, ''));
      const isPastTheEnd = /e.*[mu]/.test(letters);

      expect(findProblem(letters) === undefined).toBe(isRecording && !isPastTheEnd);
    }),
  );
});
