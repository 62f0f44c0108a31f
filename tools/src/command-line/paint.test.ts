import { afterEach, beforeEach, expect, it, vi } from 'vitest';

import { paintFor } from './paint.js';

const RED = '\u001b[31mred\u001b[39m';

beforeEach(() => {
  for (const name of ['NO_COLOR', 'FORCE_COLOR', 'TERM']) vi.stubEnv(name, undefined);
});
afterEach(() => {
  vi.unstubAllEnvs();
});

it.each<[isTTY: boolean | undefined, env: Readonly<Record<string, string>>, painted: string]>([
  [true, {}, RED],
  [true, { TERM: 'xterm-256color' }, RED],
  [true, { NO_COLOR: '' }, RED],
  [true, { FORCE_COLOR: '0' }, RED],
  [true, { NO_COLOR: '1' }, 'red'],
  [true, { NO_COLOR: '0' }, 'red'],
  [true, { TERM: 'dumb' }, 'red'],
  [false, {}, 'red'],
  [undefined, {}, 'red'],
  [undefined, { FORCE_COLOR: '' }, 'red'],
  [undefined, { FORCE_COLOR: '0' }, 'red'],
  [undefined, { FORCE_COLOR: '1' }, RED],
  [false, { FORCE_COLOR: '3', TERM: 'dumb' }, RED],
  [true, { FORCE_COLOR: '1', NO_COLOR: '1' }, 'red'],
])('paints for a stream with isTTY %s and the environment %j', (isTTY, env, painted) => {
  for (const [name, value] of Object.entries(env)) vi.stubEnv(name, value);
  const stream = isTTY === undefined ? {} : { isTTY };

  expect(paintFor(stream).red('red')).toBe(painted);
});
