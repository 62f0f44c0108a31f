import { CallEndedError, liveCall } from '@livecall/core';
import type { ConnectionState, LiveCall } from '@livecall/core';
import { brokerTransport, enqueue } from '@livecall/fleet';
import { headers } from '@nats-io/transport-node';
import type { NatsConnection } from '@nats-io/transport-node';
import { catchError, filter, firstValueFrom, lastValueFrom, of } from 'rxjs';
import { expect, it } from 'vitest';
import type { WebSocket } from 'ws';

import { hasNats, makeFleet, readerOptions, sharedNats, startWorker } from '../fixtures/fleet.js';
import { CALL_END, START } from '../fixtures/frames.js';
import { startNats } from '../fixtures/nats-server.js';
import { startPlatform } from '../fixtures/platform.js';

/* Commands go to the worker that has the call, and by no stream. */

const nats = sharedNats();
const itWithNats = it.skipIf(!hasNats);

const acking = (client: WebSocket) => {
  client.send(START);
  client.on('message', (data: Buffer) => {
    const { id } = JSON.parse(data.toString()) as { id: string };
    client.send(JSON.stringify({ type: 'ack', ackId: id }));
  });
};

const reach = (call: LiveCall, status: ConnectionState['status']) =>
  firstValueFrom(call.state$.pipe(filter((state) => state.status === status)));

const outcomeOf = (call: LiveCall, options = {}) =>
  lastValueFrom(call.joinCall(options).pipe(catchError((error: unknown) => of(error))));

const readCall = (connection: NatsConnection, prefix: string) =>
  liveCall(brokerTransport({ connection, callId: 'call-1', prefix }), readerOptions);

itWithNats("acknowledges a command with the platform's own ack", async () => {
  const connection = await nats().connect();
  const prefix = await makeFleet(connection);
  await using platform = await startPlatform(acking);
  startWorker(await nats().connect(), platform.url, { prefix });
  await enqueue(connection, { callId: 'call-1' }, { prefix });
  const call = readCall(connection, prefix);
  const hungUp = call.connect();
  await reach(call, 'open');
  expect(await outcomeOf(call)).toMatchObject({ type: 'client:joinCall', confirmedBy: 'ack' });
  expect(await (await platform.dial(1)).frames(1)).toHaveLength(1);
  hungUp.unsubscribe();
});

itWithNats('says that nothing was sent where nobody follows the call any more', async () => {
  const connection = await nats().connect();
  const prefix = await makeFleet(connection);
  await using platform = await startPlatform(acking);
  const workers = await nats().connect();
  const worker = startWorker(workers, platform.url, { prefix });
  await enqueue(connection, { callId: 'call-1' }, { prefix });
  const call = readCall(connection, prefix);
  const hungUp = call.connect();
  await reach(call, 'open');
  // As a process that was killed, it says nothing to anybody.
  await workers.close();
  // Until the server has noticed, it is not known.
  let outcome = await outcomeOf(call, { ackTimeoutMs: 100 });
  while ((outcome as { _tag?: string })._tag === 'AckTimeoutError') {
    outcome = await outcomeOf(call, { ackTimeoutMs: 100 });
  }
  expect(outcome).toMatchObject({ _tag: 'NotOpenError', delivery: 'not-sent' });
  hungUp.unsubscribe();
  worker.stop();
  expect(await outcomeOf(call)).toBeInstanceOf(CallEndedError);
});

itWithNats(
  'says that it is unknown what became of a command when its worker died with it',
  async () => {
    const connection = await nats().connect();
    const prefix = await makeFleet(connection);
    const heard: string[] = [];
    await using platform = await startPlatform([
      (client) => {
        client.send(START);
        client.on('message', (data: Buffer) => {
          heard.push(data.toString());
          void workers.close();
        });
      },
      (client) => {
        client.on('message', (data: Buffer) => heard.push(data.toString()));
      },
    ]);
    const workers = await nats().connect();
    startWorker(workers, platform.url, { prefix });
    await enqueue(connection, { callId: 'call-1' }, { prefix });
    const call = readCall(connection, prefix);
    const hungUp = call.connect();
    await reach(call, 'open');
    const outcome = outcomeOf(call);
    await (await platform.dial(1)).frames(1);
    startWorker(await nats().connect(), platform.url, { prefix });
    expect(await outcome).toMatchObject({ _tag: 'ConnectionLostError', delivery: 'unknown' });
    await reach(call, 'open');
    expect(heard).toHaveLength(1);
    hungUp.unsubscribe();
  },
);

