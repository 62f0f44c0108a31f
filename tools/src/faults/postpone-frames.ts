import { delay, mergeMap, of } from 'rxjs';

import { assertDurationMs } from './assert-number.js';
import { assertChoice, choose } from './choice.js';
import type { FrameChoice } from './choice.js';
import { alterSignals } from './signal.js';
import type { Fault } from './signal.js';

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
export function postponeFrames({ ms, ...choice }: PostponeFramesOptions): Fault {
  assertChoice(choice);
  assertDurationMs({ ms });
  return alterSignals((signals$, dial) => {
    const isStruck = choose(choice, dial);
    return signals$.pipe(
      mergeMap((signal) =>
        signal.kind === 'frame' && isStruck(signal.frame) ? of(signal).pipe(delay(ms)) : of(signal),
      ),
    );
  });
}
