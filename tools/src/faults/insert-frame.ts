import type { Frame } from '@livecall/core';
import { toWire } from '@livecall/core/internal';
import { concatMap } from 'rxjs';

import { createFault } from './create-fault.js';
import type { Fault } from './create-fault.js';
import { assertFaultOptions } from './fault-options.js';
import { assertPlace, locate, toReached } from './place.js';
import type { Place } from './place.js';
import { alterSignals } from './signal.js';
import type { Signal } from './signal.js';

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
export function insertFrame(options: InsertFrameOptions): Fault {
  assertFaultOptions('insert', options);
  const { frame, ...place } = options;
  assertPlace(place);
  const wire = toWire(frame);
  return createFault('insert', options, toReached(place), (report) =>
    alterSignals(
      (signals$, dial) =>
        signals$.pipe(
          locate(place, dial),
          concatMap(({ signal, stands }): readonly Signal[] => {
            if (stands !== 'here') return [signal];
            report.struck();
            return [signal, { kind: 'frame', frame: wire }];
          }),
        ),
      report,
    ),
  );
}
