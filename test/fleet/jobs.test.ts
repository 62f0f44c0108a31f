import { liveCall } from '@livecall/core';
import { webSocketTransport } from '@livecall/core/node';
import {
  AlreadyEnqueuedError,
  brokerTransport,
  createFleetKeys,
  enqueue,
  fleetStatus,
  openTokens,
  sealTokens,
} from '@livecall/fleet';
import type { WorkerNews } from '@livecall/fleet';
import { filter, firstValueFrom } from 'rxjs';
import { expect, it } from 'vitest';

import { accessToken, conversationToken } from '../fixtures/canary-tokens.js';
import { hasNats, makeFleet, readerOptions, sharedNats, startWorker } from '../fixtures/fleet.js';
import { START } from '../fixtures/frames.js';
import { startPlatform } from '../fixtures/platform.js';
import { startTalking } from '../fixtures/talking-platform.js';

/* The queue of jobs: who takes how many, and what becomes of those that cannot be followed. */

const nats = sharedNats();
const itWithNats = it.skipIf(!hasNats);

const closedOf = (transport: ReturnType<typeof brokerTransport>) => {
  const call = liveCall(transport, readerOptions);
  call.connect();
  return firstValueFrom(call.state$.pipe(filter(({ status }) => status === 'closed')));
};

itWithNats(
  'takes only as many calls as it has slots for, and the next when one has ended',
  async () => {
    const connection = await nats().connect();
    const prefix = await makeFleet(connection);
    await using platform = await startTalking();
    const worker = startWorker(await nats().connect(), platform.url, {
      prefix,
      slots: 2,
      dial: ({ callId }) =>
        webSocketTransport({
          url: platform.url,
          accessToken,
          conversationToken: `token-of-${callId}`,
        }),
    });
    for (const callId of ['a', 'b', 'c', 'd']) await enqueue(connection, { callId }, { prefix });
    await worker.news.first(2);
    await firstValueFrom(
      liveCall(brokerTransport({ connection, callId: 'a', prefix }), readerOptions).state$,
    );
    const isOpen = (token: string) => (platform.calls.get(token)?.open.size ?? 0) > 0;
    while (!isOpen('token-of-a') || !isOpen('token-of-b'))
      await new Promise((r) => setTimeout(r, 5));
    const status = await fleetStatus(connection, { prefix, waitMs: 500 });
    expect(status).toMatchObject({ waiting: 2, taken: 2, workers: [{ slots: 2 }] });
    expect(status.workers[0]?.calls.map(({ callId }) => callId)).toEqual(['a', 'b']);
    platform.end('token-of-a');
    await worker.over('a');
    await worker.news.find((news) => news.kind === 'taken' && news.callId === 'c');
  },
);

itWithNats('shares the calls evenly between workers that start together', async () => {
  const connection = await nats().connect();
  const prefix = await makeFleet(connection);
  await using platform = await startTalking();
  const start = async () =>
    startWorker(await nats().connect(), platform.url, {
      prefix,
      dial: ({ callId }) =>
        webSocketTransport({
          url: platform.url,
          accessToken,
          conversationToken: `token-of-${callId}`,
        }),
    });
  const workers = [await start(), await start(), await start()];
  for (const { news } of workers) await news.first(1);
  const ids = Array.from({ length: 60 }, (_, n) => `call-${n}`);
  await Promise.all(ids.map((callId) => enqueue(connection, { callId }, { prefix })));
  const counts = () => workers.map(({ news }) => news.all.length - 1);
  while (counts().reduce((a, b) => a + b) < ids.length) await new Promise((r) => setTimeout(r, 5));
  expect(Math.min(...counts())).toBeGreaterThan(10);
});

itWithNats('has calls go to the worker with fewest, while it takes some', async () => {
  const connection = await nats().connect();
  const prefix = await makeFleet(connection);
  await using platform = await startTalking();
  const start = async () =>
    startWorker(await nats().connect(), platform.url, {
      prefix,
      slots: 200,
      dial: ({ callId }) =>
        webSocketTransport({
          url: platform.url,
          accessToken,
          conversationToken: `token-of-${callId}`,
        }),
    });
  const isTaken = (callId: string) => (news: WorkerNews) =>
    news.kind === 'taken' && news.callId === callId;
  const first = await start();
  const ids = (of: string) => Array.from({ length: 60 }, (_, n) => `${of}-${n}`);
  for (const callId of ids('before')) await enqueue(connection, { callId }, { prefix });
  await first.news.nth(61);

  const second = await start();
  await second.news.first(1);
  for (const callId of ids('after')) {
    await enqueue(connection, { callId }, { prefix });
    await Promise.race([first, second].map(({ news }) => news.find(isTaken(callId))));
  }
  // Each has the same number of requests open, and would have half.
  expect(second.news.all.length - 1).toBeGreaterThan(36);
});

