import { pbkdf2 } from 'node:crypto';
import { once } from 'node:events';
import { setImmediate } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { Worker } from 'node:worker_threads';

import { liveCall } from '@livecall/core';
import type { LiveCall, LiveCallOptions } from '@livecall/core';
import { webSocketTransport } from '@livecall/core/node';
import { filter, firstValueFrom, lastValueFrom } from 'rxjs';
import { expect, it } from 'vitest';

import { accessToken, conversationToken } from './fixtures/canary-tokens.js';
import { followCall } from './fixtures/follow.js';
import { CALL_END } from './fixtures/frames.js';

/*
 * What stands in the socket while the event loop is blocked is heard before any timer that has come
 * due meanwhile speaks its verdict: however it is compressed, and however much stands before it.
 */

const ACK = '{"type":"ack","ackId":"ID"}';
const said = (words: string) => JSON.stringify({ type: 'transcript', msg: words, role: 'other' });
const talk = (count: number) =>
  Array.from({ length: count }, (_, n) => said(`${n} ${'a parcel for you, '.repeat(40)}`));

/** So long the timers wait that are overdue afterwards: for an ack, time for the command to arrive. */
const LINGER_MS = 40;
const ACK_TIMEOUT_MS = 1_000;

/** What the platform says to a command: at once, and when the event loop is blocked. */
interface Script {
  readonly compression: boolean;
  readonly first?: readonly string[];
  readonly then: readonly string[];
}

/** A call to a platform in another thread. */
interface Started extends AsyncDisposable {
  readonly call: LiveCall;
  /** Blocks the event loop until the platform has said everything. */
  readonly block: () => void;
  /** Does so as soon as the platform has the command. */
  readonly blockOnceHeard: () => Promise<void>;
}

async function start(
  { compression, first = [], then }: Script,
  overdueMs: number,
  options?: LiveCallOptions,
): Promise<Started> {
  const flag = new Int32Array(new SharedArrayBuffer(4));
  const platform = new URL('fixtures/blocked-platform.js', import.meta.url);
  const worker = new Worker(fileURLToPath(platform), {
    workerData: { compression, first, then, flag },
  });
  const [port] = (await once(worker, 'message')) as [number];
  const url = `ws://127.0.0.1:${port}/`;
  const transport = webSocketTransport({
    ...{ url, accessToken, conversationToken },
    socket: { compression },
  });
  const call = liveCall(transport, options);
  const isOpen = firstValueFrom(call.messages$);
  const following = followCall(call);
  await isOpen;

  const block = () => {
    Atomics.store(flag, 0, 2);
    Atomics.notify(flag, 0);
    Atomics.wait(flag, 0, 2);
    // And until whatever was begun by now is overdue.
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, overdueMs);
  };
  return {
    call,
    block,
    blockOnceHeard: async () => {
      while (Atomics.load(flag, 0) === 0) await setImmediate();
      block();
    },
    [Symbol.asyncDispose]: async () => {
      following[Symbol.dispose]();
      await worker.terminate();
    },
  };
}

/** Keeps every thread of the pool busy, which decompresses, too. */
function crowdThreadPool(): void {
  for (let n = 0; n < 8; n += 1) pbkdf2('password', 'salt', 200_000, 64, 'sha512', () => undefined);
}

const loads = [
  ['plain, alone', false, 0],
  ['plain, behind 20 transcripts', false, 20],
  ['plain, behind 100 kB', false, 120],
  ['compressed, alone', true, 0],
  ['compressed, behind 20 transcripts', true, 20],
  ['compressed, behind 300 transcripts', true, 300],
] as const;

it.each(loads)('hears an ack that stood in the socket: %s', async (_what, compression, count) => {
  await using started = await start({ compression, then: [...talk(count), ACK] }, ACK_TIMEOUT_MS);
  const { call, blockOnceHeard } = started;
  const acknowledged = firstValueFrom(call.joinCall({ ackTimeoutMs: ACK_TIMEOUT_MS }));
  await blockOnceHeard();

  await expect(acknowledged).resolves.toMatchObject({ confirmedBy: 'ack' });
});

it('hears an ack that is still being decompressed when the loop turns again', async () => {
  await using started = await start({ compression: true, then: [...talk(2), ACK] }, ACK_TIMEOUT_MS);
  const { call, blockOnceHeard } = started;
  const acknowledged = firstValueFrom(call.joinCall({ ackTimeoutMs: ACK_TIMEOUT_MS }));
  await blockOnceHeard();
  crowdThreadPool();

  await expect(acknowledged).resolves.toMatchObject({ confirmedBy: 'ack' });
});

it.each(loads)(
  'hears what was said after the call ended: %s',
  async (_what, compression, count) => {
    const then = [...talk(count), ACK, said('the last words')];
    await using started = await start({ compression, first: [CALL_END], then }, 2 * LINGER_MS, {
      lingerMs: LINGER_MS,
    });
    const { call, block } = started;
    const words: string[] = [];
    call.transcript$.subscribe(({ msg }) => words.push(msg));
    call.events$.pipe(filter(({ type }) => type === 'event:callEnd')).subscribe(block);
    const acknowledged = firstValueFrom(call.joinCall());

    await expect(acknowledged).resolves.toMatchObject({ confirmedBy: 'ack' });
    await lastValueFrom(call.state$);
    expect(words).toHaveLength(count + 1);
    expect(words.at(-1)).toBe('the last words');
  },
);
