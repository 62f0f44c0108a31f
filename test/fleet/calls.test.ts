import { liveCall } from '@livecall/core';
import type { LiveCall, Received } from '@livecall/core';
import { brokerTransport, enqueue } from '@livecall/fleet';
import { record, recordingSink } from '@livecall/recording';
import { replay, scenario, serve } from '@livecall/tools';
import { headers } from '@nats-io/transport-node';
import type { NatsConnection } from '@nats-io/transport-node';
import { firstValueFrom, lastValueFrom, take, toArray } from 'rxjs';
import { expect, it } from 'vitest';
import type { WebSocket } from 'ws';

import { accessToken, conversationToken } from '../fixtures/canary-tokens.js';
import { hasNats, makeFleet, readerOptions, sharedNats, startWorker } from '../fixtures/fleet.js';
import { follow, followCall } from '../fixtures/follow.js';
import { CALL_END, START } from '../fixtures/frames.js';
import { startPlatform } from '../fixtures/platform.js';

/* Over a real NATS server: a worker that follows a call, and whoever reads it. */

const nats = sharedNats();
const itWithNats = it.skipIf(!hasNats);

const greet = (client: WebSocket) => {
  client.send(START);
};

const words = (n: number) => `{"type":"transcript","role":"user","msg":"word ${n}","offset":${n}}`;

/** Everything that a call's messages say, once it is over. */
const heard = async (call: LiveCall) => {
  const messages = lastValueFrom(call.messages$.pipe(toArray()));
  call.connect();
  return (await messages).map(({ connection, message }: Received) => [connection, message.type]);
};

itWithNats(
  'follows a served recording to its end, for who was there first and who comes late',
  async () => {
    const connection = await nats().connect();
    const prefix = await makeFleet(connection);
    const call = scenario().send(START).send(words(1)).send(words(2)).send(CALL_END).close(1000);
    await using server = await serve(() => replay(call.toRecording()));
    const transport = () => brokerTransport({ connection, callId: 'call-1', prefix });
    const first = heard(liveCall(transport(), readerOptions));
    const worker = startWorker(await nats().connect(), server.url, { prefix });
    await enqueue(connection, { callId: 'call-1' }, { prefix });

    const expected = [
      [1, 'event:start'],
      [1, 'transcript'],
      [1, 'transcript'],
      [1, 'event:callEnd'],
    ];
    expect(await first).toEqual(expected);
    expect((await worker.over('call-1')).outcome).toBe('ended');
    expect(await heard(liveCall(transport(), readerOptions))).toEqual(expected);
  },
);

itWithNats('is the n-th connection of the call at the n-th subscription', async () => {
  const connection = await nats().connect();
  const prefix = await makeFleet(connection);
  await using platform = await startPlatform([
    (client) => {
      client.send(START);
      client.close(1011);
    },
    503,
    (client) => {
      client.send(words(1));
      client.send(CALL_END);
    },
  ]);
  const worker = startWorker(await nats().connect(), platform.url, { prefix });
  await enqueue(connection, { callId: 'call-1' }, { prefix });
  await worker.over('call-1');

  const call = liveCall(brokerTransport({ connection, callId: 'call-1', prefix }), readerOptions);
  using followed = followCall(call);
  expect(await lastValueFrom(call.messages$.pipe(toArray()))).toMatchObject([
    { connection: 1, message: { type: 'event:start' } },
    { connection: 2, message: { type: 'transcript' } },
    { connection: 2, message: { type: 'event:callEnd' } },
  ]);
  // That the dial between them was refused is over, and nobody waits for it again.
  expect(await followed.errors(9)).toMatchObject([{ _tag: 'ConnectionClosedError', code: 1011 }]);
});

itWithNats('tells a live reader of a refused dial as it happens', async () => {
  const connection = await nats().connect();
  const prefix = await makeFleet(connection);
  await using platform = await startPlatform([503, greet]);
  const call = liveCall(brokerTransport({ connection, callId: 'call-1', prefix }), readerOptions);
  using followed = followCall(call);
  startWorker(await nats().connect(), platform.url, {
    prefix,
    call: { retry: { baseDelayMs: 1_000 } },
  });
  await enqueue(connection, { callId: 'call-1' }, { prefix });
  expect(await followed.errors(1)).toMatchObject([{ _tag: 'HandshakeRefusedError', status: 503 }]);
  await firstValueFrom(call.events$.pipe(take(1)));
});

itWithNats('carries frames of every kind and of any length as they were', async () => {
  const connection = await nats().connect();
  const prefix = await makeFleet(connection);
  const sent = [
    'no JSON',
    '{ "type":"spaced" }',
    `{"type":"long","words":"${'w\\n'.repeat(300_000)}"}`,
    Buffer.from([0, 255, 7]),
    Buffer.alloc(1024 * 1024, 9),
  ];
  await using platform = await startPlatform([
    (client) => {
      for (const frame of sent) client.send(frame, { binary: typeof frame !== 'string' });
    },
  ]);
  startWorker(await nats().connect(), platform.url, { prefix });
  await enqueue(connection, { callId: 'call-1' }, { prefix });
  const transport = brokerTransport({ connection, callId: 'call-1', prefix });
  using followed = follow(transport);
  const frames = await followed.frames(sent.length);
  // An element at a time, a megabyte takes long to compare.
  const isSame = frames.map((frame, n) =>
    Buffer.from(frame as string).equals(Buffer.from(sent[n] ?? '')),
  );
  expect(isSame).toEqual([true, true, true, true, true]);
});

