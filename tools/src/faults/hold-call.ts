import { asyncScheduler, Observable, Subscription } from 'rxjs';
import type { Subscriber } from 'rxjs';

import type { Signal } from './signal.js';

/** How long a call goes on without its client. */
const HELD_MS = 30_000;

/** The signals of a call that can be kept from dial to dial. */
export interface HeldCall {
  readonly signals$: Observable<Signal>;
  /** Keeps the call when it is left next: whoever subscribes then goes on with it. */
  hold(): void;
}

/**
 * Lets a call go on while its client is cut off. What the server says meanwhile waits for the
 * client, at most half a minute: the next dial is let in and hears it.
 */
export function holdCall(source$: Observable<Signal>): HeldCall {
  let isToBeHeld = false;
  let held: Call | undefined;

  return {
    hold: () => {
      isToBeHeld = true;
    },
    signals$: new Observable((subscriber) => {
      const call = held ?? createCall(source$);
      held = undefined;
      call.join(subscriber);
      return () => {
        call.leave(isToBeHeld);
        held = isToBeHeld ? call : undefined;
        isToBeHeld = false;
      };
    }),
  };
}

interface Call {
  join(client: Subscriber<Signal>): void;
  leave(isHeld: boolean): void;
}

function createCall(source$: Observable<Signal>): Call {
  const waiting: Signal[] = [];
  let opened: Signal | undefined;
  let client: Subscriber<Signal> | undefined;
  let subscription: Subscription | undefined;
  let patience = Subscription.EMPTY;

  const hear = (signal: Signal) => {
    if (signal.kind === 'open') opened = signal;
    if (client === undefined) waiting.push(signal);
    else client.next(signal);
  };
  return {
    join(joining) {
      patience.unsubscribe();
      client = joining;
      if (subscription === undefined) {
        subscription = source$.subscribe(hear);
        return;
      }
      if (opened !== undefined) joining.next(opened);
      for (const signal of waiting.splice(0)) joining.next(signal);
    },
    leave(isHeld) {
      client = undefined;
      if (!isHeld) subscription?.unsubscribe();
      else patience = asyncScheduler.schedule(() => subscription?.unsubscribe(), HELD_MS);
    },
  };
}
