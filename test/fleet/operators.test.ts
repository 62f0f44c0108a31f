import { existsSync, mkdtempSync, readFileSync, rmSync, unlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { BrokerUnfitError, enqueue, fleetStatus, fleetWorker, setUpFleet } from '@livecall/fleet';
import type { FleetWorkerOptions } from '@livecall/fleet';
import { isComplete, loadRecording } from '@livecall/recording';
import { AckPolicy, DeliverPolicy, jetstreamManager, RetentionPolicy } from '@nats-io/jetstream';
import { headers, nanos } from '@nats-io/transport-node';
import type { NatsConnection } from '@nats-io/transport-node';
import { NEVER } from 'rxjs';
import { afterAll, expect, it } from 'vitest';

import { hasNats, makeFleet, sharedNats, startWorker } from '../fixtures/fleet.js';
import { fleetCommand, keyFile } from '../fixtures/fleet-command.js';
import { startNats } from '../fixtures/nats-server.js';
import { startTalking } from '../fixtures/talking-platform.js';

/* What whoever runs a fleet meets: a server that is set otherwise, away, or denies something. */

const nats = sharedNats();
const itWithNats = it.skipIf(!hasNats);
const folder = mkdtempSync(join(tmpdir(), 'livecall-operators-'));
afterAll(() => {
  rmSync(folder, { recursive: true });
});

const until = async (isSo: () => boolean) => {
  while (!isSo()) await new Promise((resolve) => setTimeout(resolve, 5));
};

const caught = (promise: Promise<unknown>) => promise.catch((error: unknown) => error);

const run = async (...[args, env]: Parameters<typeof fleetCommand>) => {
  const command = fleetCommand(args, env);
  const exitCode = await command.ended();
  return { exitCode, stdout: command.stdout.all.join('\n'), stderr: command.stderr.all.join('\n') };
};

itWithNats('says why a call cannot be begun, and begins it when it can', async () => {
  const connection = await nats().connect();
  const prefix = await makeFleet(connection);
  await using platform = await startTalking();
  const { streams } = await jetstreamManager(connection);
  await streams.delete(`${prefix}-calls`);
  const worker = startWorker(await nats().connect(), platform.url, { prefix });
  for (const callId of ['a', 'b']) await enqueue(connection, { callId }, { prefix });

  expect(await worker.news.nth(2)).toMatchObject({
    kind: 'trouble',
    what: 'calls',
    why: 'a call cannot be begun: stream not found; set the fleet up first, with this prefix',
  });
  expect((await fleetStatus(connection, { prefix }).catch(() => undefined))?.workers).toBe(
    undefined,
  );
  await setUpFleet(connection, { prefix, maxCallsBytes: 2 ** 20 });
  await worker.news.find(({ kind }) => kind === 'recovered');
  await worker.news.first(5);
  expect(worker.news.all.map(({ kind }) => kind).sort()).toEqual(
    ['ready', 'recovered', 'taken', 'taken', 'trouble'].sort(),
  );
});

itWithNats('tells that the server is away, and that it is there again', async () => {
  await using server = await startNats();
  const connection = await server.connect();
  const prefix = await makeFleet(connection);
  await using platform = await startTalking();
  const worker = startWorker(connection, platform.url, { prefix });
  await worker.news.first(1);
  await server.stop();
  const isOfServer = ({ kind, what }: { readonly kind: string; readonly what?: string }) =>
    kind === 'trouble' && what === 'server';
  expect(await worker.news.find(isOfServer)).toMatchObject({ why: 'the connection to it is lost' });
  await server.start();
  await worker.news.find((news) => news.kind === 'recovered' && news.what === 'server');
});

itWithNats('waits for the report of a worker that is long in answering', async () => {
  const connection = await nats().connect();
  const prefix = await makeFleet(connection);
  const reportAfter = (name: string, ms: number) =>
    connection.subscribe(`${prefix}.workers`, {
      callback: (_error, asked) => {
        const report = { worker: name, slots: 1, unackedBytes: 0, troubles: [], calls: [] };
        setTimeout(() => asked.respond(JSON.stringify(report)), ms);
      },
    });
  for (const [name, ms] of [
    ['idle', 0],
    ['busy', 450],
  ] as const) {
    reportAfter(name, ms);
  }
  await connection.flush();
  const { workers } = await fleetStatus(connection, { prefix, waitMs: 1_500 });
  expect(workers.map(({ worker }) => worker)).toEqual(['busy', 'idle']);
});

itWithNats('says in its status that calls are followed by nobody', async () => {
  const connection = await nats().connect();
  const prefix = await makeFleet(connection);
  const workers = await nats().connect();
  const worker = startWorker(workers, '', { prefix, dial: () => NEVER });
  await enqueue(connection, { callId: 'a' }, { prefix });
  await worker.news.nth(2);
  await workers.close();

  expect(await run(['status', '--server', nats().url, '--prefix', prefix])).toMatchObject({
    exitCode: 0,
    stdout: expect.stringMatching(
      /^0 calls followed by 0 workers, 0 waiting, 1 taken\n1 of those taken are followed by no worker that answers;/,
    ) as string,
  });
});

itWithNats('errors with a BrokerUnfitError when its connection is closed for good', async () => {
  const connection = await nats().connect();
  const prefix = await makeFleet(connection);
  const failed = new Promise((resolve) => {
    fleetWorker({ connection, prefix, dial: () => NEVER }).subscribe({
      next: () => void connection.close(),
      error: resolve,
    });
  });
  expect(await failed).toBeInstanceOf(BrokerUnfitError);
});

itWithNats('ends a job whose dial gives no transport, as one that cannot be followed', async () => {
  const connection = await nats().connect();
  const prefix = await makeFleet(connection);
  const worker = startWorker(await nats().connect(), '', {
    prefix,
    dial: (() => Promise.resolve(NEVER)) as unknown as FleetWorkerOptions['dial'],
  });
  await enqueue(connection, { callId: 'a' }, { prefix });

  expect(await worker.over('a')).toMatchObject({
    outcome: 'not-followed',
    why: 'the worker’s dial gave no transport',
  });
});

it.each([
  [{ slots: 0 }, /^slots must/],
  [{ maxUnackedBytes: NaN }, /^maxUnackedBytes must/],
  [{ drainTimeoutMs: -1 }, /^drainTimeoutMs must/],
  [{ call: { retry: { baseDelayMs: -1 } } }, /^baseDelayMs must/],
  [{ call: { lingerMs: NaN } }, /^lingerMs must/],
  [{ dial: undefined as unknown as FleetWorkerOptions['dial'] }, /dial/],
])('refuses an option that cannot be: %j', (options, message) => {
  const connection = {} as NatsConnection;
  expect(() => fleetWorker({ connection, dial: () => NEVER, ...options })).toThrow(message);
});

itWithNats('says what of a stream or consumer that somebody made does not fit', async () => {
  const connection = await nats().connect();
  const { streams, consumers } = await jetstreamManager(connection);
  const setUp = (prefix: string) =>
    caught(setUpFleet(connection, { prefix, maxCallsBytes: 2 ** 20, maxJobsBytes: 2 ** 20 }));
  let made = 0;
  const next = () => `made-${(made += 1)}`;
  const says = async (prefix: string, words: string) => {
    const error = await setUp(prefix);
    expect(error).toBeInstanceOf(BrokerUnfitError);
    expect(String(error)).toContain(words);
  };

  let prefix = next();
  await streams.add({ name: `${prefix}-calls`, subjects: [`${prefix}.calls.*`], no_ack: true });
  await says(prefix, `The stream ${prefix}-calls is not as a fleet needs it: no_ack is true.`);

  prefix = next();
  await streams.add({ name: `${prefix}-all`, subjects: [`${prefix}.>`] });
  await says(prefix, 'give the fleet another prefix');

  const withConsumer = async (config: object) => {
    prefix = next();
    const stream = `${prefix}-jobs`;
    const subjects = [`${prefix}.jobs.*`];
    await streams.add({ name: stream, subjects, retention: RetentionPolicy.Workqueue });
    await consumers.add(stream, {
      durable_name: 'workers',
      ack_policy: AckPolicy.Explicit,
      deliver_policy: DeliverPolicy.All,
      max_deliver: -1,
      filter_subject: `${prefix}.jobs.*`,
      ...config,
    });
  };
  await withConsumer({ ack_wait: nanos(500) });
  await says(prefix, 'ack_wait is 500 ms');
  await withConsumer({ headers_only: true });
  await says(prefix, 'headers_only is true');
  await withConsumer({ deliver_subject: 'somewhere' });
  await says(prefix, 'deliver_subject is "somewhere"');
  await withConsumer({ ack_wait: nanos(30_000) });
  expect(await setUp(prefix)).toMatchObject({ ackWaitMs: 30_000 });
});

itWithNats('goes on with small messages, and refuses a server whose are too small', async () => {
  {
    await using server = await startNats({ maxPayload: 8_192 });
    const connection = await server.connect();
    const prefix = await makeFleet(connection);
    const worker = startWorker(await server.connect(), '', { prefix, dial: () => NEVER });
    const ids = Array.from({ length: 100 }, (_, n) => `${'long-'.repeat(20)}${n}`);
    await Promise.all(ids.map((callId) => enqueue(connection, { callId }, { prefix })));
    await worker.news.first(1 + ids.length);
    // More than a message may hold.
    const { workers } = await fleetStatus(connection, { prefix });
    expect(workers.map(({ calls }) => calls.length)).toEqual([ids.length]);
    const long = { callId: 'long', data: 'x'.repeat(8_000) };
    expect(await caught(enqueue(connection, long, { prefix }))).toMatchObject({
      _tag: 'BrokerUnfitError',
      message: expect.stringContaining('takes 8192 in a message') as string,
    });
  }
  await using server = await startNats({ maxPayload: 1_024 });
  expect(await caught(setUpFleet(await server.connect()))).toMatchObject({
    _tag: 'BrokerUnfitError',
    message:
      'The NATS server takes messages of 1024 bytes at most; a fleet needs a max_payload of 8192 or more.',
  });
});

const HEADER = '{"livecall":1,"recordedAt":"2026-11-22T09:00:00.000Z"}\n';
const frameOf = (at: number) =>
  `{"at":${at},"event":"frame","from":"server","json":{"type":"transcript","role":"user","msg":"word ${at}"}}\n`;

itWithNats('records what is left of a call whose beginning is no longer stored', async () => {
  const connection = await nats().connect();
  const prefix = await makeFleet(connection);
  const publish = async (n: number, text: string) => {
    const given = headers();
    given.set('Nats-Msg-Id', `call-1.1-1.${n}`);
    await connection.request(`${prefix}.calls.call-1`, text, { headers: given, timeout: 5_000 });
  };
  await publish(1, HEADER);
  await publish(2, `{"at":0,"event":"open","status":101}\n${frameOf(1)}`);
  await publish(3, frameOf(2) + frameOf(3));
  await publish(4, '{"at":4,"event":"close","from":"client","code":1000,"reason":""}\n');
  await publish(5, '{"at":4,"event":"end"}\n');
  const { streams } = await jetstreamManager(connection);
  await streams.purge(`${prefix}-calls`, { seq: 3 });

  const out = join(folder, 'left.ndjson');
  const broker = ['--server', nats().url, '--prefix', prefix];
  expect(await run(['record', 'call-1', ...broker, '--out', out])).toMatchObject({ exitCode: 0 });
  const recording = await loadRecording(out);
  expect(isComplete(recording)).toBe(true);
  expect(recording.entries.map(({ event }) => event)).toEqual([
    'mark',
    'open',
    'frame',
    'frame',
    'close',
    'end',
  ]);
});

itWithNats('stops to record where the file is lost, and to follow where nobody reads', async () => {
  const connection = await nats().connect();
  const prefix = await makeFleet(connection);
  await using platform = await startTalking();
  const broker = ['--server', nats().url, '--prefix', prefix];
  const worker = startWorker(await nats().connect(), platform.url, { prefix });
  await enqueue(connection, { callId: 'call-1' }, { prefix });
  await worker.news.nth(2);
  const out = join(folder, 'deleted.ndjson');
  const recording = fleetCommand(['record', 'call-1', ...broker, '--out', out]);
  const following = fleetCommand(['follow', 'call-1', ...broker]);
  await following.stdout.nth(1);
  const talking = setInterval(() => {
    platform.say();
  }, 50);
  await until(() => existsSync(out) && readFileSync(out, 'utf8').includes('word 1'));
  unlinkSync(out);
  following.child.stdout?.destroy();
  expect(await recording.ended()).toBe(74);
  expect(recording.stderr.all.join('\n')).toContain('was deleted while it was written');
  expect(await following.ended()).toBe(0);
  clearInterval(talking);
});

itWithNats('sets a fleet up with other limits, and says which are kept', async () => {
  const broker = ['--server', nats().url, '--prefix', 'set-up'];
  const limits = ['--max-calls-bytes', '1048576', '--max-jobs-bytes', '65536'];
  expect(await run(['set-up', ...broker, ...limits, '--ack-wait', '3000'])).toMatchObject({
    exitCode: 0,
    stdout: [
      'maxAgeMs  86400000',
      'maxCallsBytes  1048576',
      'maxJobsBytes  65536',
      'ackWaitMs  3000',
      'replicas  1',
    ].join('\n'),
  });
  const [again, bad] = await Promise.all([
    run(['set-up', ...broker, '--max-calls-bytes', '2097152']),
    run(['set-up', ...broker, '--ack-wait', '500']),
  ]);
  expect(again).toMatchObject({
    exitCode: 69,
    stderr: expect.stringContaining('keeps its settings (maxCallsBytes)') as string,
  });
  expect(bad).toMatchObject({
    exitCode: 2,
    stderr: 'livecall-fleet: ackWaitMs must be a whole number above 1999, not 500.',
  });
});

itWithNats('says at its start that a worker has no access token of its own', async () => {
  const connection = await nats().connect();
  const prefix = await makeFleet(connection);
  const broker = ['--server', nats().url, '--prefix', prefix];
  const worker = fleetCommand(['worker', ...broker, '--key', keyFile], {});
  expect(await worker.stderr.nth(1)).toContain('has no access token of its own');
  worker.child.kill('SIGKILL');
  await worker.ended();
});

itWithNats('refuses to read the token of every dial from standard input', async () => {
  const args = ['worker', '--server', nats().url, '--key', keyFile, '--access-token-file', '-'];
  expect(await run(args)).toMatchObject({
    exitCode: 2,
    stderr: expect.stringContaining('standard input only once') as string,
  });
});
