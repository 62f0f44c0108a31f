import { Observable } from 'rxjs';
import type { Subscriber } from 'rxjs';

/** What takes listeners in. */
export interface Listened<A> {
  listen(listener: Subscriber<A>): void;
}

/** The stream that hands its listeners to what is told. */
export function valuesOf<A>(told: Listened<A>): Observable<A> {
  return new Values(told);
}

/**
 * RxJS calls the function that it is made with with the stream as `this`: so all streams share one,
 * and none has a closure of its own.
 */
// eslint-disable-next-line rxjs-x/no-subclass -- it overrides nothing
class Values<A> extends Observable<A> {
  readonly told: Listened<A>;

  constructor(told: Listened<A>) {
    super(listen);
    this.told = told;
  }
}

function listen(this: unknown, listener: Subscriber<never>): void {
  (this as { readonly told: Listened<never> }).told.listen(listener);
}
