import { constants } from 'node:os';

import { filter, fromEvent, map, merge } from 'rxjs';
import type { Observable } from 'rxjs';

/** How soon after a signal another is the same one: `npx` passes on what its child has had already. */
const TWIN_MS = 100;

/** Emits each time that the person or the system asks to stop, with the exit code for it. */
export function stopping(): Observable<number> {
  let heardAt = -Infinity;
  const signals = (['SIGINT', 'SIGTERM', 'SIGHUP'] as const).map((signal) =>
    fromEvent(process, signal).pipe(map(() => 128 + constants.signals[signal])),
  );
  return merge(...signals).pipe(
    filter(() => {
      const isTwin = performance.now() - heardAt < TWIN_MS;
      heardAt = performance.now();
      return !isTwin;
    }),
  );
}
