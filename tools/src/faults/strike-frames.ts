import { concatMap, from, of } from 'rxjs';
import type { Observable } from 'rxjs';
import type { Frame } from '@livecall/core';

import { assertChoice, choose } from './choice.js';
import type { FrameChoice } from './choice.js';
import { alterSignals } from './signal.js';
import type { Fault, Signal } from './signal.js';

/** Makes a fault that puts other frames in the place of those it strikes. */
export function strikeFrames(
  choice: FrameChoice,
  replace: (frame: Frame) => readonly Frame[],
): Fault {
  assertChoice(choice);
  return alterSignals((signals$, dial) => {
    const isStruck = choose(choice, dial);
    return signals$.pipe(
      concatMap((signal): Observable<Signal> => {
        if (signal.kind !== 'frame' || !isStruck(signal.frame)) return of(signal);
        return from(replace(signal.frame).map((frame): Signal => ({ kind: 'frame', frame })));
      }),
    );
  });
}
