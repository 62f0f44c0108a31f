import fc from 'fast-check';
import { Subject } from 'rxjs';
import type { Observable, Subscription } from 'rxjs';
import { expect, it } from 'vitest';

import { Multicast } from './multicast.js';

type Told = Pick<Subject<number>, 'next' | 'error' | 'complete'>;

/** What is done, from outside or by a listener who hears a value. */
const act = fc.oneof(
  fc.record({ does: fc.constantFrom('next', 'next', 'next', 'error', 'complete') }),
  fc.record({
    does: fc.constantFrom('subscribe', 'subscribe', 'unsubscribe'),
    listener: fc.nat({ max: 3 }),
  }),
);
type Act = { readonly does: string; readonly listener?: number };

/** Everything that is heard, in its order; `withins` are done one by one, as values are heard. */
function hear(
  told: Told,
  values$: Observable<number>,
  acts: readonly Act[],
  withins: readonly (Act | undefined)[],
): readonly string[] {
  const heard: string[] = [];
  const subscriptions = new Map<number, Subscription>();
  const left = [...withins];
  let value = 0;

  const perform = ({ does, listener = 0 }: Act) => {
    switch (does) {
      case 'next':
        value += 1;
        told.next(value);
        break;
      case 'error':
        told.error('over');
        break;
      case 'complete':
        told.complete();
        break;
      case 'unsubscribe':
        subscriptions.get(listener)?.unsubscribe();
        break;
      default: {
        const name = `${listener}.${heard.length}`;
        heard.push(`${name} subscribes`);
        const subscription = values$.subscribe({
          next: (value) => {
            heard.push(`${name} ${value}`);
            const within = left.shift();
            if (within !== undefined) perform(within);
          },
          error: (error: unknown) => heard.push(`${name} ${String(error)}`),
          complete: () => heard.push(`${name} completes`),
        });
        subscriptions.set(listener, subscription);
      }
    }
  };
  acts.forEach(perform);
  return heard;
}

it('tells what a Subject tells, to whom it tells it, whatever they do when they hear it', () => {
  const subscribe: Act = { does: 'subscribe', listener: 0 };
  fc.assert(
    fc.property(
      fc.array(act, { maxLength: 20 }),
      fc.array(fc.option(act, { nil: undefined, freq: 2 }), { maxLength: 10 }),
      (acts, withins) => {
        const multicast = new Multicast<number>();
        const subject$ = new Subject<number>();

        expect(hear(multicast, multicast.values$, [subscribe, ...acts], withins)).toEqual(
          hear(subject$, subject$, [subscribe, ...acts], withins),
        );
      },
    ),
    { numRuns: 2_000 },
  );
});