itWithNats(
  'refuses a call that is enqueued or followed already, and takes it again after its end',
  async () => {
    const connection = await nats().connect();
    const prefix = await makeFleet(connection);
    await using platform = await startTalking();
    await enqueue(connection, { callId: 'a' }, { prefix });
    await expect(enqueue(connection, { callId: 'a' }, { prefix })).rejects.toThrow(
      AlreadyEnqueuedError,
    );
    const worker = startWorker(await nats().connect(), platform.url, { prefix });
    await worker.news.first(1);
    await expect(enqueue(connection, { callId: 'a' }, { prefix })).rejects.toThrow(
      AlreadyEnqueuedError,
    );
    while (platform.calls.size === 0) await new Promise((r) => setTimeout(r, 5));
    platform.end();
    await worker.over('a');
    await enqueue(connection, { callId: 'a' }, { prefix });
    await worker.news.nth(4);
  },
);

itWithNats(
  'ends a job that cannot be followed with an entry that says why, and lives',
  async () => {
    const connection = await nats().connect();
    const prefix = await makeFleet(connection);
    await using platform = await startPlatform([
      404,
      401,
      401,
      (client) => {
        client.send('{}');
      },
    ]);
    const worker = startWorker(await nats().connect(), platform.url, {
      prefix,
      slots: 1,
      dial: ({ url = platform.url }) => webSocketTransport({ url, accessToken, conversationToken }),
    });
    const closed = (callId: string) => closedOf(brokerTransport({ connection, callId, prefix }));
    await enqueue(connection, { callId: 'bad-url', url: 'http://nowhere.example' }, { prefix });
    expect(await worker.over('bad-url')).toMatchObject({ outcome: 'not-followed' });
    expect(await closed('bad-url')).toMatchObject({
      reason: 'failed',
      error: { _tag: 'ConnectFailedError', isLasting: true },
    });
    await enqueue(connection, { callId: 'gone' }, { prefix });
    expect(await worker.over('gone')).toMatchObject({ outcome: 'not-followed' });
    expect(await closed('gone')).toMatchObject({
      error: { _tag: 'HandshakeRefusedError', status: 404 },
    });
    await enqueue(connection, { callId: 'no-token' }, { prefix });
    expect(await worker.over('no-token')).toMatchObject({ outcome: 'not-followed' });
    expect(await closed('no-token')).toMatchObject({
      error: { _tag: 'HandshakeRefusedError', status: 401 },
    });
    const { taken, waiting } = await fleetStatus(connection, { prefix, waitMs: 300 });
    expect({ taken, waiting }).toEqual({ taken: 0, waiting: 0 });
    await enqueue(connection, { callId: 'good' }, { prefix });
    await platform.dial(4);
  },
);

itWithNats('drops a job that nobody could have enqueued, and goes on', async () => {
  const connection = await nats().connect();
  const prefix = await makeFleet(connection);
  await using platform = await startTalking();
  const worker = startWorker(await nats().connect(), platform.url, { prefix });
  connection.publish(`${prefix}.jobs.no$id`, '{}');
  connection.publish(`${prefix}.jobs.no-json`, 'no JSON');
  connection.publish(`${prefix}.jobs.another`, '{"job":1,"callId":"call-1"}');
  expect(await worker.news.find(({ kind }) => kind === 'dropped')).toBeDefined();
  expect(await worker.over('no-json')).toMatchObject({ why: 'the job is not JSON' });
  expect(await worker.over('another')).toMatchObject({ outcome: 'not-followed' });
  await enqueue(connection, { callId: 'good' }, { prefix });
  await worker.news.find((news) => news.kind === 'taken' && news.callId === 'good');
});

itWithNats('has a call read that is enqueued again after it could not be followed', async () => {
  const connection = await nats().connect();
  const prefix = await makeFleet(connection);
  await using platform = await startPlatform([
    404,
    (client) => {
      client.send(START);
    },
  ]);
  const worker = startWorker(await nats().connect(), platform.url, { prefix });
  await enqueue(connection, { callId: 'a' }, { prefix });
  expect(await worker.over('a')).toMatchObject({ outcome: 'not-followed' });
  await enqueue(connection, { callId: 'a' }, { prefix });
  await platform.dial(2);
  const call = liveCall(brokerTransport({ connection, callId: 'a', prefix }), readerOptions);
  const started = firstValueFrom(call.events$);
  call.connect();
  expect(await started).toMatchObject({ type: 'event:start' });
});

