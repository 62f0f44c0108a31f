import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { liveCall } from '@livecall/core';
import { brokerTransport, enqueue, fleetStatus, setUpFleet } from '@livecall/fleet';
import { isComplete, loadRecording } from '@livecall/recording';
import { jetstreamManager } from '@nats-io/jetstream';
import { filter, firstValueFrom, lastValueFrom, toArray } from 'rxjs';
import { afterAll, expect, it } from 'vitest';

import { makeCertificates } from '../fixtures/certificates.js';
import { hasNats, readerOptions, startWorker } from '../fixtures/fleet.js';
import { fleetCommand } from '../fixtures/fleet-command.js';
import { freePort } from '../fixtures/free-port.js';
import { startNats } from '../fixtures/nats-server.js';
import { readWords } from '../fixtures/read-words.js';
import { startTalking } from '../fixtures/talking-platform.js';

/* Users who may do what docs/fleet.md lets them and nothing else, passwords that change, and TLS. */

const itWithNats = it.skipIf(!hasNats);
const folder = mkdtempSync(join(tmpdir(), 'livecall-access-'));
afterAll(() => {
  rmSync(folder, { recursive: true });
});

const permissions = () => {
  const page = readFileSync(new URL('../../docs/fleet.md', import.meta.url), 'utf8');
  return /<!-- permissions -->\n\n```conf\n([^]*?)```/.exec(page)?.[1] ?? '';
};
const passwords = ['WORKER', 'ENQUEUER', 'READER'].map((who) => `${who}_PASSWORD: "pass-${who}"`);
const admin = '{ user: admin, password: "pass-ADMIN" }';

const until = async (isSo: () => boolean) => {
  while (!isSo()) await new Promise((resolve) => setTimeout(resolve, 5));
};

itWithNats('runs a fleet with the permissions of its documentation', async () => {
  const users = permissions().replace('users = [', `users = [ ${admin}`);
  await using server = await startNats({ config: () => `${passwords.join('\n')}\n${users}` });
  const limits = { maxCallsBytes: 2 ** 24, maxJobsBytes: 2 ** 20 };
  const log = await server.connect({ user: 'admin', pass: 'pass-ADMIN' });
  await setUpFleet(log, limits);
  const denials: string[] = [];
  const as = async (user: string) => {
    const pass = `pass-${user.toUpperCase()}`;
    const connection = await server.connect({ user, pass, inboxPrefix: `INBOX_${user}` });
    void (async () => {
      for await (const status of connection.status()) {
        if (status.type === 'error') denials.push(status.error.message);
      }
    })();
    // As the command line does.
    await setUpFleet(connection, limits);
    return connection;
  };
  const [working, enqueuing, reading] = [
    await as('worker'),
    await as('enqueuer'),
    await as('reader'),
  ];
  await using platform = await startTalking();
  const worker = startWorker(working, platform.url);
  await enqueue(enqueuing, { callId: 'call-1' });
  const heard = readWords(reading, 'livecall', 'call-1');
  await until(() => heard.connections === 1);
  for (let n = 1; n <= 40; n += 1) {
    platform.say();
    await until(() => heard.words.length === n);
  }
  expect(await fleetStatus(enqueuing)).toMatchObject({
    workers: [{ calls: [{ callId: 'call-1' }], troubles: [] }],
  });
  const late = liveCall(brokerTransport({ connection: reading, callId: 'call-1' }), readerOptions);
  late.connect();
  await firstValueFrom(late.state$.pipe(filter(({ status }) => status === 'open')));
  expect(await lastValueFrom(late.joinCall())).toMatchObject({ confirmedBy: 'ack' });

  const out = join(folder, 'whole.ndjson');
  const recording = fleetCommand(
    ['record', 'call-1', '--out', out, '--server', server.url, '--inbox-prefix', 'INBOX_reader'],
    { NATS_USER: 'reader', NATS_PASSWORD: 'pass-READER' },
  );
  platform.end();
  await worker.over('call-1');
  expect(await recording.ended()).toBe(0);
  expect(recording.stderr.all).toEqual([`livecall-fleet: recorded to ${out}`]);
  expect(isComplete(await loadRecording(out))).toBe(true);
  await until(() => heard.hasEnded);
  await worker.drain();
  expect(denials).toEqual([]);

  // And no more.
  const denied = { _tag: 'BrokerUnfitError', message: expect.stringMatching(DENIED) as string };
  await expect(enqueue(reading, { callId: 'call-2' })).rejects.toMatchObject(denied);
  await expect(fleetStatus(reading)).rejects.toMatchObject(denied);
  const { streams } = await jetstreamManager(enqueuing, { checkAPI: false });
  await expect(
    streams.getMessage('livecall-calls', { last_by_subj: 'livecall.calls.call-1' }),
  ).rejects.toThrow(/Violation/);
});

const DENIED = /: Permissions Violation for Publish to "livecall\..*"; .* must be allowed\.$/;

