import { liveCall } from '@livecall/core';
import { webSocketTransport } from '@livecall/core/node';
import { brokerTransport, enqueue, setUpFleet } from '@livecall/fleet';
import { jetstreamManager } from '@nats-io/jetstream';
import { expect, it } from 'vitest';

import { accessToken } from '../fixtures/canary-tokens.js';
import { hasNats, makeFleet, readerOptions, sharedNats, startWorker } from '../fixtures/fleet.js';
import { followCall } from '../fixtures/follow.js';
import { tokenOf } from '../fixtures/fleet-command.js';
import { outOfOrder, readWords } from '../fixtures/read-words.js';
import { startTalking } from '../fixtures/talking-platform.js';
import type { TalkingPlatform } from '../fixtures/talking-platform.js';

/* What readers ask of the server when a call changes hands: with many calls, all of them ask at once. */

const nats = sharedNats();
const itWithNats = it.skipIf(!hasNats);

const until = async (isSo: () => boolean) => {
  while (!isSo()) await new Promise((resolve) => setTimeout(resolve, 5));
};

const work = async (prefix: string, platform: TalkingPlatform) =>
  startWorker(await nats().connect(), platform.url, {
    prefix,
    dial: ({ callId }) =>
      webSocketTransport({ url: platform.url, accessToken, conversationToken: tokenOf(callId) }),
  });

itWithNats('reads on behind what it has heard, without a consumer for each takeover', async () => {
  const connection = await nats().connect();
  const prefix = await makeFleet(connection);
  await using platform = await startTalking();
  const ids = ['a', 'b', 'c'];
  const worker = await work(prefix, platform);
  for (const callId of ids) await enqueue(connection, { callId }, { prefix });
  const heard = ids.map((id) => readWords(connection, prefix, id));
  const all = (n: number) => heard.every(({ words }) => words.at(-1) === n);
  await until(() => heard.every(({ connections }) => connections === 1));
  for (let n = 1; n <= 50; n += 1) {
    platform.say();
    await until(() => all(n));
  }

  let made = 0;
  connection.subscribe(`$JS.EVENT.ADVISORY.CONSUMER.CREATED.${prefix}-calls.>`, {
    callback: () => {
      made += 1;
    },
  });
  await connection.flush();
  worker.stop();
  await work(prefix, platform);
  await until(() => heard.every(({ connections }) => connections === 2));
  platform.say();
  await until(() => all(51));

  for (const { words } of heard) expect(outOfOrder(words)).toEqual([]);
  expect(made).toBe(0);
});

itWithNats('leaves no consumer behind when it has read a call that is long', async () => {
  const connection = await nats().connect();
  const prefix = await makeFleet(connection);
  await using platform = await startTalking();
  await work(prefix, platform);
  await enqueue(connection, { callId: 'a' }, { prefix });
  await until(() => platform.calls.size === 1);
  for (let n = 1; n <= 1_200; n += 1) platform.say();

  // The server forgets a consumer by itself in the end; this one is asked to.
  let isAsked = false;
  connection.subscribe(`$JS.API.CONSUMER.DELETE.${prefix}-calls.>`, {
    callback: () => {
      isAsked = true;
    },
  });
  await connection.flush();
  const { words } = readWords(connection, prefix, 'a');
  await until(() => words.at(-1) === 1_200);
  expect(words).toHaveLength(1_200);
  await until(() => isAsked);

  const { streams } = await jetstreamManager(connection);
  let left = 1;
  while (left > 0) left = (await streams.info(`${prefix}-calls`)).state.consumer_count;
});

itWithNats('goes on in a stream that was made anew, and counts from less', async () => {
  const connection = await nats().connect();
  const prefix = await makeFleet(connection);
  await using platform = await startTalking();
  const worker = await work(prefix, platform);
  await enqueue(connection, { callId: 'a' }, { prefix });
  const heard = readWords(connection, prefix, 'a');
  await until(() => heard.connections === 1);
  for (let n = 1; n <= 20; n += 1) {
    platform.say();
    await until(() => heard.words.at(-1) === n);
  }

  const { streams } = await jetstreamManager(connection);
  await streams.delete(`${prefix}-calls`);
  await setUpFleet(connection, { prefix, maxCallsBytes: 2 ** 20, maxJobsBytes: 2 ** 20 });
  worker.stop();
  await work(prefix, platform);
  await until(() => heard.connections === 2);
  platform.say();
  await until(() => heard.words.at(-1) === 21);
  expect(outOfOrder(heard.words)).toEqual([]);
});

/* A server that has lost its disk, or whose streams were deleted: numbers and runs begin anew. */
itWithNats.each([
  ['the calls', ['calls']],
  ['the calls and the jobs', ['calls', 'jobs']],
])(
  'reads anew, with the transport that it has, a call whose streams were made anew: %s',
  async (_what, anew) => {
    const connection = await nats().connect();
    const prefix = await makeFleet(connection);
    await using platform = await startTalking();
    const transport = brokerTransport({ connection, callId: 'a', prefix });
    const { streams } = await jetstreamManager(connection);
    const followTo = async (n: number) => {
      const call = liveCall(transport, readerOptions);
      const words: string[] = [];
      call.transcript$.subscribe({
        next: ({ msg }) => {
          words.push(msg);
        },
        error: () => undefined,
      });
      using followed = followCall(call);
      await followed.state('open');
      while (words.at(-1) !== `word ${n}`) {
        platform.say();
        await until(() => words.at(-1) === `word ${platform.calls.get(tokenOf('a'))?.said}`);
      }
      return words;
    };
    const first = await work(prefix, platform);
    await enqueue(connection, { callId: 'a' }, { prefix });
    await until(() => platform.calls.size === 1);
    await followTo(20);

    first.stop();
    await until(() => platform.calls.get(tokenOf('a'))?.open.size === 0);
    for (const name of anew) await streams.delete(`${prefix}-${name}`);
    await setUpFleet(connection, { prefix, maxCallsBytes: 2 ** 20, maxJobsBytes: 2 ** 20 });
    await work(prefix, platform);
    if (anew.includes('jobs')) await enqueue(connection, { callId: 'a' }, { prefix });
    await until(() => platform.calls.get(tokenOf('a'))?.open.size === 1);
    // A word that the stream has before it is read again.
    platform.say();
    let last = 0;
    while (last < 3) last = (await streams.info(`${prefix}-calls`)).state.messages;
    expect(await followTo(22)).toEqual(['word 21', 'word 22']);
  },
);

itWithNats('goes on live where the streams were made anew, and runs with them', async () => {
  const connection = await nats().connect();
  const prefix = await makeFleet(connection);
  await using platform = await startTalking();
  const first = await work(prefix, platform);
  await enqueue(connection, { callId: 'a' }, { prefix });
  const heard = readWords(connection, prefix, 'a');
  await until(() => heard.connections === 1);
  for (let n = 1; n <= 20; n += 1) {
    platform.say();
    await until(() => heard.words.at(-1) === n);
  }

  first.stop();
  const { streams } = await jetstreamManager(connection);
  for (const name of ['calls', 'jobs']) await streams.delete(`${prefix}-${name}`);
  await setUpFleet(connection, { prefix, maxCallsBytes: 2 ** 20, maxJobsBytes: 2 ** 20 });
  await work(prefix, platform);
  await enqueue(connection, { callId: 'a' }, { prefix });
  await until(() => heard.connections === 2);
  platform.say();
  await until(() => heard.words.at(-1) === 21);
  expect(outOfOrder(heard.words)).toEqual([]);
});
