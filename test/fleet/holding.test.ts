import { liveCall } from '@livecall/core';
import { webSocketTransport } from '@livecall/core/node';
import { brokerTransport, enqueue, setUpFleet } from '@livecall/fleet';
import { jetstreamManager } from '@nats-io/jetstream';
import { filter, firstValueFrom } from 'rxjs';
import { expect, it } from 'vitest';

import { accessToken } from '../fixtures/canary-tokens.js';
import { hasNats, makeFleet, readerOptions, sharedNats, startWorker } from '../fixtures/fleet.js';
import { follow } from '../fixtures/follow.js';
import { startNats } from '../fixtures/nats-server.js';
import { readWords } from '../fixtures/read-words.js';
import { startTalking } from '../fixtures/talking-platform.js';

/* What a worker keeps, what it lets go of, and who notices. */

const nats = sharedNats();
const itWithNats = it.skipIf(!hasNats);

const until = async (isSo: () => boolean) => {
  while (!isSo()) await new Promise((resolve) => setTimeout(resolve, 5));
};

itWithNats(
  'lets go of a call when more waits for the broker than it may keep, and follows it anew',
  async () => {
    await using server = await startNats();
    const prefix = await makeFleet(await server.connect());
    await using platform = await startTalking();
    const worker = startWorker(await server.connect(), platform.url, {
      prefix,
      maxUnackedBytes: 2_000,
    });
    await enqueue(await server.connect(), { callId: 'a' }, { prefix });
    const heard = readWords(await server.connect(), prefix, 'a');
    await until(() => heard.connections === 1);
    await server.stop();
    const [call] = platform.calls.values();
    while ((call?.open.size ?? 0) > 0) {
      platform.say();
      await new Promise((resolve) => setImmediate(resolve));
    }
    expect(await worker.over('a')).toMatchObject({
      outcome: 'let-go',
      why: 'more waited for the broker than maxUnackedBytes',
    });
    await server.start();
    await until(() => heard.connections === 2);
    platform.say();
    await until(() => heard.words.at(-1) === call?.said);
    expect(call?.dialledAt).toHaveLength(2);
  },
);

itWithNats('tells a reader that the worker is gone, where no other follows the call', async () => {
  const connection = await nats().connect();
  const prefix = await makeFleet(connection);
  await using platform = await startTalking();
  const workers = await nats().connect();
  startWorker(workers, platform.url, { prefix });
  await enqueue(connection, { callId: 'a' }, { prefix });
  const transport = brokerTransport({
    connection,
    callId: 'a',
    prefix,
    heartbeat: { pingIntervalMs: 50 },
  });
  using followed = follow(transport);
  const silent = follow(brokerTransport({ connection, callId: 'a', prefix }));
  await followed.connection();
  await silent.connection();
  platform.say();
  expect(await followed.frames(2)).toHaveLength(2);
  // As a process that was killed, it says nothing to anybody.
  await workers.close();

  expect(await followed.error()).toMatchObject({ _tag: 'ConnectionClosedError', code: 1006 });
  silent.unsubscribe();
});

itWithNats('goes on with a call whose job it is given again', async () => {
  const connection = await nats().connect();
  const prefix = await makeFleet(connection);
  await using platform = await startTalking();
  const deliveries: string[] = [];
  const listening = connection.subscribe('_INBOX.>', {
    callback: (_error, { reply = '' }) => {
      if (reply.startsWith(`$JS.ACK.${prefix}-jobs.`)) deliveries.push(reply);
    },
  });
  await connection.flush();
  const worker = startWorker(await nats().connect(), platform.url, { prefix });
  await enqueue(connection, { callId: 'a' }, { prefix });
  const heard = readWords(connection, prefix, 'a');
  await until(() => heard.connections === 1);
  // As the server does by itself when it has not heard of the worker for as long as a lease.
  connection.publish(deliveries[0] ?? '', '-NAK');
  await until(() => deliveries.length === 2);
  platform.say();
  await until(() => heard.words.length === 1);
  platform.end();

  // It is acknowledged by what it was given last.
  expect(await worker.over('a')).toMatchObject({ outcome: 'ended' });
  const { consumers } = await jetstreamManager(connection);
  expect(await consumers.info(`${prefix}-jobs`, 'workers')).toMatchObject({
    num_pending: 0,
    num_ack_pending: 0,
  });
  expect([...platform.calls.values()][0]?.dialledAt).toHaveLength(1);
  expect(worker.news.all.map(({ kind }) => kind)).toEqual(['ready', 'taken', 'over']);
  listening.unsubscribe();
});

itWithNats('follows a call anew whose job was purged, and enqueued again', async () => {
  const connection = await nats().connect();
  const prefix = await makeFleet(connection);
  await using platform = await startTalking();
  const worker = startWorker(await nats().connect(), platform.url, {
    prefix,
    dial: ({ data }) =>
      webSocketTransport({ url: platform.url, accessToken, conversationToken: String(data) }),
  });
  await enqueue(connection, { callId: 'a', data: 'first-dial' }, { prefix });
  await until(() => platform.calls.has('first-dial'));
  const { streams } = await jetstreamManager(connection);
  await streams.purge(`${prefix}-jobs`);
  await enqueue(connection, { callId: 'a', data: 'second-dial' }, { prefix });
  await until(() => platform.calls.get('second-dial')?.open.size === 1);
  await until(() => platform.calls.get('first-dial')?.open.size === 0);

  expect(worker.news.all.map(({ kind }) => kind)).toEqual(['ready', 'taken', 'over', 'taken']);
  const call = liveCall(brokerTransport({ connection, callId: 'a', prefix }), readerOptions);
  call.connect();
  await firstValueFrom(call.state$.pipe(filter(({ status }) => status === 'open')));
});

