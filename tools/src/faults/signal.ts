import { FrameSource, NotOpenError } from '@livecall/core';
import type { Connection, Frame } from '@livecall/core';
import { closedWhenComplete, sendOn } from '@livecall/core/internal';
import {
  catchError,
  defer,
  EMPTY,
  identity,
  map,
  mergeMap,
  of,
  startWith,
  switchMap,
  tap,
  throwError,
} from 'rxjs';
import type { MonoTypeOperatorFunction, Observable } from 'rxjs';

import type { FaultReport } from './create-fault.js';

/** Everything that a transport says on one dial, as one stream of values. */
export type Signal =
  | { readonly kind: 'open'; readonly connection: Connection }
  | { readonly kind: 'frame'; readonly frame: Frame }
  | { readonly kind: 'end'; readonly error: unknown };

/**
 * Makes a fault of an operator over signals. What comes after an `end` is not heard.
 *
 * @param alter is called for each dial, with its number, counted from 1
 */
export function alterSignals(
  alter: (signals$: Observable<Signal>, dial: number) => Observable<Signal>,
  report?: FaultReport,
): MonoTypeOperatorFunction<Connection> {
  return (transport) => {
    let dials = 0;
    return defer(() => {
      dials += 1;
      return fromSignals(alter(toSignals(transport).pipe(tell(report)), dials));
    });
  };
}

/** Reports a dial, and the frames on it. */
export function tell(report: FaultReport | undefined): MonoTypeOperatorFunction<Signal> {
  if (report === undefined) return identity;
  return tap({
    subscribe: report.dialled,
    next: ({ kind }) => {
      if (kind === 'frame') report.heard();
    },
  });
}

/** The frames follow their connection at once: none is missed. */
export function toSignals(transport: Observable<Connection>): Observable<Signal> {
  return transport.pipe(
    closedWhenComplete(),
    switchMap((connection) =>
      connection.frames$.pipe(
        map((frame): Signal => ({ kind: 'frame', frame })),
        startWith<Signal>({ kind: 'open', connection }),
      ),
    ),
    catchError((error: unknown) => of<Signal>({ kind: 'end', error })),
  );
}

/** The way back: from the signals of one dial to what a transport says of it. */
export function fromSignals(signals$: Observable<Signal>): Observable<Connection> {
  return defer(() => {
    const frames = new FrameSource();
    let hasEnded = false;
    return signals$.pipe(
      mergeMap((signal) => {
        switch (signal.kind) {
          case 'open':
            return of<Connection>({
              frames$: frames.values$,
              send(frame) {
                // The call behind it may go on: the client has lost it all the same.
                if (hasEnded) throw new NotOpenError();
                return sendOn(signal.connection, frame);
              },
              bufferedBytes: () => signal.connection.bufferedBytes?.() ?? 0,
              isReading: () => signal.connection.isReading?.() ?? false,
              ...(signal.connection.away$ && { away$: signal.connection.away$ }),
              closeWith: (code, reason) => signal.connection.closeWith?.(code, reason),
            });
          case 'frame':
            frames.next(signal.frame);
            return EMPTY;
          case 'end':
            hasEnded = true;
            return throwError(() => signal.error);
        }
      }),
    );
  });
}
