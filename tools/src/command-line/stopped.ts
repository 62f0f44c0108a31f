import { fromEvent, map, merge, take } from 'rxjs';
import type { Observable } from 'rxjs';

import { exitCodes } from './exit-error.js';

/**
 * Emits once when the person or the system asks the command to stop, with the exit code for it.
 * Unsubscribed after that, a second signal ends the process.
 *
 * Ctrl-C is how a command that runs until it is stopped is ended, so it is no failure.
 */
export function stopped(): Observable<number> {
  return merge(
    fromEvent(process, 'SIGINT').pipe(map(() => exitCodes.ok)),
    fromEvent(process, 'SIGTERM').pipe(map(() => exitCodes.terminated)),
    // The terminal was closed; it may be that nobody reads what is said now, but the file is whole.
    fromEvent(process, 'SIGHUP').pipe(map(() => exitCodes.hungUp)),
  ).pipe(take(1));
}
