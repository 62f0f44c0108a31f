import { concatWith, throwError } from 'rxjs';
import type { MonoTypeOperatorFunction } from 'rxjs';

import { neverSaid } from '../connection-end.js';

/** A transport that completes, though none should, has closed, and does not say by which code. */
export function closedWhenComplete<A>(): MonoTypeOperatorFunction<A> {
  return concatWith(throwError(neverSaid));
}
