import { patience } from '@livecall/core';
import type { Progress } from '@livecall/core';
import { LONGEST_TIMER_MS, monotonicNow } from '@livecall/core/internal';
import type { Entry } from '@livecall/recording/format';
import { asapScheduler, asyncScheduler } from 'rxjs';
import type { Subscription } from 'rxjs';

import { createManualTime } from './manual-time.js';
import type { ManualTime } from './manual-time.js';

/**
 * How a replay spends its time.
 *
 * | pace | a frame goes out |
 * |---|---|
 * | `instant` | as soon as its turn comes, in the order recorded, with no timer at all |
 * | `recorded` | when it did in the recording, counted from the frame or command that it followed |
 * | `manual` | as with `recorded`, by a clock that the test moves |
 */
export type Pace = 'instant' | 'recorded' | 'manual';

/** How recorded time is shortened: the silences are capped first, then everything is sped up. */
export interface TimelineOptions {
  /** The longest silence that is kept, in milliseconds. @default Infinity */
  readonly maxIdleMs?: number;
  /** How many times faster than recorded. @default 1 */
  readonly speed?: number;
}

/** When things are due, and how to wait for it. */
export interface Timeline {
  /** When the entry is due, in milliseconds since the first dial; before the first entry, 0. */
  at(index: number): number;
  now(): number;
  /** Runs `work` after `delayMs`, never at once. */
  schedule(work: () => void, delayMs: number): Subscription;
  /** Runs `work` when the client has had `delayMs` for something, and all that it said was heard. */
  wait(work: () => void, delayMs: number, progress?: Progress): Subscription;
}

/** Lays the entries of a recording out in time. */
export function toTimeline(
  pace: Pace,
  entries: readonly Entry[],
  { maxIdleMs = Infinity, speed = 1 }: TimelineOptions,
  manualTime: ManualTime = createManualTime(),
): Timeline {
  if (!(maxIdleMs >= 0)) throw new TypeError(`maxIdleMs must be at least 0, not ${maxIdleMs}.`);
  if (!(speed > 0)) throw new TypeError(`speed must be above 0, not ${speed}.`);

  if (pace === 'instant') {
    return {
      at: () => 0,
      now: () => 0,
      schedule: (work) => asapScheduler.schedule(work),
      wait,
    };
  }
  let dueAt = 0;
  let recordedAt = 0;
  const dueAts = entries.map(({ at }) => {
    dueAt += Math.min(at - recordedAt, maxIdleMs) / speed;
    recordedAt = at;
    return dueAt;
  });
  return {
    at: (index) => dueAts[index] ?? 0,
    ...(pace === 'manual' ? manualTime : createRecordedTime()),
  };
}

function schedule(work: () => void, delayMs: number): Subscription {
  return asyncScheduler.schedule(work, Math.min(delayMs, LONGEST_TIMER_MS));
}

function wait(work: () => void, delayMs: number, progress?: Progress): Subscription {
  return patience(Math.min(delayMs, LONGEST_TIMER_MS), progress).subscribe(work);
}

/** A timer runs up to a millisecond before its time. One that is earlier is of another clock. */
const EARLY_MS = 2;

/**
 * The time that timers tell: where a test has faked them and not `performance`, or the other way
 * round, a timer that runs is believed, and its time has come.
 */
function createRecordedTime(): Pick<Timeline, 'now' | 'schedule' | 'wait'> {
  let aheadMs = 0;
  const now = () => monotonicNow() + aheadMs;
  const believe = (work: () => void, delayMs: number) => {
    const dueAt = now() + Math.min(delayMs, LONGEST_TIMER_MS);
    return () => {
      const earlyMs = dueAt - now();
      if (earlyMs > EARLY_MS) aheadMs += earlyMs;
      work();
    };
  };
  return {
    now,
    schedule: (work, delayMs) => schedule(believe(work, delayMs), delayMs),
    wait: (work, delayMs, progress) => wait(believe(work, delayMs), delayMs, progress),
  };
}
