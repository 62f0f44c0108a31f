import { expect, it } from 'vitest';

import { assertWhole } from './assert-whole.js';

it.each([1, 2, 503, undefined])('accepts %s as a whole number of at least 1', (dial) => {
  expect(() => {
    assertWhole({ dial }, 1);
  }).not.toThrow();
});

it.each([0, -1, 1.5, NaN, Infinity, -Infinity])('refuses %s by its name', (nth) => {
  expect(() => {
    assertWhole({ dial: 1, nth }, 1);
  }).toThrow(new TypeError(`nth must be a whole number of at least 1, not ${nth}.`));
});

it.each([999, 5000])('refuses %s where there is a most, too', (code) => {
  expect(() => {
    assertWhole({ code }, 1000, 4999);
  }).toThrow(new TypeError(`code must be a whole number from 1000 to 4999, not ${code}.`));
});