itWithNats('says that the queue is full, and drops nothing that is in it', async () => {
  const connection = await nats().connect();
  const prefix = await makeFleet(connection, { maxJobsBytes: 1_024 });
  const data = 'x'.repeat(600);
  await enqueue(connection, { callId: 'a', data }, { prefix });
  await expect(enqueue(connection, { callId: 'b', data }, { prefix })).rejects.toMatchObject({
    _tag: 'BrokerUnfitError',
    message:
      'The call b cannot be enqueued: the queue is full; start more workers, or set a larger maxJobsBytes.',
  });
  await using platform = await startTalking();
  const worker = startWorker(await nats().connect(), platform.url, { prefix });
  expect(await worker.news.nth(2)).toMatchObject({ kind: 'taken', callId: 'a' });
});

itWithNats('has a job in the queue until all of its call is stored', async () => {
  const connection = await nats().connect();
  const prefix = await makeFleet(connection);
  await using platform = await startTalking();
  const worker = startWorker(await nats().connect(), platform.url, { prefix });
  await enqueue(connection, { callId: 'a' }, { prefix });
  await until(() => platform.calls.size === 1);
  const { streams, consumers } = await jetstreamManager(connection);
  await streams.update(`${prefix}-calls`, { max_msg_size: 1 });
  platform.say();
  await worker.news.find(({ kind }) => kind === 'trouble');
  platform.end();
  const [call] = platform.calls.values();
  await until(() => call?.open.size === 0);
  expect((await consumers.info(`${prefix}-jobs`, 'workers')).num_ack_pending).toBe(1);
  await streams.update(`${prefix}-calls`, { max_msg_size: -1 });

  expect(await worker.over('a')).toMatchObject({ outcome: 'ended' });
  const kinds = worker.news.all.map(({ kind }) => kind);
  expect(kinds.slice(2)).toEqual(['trouble', 'recovered', 'over']);
});

itWithNats('leaves a call that ends while it is handed over to who takes its job', async () => {
  const connection = await nats().connect();
  const prefix = await makeFleet(connection);
  await using platform = await startTalking();
  const first = startWorker(await nats().connect(), platform.url, { prefix });
  await enqueue(connection, { callId: 'a' }, { prefix });
  await until(() => platform.calls.size === 1);
  const drained = first.drain();
  platform.end();
  expect(await first.over('a')).toMatchObject({ outcome: 'ended' });
  await drained;

  const second = startWorker(await nats().connect(), platform.url, { prefix });
  expect(await second.over('a')).toMatchObject({ outcome: 'ended' });
  const { consumers } = await jetstreamManager(connection);
  expect(await consumers.info(`${prefix}-jobs`, 'workers')).toMatchObject({
    num_pending: 0,
    num_ack_pending: 0,
  });
  expect([...platform.calls.values()][0]?.dialledAt).toHaveLength(1);
});

itWithNats('follows a call of a queue that was made anew, and counts from less', async () => {
  const connection = await nats().connect();
  const prefix = await makeFleet(connection);
  await using platform = await startTalking();
  const first = startWorker(await nats().connect(), platform.url, { prefix });
  for (const callId of ['before', 'a']) await enqueue(connection, { callId }, { prefix });
  const heard = readWords(connection, prefix, 'a');
  await until(() => heard.connections === 1);
  first.stop();
  const { streams } = await jetstreamManager(connection);
  await streams.delete(`${prefix}-jobs`);
  await setUpFleet(connection, { prefix, maxJobsBytes: 2 ** 20 });
  const second = startWorker(await nats().connect(), platform.url, { prefix });
  await enqueue(connection, { callId: 'a' }, { prefix });

  await until(() => heard.connections === 2);
  platform.end();
  expect(await second.over('a')).toMatchObject({ outcome: 'ended' });
  await until(() => heard.hasEnded);
});

itWithNats('has a free slot again when a call has ended whose queue is gone', async () => {
  const connection = await nats().connect();
  const prefix = await makeFleet(connection, { ackWaitMs: 2_000 });
  await using platform = await startTalking();
  const worker = startWorker(await nats().connect(), platform.url, { prefix, slots: 1 });
  await enqueue(connection, { callId: 'a' }, { prefix });
  await until(() => platform.calls.size === 1);
  const { streams } = await jetstreamManager(connection);
  await streams.delete(`${prefix}-jobs`);
  platform.end();

  expect(await worker.over('a')).toMatchObject({ outcome: 'ended' });
  await setUpFleet(connection, { prefix, maxJobsBytes: 2 ** 20 });
  await enqueue(connection, { callId: 'b' }, { prefix });
  await worker.news.find((news) => news.kind === 'taken' && news.callId === 'b');
});
