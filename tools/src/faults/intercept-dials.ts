import type { TransportError } from '@livecall/core';
import { assertDurationMs, assertWhole } from '@livecall/core/internal';
import { defer, mergeMap, throwError, timer } from 'rxjs';

import { createFault } from './create-fault.js';
import type { Fault } from './create-fault.js';

/** Which dials a fault answers in the server's stead. */
export interface DialChoice {
  /** The first of them, counted from 1. @default 1 */
  readonly dial?: number;
  /** How many in a row, `Infinity` for all that follow. @default 1 */
  readonly times?: number;
  /** Milliseconds until the client hears of it. @default 0 */
  readonly afterMs?: number;
}

/**
 * Makes a fault of an error. The server does not hear of the dials; the next one is its first.
 *
 * @throws TypeError for an option that cannot be
 */
export function interceptDials(
  name: string,
  options: DialChoice,
  toError: () => TransportError,
): Fault {
  const { dial = 1, times = 1, afterMs = 0 } = options;
  assertWhole({ dial, times: times === Infinity ? undefined : times }, 1);
  assertDurationMs({ afterMs });
  return createFault(name, options, `dial ${dial}`, (report) => (transport) => {
    let dials = 0;
    // What is said on the dials that are let through is none of its business, and is not counted.
    return defer(() => {
      dials += 1;
      report.dialled();
      const isStruck = dials >= dial && dials < dial + times;
      if (isStruck) report.struck();
      return isStruck ? timer(afterMs).pipe(mergeMap(() => throwError(toError))) : transport;
    });
  });
}
