import { ConnectionClosedError, liveCallProtocol } from '@livecall/core';
import type { CommandId, Connection, Frame, Transport } from '@livecall/core';
import * as E from 'fp-ts/lib/Either.js';
import {
  BehaviorSubject,
  defer,
  filter,
  map,
  merge,
  of,
  share,
  Subject,
  switchMap,
  take,
  tap,
} from 'rxjs';
import type { MonoTypeOperatorFunction } from 'rxjs';

/** A call of an app's, which somebody else follows on the app's own connections. */
export interface OverheardCall {
  /** Stands over the app's way, all dials of one call: it passes everything on but what answers us. */
  readonly tapTransport: MonoTypeOperatorFunction<Connection>;
  /** That way, for us: it dials nothing, and is open while the app's is. */
  readonly transport: Transport;
}

/** The app's connection, and what tells how it ended. */
interface Opened {
  readonly connection: Connection;
  readonly lost$: Subject<never>;
}

/** Makes the two ways of one call. */
export function overheardCall(): OverheardCall {
  const opened$ = new BehaviorSubject<Opened | undefined>(undefined);
  return {
    tapTransport: (transport) =>
      defer(() => {
        const lost$ = new Subject<never>();
        const lose = (error: unknown) => {
          opened$.next(undefined);
          lost$.error(error);
        };
        return transport.pipe(
          map((connection) => {
            const { ours, theirs } = shareConnection(connection);
            // Before the app: nothing of it has been said yet.
            opened$.next({ connection: ours, lost$ });
            return theirs;
          }),
          tap({
            error: lose,
            unsubscribe: () => {
              lose(new ConnectionClosedError(1006));
            },
          }),
        );
      }),
    transport: opened$.pipe(
      filter((opened) => opened !== undefined),
      take(1),
      switchMap(({ connection, lost$ }) => merge(of(connection), lost$)),
    ),
  };
}

function shareConnection(connection: Connection): { ours: Connection; theirs: Connection } {
  const heard$ = new Subject<Frame>();
  const asked = new Set<CommandId>();
  /** What answers a command of ours: the app has not asked for anything. */
  const answersUs = (frame: Frame): boolean => {
    if (asked.size === 0) return false;
    const heard = liveCallProtocol.decode(frame);
    const answers = E.isRight(heard) ? heard.right.answers : undefined;
    return answers !== undefined && 'id' in answers && asked.delete(answers.id);
  };
  return {
    ours: {
      frames$: heard$,
      send(frame) {
        const command = liveCallProtocol.decodeCommand(frame);
        if (E.isRight(command)) asked.add(command.right.id);
        connection.send(frame);
      },
    },
    theirs: {
      ...connection,
      frames$: connection.frames$.pipe(
        tap((frame) => {
          heard$.next(frame);
        }),
        filter((frame) => !answersUs(frame)),
        share(),
      ),
    },
  };
}
