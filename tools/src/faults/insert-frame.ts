import type { Frame } from '@livecall/core';
import { concatMap } from 'rxjs';

import { assertPlace, locate } from './place.js';
import type { Place } from './place.js';
import { alterSignals } from './signal.js';
import type { Fault, Signal } from './signal.js';
import { toWire } from './to-wire.js';

/** Where a frame is inserted, and which. */
export interface InsertFrameOptions extends Place {
  /** The frame as it crosses the wire; an object is written as JSON. */
  readonly frame: Frame | object;
}

/**
 * Has the server send a frame that it did not send: a message after the call's end, an ack for a
 * command that was not sent, 65,536 bytes of anything.
 *
 * @throws TypeError for a place that cannot be
 * @example
 * import { insertFrame } from '@livecall/tools';
 *
 * const lateError = insertFrame({
 *   after: 'event:callEnd',
 *   frame: { type: 'error', description: 'late' },
 * });
 */
export function insertFrame({ frame, ...place }: InsertFrameOptions): Fault {
  assertPlace(place);
  const wire = toWire(frame);
  return alterSignals((signals$, dial) =>
    signals$.pipe(
      locate(place, dial),
      concatMap(({ signal, stands }): readonly Signal[] =>
        stands === 'here' ? [signal, { kind: 'frame', frame: wire }] : [signal],
      ),
    ),
  );
}
