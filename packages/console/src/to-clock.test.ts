import { expect, it } from 'vitest';

import { toClock, toLength, toShortClock } from './to-clock.js';

it.each([
  [0, '00:00.000', '00:00', '0 ms'],
  [71.4, '00:00.071', '00:00', '71 ms'],
  [59_999.7, '01:00.000', '01:00', '1 min'],
  [62_345, '01:02.345', '01:02', '1 min 2 s'],
  [4_210, '00:04.210', '00:04', '4.2 s'],
  [3_662_345, '1:01:02.345', '1:01:02', '1 h 1 min'],
])('writes %d ms', (ms, clock, short, length) => {
  expect([toClock(ms), toShortClock(ms), toLength(ms)]).toEqual([clock, short, length]);
});