itWithNats(
  'refuses a command for a connection that is over, and sends it once on the next',
  async () => {
    const connection = await nats().connect();
    const prefix = await makeFleet(connection);
    await using platform = await startPlatform([
      (client) => {
        client.send(START);
        client.once('message', () => {
          client.close(1011);
        });
      },
      acking,
    ]);
    startWorker(await nats().connect(), platform.url, { prefix });
    await enqueue(connection, { callId: 'call-1' }, { prefix });
    const call = readCall(connection, prefix);
    const hungUp = call.connect();
    await reach(call, 'open');
    expect(await outcomeOf(call)).toMatchObject({
      _tag: 'ConnectionLostError',
      delivery: 'unknown',
    });
    expect(await outcomeOf(call, { whenNotOpen: 'wait' })).toMatchObject({ confirmedBy: 'ack' });
    hungUp.unsubscribe();
  },
);

itWithNats('carries out nothing when the call has ended', async () => {
  const connection = await nats().connect();
  const prefix = await makeFleet(connection);
  await using platform = await startPlatform((client) => {
    client.send(CALL_END);
  });
  const worker = startWorker(await nats().connect(), platform.url, { prefix });
  await enqueue(connection, { callId: 'call-1' }, { prefix });
  await worker.over('call-1');
  const call = readCall(connection, prefix);
  call.connect();
  await reach(call, 'closed');
  expect(await outcomeOf(call)).toMatchObject({ _tag: 'CallEndedError', delivery: 'not-sent' });
});

itWithNats('sends nothing on another connection than the one that the reader hears', async () => {
  const connection = await nats().connect();
  const prefix = await makeFleet(connection);
  await using platform = await startPlatform([
    (client) => {
      client.close(1011);
    },
    acking,
  ]);
  const worker = startWorker(await nats().connect(), platform.url, { prefix });
  await enqueue(connection, { callId: 'call-1' }, { prefix });
  const taken = await worker.news.nth(2);
  const { job, nth } = taken.kind === 'taken' ? taken.run : { job: 0, nth: 0 };
  const call = readCall(connection, prefix);
  const hungUp = call.connect();
  await firstValueFrom(call.events$);
  const ask = async (on: number) => {
    const asked = headers();
    asked.set('Livecall-Connection', String(on));
    const subject = `${prefix}.commands.call-1.${job}-${nth}`;
    const frame = `{"type":"client:joinCall","id":"on-${on}"}`;
    return (await connection.request(subject, frame, { headers: asked, timeout: 5_000 })).json();
  };

  expect(await ask(1)).toMatchObject({ error: { _tag: 'NotOpenError', delivery: 'not-sent' } });
  expect(await ask(2)).toEqual({ sent: true });
  expect(await (await platform.dial(2)).frames(1)).toEqual([
    '{"type":"client:joinCall","id":"on-2"}',
  ]);
  hungUp.unsubscribe();
});

itWithNats('says that nothing was sent while the broker is away', async () => {
  await using server = await startNats();
  const connection = await server.connect();
  const prefix = await makeFleet(connection);
  await using platform = await startPlatform(acking);
  startWorker(await server.connect(), platform.url, { prefix });
  await enqueue(connection, { callId: 'call-1' }, { prefix });
  const call = readCall(connection, prefix);
  const hungUp = call.connect();
  await reach(call, 'open');
  const away = new Promise((resolve) => {
    brokerNews(connection, resolve);
  });
  await server.stop('SIGKILL');
  await away;

  expect(await outcomeOf(call)).toMatchObject({ _tag: 'NotOpenError', delivery: 'not-sent' });
  hungUp.unsubscribe();
});

/** Calls back when the client has noticed that its connection is lost. */
function brokerNews(connection: NatsConnection, onLost: (nothing: undefined) => void): void {
  void (async () => {
    for await (const { type } of connection.status()) if (type === 'disconnect') onLost(undefined);
  })();
}
