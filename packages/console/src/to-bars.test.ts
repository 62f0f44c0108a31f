import { expect, it } from 'vitest';

import { toBars } from './to-bars.js';

const say = (at: number, until: number, row: number) => ({ at, until, row });

it('draws each utterance from when it came until it was said', () => {
  const utterances = [say(0, 500, 1), say(2_000, 3_000, 4)];

  expect(toBars(utterances, { from: 0, to: 4_000 }, 400)).toEqual([
    { x: 0, width: 49, row: 1, count: 1, density: 1 },
    { x: 200, width: 99, row: 4, count: 1, density: 1 },
  ]);
});

it('leaves out what is outside of the window, and cuts what reaches into it', () => {
  const utterances = [
    say(0, 500, 1),
    say(900, 1_100, 2),
    say(1_900, 2_500, 3),
    say(2_600, 2_700, 4),
  ];

  expect(toBars(utterances, { from: 1_000, to: 2_000 }, 100)).toEqual([
    { x: 0, width: 9, row: 2, count: 1, density: 1 },
    { x: 90, width: 9, row: 3, count: 1, density: 1 },
  ]);
});

it('draws no more bars than there is room for', () => {
  const utterances = Array.from({ length: 20_000 }, (_, index) =>
    say(index * 90, index * 90 + 60, index),
  );
  const bars = toBars(utterances, { from: 0, to: 1_800_000 }, 1_200);

  expect(bars.length).toBeLessThan(400);
  expect(bars.reduce((sum, { count }) => sum + count, 0)).toBe(20_000);
});

it('shows from afar where much is said', () => {
  const utterances = Array.from({ length: 2_000 }, (_, index) =>
    index < 1_000
      ? say(index * 100, index * 100 + 100, index)
      : say(index * 100, index * 100 + 10, index),
  );
  const bars = toBars(utterances, { from: 0, to: 200_000 }, 200);

  expect(bars.at(2)?.density).toBeCloseTo(1, 1);
  expect(bars.at(-3)?.density).toBeLessThan(0.7);
});

it('has none where nobody speaks', () => {
  expect(toBars([], { from: 0, to: 1_000 }, 100)).toEqual([]);
});
