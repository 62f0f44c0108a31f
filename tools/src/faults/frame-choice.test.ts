import { expect, it } from 'vitest';

import { assertFrameChoice, chooseFrames } from './frame-choice.js';
import type { FrameChoice } from './frame-choice.js';

const frames = {
  s: '{"type":"event:start","phone":"anonymous","timestamp":"2026-11-22T09:00:00Z"}',
  t: '{"type":"transcript","msg":"A parcel.","role":"other"}',
  a: '{"type":"ack","ackId":"8f0c"}',
  w: '{"type":"ack"}',
} as const;

/** Which frames of a dial are struck. */
function strikeIn(names: string, choice: FrameChoice, dial: number): string {
  const isStruck = chooseFrames(choice, dial);
  const strike = (name: string) => (isStruck(frames[name as keyof typeof frames]) ? 'X' : '.');
  return Array.from(names, strike).join('');
}

it.each<[choice: FrameChoice, names: string, struck: string]>([
  [{}, 'stat', 'XXXX'],
  [{ nth: 1 }, 'stat', 'X...'],
  [{ nth: 3 }, 'stat', '..X.'],
  [{ nth: 5 }, 'stat', '....'],
  [{ type: 'transcript' }, 'stat', '.X.X'],
  [{ type: 'transcript', nth: 2 }, 'statt', '...X.'],
  [{ type: 'ack' }, 'swat', '..X.'],
  [{ share: 0 }, 'stat', '....'],
  [{ share: 1 }, 'stat', 'XXXX'],
  [{ dial: 1 }, 'stat', 'XXXX'],
  [{ dial: 2 }, 'stat', '....'],
])('chooses by %j', (choice, names, struck) => {
  expect(strikeIn(names, choice, 1)).toBe(struck);
});

it('counts anew on each dial', () => {
  expect([1, 2].map((dial) => strikeIn('tt', { nth: 2 }, dial))).toEqual(['.X', '.X']);
  expect([1, 2].map((dial) => strikeIn('tt', { nth: 2, dial: 2 }, dial))).toEqual(['..', '.X']);
});

const many = 't'.repeat(1_000);

it('draws the same frames for the same seed', () => {
  const choice = { share: 0.3, seed: 7 };

  expect(strikeIn(many, choice, 1)).toBe(strikeIn(many, choice, 1));
  expect(strikeIn(many, {}, 1)).toBe(strikeIn(many, { seed: 1 }, 1));
});

it('draws others for another seed, and on another dial', () => {
  const drawn = strikeIn(many, { share: 0.3, seed: 7 }, 1);

  expect(strikeIn(many, { share: 0.3, seed: 9 }, 1)).not.toBe(drawn);
  expect(strikeIn(many, { share: 0.3, seed: 7 }, 2)).not.toBe(drawn);
});

it('draws as large a share as it is told', () => {
  const struck = strikeIn(many, { share: 0.3 }, 1).replaceAll('.', '').length;

  expect(struck / many.length).toBeCloseTo(0.3, 1);
});

it('draws from the frames of a type alone', () => {
  const choice = { share: 0.5, type: 'transcript' };
  const ofType = strikeIn(many, choice, 1);

  expect(strikeIn('ta'.repeat(1_000), choice, 1)).toBe(
    Array.from(ofType, (struck) => `${struck}.`).join(''),
  );
});

it.each<[wrong: FrameChoice, message: string]>([
  [{ share: -0.1 }, 'share must be from 0 to 1, not -0.1.'],
  [{ share: 1.1 }, 'share must be from 0 to 1, not 1.1.'],
  [{ share: NaN }, 'share must be from 0 to 1, not NaN.'],
  [{ nth: 0 }, 'nth must be a whole number of at least 1, not 0.'],
  [{ dial: 1.5 }, 'dial must be a whole number of at least 1, not 1.5.'],
])('refuses %j', (wrong, message) => {
  expect(() => {
    assertFrameChoice(wrong);
  }).toThrow(new TypeError(message));
});
