import type { IncomingMessage } from 'node:http';

import { HandshakeRefusedError, HandshakeTimeoutError, patience } from '@livecall/core';
import { isPromiseLike } from '@livecall/core/internal';
import {
  defer,
  from,
  isObservable,
  mergeMap,
  of,
  race,
  take,
  throwError,
  throwIfEmpty,
} from 'rxjs';
import type { Observable } from 'rxjs';

/** Gives the call that a page may follow; nothing, or an error, where it may not. */
export type Authorize<Call> = (
  request: IncomingMessage,
) => Call | undefined | PromiseLike<Call | undefined> | Observable<Call | undefined>;

/** Asks the app; what it gives that is no call is refused as unauthorized. */
export function askCall<Call>(
  authorize: Authorize<Call>,
  request: IncomingMessage,
  timeoutMs: number,
): Observable<Call> {
  const late$ = patience(timeoutMs).pipe(
    mergeMap(() => throwError(() => new HandshakeTimeoutError(timeoutMs))),
  );
  const asked$ = defer(() => {
    const given = authorize(request);
    const isLater = isObservable(given) || isPromiseLike(given);
    return isLater ? from(given) : of(given);
  }).pipe(
    take(1),
    throwIfEmpty(() => new HandshakeRefusedError(401)),
    mergeMap((call) =>
      call == null ? throwError(() => new HandshakeRefusedError(401)) : of(call),
    ),
  );
  return race(asked$, late$);
}
