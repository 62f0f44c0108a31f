import { setTimeout as sleep } from 'node:timers/promises';

import { liveCall } from '@livecall/core';
import { webSocketTransport } from '@livecall/core/node';
import { brokerTransport, enqueue } from '@livecall/fleet';
import { jetstreamManager } from '@nats-io/jetstream';
import { filter, firstValueFrom } from 'rxjs';
import { expect, it, onTestFinished } from 'vitest';

import { accessToken } from '../fixtures/canary-tokens.js';
import { hasNats, makeFleet, readerOptions, startWorker } from '../fixtures/fleet.js';
import { tokenOf } from '../fixtures/fleet-command.js';
import { startNats } from '../fixtures/nats-server.js';
import { outOfOrder, readWords } from '../fixtures/read-words.js';
import { readStoredRuns } from '../fixtures/stored-runs.js';
import { startTalking } from '../fixtures/talking-platform.js';

/* The server is restarted, killed, full or away: `npm run test:fleet` takes it away for five minutes. */

const itWithNats = it.skipIf(!hasNats);
const awayMs = Number(process.env['LIVECALL_FLEET_AWAY_MS'] ?? 4_000);
const ids = Array.from({ length: 5 }, (_, n) => `call-${n + 1}`);

const until = async (isSo: () => boolean) => {
  while (!isSo()) await sleep(5);
};

const dial = (url: string) => (job: { readonly callId: string }) =>
  webSocketTransport({ url, accessToken, conversationToken: tokenOf(job.callId) });

async function startCalls(options: Parameters<typeof makeFleet>[1] = {}) {
  const nats = await startNats();
  const connection = await nats.connect();
  const prefix = await makeFleet(connection, { maxCallsBytes: 16 * 2 ** 20, ...options });
  const platform = await startTalking();
  const talking = setInterval(() => {
    platform.say();
  }, 100);
  onTestFinished(async () => {
    clearInterval(talking);
    await platform[Symbol.asyncDispose]();
    await nats[Symbol.asyncDispose]();
  });
  const workers = [await nats.connect(), await nats.connect()].map((own) =>
    startWorker(own, platform.url, { prefix, dial: dial(platform.url) }),
  );
  for (const { news } of workers) await news.first(1);
  for (const callId of ids) await enqueue(connection, { callId }, { prefix });
  const heard = ids.map((id) => readWords(connection, prefix, id));
  await until(() => heard.every(({ words }) => words.length > 2));
  /** Waits until every reader hears what is said now. */
  const live = async () => {
    const said = new Map([...platform.calls].map(([token, call]) => [token, call.said]));
    const isLive = ({ words }: { readonly words: readonly number[] }, n: number) =>
      (words.at(-1) ?? 0) > (said.get(tokenOf(ids[n] ?? '')) ?? 0);
    await until(() => heard.every(isLive));
  };
  return { nats, connection, prefix, platform, workers, heard, live };
}

/** Every word from the first one that was heard to the last one, once. */
const withoutHole = (words: readonly number[]) =>
  outOfOrder(words).length === 0 && words.length === (words.at(-1) ?? 0) - (words[0] ?? 0) + 1;

itWithNats.each(['SIGTERM', 'SIGKILL'] as const)(
  'goes on where it was when the server is ended by %s and started again',
  async (signal) => {
    // However long the start takes, no lease is over.
    const { nats, platform, heard, live } = await startCalls({ ackWaitMs: 60_000 });
    await nats.stop(signal);
    await nats.start();
    await live();
    expect(heard.map(({ words }) => withoutHole(words))).toEqual(ids.map(() => true));
    expect([...platform.calls.values()].map(({ dialledAt }) => dialledAt.length)).toEqual(
      ids.map(() => 1),
    );
  },
);

itWithNats(
  'keeps its calls, and loses nothing of them, while the server is away for longer than any lease',
  { timeout: 120_000 + awayMs },
  async () => {
    const { nats, platform, heard, live } = await startCalls();
    await nats.stop();
    await sleep(awayMs);
    const startedAt = performance.now();
    await nats.start();
    await live();
    console.log(
      `live again ${(performance.now() - startedAt).toFixed(0)} ms after the start of the server`,
    );
    // Another worker may have been given a call, and has dialled it anew: that one has two connections.
    for (const { words, connections } of heard) {
      expect(outOfOrder(words)).toEqual([]);
      if (connections === 1) expect(withoutHole(words)).toBe(true);
    }
    await until(() => [...platform.calls.values()].every(({ open }) => open.size === 1));
  },
);

itWithNats('keeps what the server refuses, and stores it when it is taken again', async () => {
  const { connection, prefix, platform, workers, heard, live } = await startCalls();
  const manager = await jetstreamManager(connection);
  const stream = `${prefix}-calls`;
  await manager.streams.update(stream, { max_msg_size: 1 });
  const told = workers.map(({ news }) => news.find(({ kind }) => kind === 'trouble'));
  expect(await Promise.race(told)).toMatchObject({
    what: 'calls',
    why: 'JetStream refuses what is to be stored: message size exceeds maximum allowed',
  });
  await manager.streams.update(stream, { max_msg_size: -1 });
  const { news } =
    workers.find((worker) => worker.news.all.some(({ kind }) => kind === 'trouble')) ?? {};
  expect(await news?.find(({ kind }) => kind === 'recovered')).toMatchObject({ what: 'calls' });
  await live();
  expect(heard.map(({ words }) => withoutHole(words))).toEqual(ids.map(() => true));
  // The readers heard it at once; the stream has it now, too.
  platform.end();
  await Promise.all(ids.map((id) => Promise.race(workers.map((worker) => worker.over(id)))));
  for (const [run] of (await readStoredRuns(connection, prefix)).values()) {
    const numbers = [...(run?.numbers ?? [])].sort((a, b) => a - b);
    expect(numbers).toEqual(numbers.map((_, index) => index + 1));
  }
});

itWithNats(
  'tells that the connection to the server was closed for good, on either side',
  async () => {
    const nats = await startNats();
    onTestFinished(() => nats[Symbol.asyncDispose]());
    const connection = await nats.connect();
    const prefix = await makeFleet(connection);
    await using platform = await startTalking();
    const workers = await nats.connect();
    const worker = startWorker(workers, platform.url, { prefix });
    await worker.news.first(1);
    await enqueue(connection, { callId: 'a' }, { prefix });
    const call = liveCall(brokerTransport({ connection, callId: 'a', prefix }), readerOptions);
    call.connect();
    const reach = (status: string) =>
      firstValueFrom(call.state$.pipe(filter((state) => state.status === status)));
    await reach('open');
    await connection.close();
    expect(await reach('closed')).toMatchObject({
      error: { _tag: 'ConnectFailedError', isLasting: true },
    });
    await workers.close();
    await expect(worker.news.nth(99)).rejects.toThrow();
    // Nobody follows the call any more; it has hung up.
    await until(() => [...platform.calls.values()].every(({ open }) => open.size === 0));
  },
);

itWithNats('is drained in time, though the server is away', async () => {
  const nats = await startNats();
  onTestFinished(() => nats[Symbol.asyncDispose]());
  const connection = await nats.connect();
  const prefix = await makeFleet(connection);
  await using platform = await startTalking();
  const workers = await nats.connect();
  const worker = startWorker(workers, platform.url, { prefix, drainTimeoutMs: 100 });
  await worker.news.first(1);
  await enqueue(connection, { callId: 'a' }, { prefix });
  await worker.news.find(({ kind }) => kind === 'taken');
  await nats.stop();
  await worker.drain();

  expect(await worker.over('a')).toMatchObject({ outcome: 'let-go' });
});
