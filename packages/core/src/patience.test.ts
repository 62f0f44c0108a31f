import { asyncScheduler, interval, map, NEVER, takeUntil, timer } from 'rxjs';
import { TestScheduler } from 'rxjs/testing';
import type { RunHelpers } from 'rxjs/testing';
import { expect, it, onTestFinished, vi } from 'vitest';

import { patience } from './patience.js';

const run = (test: (time: RunHelpers) => void) => {
  new TestScheduler((actual, expected) => {
    expect(actual).toStrictEqual(expected);
  }).run(test);
};

/** Turns of the event loop that a verdict took once it was due; `progress` is asked once in each. */
function countTurns(progress: (turn: number) => number): number {
  vi.useFakeTimers();
  onTestFinished(() => {
    vi.useRealTimers();
  });
  let turns = 0;
  const judging = patience(5, () => progress((turns += 1))).subscribe();
  vi.advanceTimersByTime(5);
  for (let n = 0; n < 100_000 && !judging.closed; n += 1) vi.advanceTimersByTime(1);
  return turns;
}

it('emits once when its time has passed', () => {
  run((time) => {
    time.expectObservable(patience(5)).toBe('-----(v|)', { v: undefined });
    time.expectObservable(patience(0)).toBe('(v|)', { v: undefined });
  });
});

it('hears what came due with it', () => {
  run((time) => {
    const answer$ = timer(5).pipe(map(() => 'a'));
    // Subscribed after it, so that it comes after it.
    const judged$ = patience(5).pipe(map(() => 'late'));
    const heard: string[] = [];
    judged$.pipe(takeUntil(answer$)).subscribe((verdict) => heard.push(verdict));
    time.flush();

    expect(heard).toEqual([]);
  });
});

it('says nothing when it is left, before it is due or after', () => {
  run((time) => {
    const heard: unknown[] = [];
    const early = patience(5).subscribe((verdict) => heard.push(verdict));
    const late = patience(5).subscribe((verdict) => heard.push(verdict));
    asyncScheduler.schedule(() => {
      early.unsubscribe();
    }, 4);
    asyncScheduler.schedule(() => {
      late.unsubscribe();
    }, 5);
    time.flush();

    expect(heard).toEqual([]);
  });
});

it('waits three turns in which nothing comes', () => {
  expect(countTurns(() => 0)).toBe(4);
});

it('waits for as long as something comes in every turn, and three turns more', () => {
  expect(countTurns((turn) => Math.min(turn, 20))).toBe(23);
});

it('waits for as long as something comes in every third turn', () => {
  expect(countTurns((turn) => Math.min(Math.floor(turn / 3), 20))).toBe(63);
});

it('waits for as long as what has come is still being read', () => {
  expect(countTurns((turn) => (turn < 500 ? NaN : 0))).toBe(503);
});

it('waits no longer than ten thousand turns for who never stops', () => {
  expect(countTurns((turn) => turn)).toBe(10_001);
  expect(countTurns(() => NaN)).toBe(10_001);
});

it('leaves no timer behind', () => {
  vi.useFakeTimers();
  onTestFinished(() => {
    vi.useRealTimers();
  });
  patience(5).subscribe();
  patience(5)
    .pipe(takeUntil(interval(2)))
    .subscribe();
  NEVER.pipe(takeUntil(patience(3))).subscribe();
  vi.advanceTimersByTime(100);

  expect(vi.getTimerCount()).toBe(0);
});