itWithNats(
  'gives its calls to others when it is drained, who dial before its connection is gone for long',
  async () => {
    const connection = await nats().connect();
    const prefix = await makeFleet(connection);
    await using platform = await startTalking();
    const dial = ({ callId }: { readonly callId: string }) =>
      webSocketTransport({
        url: platform.url,
        accessToken,
        conversationToken: `token-of-${callId}`,
      });
    const first = startWorker(await nats().connect(), platform.url, { prefix, dial });
    const ids = ['a', 'b', 'c'];
    for (const callId of ids) await enqueue(connection, { callId }, { prefix });
    const isFollowed = (id: string) => platform.calls.get(`token-of-${id}`)?.open.size === 1;
    const allFollowed = async () => {
      while (!ids.every(isFollowed)) await new Promise((r) => setTimeout(r, 5));
    };
    await allFollowed();
    const second = startWorker(await nats().connect(), platform.url, { prefix, dial });
    await first.drain();
    for (const id of ids) expect(await first.over(id)).toMatchObject({ outcome: 'superseded' });
    const taken = second.news.all.flatMap((news) => (news.kind === 'taken' ? [news.callId] : []));
    expect(taken.sort()).toEqual(ids);
    const dials = () => ids.map((id) => platform.calls.get(`token-of-${id}`)?.dialledAt.length);
    while (dials().join() !== '2,2,2' || !ids.every(isFollowed)) {
      await new Promise((r) => setTimeout(r, 5));
    }
  },
);

itWithNats(
  'hangs up at last where nobody takes its calls, and leaves them in the queue',
  async () => {
    const connection = await nats().connect();
    const prefix = await makeFleet(connection, { ackWaitMs: 30_000 });
    await using platform = await startTalking();
    const first = startWorker(await nats().connect(), platform.url, { prefix, drainTimeoutMs: 20 });
    await enqueue(connection, { callId: 'a' }, { prefix });
    while (platform.calls.size === 0) await new Promise((r) => setTimeout(r, 5));
    await first.drain();
    expect(await first.over('a')).toMatchObject({ outcome: 'let-go' });
    // At once: nobody waits until its lease is over.
    const second = startWorker(await nats().connect(), platform.url, { prefix });
    expect(await second.news.nth(2)).toMatchObject({ kind: 'taken', callId: 'a' });
  },
);

itWithNats(
  'opens sealed tokens with the key of the workers, for the call that they are of',
  async () => {
    const connection = await nats().connect();
    const prefix = await makeFleet(connection);
    const { publicKey, privateKey } = createFleetKeys();
    await using platform = await startTalking();
    const worker = startWorker(await nats().connect(), platform.url, {
      prefix,
      dial: ({ callId, sealed = '' }) => {
        const tokens = openTokens(sealed, callId, privateKey);
        return webSocketTransport({ url: platform.url, accessToken, ...tokens });
      },
    });
    const sealed = sealTokens({ conversationToken }, 'a', publicKey);
    const jobs: string[] = [];
    connection.subscribe(`${prefix}.jobs.*`, {
      callback: (_error, message) => {
        jobs.push(message.string());
      },
    });
    await enqueue(connection, { callId: 'a', sealed }, { prefix });
    await enqueue(connection, { callId: 'b', sealed }, { prefix });
    expect(await worker.over('b')).toMatchObject({ outcome: 'not-followed' });
    while (!platform.calls.has(conversationToken)) await new Promise((r) => setTimeout(r, 5));
    expect(jobs.join('')).not.toContain(conversationToken);
  },
);

itWithNats('asks for no further call when it is stopped', async () => {
  const connection = await nats().connect();
  const prefix = await makeFleet(connection);
  await using platform = await startTalking();
  const workers = await nats().connect();
  const worker = startWorker(workers, platform.url, { prefix, slots: 1 });
  await enqueue(connection, { callId: 'call-1' }, { prefix });
  await worker.news.find(({ kind }) => kind === 'taken');
  const asked: string[] = [];
  connection.subscribe(`$JS.API.CONSUMER.MSG.NEXT.${prefix}-jobs.workers`, {
    callback: (_error, { subject }) => {
      asked.push(subject);
    },
  });
  await connection.flush();
  worker.stop();
  await workers.flush();
  await connection.flush();

  expect(asked).toEqual([]);
});
