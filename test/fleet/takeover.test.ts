import { Worker } from 'node:worker_threads';

import { liveCall } from '@livecall/core';
import { webSocketTransport } from '@livecall/core/node';
import { brokerTransport, enqueue } from '@livecall/fleet';
import { jetstreamManager } from '@nats-io/jetstream';
import { catchError, filter, firstValueFrom, lastValueFrom, of } from 'rxjs';
import { expect, it, onTestFinished } from 'vitest';

import { accessToken } from '../fixtures/canary-tokens.js';
import { hasNats, makeFleet, readerOptions, sharedNats, startWorker } from '../fixtures/fleet.js';
import { tokenOf } from '../fixtures/fleet-command.js';
import { START } from '../fixtures/frames.js';
import { startPlatform } from '../fixtures/platform.js';
import { readStoredRuns } from '../fixtures/stored-runs.js';
import { startTalking } from '../fixtures/talking-platform.js';

/* Jobs that are given at a bad moment: each that goes to nobody is missing for as long as a lease. */

const nats = sharedNats();
const itWithNats = it.skipIf(!hasNats);

const until = async (isSo: () => boolean) => {
  while (!isSo()) await new Promise((resolve) => setTimeout(resolve, 5));
};

/** Publishes when it is told, and wakes up who waits for it when that was so long ago. */
const PUBLISHER = `
const { workerData, parentPort } = require('node:worker_threads');
const { connect, headers } = require(workerData.client);
(async () => {
  const connection = await connect({ servers: workerData.url });
  parentPort.once('message', async () => {
    for (const [subject, data, given = {}] of workerData.messages) {
      const sent = headers();
      for (const [name, value] of Object.entries(given)) sent.set(name, value);
      connection.publish(subject, data, { headers: sent });
    }
    await connection.flush();
    setTimeout(() => {
      Atomics.store(workerData.gate, 0, 1);
      Atomics.notify(workerData.gate, 0);
      connection.close();
    }, workerData.blockedMs);
  });
  parentPort.postMessage('ready');
})();
`;

/** Publishes, and blocks the event loop from before that until so long afterwards. */
async function publishBlocked(
  url: string,
  messages: readonly (readonly [string, string, Record<string, string>?])[],
  blockedMs: number,
): Promise<void> {
  const gate = new Int32Array(new SharedArrayBuffer(4));
  const client = import.meta.resolve('@nats-io/transport-node');
  const publisher = new Worker(PUBLISHER, {
    eval: true,
    workerData: { url, messages, blockedMs, gate, client: new URL(client).pathname },
  });
  onTestFinished(async () => {
    await publisher.terminate();
  });
  await new Promise((resolve) => publisher.once('message', resolve));
  publisher.postMessage('go');
  Atomics.wait(gate, 0, 0);
}

itWithNats.each([
  ['its request', 1_500],
  ['its lease', 3_000],
])(
  'follows a call at the first delivery of its job, though the event loop was blocked beyond %s',
  async (_what, blockedMs) => {
    const connection = await nats().connect();
    const ackWaitMs = 2_000;
    const prefix = await makeFleet(connection, { ackWaitMs });
    await using platform = await startTalking();
    const ids = ['a', 'b', 'c'];
    const worker = startWorker(await nats().connect(), platform.url, {
      prefix,
      // It asks for no further one, and so hears of none of them again.
      slots: 1 + ids.length,
      dial: ({ callId }) =>
        webSocketTransport({
          url: platform.url,
          accessToken,
          conversationToken: tokenOf(callId),
        }),
    });
    await worker.news.first(1);
    // It has asked by now: a call that it was given says so.
    await enqueue(connection, { callId: 'first' }, { prefix });
    await until(() => platform.calls.size === 1);
    await connection.flush();

    await publishBlocked(
      nats().url,
      ids.map((callId) => [`${prefix}.jobs.${callId}`, JSON.stringify({ job: 1, callId })]),
      blockedMs,
    );
    const isFollowed = (id: string) => (platform.calls.get(tokenOf(id))?.open.size ?? 0) > 0;
    await until(() => ids.every(isFollowed));

    // The worker has let go of none, and none was taken anew: the first delivery was enough.
    expect(worker.news.all.map(({ kind }) => kind)).toEqual([
      'ready',
      ...Array.from({ length: 1 + ids.length }, () => 'taken'),
    ]);
    // What goes to nobody is given again, when its lease is over.
    const { consumers } = await jetstreamManager(connection);
    const { delivered } = await consumers.info(`${prefix}-jobs`, 'workers');
    if (blockedMs < ackWaitMs) expect(delivered.consumer_seq).toBe(1 + ids.length);
    for (const runs of (await readStoredRuns(connection, prefix)).values()) {
      expect(runs).toHaveLength(1);
    }
  },
);

itWithNats('carries out no command that has waited for longer than its lease', async () => {
  const connection = await nats().connect();
  const prefix = await makeFleet(connection, { ackWaitMs: 2_000 });
  const heard: string[] = [];
  await using platform = await startPlatform((client) => {
    client.send(START);
    client.on('message', (data: Buffer) => {
      heard.push(data.toString());
      const { id } = JSON.parse(data.toString()) as { id: string };
      client.send(JSON.stringify({ type: 'ack', ackId: id }));
    });
  });
  const worker = startWorker(await nats().connect(), platform.url, { prefix, slots: 1 });
  await enqueue(connection, { callId: 'a' }, { prefix });
  const taken = await worker.news.nth(2);
  const { job, nth } = taken.kind === 'taken' ? taken.run : { job: 0, nth: 0 };
  const call = liveCall(brokerTransport({ connection, callId: 'a', prefix }), readerOptions);
  call.connect();
  await firstValueFrom(call.state$.pipe(filter(({ status }) => status === 'open')));

  const command = `${prefix}.commands.a.${job}-${nth}`;
  const late = '{"type":"client:endCall","id":"late"}';
  await publishBlocked(nats().url, [[command, late, { 'Livecall-Connection': '1' }]], 3_000);
  // The worker asks whose the call is, and goes on with it, since nobody else has begun.
  let outcome: unknown;
  while ((outcome as { confirmedBy?: string } | undefined)?.confirmedBy !== 'ack') {
    outcome = await lastValueFrom(call.joinCall().pipe(catchError((error: unknown) => of(error))));
  }
  expect(heard.map((text) => (JSON.parse(text) as { type: string }).type)).toEqual([
    'client:joinCall',
  ]);
  expect(worker.news.all.map(({ kind }) => kind)).toEqual(['ready', 'taken']);
});
