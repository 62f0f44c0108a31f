import { map } from 'rxjs';
import { TestScheduler } from 'rxjs/testing';
import { expect, it, onTestFinished, vi } from 'vitest';

import { monotonicNow } from './monotonic-now.js';

it('is the virtual clock inside TestScheduler.run', () => {
  const scheduler = new TestScheduler((actual, expected) => {
    expect(actual).toStrictEqual(expected);
  });
  scheduler.run((time) => {
    const tick$ = time.cold('a-b 997ms c 60m d');
    const expected = '       a-b 997ms c 60m d';
    const now$ = tick$.pipe(map(() => monotonicNow()));

    time.expectObservable(now$).toBe(expected, { a: 0, b: 2, c: 1_000, d: 3_601_001 });
  });
});

it('never decreases outside', () => {
  const seen = Array.from({ length: 1_000 }, monotonicNow);

  expect(seen).toEqual(seen.toSorted((a, b) => a - b));
});

it('goes on when the wall clock is set back', () => {
  const before = monotonicNow();
  const wallClock = vi.spyOn(Date, 'now').mockReturnValue(Date.now() - 3_600_000);
  onTestFinished(() => {
    wallClock.mockRestore();
  });

  expect(monotonicNow()).toBeGreaterThanOrEqual(before);
});

const TIMERS = ['setTimeout', 'clearTimeout', 'setInterval', 'clearInterval'] as const;

it.each([
  ['everything', undefined],
  ['all but performance', [...TIMERS, 'Date'] as const],
  ['all, performance by name', [...TIMERS, 'Date', 'performance'] as const],
])('runs by fake timers that fake %s', (_what, toFake) => {
  onTestFinished(() => {
    vi.useRealTimers();
  });
  const real = monotonicNow();
  vi.useFakeTimers(toFake && { toFake: [...toFake] });
  const before = monotonicNow();
  vi.advanceTimersByTime(60_000);

  expect(monotonicNow() - before).toBeCloseTo(60_000, 0);
  // Who began before them is not thrown off.
  expect(Math.abs(before - real)).toBeLessThan(10_000);
});

it('does not jump with a Date that is moved under fake timers', () => {
  vi.useFakeTimers();
  onTestFinished(() => {
    vi.useRealTimers();
  });
  const before = monotonicNow();
  vi.setSystemTime(0);
  vi.advanceTimersByTime(5);

  expect(monotonicNow() - before).toBeCloseTo(5, 0);
});

it('does not jump with a Date that is set, and real timers', () => {
  const before = monotonicNow();
  vi.setSystemTime(0);
  onTestFinished(() => {
    vi.useRealTimers();
  });

  expect(Math.abs(monotonicNow() - before)).toBeLessThan(10_000);
});
