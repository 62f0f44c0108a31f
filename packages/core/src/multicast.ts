import type { Observable, Subscriber } from 'rxjs';

import { valuesOf } from './values-of.js';

/** So many listeners are many. */
const MANY = 32;

/** Tells one listener the end. */
type End<A> = (listener: Subscriber<A>) => void;

/**
 * What one tells and many hear: RxJS's `Subject`, as far as a call needs one.
 *
 * A `Subject` makes a closure and an iterator for every value, and room for sixteen listeners with
 * the first; a frame that was told on two of them took half as long again to tell as to decode. This
 * one tells a value to those who listened when it was told. Most streams have one listener, and no
 * list; that of the others is replaced, while it is short, when it changes. Who has left is taken out
 * when the next one comes or the next value is told: a teardown each would be a third of a kilobyte.
 * A property test holds it to what a `Subject` does.
 *
 * It is a class since every call has six of them: closures would be a kilobyte a call. A page has a
 * plainer double of it, `browser/multicast.ts`.
 */
export class Multicast<A> {
  #first: Subscriber<A> | undefined;
  #others: Subscriber<A>[] = NOBODY;
  #end: End<A> | undefined;

  /** Hot; late subscribers get the end that everyone had. One each time: whoever shows it keeps it. */
  get values$(): Observable<A> {
    return valuesOf(this);
  }

  next(value: A): void {
    const others = this.#others;
    // As many as there were when it was told: who comes meanwhile may be put into the same list.
    const { length } = others;
    if (this.#first?.closed === false) this.#first.next(value);
    else this.#first = undefined;
    let hasLeft = false;
    for (let n = 0; n < length; n += 1) {
      const listener = others[n];
      if (listener?.closed === false) listener.next(value);
      else hasLeft = true;
    }
    if (hasLeft) this.#others = this.#others.filter(isThere);
  }

  error(error: unknown): void {
    this.end((listener) => {
      listener.error(error);
    });
  }

  complete(): void {
    this.end(complete);
  }

  /** @param late what is told to who comes after it */
  end(now: End<A>, late: End<A> = now): void {
    if (this.#end !== undefined) return;
    const first = this.#first;
    const others = this.#others;
    this.#end = late;
    this.#first = undefined;
    this.#others = NOBODY;
    if (first?.closed === false) now(first);
    for (const listener of others) if (!listener.closed) now(listener);
  }

  /** Takes a listener in; `values$` asks for it. */
  listen(listener: Subscriber<A>): void {
    const { length } = this.#others;
    if (this.#end !== undefined) {
      this.#end(listener);
    } else if (length === 0 && this.#first?.closed !== false) {
      this.#first = listener;
    } else if (length < MANY || isPowerOf2(length)) {
      // `concat` makes it as long as it is, and `push` leaves room for many more.
      this.#others = this.#others.filter(isThere).concat(listener);
    } else {
      // A new list for each who comes would take seconds for ten thousand.
      this.#others.push(listener);
    }
  }

  protected get isEnded(): boolean {
    return this.#end !== undefined;
  }
}

const NOBODY: never[] = [];

/** So often is looked for who has left, where they are many. */
const isPowerOf2 = (length: number) => (length & (length - 1)) === 0;

const isThere = ({ closed }: Subscriber<unknown>) => !closed;

const complete: End<unknown> = (listener) => {
  listener.complete();
};
