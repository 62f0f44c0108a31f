import { Observable } from 'rxjs';
import type { Subscriber } from 'rxjs';

/**
 * What one tells and many hear: RxJS's `Subject`, as far as a call needs one.
 *
 * A `Subject` makes a closure and an iterator for every value, and room for sixteen listeners with
 * the first; a frame that was told on two of them took half as long again to tell as to decode. This
 * one replaces its list of listeners when it changes, so that a value reaches those who listened
 * when it was told. A property test holds it to what a `Subject` does.
 *
 * It is a class since every call has five of them: closures would be a kilobyte a call.
 */
export class Multicast<A> {
  /** Hot; late subscribers get the end that everyone had. */
  readonly values$: Observable<A>;
  private listeners: readonly Subscriber<A>[] = [];
  private isEnded = false;
  private end: { readonly error: unknown } | undefined;

  constructor() {
    this.values$ = new Observable((subscriber) => this.listen(subscriber));
  }

  next(value: A): void {
    for (const listener of this.listeners) listener.next(value);
  }

  error(error: unknown): void {
    if (this.isEnded) return;
    this.end = { error };
    for (const listener of this.close()) listener.error(error);
  }

  complete(): void {
    for (const listener of this.close()) listener.complete();
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
    // `concat` makes it as long as it is; a spread leaves room for sixteen more.
    this.listeners = this.listeners.concat(subscriber);
    return () => {
      this.listeners = this.listeners.filter((listener) => listener !== subscriber);
    };
  }
}
