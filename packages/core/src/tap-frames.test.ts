import fc from 'fast-check';
import { noop, Observable, share, Subject, tap } from 'rxjs';
import type { Subscriber, Subscription } from 'rxjs';
import { expect, it } from 'vitest';

import { tapFrames } from './tap-frames.js';
import type { Frame } from './transport.js';

/** What is done, from outside or by a listener who hears a frame. */
const act = fc.oneof(
  fc.record({ does: fc.constantFrom('next', 'next', 'next', 'fail first', 'error', 'complete') }),
  fc.record({
    does: fc.constantFrom('subscribe', 'subscribe', 'unsubscribe', 'unsubscribe'),
    listener: fc.nat({ max: 2 }),
  }),
);
type Act = { readonly does: string; readonly listener?: number };
type Hear = (frame: Frame) => void;

/** As it is done here, and as RxJS does it. */
const TAPS: Readonly<
  Record<string, (frames$: Observable<Frame>, hear: Hear) => Observable<Frame>>
> = {
  own: (frames$, hear) => tapFrames(frames$, { hear }),
  RxJS: (frames$, hear) => frames$.pipe(tap(hear), share()),
};

/** Everything that is heard, in its order; `withins` are done one by one, as frames are heard. */
function hear(
  by: keyof typeof TAPS,
  acts: readonly Act[],
  withins: readonly (Act | undefined)[],
): readonly string[] {
  const heard: string[] = [];
  const subscriptions = new Map<number, Subscription>();
  const left = [...withins];
  let told$ = new Subject<Frame>();
  let count = 0;
  let isFailing = false;

  // As a connection does: what it kept is told to who listens first, while he is listening.
  const frames$ = new Observable<Frame>((subscriber) => {
    heard.push('listened to');
    for (const kept of ['kept', 'kept, too']) if (!subscriber.closed) subscriber.next(kept);
    const telling = told$.subscribe(subscriber);
    return () => {
      heard.push('left');
      telling.unsubscribe();
    };
  });
  const first = (frame: Frame) => {
    heard.push(`first ${String(frame)}`);
    if (isFailing) throw new Error('cannot hear');
  };
  const all$ = TAPS[by]?.(frames$, first) ?? frames$;

  const perform = ({ does, listener = 0 }: Act) => {
    switch (does) {
      case 'next':
        count += 1;
        told$.next(`frame ${count}`);
        break;
      case 'fail first':
        isFailing = !isFailing;
        break;
      case 'error':
      case 'complete': {
        const ended$ = told$;
        told$ = new Subject();
        if (does === 'error') ended$.error(new Error('over'));
        else ended$.complete();
        break;
      }
      case 'unsubscribe':
        subscriptions.get(listener)?.unsubscribe();
        break;
      default: {
        const name = `${listener}.${heard.length}`;
        const subscription = new Observable<Frame>((subscriber) => {
          // Known before it hears anything.
          subscriptions.set(listener, subscriber);
          return all$.subscribe(subscriber);
        }).subscribe({
          next: (frame) => {
            heard.push(`${name} ${String(frame)}`);
            const within = left.shift();
            if (within !== undefined) perform(within);
          },
          error: (error: unknown) => heard.push(`${name} ${String(error)}`),
          complete: () => heard.push(`${name} completes`),
        });
        subscription.add(() => heard.push(`${name} has left`));
      }
    }
  };
  acts.forEach(perform);
  return heard;
}

it('tells what tap and share tell, to whom they tell it, whatever they do when they hear it', () => {
  const subscribe: Act = { does: 'subscribe', listener: 0 };
  fc.assert(
    fc.property(
      fc.array(act, { maxLength: 20 }),
      fc.array(fc.option(act, { nil: undefined, freq: 2 }), { maxLength: 10 }),
      (acts, withins) => {
        const all = [subscribe, ...acts];

        expect(hear('own', all, withins)).toEqual(hear('RxJS', all, withins));
      },
    ),
  );
});

it('tells all who listen by then that frames of another make cannot be listened to', () => {
  const others = {
    subscribe: (subscriber: Subscriber<Frame>) => {
      subscriber.next('a');
      throw new Error('no more');
    },
  };
  const heard: string[] = [];
  const tapped$ = tapFrames(others as unknown as Observable<Frame>, { hear: noop });
  const listen = (name: string, onFrame: () => void) =>
    tapped$.subscribe({
      next: (frame) => {
        heard.push(`${name} ${String(frame)}`);
        onFrame();
      },
      error: (error: unknown) => heard.push(`${name} ${String(error)}`),
    });
  listen('one', () => listen('another', noop));

  expect(heard).toEqual(['one a', 'one Error: no more', 'another Error: no more']);
});
