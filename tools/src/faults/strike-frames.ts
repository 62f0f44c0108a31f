import type { Frame } from '@livecall/core';
import { concatMap, from, of } from 'rxjs';
import type { Observable } from 'rxjs';

import { createFault } from './create-fault.js';
import type { Fault } from './create-fault.js';
import { assertFrameChoice, chooseFrames, toNeeded } from './frame-choice.js';
import type { FrameChoice } from './frame-choice.js';
import { alterSignals } from './signal.js';
import type { Signal } from './signal.js';

/**
 * Makes a fault that puts other frames in the place of those it strikes.
 *
 * @param replace gives nothing for a frame on which the fault has no effect
 */
export function strikeFrames(
  name: string,
  options: FrameChoice,
  replace: (frame: Frame) => readonly Frame[] | undefined,
): Fault {
  assertFrameChoice(options);
  return createFault(name, options, toNeeded(options), (report) =>
    alterSignals((signals$, dial) => {
      const isStruck = chooseFrames(options, dial, report);
      return signals$.pipe(
        concatMap((signal): Observable<Signal> => {
          if (signal.kind !== 'frame' || !isStruck(signal.frame)) return of(signal);
          const others = replace(signal.frame);
          if (others === undefined) return of(signal);
          report.struck();
          return from(others.map((frame): Signal => ({ kind: 'frame', frame })));
        }),
      );
    }, report),
  );
}
