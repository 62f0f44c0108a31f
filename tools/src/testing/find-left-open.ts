import { patience } from '@livecall/core';
import type { LiveCall } from '@livecall/core';
import { combineLatest, map, takeUntil, takeWhile } from 'rxjs';
import type { Observable } from 'rxjs';

/**
 * Waits until a call and all connections are over, at most `patienceMs`, and says in words what is
 * open then; nothing where nothing is.
 */
export async function findLeftOpen(
  call: LiveCall,
  open$: Observable<number>,
  patienceMs: number,
): Promise<string | undefined> {
  let stillOpen: string | undefined;
  await combineLatest([call.state$, open$])
    .pipe(
      map(([{ status }, open]) => {
        if (status !== 'idle' && status !== 'closed') return `the call is still ${status}`;
        return open > 0 ? 'a connection is still open' : undefined;
      }),
      takeWhile((left) => left !== undefined, true),
      takeUntil(patience(patienceMs)),
    )
    .forEach((left) => {
      stillOpen = left && `${left}; play it to its end, or unsubscribe what connect() returned`;
    });
  return stillOpen;
}
