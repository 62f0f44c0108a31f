import { expect, it } from 'vitest';

import { assertDurationMs } from './assert-duration-ms.js';

it.each([0, 0.5, 500, 2 ** 31 - 1, undefined])('accepts %s', (waitMs) => {
  expect(() => {
    assertDurationMs({ waitMs });
  }).not.toThrow();
});

it.each([Infinity, -Infinity, NaN, -1, 2 ** 31])('refuses %s by its name', (waitMs) => {
  expect(() => {
    assertDurationMs({ openMs: 1, waitMs });
  }).toThrow(new TypeError(`waitMs must be from 0 to 2147483647 milliseconds, not ${waitMs}.`));
});
