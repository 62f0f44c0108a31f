import { assertDurationMs, assertWhole, monotonicNow } from '@livecall/core/internal';
import { concatMap, delay, map, of } from 'rxjs';

import { createFault } from './create-fault.js';
import type { Fault } from './create-fault.js';
import { assertFaultOptions } from './fault-options.js';
import { seededRandom } from './seeded-random.js';
import { alterSignals } from './signal.js';

/** How late frames are. */
export interface DelayFramesOptions {
  /** Milliseconds that every frame is late. @default 0 */
  readonly ms?: number;
  /** Milliseconds at most that a frame is later still, drawn anew for each. @default 0 */
  readonly jitterMs?: number;
  /** What the draw starts from. @default 1 */
  readonly seed?: number;
  /** On which dial, counted from 1; on every one when it is not given. */
  readonly dial?: number;
}

/**
 * Delivers the server's frames, and its close, late. Order is kept: a frame that is very late holds
 * up those behind it, as TCP does.
 *
 * @throws TypeError for an option that cannot be
 * @example
 * import { delayFrames } from '@livecall/tools';
 *
 * const farAway = delayFrames({ ms: 200, jitterMs: 50 });
 */
export function delayFrames(options: DelayFramesOptions = {}): Fault {
  assertFaultOptions('delay', options);
  const { ms = 0, jitterMs = 0, seed = 1, dial } = options;
  assertDurationMs({ ms, jitterMs });
  assertWhole({ dial }, 1);
  const needs = dial === undefined ? 'a frame or a close' : `a frame or a close on dial ${dial}`;
  return createFault('delay', options, needs, (report) =>
    alterSignals((signals$, current) => {
      if (dial !== undefined && dial !== current) return signals$;
      const random = seededRandom(seed + current);
      return signals$.pipe(
        map((signal) => ({ signal, dueAt: monotonicNow() + ms + Math.round(random() * jitterMs) })),
        concatMap(({ signal, dueAt }) => {
          if (signal.kind === 'open') return of(signal);
          report.struck();
          return of(signal).pipe(delay(Math.max(0, dueAt - monotonicNow())));
        }),
      );
    }, report),
  );
}
