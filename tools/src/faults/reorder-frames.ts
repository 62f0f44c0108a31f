import { concatMap } from 'rxjs';

import { createFault } from './create-fault.js';
import type { Fault } from './create-fault.js';
import { assertFaultOptions } from './fault-options.js';
import { assertFrameChoice, chooseFrames, toNeeded } from './frame-choice.js';
import type { FrameChoice } from './frame-choice.js';
import { alterSignals } from './signal.js';
import type { Signal } from './signal.js';

/**
 * Sends frames of the server's after the one that follows them.
 *
 * @throws TypeError for an option that cannot be
 * @example
 * import { reorderFrames } from '@livecall/tools';
 *
 * const ackLater = reorderFrames({ type: 'ack' });
 */
export function reorderFrames(choice: FrameChoice = {}): Fault {
  assertFaultOptions('reorder', choice);
  assertFrameChoice(choice);
  const needs = `${toNeeded(choice)}, and a frame after it`;
  return createFault('reorder', choice, needs, (report) =>
    alterSignals((signals$, dial) => {
      const isStruck = chooseFrames(choice, dial, report);
      let kept: Signal | undefined;
      return signals$.pipe(
        concatMap((signal) => {
          if (kept !== undefined && signal.kind === 'frame') report.struck();
          if (kept === undefined && signal.kind === 'frame' && isStruck(signal.frame)) {
            kept = signal;
            return [];
          }
          // The last frame has none to let past.
          const passed = signal.kind === 'end' ? [kept, signal] : [signal, kept];
          kept = undefined;
          return passed.filter((one) => one !== undefined);
        }),
      );
    }, report),
  );
}
