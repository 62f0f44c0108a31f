import { SendFailedError } from '@livecall/core';
import { brokerTransport, enqueue, fleetStatus } from '@livecall/fleet';
import { jetstreamManager } from '@nats-io/jetstream';
import { headers } from '@nats-io/transport-node';
import { expect, it } from 'vitest';

import { hasNats, makeFleet, sharedNats, startWorker } from '../fixtures/fleet.js';
import { follow } from '../fixtures/follow.js';
import { readWords } from '../fixtures/read-words.js';
import { startTalking } from '../fixtures/talking-platform.js';

/* What others publish, answer and make where only a fleet should. */

const nats = sharedNats();
const itWithNats = it.skipIf(!hasNats);

const until = async (isSo: () => boolean) => {
  while (!isSo()) await new Promise((resolve) => setTimeout(resolve, 5));
};

/** A fleet with a worker and one call, which a reader hears. */
async function startCall() {
  const connection = await nats().connect();
  const prefix = await makeFleet(connection);
  const platform = await startTalking();
  const worker = startWorker(await nats().connect(), platform.url, { prefix });
  await enqueue(connection, { callId: 'call-1' }, { prefix });
  const heard = readWords(connection, prefix, 'call-1');
  await until(() => heard.connections === 1);
  let said = 0;
  const say = async () => {
    platform.say();
    said += 1;
    await until(() => heard.words.length === said);
  };
  return { connection, prefix, platform, worker, heard, say };
}

itWithNats('passes over what strangers publish on the subjects of a call', async () => {
  const { connection, prefix, platform, worker, heard, say } = await startCall();
  await say();
  const publish = (text: string, id?: string) => {
    const given = headers();
    if (id !== undefined) given.set('Nats-Msg-Id', id);
    connection.publish(`${prefix}.calls.call-1`, text, { headers: given });
  };
  publish('no line');
  publish('{"at":1,"event":"end"}\n');
  // Of another call, and newer than any run here.
  publish('{"livecall":1,"recordedAt":"2026-11-22T09:00:00.000Z"}\n', 'call-2.99-99.1');
  publish('{"at":0,"event":"end"}\n', 'call-2.99-99.2');
  connection.publish(`${prefix}.runs.call-1`, 'no run');
  connection.publish(`${prefix}.runs.call-1`, '99-99');
  connection.publish(`${prefix}.commands.call-1.1-1`, 'nobody asked');
  await connection.flush();
  await say();
  await say();

  expect(heard).toMatchObject({ words: [1, 2, 3], connections: 1, hasEnded: false });
  expect(worker.news.all.map(({ kind }) => kind)).toEqual(['ready', 'taken']);
  await platform[Symbol.asyncDispose]();
});

itWithNats(
  'says how things stand though somebody else answers in the place of workers',
  async () => {
    const { connection, prefix, platform } = await startCall();
    for (const answer of ['no JSON', '{"worker":"w"}', 'null']) {
      connection.subscribe(`${prefix}.workers`, {
        callback: (_error, message) => {
          message.respond(answer);
        },
      });
    }
    await connection.flush();
    const { workers } = await fleetStatus(await nats().connect(), { prefix });

    expect(workers.map(({ calls }) => calls.map(({ callId }) => callId))).toEqual([['call-1']]);
    await platform[Symbol.asyncDispose]();
  },
);

itWithNats('does not take what a stream answers for a command that was sent', async () => {
  const connection = await nats().connect();
  const prefix = await makeFleet(connection);
  await using platform = await startTalking();
  const worker = startWorker(await nats().connect(), platform.url, { prefix });
  await enqueue(connection, { callId: 'call-1' }, { prefix });
  using followed = follow(brokerTransport({ connection, callId: 'call-1', prefix }));
  const call = await followed.connection();
  worker.stop();
  const { streams } = await jetstreamManager(connection);
  await streams.add({ name: `${prefix}-audit`, subjects: [`${prefix}.commands.>`] });

  const sent = await Promise.resolve(call.send('{"type":"client:joinCall","id":"x"}')).catch(
    (error: unknown) => error,
  );
  expect(sent).toBeInstanceOf(SendFailedError);
  expect(sent).toMatchObject({ delivery: 'unknown' });
  expect(String(sent)).toContain('somebody else has answered');
  await streams.delete(`${prefix}-audit`);
});
