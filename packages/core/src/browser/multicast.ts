import { Observable } from 'rxjs';
import type { Subscriber } from 'rxjs';

import type { Multicast as FastMulticast } from '../multicast.js';

/** Tells one listener the end. */
type End<A> = (listener: Subscriber<A>) => void;

/**
 * What one tells and many hear, with a set and a closure for each: a page has few listeners, and
 * hears little. The same property test holds it.
 */
export class Multicast<A> implements Pick<
  FastMulticast<A>,
  'values$' | 'next' | 'error' | 'complete' | 'end' | 'listen'
> {
  readonly #listeners = new Set<Subscriber<A>>();
  #end: End<A> | undefined;

  get values$(): Observable<A> {
    return new Observable((listener) => {
      this.listen(listener);
    });
  }

  next(value: A): void {
    // As many as there were when it was told.
    for (const listener of [...this.#listeners]) listener.next(value);
  }

  error(error: unknown): void {
    this.end((listener) => {
      listener.error(error);
    });
  }

  complete(): void {
    this.end((listener) => {
      listener.complete();
    });
  }

  end(now: End<A>, late: End<A> = now): void {
    if (this.isEnded) return;
    this.#end = late;
    for (const listener of this.#listeners) now(listener);
  }

  listen(listener: Subscriber<A>): void {
    if (this.#end !== undefined) {
      this.#end(listener);
      return;
    }
    this.#listeners.add(listener);
    listener.add(() => this.#listeners.delete(listener));
  }

  protected get isEnded(): boolean {
    return this.#end !== undefined;
  }
}
