import { Subject } from 'rxjs';
import type { Subscription } from 'rxjs';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';

import type { LinkNews } from './broker-link.js';
import { CALL_BEGINNING } from './call-line.js';
import { readCall } from './read-call.js';
import type { HeardMessage } from './read-call.js';
import type { StoredMessage } from './read-stored.js';

/* What a broker has, and what is heard of it, told by the test: no server gives gaps on demand. */

let following: Subscription | undefined;

beforeEach(() => {
  vi.useFakeTimers();
});

afterEach(() => {
  following?.unsubscribe();
  vi.useRealTimers();
});

const message = (number: number, size = 0, nth = 1): HeardMessage => ({
  data: Buffer.from(`${nth === 1 ? '' : `${nth}.`}${number}${' '.repeat(size)}\n`),
  headers: { id: `c.1-${nth}.${number}`, behind: undefined },
});

/** A call whose message n has the sequence n and says n. */
const follow = ({ isReadable = true, readingMs = 0 } = {}) => {
  const link$ = new Subject<LinkNews>();
  const heard$ = new Subject<HeardMessage>();
  const stored: StoredMessage[] = [];
  const readings: number[] = [];
  const told: number[] = [];
  const source = { isReadable };
  following = readCall(
    {
      heard$,
      link$,
      whenMade: () =>
        source.isReadable ? Promise.resolve('made') : Promise.reject(new Error('away')),
      stored: async function* (after) {
        readings.push(after);
        if (readingMs > 0) await new Promise((resolve) => setTimeout(resolve, readingMs));
        for (const one of stored.filter(({ sequence }) => sequence > after)) {
          yield await Promise.resolve(one);
        }
      },
    },
    { callId: 'c', from: CALL_BEGINNING },
  ).subscribe((news) => {
    if (news.kind === 'line') told.push(Number(news.text));
  });
  const store = (...numbers: readonly number[]) => {
    for (const n of numbers) stored.push({ sequence: n, isPast: false, ...message(n) });
  };
  const say = (n: number, size?: number) => {
    heard$.next(message(n, size));
  };
  const storeRun = (nth: number, ...numbers: readonly number[]) => {
    for (const n of numbers) {
      stored.push({ sequence: stored.length + 1, isPast: false, ...message(n, 0, nth) });
    }
  };
  const sayRun = (nth: number, n: number) => {
    heard$.next(message(n, 0, nth));
  };
  return { link$, storeRun, sayRun, source, readings, told, store, say };
};

const upTo = (n: number, from = 1) => Array.from({ length: n - from + 1 }, (_, i) => from + i);

it('reads from the stream what it heard too much of to keep while it could not be read', async () => {
  const { source, readings, told, store, say } = follow({ isReadable: false });
  for (const n of upTo(5_000)) say(n);
  await vi.advanceTimersByTimeAsync(1_000);
  expect(told).toEqual([]);

  // The stream has what was acknowledged by then, and the rest a moment later.
  store(...upTo(10));
  source.isReadable = true;
  await vi.advanceTimersToNextTimerAsync();
  await vi.advanceTimersByTimeAsync(0);
  expect(told).toEqual(upTo(10));
  expect(readings).toEqual([0, 10]);
  store(...upTo(5_000, 11));
  say(5_001);
  await vi.advanceTimersByTimeAsync(1_000);
  expect(told).toEqual(upTo(5_001));
});

it('keeps the newest that it heard, however long, while the stream could not be read', async () => {
  const { source, readings, told, store, say } = follow({ isReadable: false });
  store(1);
  say(2, 2 ** 20);
  await vi.advanceTimersByTimeAsync(1_000);
  source.isReadable = true;
  await vi.advanceTimersByTimeAsync(1_000);
  expect(told).toEqual([1, 2]);
  expect(readings).toEqual([0]);
});

it('waits once for what never comes, however much is heard meanwhile', async () => {
  const { told, store, say } = follow();
  store(1);
  await vi.advanceTimersByTimeAsync(0);
  for (const n of upTo(13, 3)) {
    say(n);
    await vi.advanceTimersByTimeAsync(1_000);
  }
  expect(told).toEqual([1]);
  await vi.advanceTimersByTimeAsync(1_000);
  expect(told).toEqual([1, ...upTo(13, 3)]);
});

