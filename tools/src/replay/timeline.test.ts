import type { Entry } from '@livecall/recording';
import { TestScheduler } from 'rxjs/testing';
import type { RunHelpers } from 'rxjs/testing';
import { expect, it } from 'vitest';

import { toTimeline } from './timeline.js';
import type { TimelineOptions } from './timeline.js';

const run = (test: (time: RunHelpers) => void) => {
  new TestScheduler((actual, expected) => {
    expect(actual).toStrictEqual(expected);
  }).run(test);
};

const toEntries = (...ats: readonly number[]): readonly Entry[] =>
  ats.map((at) => ({ at, event: 'mark', label: 'here' }));

/** When entries at these times are due. */
function toDues(ats: readonly number[], options: TimelineOptions): readonly number[] {
  const { at } = toTimeline('recorded', toEntries(...ats), options);
  return ats.map((_, index) => at(index));
}

it.each<[what: string, options: TimelineOptions, dues: readonly number[]]>([
  ['as recorded', {}, [40, 50, 50, 1_050, 1_060.5]],
  ['twice as fast', { speed: 2 }, [20, 25, 25, 525, 530.25]],
  ['half as fast', { speed: 0.5 }, [80, 100, 100, 2_100, 2_121]],
  ['at once', { speed: Infinity }, [0, 0, 0, 0, 0]],
  ['without long silences', { maxIdleMs: 30 }, [30, 40, 40, 70, 80.5]],
  ['without any silence', { maxIdleMs: 0 }, [0, 0, 0, 0, 0]],
  [
    'with the silences capped first, then faster',
    { maxIdleMs: 30, speed: 2 },
    [15, 20, 20, 35, 40.25],
  ],
])('lays entries out in time %s', (_what, options, dues) => {
  expect(toDues([40, 50, 50, 1_050, 1_060.5], options)).toEqual(dues);
});

it('has nothing due before the first entry', () => {
  const { at } = toTimeline('recorded', toEntries(40), {});

  expect([at(-1), at(0)]).toEqual([0, 40]);
});

it.each([NaN, -1, -Infinity])('does not accept %d for maxIdleMs', (maxIdleMs) => {
  expect(() => toTimeline('instant', [], { maxIdleMs })).toThrow(
    new TypeError(`maxIdleMs must be at least 0, not ${maxIdleMs}.`),
  );
});

it.each([NaN, 0, -1])('does not accept %d for speed', (speed) => {
  expect(() => toTimeline('recorded', [], { speed })).toThrow(
    new TypeError(`speed must be above 0, not ${speed}.`),
  );
});

it('has everything due at once when instant, but never within the call', () => {
  run((time) => {
    const { at, now, schedule } = toTimeline('instant', toEntries(40, 50), {});
    const done: string[] = [];
    schedule(() => done.push('first'), 0);
    schedule(() => done.push('second'), 5_000);
    schedule(() => done.push('never'), 0).unsubscribe();

    expect([at(0), at(1), now()]).toEqual([0, 0, 0]);
    expect(done).toEqual([]);
    time.flush();
    expect(done).toEqual(['first', 'second']);
  });
});

it('waits on the virtual clock when recorded', () => {
  run((time) => {
    const { now, schedule } = toTimeline('recorded', toEntries(40, 50), {});
    const done: [what: string, at: number][] = [];
    schedule(() => done.push(['second', now()]), 12.5);
    schedule(() => done.push(['first', now()]), 0);
    schedule(() => done.push(['never', now()]), 7).unsubscribe();

    expect(done).toEqual([]);
    time.flush();
    expect(done).toEqual([
      ['first', 0],
      ['second', 12.5],
    ]);
  });
});
