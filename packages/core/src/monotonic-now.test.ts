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