it('waits for each that is missing', async () => {
  const { told, store, say } = follow();
  store(1);
  await vi.advanceTimersByTimeAsync(0);
  say(3);
  await vi.advanceTimersByTimeAsync(11_000);
  say(5);
  await vi.advanceTimersByTimeAsync(1_000);
  expect(told).toEqual([1, 3]);
  await vi.advanceTimersByTimeAsync(11_000);
  expect(told).toEqual([1, 3]);
  await vi.advanceTimersByTimeAsync(1_000);
  expect(told).toEqual([1, 3, 5]);
});

it('passes over what never comes, however fast the rest is said while the stream is read', async () => {
  const { told, store, say } = follow({ readingMs: 100 });
  store(1);
  await vi.advanceTimersByTimeAsync(100);
  for (const n of upTo(302, 3)) {
    say(n);
    await vi.advanceTimersByTimeAsync(50);
  }
  await vi.advanceTimersByTimeAsync(200);
  expect(told).toEqual([1, ...upTo(302, 3)]);
});

it('looks once more before it passes over what it has not heard', async () => {
  const { told, store, say } = follow();
  store(1);
  await vi.advanceTimersByTimeAsync(0);
  say(3);
  await vi.advanceTimersByTimeAsync(5_000);
  store(2);
  await vi.advanceTimersByTimeAsync(7_000);
  expect(told).toEqual([1, 2, 3]);
});

it('passes over nothing while the stream cannot be read, and waits again once it can', async () => {
  const { source, told, store, say } = follow();
  store(1);
  await vi.advanceTimersByTimeAsync(0);
  say(3);
  await vi.advanceTimersByTimeAsync(1_000);
  source.isReadable = false;
  await vi.advanceTimersByTimeAsync(20_000);
  expect(told).toEqual([1]);
  source.isReadable = true;
  // It is sent again.
  await vi.advanceTimersByTimeAsync(6_000);
  expect(told).toEqual([1]);
  say(2);
  expect(told).toEqual([1, 2, 3]);
});

it('passes over nothing while the broker is away', async () => {
  const { link$, told, store, say } = follow();
  store(1);
  await vi.advanceTimersByTimeAsync(0);
  say(3);
  await vi.advanceTimersByTimeAsync(1_000);
  link$.next('away');
  await vi.advanceTimersByTimeAsync(20_000);
  expect(told).toEqual([1]);
  store(2, 3);
  link$.next('back');
  await vi.advanceTimersByTimeAsync(0);
  expect(told).toEqual([1, 2, 3]);
});

it('tells in order, and once, what is heard twice, early and late', async () => {
  const { told, store, say } = follow();
  store(1, 2);
  await vi.advanceTimersByTimeAsync(0);
  for (const n of [2, 4, 3, 3, 1, 5]) {
    say(n);
    await vi.advanceTimersByTimeAsync(0);
  }
  expect(told).toEqual([1, 2, 3, 4, 5]);
});

it('tells another run behind all that the one before has stored, once it is stored itself', async () => {
  const { told, store, storeRun, say, sayRun } = follow();
  store(1, 2);
  await vi.advanceTimersByTimeAsync(0);
  store(3);
  storeRun(2, 1);
  sayRun(2, 1);
  sayRun(2, 2);
  expect(told).toEqual([1, 2]);
  await vi.advanceTimersByTimeAsync(0);
  expect(told).toEqual([1, 2, 3, 2.1, 2.2]);
  say(4);
  await vi.advanceTimersByTimeAsync(20_000);
  expect(told).toEqual([1, 2, 3, 2.1, 2.2]);
});

it('passes over another run that the stream has refused', async () => {
  const { told, store, say, sayRun } = follow();
  store(1, 2);
  await vi.advanceTimersByTimeAsync(0);
  sayRun(2, 1);
  say(3);
  await vi.advanceTimersByTimeAsync(0);
  say(4);
  expect(told).toEqual([1, 2, 3, 4]);
});
