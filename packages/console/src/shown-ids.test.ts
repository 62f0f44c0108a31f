import { expect, it } from 'vitest';

import { toHash, toShownIds } from './shown-ids.js';

it.each([[[]], [[0]], [[3, 7]]])('finds %j in its address again', (ids) => {
  expect(toShownIds(toHash(ids))).toEqual(ids);
});

it.each(['', '#', '#/', '#/a', '#/1/2/3', '#/-1'])('shows nothing at %j', (hash) => {
  expect(toShownIds(hash)).toEqual([]);
});
