import fc from 'fast-check';
import { Subject } from 'rxjs';
import type { Observable, Subscription } from 'rxjs';
import { expect, it, onTestFinished, vi } from 'vitest';

import { Multicast as PageMulticast } from './browser/multicast.js';
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

it.each([
  ['of a process', Multicast],
  ['of a page', PageMulticast],
])(
  'tells %s what a Subject tells, to whom it tells it, whatever they do when they hear it',
  (_, Told) => {
    const subscribe: Act = { does: 'subscribe', listener: 0 };
    fc.assert(
      fc.property(
        fc.array(act, { maxLength: 20 }),
        fc.array(fc.option(act, { nil: undefined, freq: 2 }), { maxLength: 10 }),
        fc.constantFrom(0, 0, 0, 30, 31, 32, 40),
        (acts, withins, more) => {
          const multicast = new Told<number>();
          const subject$ = new Subject<number>();
          // With many listeners it keeps them in another way.
          for (let n = 0; n < more; n += 1) {
            for (const values$ of [multicast.values$, subject$]) {
              const others = values$.subscribe({ error: () => undefined });
              if (n % 3 === 0) others.unsubscribe();
            }
          }

          expect(hear(multicast, multicast.values$, [subscribe, ...acts], withins)).toEqual(
            hear(subject$, subject$, [subscribe, ...acts], withins),
          );
        },
      ),
    );
  },
);

it('takes listeners in and lets them go at a cost in proportion to their number', () => {
  const copies = ['concat', 'filter'] as const;
  const spies = copies.map((name) => vi.spyOn(Array.prototype, name));
  onTestFinished(() => {
    vi.restoreAllMocks();
  });
  const multicast = new Multicast<number>();
  const listening = Array.from({ length: 10_000 }, () => multicast.values$.subscribe());
  for (const subscription of listening) subscription.unsubscribe();
  const copied = spies.flatMap(({ mock }) =>
    mock.contexts.map((list) => (list as unknown[]).length),
  );
  const heard: number[] = [];
  multicast.values$.subscribe((value) => heard.push(value));
  multicast.next(1);

  expect(copied.reduce((sum, length) => sum + length, 0)).toBeLessThan(10 * 10_000);
  expect(heard).toEqual([1]);
});
