import { asyncScheduler } from 'rxjs';

/**
 * Milliseconds on a clock that never runs backwards; only differences mean something.
 *
 * It is the clock that timers run by: inside `TestScheduler.run` the virtual one, and under a test
 * runner's fake timers theirs, whether `performance` is faked with them or not (`Date` must be).
 * RxJS's own `asyncScheduler.now()` is the wall clock, which has whole milliseconds and is set back
 * now and then; the two agree unless time is virtual.
 *
 * @example
 * import { monotonicNow } from '@livecall/core/internal';
 *
 * const startedAt = monotonicNow();
 * export const toElapsedMs = () => monotonicNow() - startedAt;
 */
export function monotonicNow(): number {
  const scheduled = asyncScheduler.now();
  const isVirtual = Math.abs(scheduled - Date.now()) >= 1_000;
  if (isVirtual || isPerformanceLeftOut()) return scheduled;
  // Since the epoch, as the others are: fake timers may begin or end between two readings.
  return performance.timeOrigin + performance.now();
}

/** Whether fake timers have their own `Date`, but `performance` is the real one. */
function isPerformanceLeftOut(): boolean {
  // The marks of `@sinonjs/fake-timers` (Jest, vitest, sinon) and of `node:test`.
  const isFake = 'clock' in Date || 'isMock' in Date;
  return isFake && !Object.hasOwn(performance, 'now');
}
