import type { Subscriber } from 'rxjs';

import { Multicast } from './multicast.js';

/**
 * A {@link Multicast} that tells the last value to whoever comes later, also after its end: RxJS's
 * `ReplaySubject` of one, which takes 400 bytes of every call. A property test holds it to that.
 */
export class Latest<A> extends Multicast<A> {
  #last: A;

  constructor(first: A) {
    super();
    this.#last = first;
  }

  get last(): A {
    return this.#last;
  }

  override next(value: A): void {
    if (this.isEnded) return;
    this.#last = value;
    super.next(value);
  }

  override listen(listener: Subscriber<A>): void {
    // It hears of what happens while it is told the last value, too.
    if (!this.isEnded) super.listen(listener);
    const { isEnded } = this;
    listener.next(this.#last);
    if (isEnded) super.listen(listener);
  }
}
