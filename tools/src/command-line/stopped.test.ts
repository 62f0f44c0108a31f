import { afterEach, beforeEach, expect, it, vi } from 'vitest';

import { stopped } from './stopped.js';

const listenersBefore = process.listeners('SIGINT');
const added = () =>
  process.listeners('SIGINT').filter((listener) => !listenersBefore.includes(listener));

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
  for (const listener of added()) process.off('SIGINT', listener);
});

it.each([
  ['SIGINT', 0],
  ['SIGTERM', 143],
  ['SIGHUP', 129],
] as const)('emits once at %s, with the exit code %d', (signal, exitCode) => {
  const heard = vi.fn();
  stopped().subscribe({ next: heard, complete: heard });
  process.emit(signal);
  process.emit(signal);

  expect(heard.mock.calls).toEqual([[exitCode], []]);
});

it('takes what follows a SIGINT within 100 ms for the same Ctrl-C, and then no more', () => {
  stopped().subscribe();
  process.emit('SIGINT');
  vi.advanceTimersByTime(99);
  expect(added()).toHaveLength(1);

  vi.advanceTimersByTime(1);
  // Nobody listens: the next one ends the process.
  expect(added()).toEqual([]);
});

it('listens to no signal that nobody waits for', () => {
  stopped().subscribe().unsubscribe();

  expect(added()).toEqual([]);
});
