import {
  asyncScheduler,
  concat,
  defer,
  delay,
  EMPTY,
  filter,
  fromEvent,
  ignoreElements,
  interval,
  map,
  merge,
  NEVER,
  noop,
  Observable,
  of,
  share,
  startWith,
  Subject,
  switchMap,
  take,
  tap,
  timer,
} from 'rxjs';

import { isInForeground } from './foreground.js';
import { createKeyReader } from './key-reader.js';
import type { KeyRead } from './key-reader.js';
import { oneByOne } from './one-by-one.js';

/** What happens on a keyboard. */
export type Typed =
  | KeyRead
  /** From now on keys are taken. */
  | { readonly what: 'ready' }
  /** The terminal is another's now: no keys are taken until it is given back. */
  | { readonly what: 'background' };

/** A person leaves more between two keys, and a key that is held down comes faster. */
const QUIET_MS = 50;

/** No sequence is divided by so long a silence: it was a key with Alt, and there is no more of it. */
const SILENCE_MS = 1_000;

/** How often a job in the background looks whether it still is: not every `fg` tells it. */
const LOOK_EVERY_MS = 1_000;

/**
 * The keys that a person presses one by one; see `createKeyReader`. Completes at once where there
 * is no terminal.
 *
 * What waited in the terminal before it was `ready` is read and dropped: who typed it could not know
 * what it would do. In the background the terminal is left alone. Ctrl-Z stops the job, as it stops
 * any other, and the terminal is as it was meanwhile.
 *
 * Multicast; the terminal is given back when the last one leaves.
 */
export function keys(stdin: NodeJS.ReadStream): Observable<Typed> {
  if (!stdin.isTTY) return EMPTY;
  return defer(() => {
    // Of a terminal that is gone, SIGHUP tells.
    stdin.on('error', noop);
    const suspended$ = new Subject<boolean>();
    const look = () => {
      suspended$.next(false);
    };
    return merge(suspended$, fromEvent(process, 'SIGCONT').pipe(map(() => false))).pipe(
      startWith(false),
      switchMap((isSuspended): Observable<Typed> => {
        if (isSuspended) return suspend(look);
        return isInForeground() ? readKeys(stdin) : waitForForeground(look);
      }),
      filter((typed) => {
        const isSuspending = typed.what === 'key' && typed.key === 'C-z';
        if (isSuspending) suspended$.next(true);
        return !isSuspending;
      }),
    );
  }).pipe(share());
}

/** Reads a terminal key by key, which it is told to give so. */
function readKeys(stdin: NodeJS.ReadStream): Observable<Typed> {
  return new Observable<Typed>((subscriber) => {
    let reader = createKeyReader();
    let heardAt = asyncScheduler.now();
    let isReady = false;
    let hasWaited = false;

    const listener = (read: Uint8Array) => {
      const now = asyncScheduler.now();
      if (now - heardAt >= SILENCE_MS) reader = createKeyReader();
      heardAt = now;
      hasWaited = true;
      // What waited can be the first half of a terminal's answer, so it is read as everything is.
      const typed = reader(read);
      if (isReady && typed !== undefined) subscriber.next(typed);
    };
    const announce = () => {
      if (subscriber.closed) return;
      isReady = !hasWaited;
      hasWaited = false;
      if (isReady) subscriber.next({ what: 'ready' });
      else setImmediate(announce);
    };

    stdin.on('data', listener).setRawMode(true).resume();
    // By then the event loop has read once what waited here, and it goes on until nothing does.
    setImmediate(() => setImmediate(announce));
    return () => {
      stdin.off('data', listener).pause();
      // From the background, that would stop the process.
      if (isInForeground()) stdin.setRawMode(false);
    };
  }).pipe(oneByOne(QUIET_MS));
}

/** Stops the job as the terminal would, once it is read no more; where nobody can continue it, goes on. */
function suspend(onContinued: () => void): Observable<never> {
  return timer(0).pipe(
    tap(() => {
      if (process.platform !== 'win32') process.kill(0, 'SIGTSTP');
    }),
    delay(0),
    tap(onContinued),
    ignoreElements(),
  );
}

function waitForForeground(onForeground: () => void): Observable<Typed> {
  // Elsewhere looking takes a process each time; there a job hears of it when it is continued.
  const look$ = process.platform === 'linux' ? interval(LOOK_EVERY_MS) : NEVER;
  const back$ = look$.pipe(filter(isInForeground), take(1), tap(onForeground), ignoreElements());
  return concat(of({ what: 'background' as const }), back$);
}
