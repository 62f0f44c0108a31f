import fc from 'fast-check';
import { ReplaySubject } from 'rxjs';
import type { Observable, Subscription } from 'rxjs';
import { expect, it } from 'vitest';

import { Latest } from './latest.js';

type Told = Pick<ReplaySubject<number>, 'next' | 'error' | 'complete'>;
type Act = 'next' | 'error' | 'complete' | 'subscribe' | 'unsubscribe';

const act = fc.constantFrom<Act>(
  'next',
  'next',
  'subscribe',
  'subscribe',
  'unsubscribe',
  'error',
  'complete',
);

/** Everything that is heard, in its order; `withins` are done one by one, as values are heard. */
function hear(told: Told, values$: Observable<number>, acts: Act[], withins: readonly Act[]) {
  const heard: string[] = [];
  const subscriptions: Subscription[] = [];
  const left = [...withins];
  let value = 0;
  let listeners = 0;
  const subscribe = () => {
    const name = (listeners += 1);
    return values$.subscribe({
      next: (value) => {
        heard.push(`${name} ${value}`);
        const within = left.shift();
        if (within !== undefined) perform(within);
      },
      error: (error: unknown) => heard.push(`${name} ${String(error)}`),
      complete: () => heard.push(`${name} completes`),
    });
  };
  const perform = (act: Act) => {
    if (act === 'next') told.next((value += 1));
    else if (act === 'error') told.error('over');
    else if (act === 'complete') told.complete();
    else if (act === 'subscribe') subscriptions.push(subscribe());
    else subscriptions.shift()?.unsubscribe();
  };
  acts.forEach(perform);
  return heard;
}

it('tells what a ReplaySubject of one tells, whatever its listeners do when they hear it', () => {
  fc.assert(
    fc.property(
      fc.array(act, { maxLength: 20 }),
      fc.array(act, { maxLength: 6 }),
      (acts, withins) => {
        const latest = new Latest(0);
        const subject$ = new ReplaySubject<number>(1);
        subject$.next(0);

        expect(hear(latest, latest.values$, acts, withins)).toEqual(
          hear(subject$, subject$, acts, withins),
        );
      },
    ),
    { numRuns: 2_000 },
  );
});
