import { assertDurationMs } from '@livecall/core/internal';
import { delay, mergeMap, of } from 'rxjs';

import { createFault } from './create-fault.js';
import type { Fault } from './create-fault.js';
import { assertFaultOptions } from './fault-options.js';
import { assertFrameChoice, chooseFrames, toNeeded } from './frame-choice.js';
import type { FrameChoice } from './frame-choice.js';
import { alterSignals } from './signal.js';

/** Which frames come later, and by how much. */
export interface PostponeFramesOptions extends FrameChoice {
  /** Milliseconds by which they are late. */
  readonly ms: number;
}

/**
 * Delivers frames later than those around them: an ack long after its command, for one.
 *
 * @throws TypeError for an option that cannot be
 * @example
 * import { postponeFrames } from '@livecall/tools';
 *
 * const lateAck = postponeFrames({ type: 'ack', ms: 6_000 });
 */
export function postponeFrames(options: PostponeFramesOptions): Fault {
  assertFaultOptions('postpone', options);
  const { ms } = options;
  assertFrameChoice(options);
  assertDurationMs({ ms });
  return createFault('postpone', options, toNeeded(options), (report) =>
    alterSignals((signals$, dial) => {
      const isStruck = chooseFrames(options, dial, report);
      return signals$.pipe(
        mergeMap((signal) => {
          if (signal.kind !== 'frame' || !isStruck(signal.frame)) return of(signal);
          report.struck();
          return of(signal).pipe(delay(ms));
        }),
      );
    }, report),
  );
}
