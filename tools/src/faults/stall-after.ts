import { assertDurationMs } from '@livecall/core/internal';
import { concat, concatMap, ignoreElements, NEVER, of, timer } from 'rxjs';

import { createFault } from './create-fault.js';
import type { Fault } from './create-fault.js';
import { assertFaultOptions } from './fault-options.js';
import { assertPlace, locate, toReached } from './place.js';
import type { Place } from './place.js';
import { alterSignals } from './signal.js';

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
export function stallAfter(options: StallAfterOptions): Fault {
  assertFaultOptions('stall', options);
  const { ms, ...place } = options;
  assertPlace(place);
  assertDurationMs({ ms });
  const pause$ = ms === undefined ? NEVER : timer(ms).pipe(ignoreElements());
  return createFault('stall', options, toReached(place), (report) =>
    alterSignals(
      (signals$, dial) =>
        signals$.pipe(
          locate(place, dial),
          concatMap(({ signal, stands }) => {
            if (stands !== 'here') return of(signal);
            report.struck();
            return concat(of(signal), pause$);
          }),
        ),
      report,
    ),
  );
}
