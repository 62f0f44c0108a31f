import { expect, it } from 'vitest';

import { toLabels } from './to-labels.js';

const at = (...xs: number[]) => xs.map((x) => ({ x, width: 2 }));

it('names a box behind it, where the next is far enough', () => {
  expect(toLabels(at(0, 100, 300), 90, 400)).toEqual(['behind', 'behind', 'behind']);
});

it('names a box before it, where it is too near to the next or to the edge', () => {
  expect(toLabels(at(200, 210), 90, 400)).toEqual(['before', 'behind']);
  expect(toLabels(at(390), 90, 400)).toEqual(['before']);
});

it('names no box over another, or over the name of another', () => {
  expect(toLabels(at(0, 20, 40, 380, 390), 90, 400)).toEqual([
    ...['none', 'none', 'behind', 'before', 'none'],
  ]);
  expect(toLabels([{ x: 0, width: 400 }], 90, 400)).toEqual(['none']);
});
