import { patience } from '@livecall/core';
import { Observable, Subscription } from 'rxjs';
import type { Subscriber } from 'rxjs';

import type { Signal } from './signal.js';

/** How long a call goes on without its client. */
export const HELD_MS = 30_000;

/** The signals of a call that can be kept from dial to dial. */
export interface HeldCall {
  readonly signals$: Observable<Signal>;
  /** Keeps the open call that is left next: whoever subscribes then goes on with it. */
  hold(): void;
}

/**
 * Lets a call go on while its client is cut off. What the server says meanwhile waits for the
 * client: the next dial is let in and hears it. A call that goes on is left after half a minute, and
 * the next dial is one like any other.
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
        if (!isToBeHeld) {
          call.leave();
          return;
        }
        isToBeHeld = false;
        held = call;
        call.hold(() => {
          held = undefined;
        });
      };
    }),
  };
}

interface Call {
  join(client: Subscriber<Signal>): void;
  leave(): void;
  /** Goes on without a client. Who does not join in time is not waited for any longer. */
  hold(giveUp: () => void): void;
}

function createCall(source$: Observable<Signal>): Call {
  const waiting: Signal[] = [];
  // Made before the source is subscribed, which may say everything at once.
  const subscription = new Subscription();
  let holding = Subscription.EMPTY;
  let opened: Signal | undefined;
  let client: Subscriber<Signal> | undefined;
  let isOver = false;

  const hear = (signal: Signal) => {
    if (signal.kind === 'open') opened = signal;
    if (signal.kind === 'end') {
      isOver = true;
      holding.unsubscribe();
    }
    if (client === undefined || client.closed) waiting.push(signal);
    else client.next(signal);
  };
  return {
    join(joining) {
      holding.unsubscribe();
      client = joining;
      if (opened === undefined) {
        subscription.add(source$.subscribe(hear));
        return;
      }
      joining.next(opened);
      // It may be cut off again in the middle of what waits for it.
      while (!joining.closed) {
        const signal = waiting.shift();
        if (signal === undefined) return;
        joining.next(signal);
      }
    },
    leave() {
      subscription.unsubscribe();
    },
    hold(giveUp) {
      // A call that is over costs nothing, and needs no timer to be left.
      if (isOver) return;
      holding = patience(HELD_MS).subscribe(() => {
        subscription.unsubscribe();
        giveUp();
      });
    },
  };
}
