import { fromEvent, map, merge, take } from 'rxjs';
import type { Observable } from 'rxjs';

import { exitCodes } from './exit-error.js';

/**
 * Emits once when the person or the system asks the command to stop, with the exit code for it.
 * Unsubscribed after that, a second signal ends the process.
 */
export function stopped(): Observable<number> {
  return merge(
    fromEvent(process, 'SIGINT').pipe(map(() => exitCodes.ok)),
    fromEvent(process, 'SIGTERM').pipe(map(() => exitCodes.terminated)),
  ).pipe(take(1));
}