itWithNats('tells what a worker is denied, and no call is taken from the others', async () => {
  const denied = `authorization { users = [ ${admin}, { user: worker, password: "pass-WORKER",
    permissions: { publish: { deny: ["livecall.calls.*"] } } } ] }`;
  await using server = await startNats({ config: () => denied });
  const connection = await server.connect({ user: 'admin', pass: 'pass-ADMIN' });
  await setUpFleet(connection, { maxCallsBytes: 2 ** 24, maxJobsBytes: 2 ** 20 });
  await using platform = await startTalking();
  const worker = startWorker(
    await server.connect({ user: 'worker', pass: 'pass-WORKER' }),
    platform.url,
  );
  await enqueue(connection, { callId: 'call-1' });
  expect(
    await worker.news.find((news) => news.kind === 'trouble' && news.what === 'server'),
  ).toMatchObject({
    why: 'it denies what a worker needs (Permissions Violation for Publish to "livecall.calls.call-1")',
  });
  expect((await fleetStatus(connection)).workers[0]?.troubles[0]).toContain('Violation');
  expect(platform.calls.size).toBe(0);
});

itWithNats('is let in again when its password is right again', async () => {
  let password = 'first';
  await using server = await startNats({
    config: () => `authorization { user: worker, password: "${password}" }`,
  });
  const login = { user: 'worker', pass: 'first' };
  const connection = await server.connect(login);
  await setUpFleet(connection, { maxCallsBytes: 2 ** 24, maxJobsBytes: 2 ** 20 });
  await using platform = await startTalking();
  const worker = startWorker(await server.connect(login), platform.url);
  await enqueue(connection, { callId: 'call-1' });
  await worker.news.nth(2);
  await server.stop();
  password = 'second';
  await server.start();
  await worker.news.find((news) => news.kind === 'trouble' && news.why.includes('Authorization'));
  // Twice in a row, the client's own would have given up.
  await new Promise((resolve) => setTimeout(resolve, 2_500));
  await server.stop();
  password = 'first';
  await server.start();
  await worker.news.find(({ kind }) => kind === 'recovered');
  expect(worker.news.all.some(({ kind }) => kind === 'over')).toBe(false);
});

const certificates = hasNats ? makeCertificates('DNS:localhost') : undefined;

it.skipIf(certificates === undefined)(
  'asks for TLS where it is told to, and names its authority',
  async () => {
    const path = (name: string, text = '') => {
      writeFileSync(join(folder, name), text);
      return join(folder, name);
    };
    const ca = path('ca.crt', certificates?.ca);
    const cert = path('server.crt', certificates?.server.cert);
    const key = path('server.key', certificates?.server.key);
    await using plain = await startNats();
    await using server = await startNats({
      config: () => `tls { cert_file: "${cert}", key_file: "${key}" }`,
    });
    const tls = (url: string) => url.replace('nats://127.0.0.1', 'tls://localhost');
    const run = async (...args: readonly string[]) => {
      const command = fleetCommand(['status', ...args]);
      return { exitCode: await command.ended(), stderr: command.stderr.all.join('\n') };
    };
    expect(await run('--server', tls(server.url), '--tls-ca', ca)).toMatchObject({ exitCode: 0 });
    expect(await run('--server', tls(server.url))).toMatchObject({
      exitCode: 69,
      stderr: expect.stringMatching(
        /certificate of the NATS server .* is not accepted .* --tls-ca/,
      ) as string,
    });
    expect(await run('--server', tls(plain.url))).toMatchObject({
      exitCode: 69,
      stderr: expect.stringContaining('has no TLS') as string,
    });
  },
);

itWithNats('reaches a fleet of another domain over a leaf node', async () => {
  const port = await freePort();
  await using hub = await startNats({
    domain: 'hub',
    config: () => `leafnodes { listen: "127.0.0.1:${port}" }`,
  });
  await using leaf = await startNats({
    domain: 'leaf',
    config: () => `leafnodes { remotes: [ { url: "nats-leaf://127.0.0.1:${port}" } ] }`,
  });
  const connection = await leaf.connect();
  const fleet = { prefix: 'over-leaf', domain: 'hub' };
  const limits = { maxCallsBytes: 2 ** 24, maxJobsBytes: 2 ** 20 };
  const setUp = () => setUpFleet(connection, { ...fleet, ...limits }).catch(() => undefined);
  // The leaf finds its hub in its own time.
  while ((await setUp()) === undefined) await new Promise((resolve) => setTimeout(resolve, 50));
  await using platform = await startTalking();
  const worker = startWorker(await leaf.connect(), platform.url, fleet);
  await enqueue(connection, { callId: 'call-1' }, fleet);
  const heard = readWords(await hub.connect(), fleet.prefix, 'call-1');
  await until(() => heard.connections === 1);
  for (let n = 1; n <= 40; n += 1) {
    platform.say();
    await until(() => heard.words.length === n);
  }
  expect(await fleetStatus(connection, fleet)).toMatchObject({
    workers: [{ calls: [{ callId: 'call-1', unacked: 0 }], troubles: [] }],
    stored: { calls: 1 },
  });
  const late = liveCall(brokerTransport({ connection, callId: 'call-1', ...fleet }), readerOptions);
  const words = lastValueFrom(late.transcript$.pipe(toArray()));
  late.connect();
  await firstValueFrom(late.state$.pipe(filter(({ status }) => status === 'open')));
  expect(await lastValueFrom(late.joinCall())).toMatchObject({ confirmedBy: 'ack' });
  platform.end();
  await worker.over('call-1');
  expect(await words).toHaveLength(40);
});
