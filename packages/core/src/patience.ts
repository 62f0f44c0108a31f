import { asyncScheduler, Observable } from 'rxjs';

/**
 * Gives another number as long as something comes, `NaN` while what has come is still being read.
 */
export type Progress = () => number;

/** So many turns of the event loop without anything, and what stood in the socket was heard. */
const QUIET_TURNS = 3;

/** Who goes on for so many turns, a millisecond each at least, says what did not stand there. */
const MOST_TURNS = 10_000;

/**
 * Emits once when so many milliseconds have passed and all was heard that had come by then. Every
 * verdict of the kind "nothing came in time" waits for it.
 *
 * A timer that came due while the event loop was blocked runs before the sockets are read. What
 * stands in them needs a turn of the loop, a long backlog some more, and a compressed frame the
 * thread pool and one turn each. So this goes on for as long as there is any progress, and then for
 * three turns; when it is not overdue, it is late by no more than these.
 *
 * @param progress tells of what comes; without it, the three turns are all
 * @example
 * import { patience } from '@livecall/core';
 * import { takeUntil } from 'rxjs';
 * import type { Observable } from 'rxjs';
 *
 * export const within = <A>(answers$: Observable<A>) => answers$.pipe(takeUntil(patience(5_000)));
 */
export function patience(ms: number, progress: Progress = () => 0): Observable<void> {
  return new Observable((subscriber) => {
    let before = NaN;
    let quietTurns = 0;
    let turns = 0;
    const judge = () => {
      const now = progress();
      // At first, and while it is being read, nothing equals it.
      quietTurns = now === before ? quietTurns + 1 : 0;
      before = now;
      if (quietTurns < QUIET_TURNS && turns < MOST_TURNS) {
        turns += 1;
        // A new one each: repeated, a timer of 0 ms does not end under fake timers.
        due = asyncScheduler.schedule(judge);
        return;
      }
      subscriber.next();
      subscriber.complete();
    };
    let due = asyncScheduler.schedule(judge, ms);
    return () => {
      due.unsubscribe();
    };
  });
}
