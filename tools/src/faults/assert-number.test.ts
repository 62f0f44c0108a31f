import { expect, it } from 'vitest';

import { assertDurationMs, assertWhole } from './assert-number.js';

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

it.each([0, 0.5, 2 ** 31 - 1, undefined])('accepts %s as a duration', (ms) => {
  expect(() => {
    assertDurationMs({ ms });
  }).not.toThrow();
});

it.each([Infinity, -1, NaN, 2 ** 31])('refuses %s, which no timer can wait', (ms) => {
  expect(() => {
    assertDurationMs({ afterMs: 1, ms });
  }).toThrow(new TypeError(`ms must be from 0 to 2147483647 milliseconds, not ${ms}.`));
});
