import { Observable } from 'rxjs';
import type { Subscriber } from 'rxjs';

/** So many listeners are many. */
const MANY = 32;

/**
 * What one tells and many hear: RxJS's `Subject`, as far as a call needs one.
 *
 * A `Subject` makes a closure and an iterator for every value, and room for sixteen listeners with
 * the first; a frame that was told on two of them took half as long again to tell as to decode. This
 * one tells a value to those who listened when it was told, and replaces its list of listeners, while
 * it is short, when it changes. A property test holds it to what a `Subject` does.
 *
 * It is a class since every call has five of them: closures would be a kilobyte a call.
 */
export class Multicast<A> {
  /** Hot; late subscribers get the end that everyone had. */
  readonly values$: Observable<A>;
  private listeners: Subscriber<A>[] = [];
  private left = 0;
  private isEnded = false;
  private end: { readonly error: unknown } | undefined;

  constructor() {
    this.values$ = new Observable((subscriber) => this.listen(subscriber));
  }

  next(value: A): void {
    const { listeners } = this;
    // As many as there were when it was told: who comes meanwhile may be put into the same list.
    const { length } = listeners;
    for (let n = 0; n < length; n += 1) {
      const listener = listeners[n];
      if (listener?.closed === false) listener.next(value);
    }
  }

  error(error: unknown): void {
    if (this.isEnded) return;
    this.end = { error };
    for (const listener of this.close()) listener.error(error);
  }

  complete(): void {
    for (const listener of this.close()) listener.complete();
  }

  /** Who has left is closed, and is told nothing; the list is made anew when half of it has. */
  private leave(): void {
    this.left += 1;
    if (this.listeners.length >= MANY && 2 * this.left < this.listeners.length) return;
    this.left = 0;
    this.listeners = this.listeners.filter(({ closed }) => !closed);
  }

  private close(): readonly Subscriber<A>[] {
    const { listeners } = this;
    this.isEnded = true;
    this.listeners = [];
    return listeners;
  }

  protected listen(subscriber: Subscriber<A>): (() => void) | undefined {
    if (this.isEnded) {
      if (this.end === undefined) subscriber.complete();
      else subscriber.error(this.end.error);
      return undefined;
    }
    // `concat` makes it as long as it is, and `push` leaves room for many more. But where there are
    // many, a new list for each who comes and goes would take seconds for ten thousand.
    if (this.listeners.length < MANY) this.listeners = this.listeners.concat(subscriber);
    else this.listeners.push(subscriber);
    return () => {
      this.leave();
    };
  }
}
