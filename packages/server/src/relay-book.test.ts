import { EventEmitter } from 'node:events';
import type { Socket } from 'node:net';

import type { Frame } from '@livecall/core';
import { Observable, Subject } from 'rxjs';
import { expect, it } from 'vitest';
import type { WebSocket } from 'ws';

import { relayBook } from './relay-book.js';
import type { RelayBookBounds } from './relay-book.js';

/* Which pages there may be, by what waits for them; the rest is in test/relay.test.ts. */

class FakeSocket extends EventEmitter {
  bufferedAmount = 0;
  isCut = false;
  readonly send = () => undefined;
  readonly close = () => undefined;
  terminate(): void {
    this.isCut = true;
  }
}

const bounds: RelayBookBounds = {
  ...{ heartbeat: { pingIntervalMs: 15_000, pongTimeoutMs: 10_000 }, keepMs: 60_000 },
  ...{ keepBytes: 1_000, shareBytes: 0, maxKeptBytes: 10_000 },
  ...{ maxBufferedBytes: 1_000_000, maxUnreadBytes: 150_000, maxPages: 10, maxPagesPerUser: 10 },
};

function openBook() {
  const frames$ = new Subject<Frame>();
  const transport = new Observable<{ frames$: typeof frames$; send: () => undefined }>(
    (subscriber) => {
      subscriber.next({ frames$, send: () => undefined });
    },
  );
  const book = relayBook(
    bounds,
    () => ({ transport, forms: () => [] }),
    (failure) => {
      throw failure;
    },
  );
  return {
    book,
    frames$,
    enter: (digit: string) => {
      const webSocket = new FakeSocket();
      const socket = { cork: () => undefined, uncork: () => undefined } as unknown as Socket;
      const client = { webSocket: webSocket as unknown as WebSocket, socket };
      const close = book.enter(client, { id: digit.repeat(32) }, { user: 'jo', call: '8f0c' });
      return { webSocket, close };
    },
  };
}

it('cuts nobody off over what was read meanwhile', async () => {
  const { book, frames$, enter } = openBook();
  const [other, one] = [enter('a').webSocket, enter('b').webSocket];
  one.bufferedAmount = 100_000;
  frames$.next('x');
  // It has read all of it since; the other, which is told first, has not begun.
  one.bufferedAmount = 0;
  other.bufferedAmount = 140_000;
  frames$.next('x');

  expect([one.isCut, other.isCut]).toEqual([false, false]);
  expect(book.stats().unreadBytes).toBe(140_000);
  await book.close(0);
});

it('takes no page once it closes', async () => {
  const { book, enter } = openBook();
  await book.close(0);

  expect(enter('a').close).toEqual({ code: 4503, reason: '' });
  expect(book.stats()).toMatchObject({ pages: 0, connections: 0 });
});