const HEADER = '{"livecall":1,"recordedAt":"2026-11-22T09:00:00.000Z"}\n';
const OPEN = '{"at":0,"event":"open","status":101}\n';
const frameOf = (n: number) => `{"at":${n},"event":"frame","from":"server","json":${words(n)}}\n`;

/** Publishes to a call as a worker does. */
function publisherOf(connection: NatsConnection, prefix: string) {
  return (id: string, text: string) => {
    const given = headers();
    given.set('Nats-Msg-Id', `call-1.${id}`);
    connection.publish(`${prefix}.calls.call-1`, text, { headers: given });
  };
}

itWithNats('goes on in the midst of a message with the next connection', async () => {
  const connection = await nats().connect();
  const prefix = await makeFleet(connection);
  const publish = publisherOf(connection, prefix);
  const cut = '{"at":3,"event":"close","from":"server","code":1011,"reason":""}\n';
  const long = frameOf(4);
  publish('1-1.1', HEADER);
  publish('1-1.2', OPEN + frameOf(2) + cut + OPEN + frameOf(3));
  publish('1-1.3', long.slice(0, 60));
  publish('1-1.4', long.slice(60) + cut + OPEN + frameOf(5));
  const transport = brokerTransport({ connection, callId: 'call-1', prefix });
  const frames: (readonly unknown[])[] = [];
  for (const count of [1, 2, 1]) {
    using followed = follow(transport);
    frames.push(await followed.frames(count));
    if (frames.length < 3) expect(await followed.error()).toMatchObject({ code: 1011 });
  }
  expect(frames).toEqual([[words(2)], [words(3), words(4)], [words(5)]]);
});

itWithNats('passes over an entry of which a part never came', async () => {
  const connection = await nats().connect();
  const prefix = await makeFleet(connection);
  const publish = publisherOf(connection, prefix);
  const frame = frameOf(2);
  publish('1-1.1', HEADER);
  publish('1-1.2', OPEN);
  publish('1-1.3', frame.slice(0, 60));
  publish('1-1.5', frame);
  publish('1-2.1', HEADER);
  using followed = follow(brokerTransport({ connection, callId: 'call-1', prefix }));

  expect(await followed.error()).toMatchObject({ _tag: 'ConnectionClosedError', code: 1006 });
  expect(await followed.frames(2)).toEqual([words(2)]);
});

itWithNats('reads a frame whose line says more behind it than a worker does', async () => {
  const connection = await nats().connect();
  const prefix = await makeFleet(connection);
  const publish = publisherOf(connection, prefix);
  const more = (n: number, key: string) => `${frameOf(n).slice(0, -2)},${key}}\n`;
  publish('1-1.1', HEADER);
  publish('1-1.2', OPEN + more(2, '"flat":1') + more(3, '"nested":{"a":{}}') + frameOf(4));
  using followed = follow(brokerTransport({ connection, callId: 'call-1', prefix }));

  expect(await followed.frames(3)).toEqual([words(2), words(3), words(4)]);
});

itWithNats('waits for the connection of a call that was begun anew after its end', async () => {
  const connection = await nats().connect();
  const prefix = await makeFleet(connection);
  const publish = publisherOf(connection, prefix);
  const close = '{"at":3,"event":"close","from":"client","code":1000,"reason":""}\n';
  publish('1-1.1', HEADER);
  publish('1-1.2', `${OPEN}${close}{"at":3,"event":"end"}\n`);
  publish('2-2.1', HEADER);
  await connection.flush();
  const transport = brokerTransport({ connection, callId: 'call-1', prefix });
  using first = follow(transport);
  expect(await first.error()).toMatchObject({ code: 1006 });
  using second = follow(transport);
  // A reader that has looked through all that is stored has heard of this one, too.
  using other = follow(brokerTransport({ connection, callId: 'call-1', prefix }));
  await other.error();
  publish('2-2.2', OPEN + frameOf(1));
  expect(await second.frames(1)).toEqual([words(1)]);
});

itWithNats('writes no token to the call, and keeps what an app needs of it', async () => {
  const connection = await nats().connect();
  const prefix = await makeFleet(connection);
  await using platform = await startPlatform([
    (client) => {
      client.send(START);
      client.send(
        `{"type":"error","description":"not with ${accessToken} or ${conversationToken}"}`,
      );
      client.send(CALL_END);
    },
  ]);
  const worker = startWorker(await nats().connect(), platform.url, { prefix });
  const everything: string[] = [];
  const listening = connection.subscribe('>', {
    callback: (_error, message) => {
      everything.push(`${message.subject} ${message.string()}`);
    },
  });
  await enqueue(connection, { callId: 'call-1' }, { prefix });
  await worker.over('call-1');
  listening.unsubscribe();
  const all = everything.join('\n');
  expect(all).toContain('+14155552671');
  expect(all).not.toContain(accessToken);
  expect(all).not.toContain(conversationToken);

  const lines: string[] = [];
  const sink = recordingSink((line) => lines.push(line));
  const transport = brokerTransport({ connection, callId: 'call-1', prefix });
  await heard(liveCall(transport.pipe(record(sink)), readerOptions));
  sink.end();
  // What was taken out was so by the worker, whose header says it: here, nobody knows the tokens.
  expect(lines[0]).toContain('"redacted":["phones"]');
  expect(lines.join('')).not.toContain(accessToken);
});
