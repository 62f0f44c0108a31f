import { defer, from, merge, mergeMap, Subject } from 'rxjs';
import type { Observable } from 'rxjs';

import type { LiveSession, LiveStatus } from './live-session.js';

/** The calls that are followed in this process. */
export interface LiveCalls {
  /** How each stands, and how each that is added does; completes once all are over and sealed. */
  readonly status$: Observable<LiveStatus>;
  find(id: number): LiveSession | undefined;
  /**
   * Adds one.
   *
   * @returns what forgets it; until then, whoever comes is told of it, over or not
   */
  add(session: LiveSession): () => void;
  /** No more are added. */
  seal(): void;
}

/** Makes the list of them, without any. */
export function createLiveCalls(): LiveCalls {
  const sessions = new Map<number, LiveSession>();
  const added$ = new Subject<LiveSession>();
  return {
    status$: defer(() => merge(from([...sessions.values()]), added$)).pipe(
      mergeMap(({ status$ }) => status$),
    ),
    find: (id) => sessions.get(id),
    add: (session) => {
      sessions.set(session.id, session);
      added$.next(session);
      return () => {
        sessions.delete(session.id);
      };
    },
    seal: () => {
      added$.complete();
    },
  };
}
