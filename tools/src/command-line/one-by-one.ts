import { asyncScheduler, map, of, switchMap, timer } from 'rxjs';
import type { OperatorFunction, SchedulerLike } from 'rxjs';

import type { KeyRead } from './key-reader.js';

/**
 * Lets pass only keys with `quietMs` of quiet before and after them: what comes closer together was
 * pasted over a slow line, or is a key that is held down, and is told as `several`.
 *
 *     key       --j------e-e-e----^C|
 *     result    ----j----------S--^C|
 *
 * Ctrl-C and Ctrl-Z pass at once, and so does what is no key.
 */
export function oneByOne<Other extends { readonly what: string }>(
  quietMs: number,
  scheduler: SchedulerLike = asyncScheduler,
): OperatorFunction<KeyRead | Other, KeyRead | Other> {
  return (source$) => {
    let quietFrom = -Infinity;
    return source$.pipe(
      map((read): KeyRead | Other => {
        if (!isOfKeys(read)) return read;
        const isQuiet = scheduler.now() >= quietFrom;
        quietFrom = scheduler.now() + quietMs;
        return isQuiet || isControl(read) ? read : { what: 'several' };
      }),
      switchMap((read) =>
        isOfKeys(read) && !isControl(read)
          ? timer(quietMs, scheduler).pipe(map(() => read))
          : of(read),
      ),
    );
  };
}

function isOfKeys(read: { readonly what: string }): read is KeyRead {
  return read.what === 'key' || read.what === 'several';
}

function isControl(read: KeyRead): boolean {
  return read.what === 'key' && read.key.startsWith('C-');
}
