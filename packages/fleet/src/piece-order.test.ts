import { expect, it } from 'vitest';

import { CALL_BEGINNING } from './call-line.js';
import { createPieceOrder } from './piece-order.js';

it('passes over what never comes, however much has waited for it', () => {
  const told: number[] = [];
  const order = createPieceOrder({
    from: CALL_BEGINNING,
    onLine: ({ number }) => told.push(number),
    hasLeft: () => false,
  });
  const take = (number: number) => {
    const piece = { id: { run: { job: 1, nth: 1 }, number }, data, behind: undefined };
    order.take(piece, { isStored: true, isPast: true });
  };
  take(1);
  for (let number = 150_000; number > 2; number -= 1) take(number);
  expect(told).toEqual([1]);

  order.passOver();
  expect(told).toHaveLength(149_999);
  expect(told.slice(0, 3)).toEqual([1, 3, 4]);
  expect(told.at(-1)).toBe(150_000);
});

const data = Buffer.from('said\n');
