import { ConnectionClosedError } from '@livecall/core';
import type { Connection, Frame, Transport } from '@livecall/core';
import { Observable, Subject } from 'rxjs';
import { expect, it } from 'vitest';

import { relayedConnection } from './relayed-connection.js';
import type { Follower, KeptBounds } from './relayed-connection.js';

/* What is kept of a connection, and for whom. */

function open(bounds: Partial<KeptBounds> = {}) {
  const frames$ = new Subject<Frame>();
  const sent: Frame[] = [];
  const transport: Transport = new Observable((subscriber) => {
    subscriber.next({ frames$, send: (frame) => sent.push(frame) });
    failing$.subscribe((error) => {
      subscriber.error(error);
    });
    return () => told.push('hung up');
  });
  const failing$ = new Subject<unknown>();
  const told: unknown[] = [];
  let keptBytes = 0;
  const connection = relayedConnection(transport, {
    ...{ shareBytes: 1_000, keepBytes: 10_000, hide: <A>(frame: A) => frame },
    onKept: (bytes) => (keptBytes += bytes),
    onIdle: () => told.push('idle'),
    onFailure: (failure) => told.push(failure),
    ...bounds,
  });
  const join = (needs: number): Follower & { needs: number } => {
    const follower = {
      needs,
      opened: () => told.push('opened'),
      fed: (frame: Frame) => told.push(frame),
      fallsBehind: () => told.push('behind'),
      ended: ({ code, reason }: { readonly code: number; readonly reason: string }) =>
        told.push(`${code} ${reason}`),
    };
    connection.join(follower);
    return follower;
  };
  return { connection, frames$, failing$, sent, told, join, keptBytes: () => keptBytes };
}

/** What a frame is kept for. */
const bytesOf = (frame: string) => frame.length + 64;

it('keeps no word between relay and page, and tells none', () => {
  const { frames$, told, join, keptBytes } = open();
  join(0);
  frames$.next('');
  frames$.next(new Uint8Array());
  frames$.next('a');

  expect(told).toEqual(['a']);
  expect(keptBytes()).toBe(bytesOf('a'));
});

it('keeps what those still need who have not left', () => {
  const { connection, frames$, join, keptBytes } = open({ shareBytes: 0 });
  const slow = join(0);
  const quick = join(0);
  frames$.next('a');
  frames$.next('b');
  quick.needs = 2;
  connection.trim();

  expect(connection.first).toBe(0);

  connection.leave(slow);

  expect(connection.first).toBe(2);
  expect(keptBytes()).toBe(0);
});

it('is whole until something of it is let go of, or the last page has left', () => {
  const trimmed = open({ keepBytes: bytesOf('a'), shareBytes: 1_000 });
  trimmed.join(0);
  trimmed.frames$.next('a');

  expect(trimmed.connection.isWhole).toBe(true);

  trimmed.frames$.next('b');

  expect(trimmed.connection.isWhole).toBe(false);
  expect(trimmed.told).toEqual(['a', 'b', 'behind']);

  const left = open();
  left.connection.leave(left.join(0));

  expect(left.connection.isWhole).toBe(false);
  expect(left.told).toEqual(['hung up', 'idle']);
});

it('sends nothing on a connection that has ended', () => {
  const { connection, failing$, sent, told, join } = open();
  join(0);
  connection.send('a');
  failing$.next(new ConnectionClosedError(1001, 'away'));
  connection.send('b');

  expect(sent).toEqual(['a']);
  expect(told).toEqual(['4000 1001 away', 'hung up']);
});

it('ends once, in whichever turn, however often a transport of someone else says so', () => {
  const junk = { frames$: new Observable<Frame>((all) => all.next(42 as never)), send: () => 0 };
  const failures: unknown[] = [];
  const connection = relayedConnection(
    new Observable((subscriber) => {
      subscriber.next(junk as Connection);
      subscriber.error(new ConnectionClosedError(1001));
    }),
    {
      ...{ shareBytes: 0, keepBytes: 10_000, onKept: () => undefined, onIdle: () => undefined },
      hide: (frame) => {
        if (typeof frame === 'number') throw new TypeError('no frame');
        return frame;
      },
      onFailure: (failure) => failures.push(failure),
    },
  );

  expect(connection.end).toEqual({ code: 4000, reason: '1011 ' });
  expect(failures).toEqual([new TypeError('no frame')]);
});
