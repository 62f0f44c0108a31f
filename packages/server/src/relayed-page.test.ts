import { EventEmitter } from 'node:events';
import type { Socket } from 'node:net';

import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import type { WebSocket } from 'ws';

import type { Follower, RelayedConnection } from './relayed-connection.js';
import { relayedPage } from './relayed-page.js';

/* A page that comes and goes, by the clock; what passes over real sockets is in test/relay.test.ts. */

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

/** A socket of a page's, and how it was closed. */
class FakeSocket extends EventEmitter {
  bufferedAmount = 0;
  readonly sent: unknown[] = [];
  readonly closes: unknown[] = [];

  send(data: unknown): void {
    this.sent.push(data);
  }
  ping(): void {
    this.sent.push('ping');
  }
  close(code: number): void {
    this.closes.push(code);
  }
  terminate(): void {
    this.closes.push('cut');
    this.emit('close', 1006);
  }
  /** The page's own code answers so many questions. */
  answer(times = 1): void {
    for (let n = 0; n < times; n += 1) this.emit('message', Buffer.alloc(0), false);
  }
}

function openPage({ hasOpened = true, first = 0, bufferedBytes = (): number => 0 } = {}) {
  const frames: string[] = [];
  const told: string[] = [];
  let follower: Follower | undefined;
  const connection = {
    ...{ hasOpened, isWhole: true, end: undefined, first, bufferedBytes },
    get total() {
      return frames.length;
    },
    frame: (index) => frames[index],
    join: (joined) => {
      follower = joined;
    },
    leave: () => told.push('left'),
    send: () => told.push('sent'),
    ...{ trim: () => undefined, letGo: () => undefined, forget: () => undefined },
  } as RelayedConnection;
  const options = {
    heartbeat: { pingIntervalMs: 15_000, pongTimeoutMs: 10_000 },
    ...{ keepMs: 60_000, maxBufferedBytes: 1_000 },
    onUnread: () => undefined,
  };
  const page = relayedPage('jo', connection, options, {
    onAway: () => told.push('away'),
    onGone: () => told.push('gone'),
  });
  return {
    page,
    told,
    needs: () => follower?.needs,
    fallsBehind: () => follower?.fallsBehind(),
    say: (frame: string) => {
      frames.push(frame);
      follower?.fed(frame);
    },
    attach: (had?: number) => {
      const webSocket = new FakeSocket();
      const uncork = () => {
        webSocket.bufferedAmount = 0;
      };
      const socket = { cork: () => undefined, uncork } as unknown as Socket;
      const client = { webSocket: webSocket as unknown as WebSocket, socket };
      page.attach(client, had === undefined ? undefined : { had, from: 0 });
      return webSocket;
    },
  };
}

it('keeps the place of a page for so long, and no longer', async () => {
  const { attach, told } = openPage();
  attach().emit('close', 1006);
  await vi.advanceTimersByTimeAsync(59_999);

  expect(told).toEqual(['away']);

  await vi.advanceTimersByTimeAsync(1);

  expect(told).toEqual(['away', 'left', 'gone']);
  expect(vi.getTimerCount()).toBe(0);
});

it('keeps the place of a page that is back for as long as it is there', async () => {
  const { attach, told } = openPage();
  attach().emit('close', 1006);
  await vi.advanceTimersByTimeAsync(59_000);
  const back = attach(0);
  for (let n = 0; n < 10; n += 1) {
    await vi.advanceTimersByTimeAsync(10_000);
    back.answer();
  }

  expect(told).toEqual(['away']);
  expect(back.closes).toEqual([]);
});

it('asks no more of a socket that another has taken the place of', async () => {
  const { attach } = openPage();
  const first = attach();
  const second = attach(0);
  await vi.advanceTimersByTimeAsync(20_000);

  expect([first.sent, first.closes]).toEqual([[''], [4001]]);
  expect([second.sent, second.closes]).toEqual([['', ''], []]);
});

it('lets go of a page once, whoever asks for it, and of its clock', () => {
  const { attach, page, told } = openPage();
  attach().emit('close', 1006);
  page.stop(4003);
  page.stop(4004);

  expect(told).toEqual(['away', 'left', 'gone']);
  expect(vi.getTimerCount()).toBe(0);
});

it('needs what comes after the last question that it has answered, whatever else it says', async () => {
  const { attach, needs, say } = openPage();
  const page = attach();
  say('a');
  say('b');
  await vi.advanceTimersByTimeAsync(15_000);
  say('c');
  page.answer();

  expect(needs()).toBe(2);

  // Nobody has asked.
  page.answer();

  expect(needs()).toBe(2);
});

it('cuts off a page that sends, and reads nothing of what confirms it', () => {
  const { attach, told } = openPage();
  const page = attach();
  page.emit('message', Buffer.from('{}'), false);
  page.bufferedAmount = 1_001;
  page.emit('message', Buffer.from('{}'), false);

  expect(told).toEqual(['sent', 'sent', 'away']);
  expect(page.closes).toEqual(['cut']);
});

it('closes a page that sends more than the platform takes, and keeps no place for it', () => {
  const { attach, told } = openPage({ bufferedBytes: () => 1_001 });
  const page = attach();
  page.emit('message', Buffer.from('{}'), false);

  expect(told).toEqual(['sent', 'left', 'gone']);
  expect(page.closes).toEqual([4003]);
});

it('does not cut off a page over what is only gathered for it', () => {
  const { attach, say } = openPage();
  const page = attach();
  page.bufferedAmount = 1_001;
  say('a');

  expect(page.closes).toEqual([]);
});

it('needs nothing that is not kept any more', () => {
  const { attach, needs, fallsBehind } = openPage({ first: 7 });
  attach();
  fallsBehind();

  expect(needs()).toBe(7);
});

it('passes nothing on before the platform is open, and forgets a page that leaves by then', () => {
  const { attach, told } = openPage({ hasOpened: false });
  const page = attach();
  page.emit('message', Buffer.from('{}'), false);
  page.emit('close', 1006);

  expect(page.sent).toEqual([]);
  expect(told).toEqual(['left', 'gone']);
});
