import { fromEvent, map, merge, take, tap } from 'rxjs';
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
    fromEvent(process, 'SIGINT').pipe(
      tap(ignoreTwin),
      map(() => exitCodes.ok),
    ),
    fromEvent(process, 'SIGTERM').pipe(map(() => exitCodes.terminated)),
    // The terminal was closed; it may be that nobody reads what is said now, but the file is whole.
    fromEvent(process, 'SIGHUP').pipe(map(() => exitCodes.hungUp)),
  ).pipe(take(1));
}

/** How soon after a Ctrl-C another is the same one. */
const TWIN_MS = 100;

/** `npx` passes on the SIGINT that the terminal has sent to its child as well: one Ctrl-C is two. */
function ignoreTwin(): void {
  const ignore = () => undefined;
  process.on('SIGINT', ignore);
  // Not on a scheduler: it is not to keep the process, which may have ended by then.
  setTimeout(() => process.off('SIGINT', ignore), TWIN_MS).unref();
}
