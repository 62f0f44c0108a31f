import { expect, it } from 'vitest';

import { seededRandom } from './seeded-random.js';

const draw = (seed: number, count: number): readonly number[] => {
  const random = seededRandom(seed);
  return Array.from({ length: count }, random);
};

it('draws the same numbers for the same seed', () => {
  expect(draw(7, 100)).toEqual(draw(7, 100));
});

it('draws these numbers, in every version', () => {
  expect(draw(1, 3).map((number) => number.toFixed(6))).toEqual([
    '0.689408',
    '0.100767',
    '0.007320',
  ]);
});

it('draws others for another seed', () => {
  expect(draw(8, 100)).not.toEqual(draw(7, 100));
});

it('draws from 0 to below 1, evenly', () => {
  const numbers = draw(1, 10_000);

  expect(Math.min(...numbers)).toBeGreaterThanOrEqual(0);
  expect(Math.max(...numbers)).toBeLessThan(1);
  expect(numbers.reduce((sum, number) => sum + number, 0) / 10_000).toBeCloseTo(0.5, 1);
});

it('draws the first numbers of small seeds evenly, too', () => {
  const firsts = Array.from({ length: 1_000 }, (_, seed) => draw(seed, 1)[0] ?? NaN);

  expect(firsts.reduce((sum, number) => sum + number, 0) / 1_000).toBeCloseTo(0.5, 1);
});
