import { asyncScheduler } from 'rxjs';

/**
 * Milliseconds on a clock that never runs backwards; only differences mean something.
 *
 * Inside `TestScheduler.run` it is the virtual clock. RxJS's own `asyncScheduler.now()` is the
 * wall clock, which has whole milliseconds and is set back now and then; the two agree unless time
 * is virtual.
 *
 * @example
 * import { monotonicNow } from '@livecall/core';
 *
 * const startedAt = monotonicNow();
 * export const toElapsedMs = () => monotonicNow() - startedAt;
 */
export function monotonicNow(): number {
  const scheduled = asyncScheduler.now();
  return Math.abs(scheduled - Date.now()) < 1_000 ? performance.now() : scheduled;
}
