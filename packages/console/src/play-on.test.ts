import { expect, it } from 'vitest';

import { playOn } from './play-on.js';

const rows = [{ at: 0 }, { at: 500 }, { at: 20_500 }];
const whole = { speed: 1, skipsSilence: false };

it('plays as fast as it was, or faster', () => {
  expect(playOn(rows, { at: 100, elapsedMs: 16, endAt: 30_000 }, whole)).toBe(116);
  expect(playOn(rows, { at: 100, elapsedMs: 16, endAt: 30_000 }, { ...whole, speed: 4 })).toBe(164);
});

it('stops at the end', () => {
  expect(playOn(rows, { at: 29_999, elapsedMs: 16, endAt: 30_000 }, whole)).toBe(30_000);
});

it('cuts a long silence to two seconds', () => {
  const skipping = { speed: 1, skipsSilence: true };
  let at = 0;
  let frames = 0;
  while (at < 20_500) {
    at = playOn(rows, { at, elapsedMs: 20, endAt: 30_000 }, skipping);
    frames += 1;
  }

  expect(frames * 20).toBe(2_520);
});
