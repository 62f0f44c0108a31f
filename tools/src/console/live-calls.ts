import { defer, from, merge, mergeMap, Subject } from 'rxjs';
import type { Observable } from 'rxjs';

import type { ConsoleCall, LiveStatus } from './console-call.js';

/** The calls that are followed in this process. */
export interface LiveCalls {
  /** How each stands, and how each that is added does; completes once all are over and sealed. */
  readonly status$: Observable<LiveStatus>;
  find(id: number): ConsoleCall | undefined;
  /**
   * Adds one.
   *
   * @returns what forgets it; until then, whoever comes is told of it, over or not
   */
  add(call: ConsoleCall): () => void;
  /** No more are added. */
  seal(): void;
}

/** Makes the list of them, without any. */
export function createLiveCalls(): LiveCalls {
  const calls = new Map<number, ConsoleCall>();
  const added$ = new Subject<ConsoleCall>();
  return {
    status$: defer(() => merge(from([...calls.values()]), added$)).pipe(
      mergeMap(({ status$ }) => status$),
    ),
    find: (id) => calls.get(id),
    add: (call) => {
      calls.set(call.id, call);
      added$.next(call);
      return () => {
        calls.delete(call.id);
      };
    },
    seal: () => {
      added$.complete();
    },
  };
}
