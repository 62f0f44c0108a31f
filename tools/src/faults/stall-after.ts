import { concat, concatMap, EMPTY, ignoreElements, NEVER, of, timer } from 'rxjs';

import { assertDurationMs } from './assert-number.js';
import { assertPlace, locate } from './place.js';
import type { Place } from './place.js';
import { alterSignals } from './signal.js';
import type { Fault } from './signal.js';

/** Where a server falls silent, and for how long. */
export interface StallAfterOptions extends Place {
  /** Milliseconds until it goes on; for good when it is not given. */
  readonly ms?: number;
}

/**
 * Has the server fall silent. For good, the connection is half-open: it neither speaks nor closes.
 * What the client sends still arrives.
 *
 * @throws TypeError for an option that cannot be
 * @example
 * import { stallAfter } from '@livecall/tools';
 *
 * const halfOpen = stallAfter({ after: 'event:start' });
 */
export function stallAfter({ ms, ...place }: StallAfterOptions): Fault {
  assertPlace(place);
  assertDurationMs({ ms });
  const pause$ = ms === undefined ? NEVER : timer(ms).pipe(ignoreElements());
  return alterSignals((signals$, dial) =>
    signals$.pipe(
      locate(place, dial),
      concatMap(({ signal, stands }) => concat(of(signal), stands === 'here' ? pause$ : EMPTY)),
    ),
  );
}
