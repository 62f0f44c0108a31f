import { expect, it } from 'vitest';

import { createKnownNumbers } from './known-numbers.js';

const start = (phone: string) => ({
  type: 'event:start' as const,
  phone,
  timestamp: '2026-11-22T09:00:00.000Z',
});
const line = (json: object, from = 'server') =>
  `${JSON.stringify({ at: 1, event: 'frame', from, json })}\n`;

it('knows which number stands for which', () => {
  const known = createKnownNumbers();
  for (const [phone, pseudonym] of [
    ['+14155552671', '+12025550100'],
    ['+14155552672', '+12025550101'],
  ] as const) {
    known.onLine(line(start(pseudonym)));
    known.onEvent(start(phone));
  }

  expect(known.numbers()).toEqual({
    '+12025550100': '+14155552671',
    '+12025550101': '+14155552672',
  });
});

it('takes what only looks like the start of a call for nothing', () => {
  const known = createKnownNumbers();
  known.onLine(line({ type: 'transcript', msg: 'he said "event:start"', role: 'other' }));
  known.onLine(line(start('+12025550100'), 'client'));
  known.onLine(line({ type: 'event:start', phone: 7 }));
  known.onEvent({ type: 'event:callEnd', timestamp: '2026-11-22T09:00:00.000Z' });

  expect(known.numbers()).toEqual({});
});
