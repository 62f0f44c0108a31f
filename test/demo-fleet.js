// @ts-check
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { clearInterval, setInterval } from 'node:timers';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';

import { liveCall } from '@livecall/core';
import {
  brokerRetry,
  brokerTransport,
  connectBroker,
  createFleetKeys,
  enqueue,
  fleetStatus,
  sealTokens,
  setUpFleet,
} from '@livecall/fleet';
import { WebSocketServer } from 'ws';

import { startNats } from './fixtures/start-nats.js';

/*
 * Three workers follow thirty calls over a NATS server of this demo's own. One of them is killed; the
 * others take its calls, and whoever reads them goes on. At the end every word is counted.
 */

const CALLS = 30;
const WORDS_EVERY_MS = 200;
const bin = fileURLToPath(new URL('../packages/fleet/dist/bin.js', import.meta.url));
const folder = mkdtempSync(join(tmpdir(), 'livecall-fleet-demo-'));
/** @type {import('node:child_process').ChildProcess[]} */
const children = [];
process.on('exit', () => {
  for (const child of children) child.kill('SIGKILL');
  rmSync(folder, { recursive: true, force: true });
});

/** @param {string} text */
const say = (text) => process.stdout.write(`${text}\n`);
const isTerminal = process.stdout.isTTY === true;

const nats = await startNats().catch((/** @type {Error} */ error) => {
  say(error.message);
  process.exit(1);
});

/* The broker */
const { url } = nats;
const connection = await connectBroker({ servers: url });
await setUpFleet(connection, { ackWaitMs: 2_000, maxCallsBytes: 64 * 2 ** 20 });

/* The platform: every call says a numbered word */
const http = createServer();
const sockets = new WebSocketServer({ server: http });
/** @type {Map<string, { said: number, clients: Set<import('ws').WebSocket> }>} */
const platform = new Map();
sockets.on('connection', (client, request) => {
  const token = new URL(request.url ?? '', 'ws://host').searchParams.get('conversationToken') ?? '';
  const call = platform.get(token) ?? { said: 0, clients: new Set() };
  platform.set(token, call);
  call.clients.add(client);
  client.on('close', () => call.clients.delete(client));
  client.send(
    '{"type":"event:start","phone":"+12025550100","timestamp":"2026-11-22T09:00:00.000Z"}',
  );
});
http.listen(0, '127.0.0.1');
await once(http, 'listening');
const { port } = /** @type {import('node:net').AddressInfo} */ (http.address());
const talking = setInterval(() => {
  for (const call of platform.values()) {
    call.said += 1;
    const word = JSON.stringify({ type: 'transcript', role: 'other', msg: `word ${call.said}` });
    for (const client of call.clients) client.send(word);
  }
}, WORDS_EVERY_MS);

/* The workers, and the calls */
const keys = createFleetKeys();
const keyFile = join(folder, 'workers.key');
writeFileSync(keyFile, keys.privateKey, { mode: 0o600 });
const workers = ['ada', 'ben', 'cleo'].map((name) => {
  const endpoint = `ws://127.0.0.1:${port}/ws/v1/liveCalls`;
  const args = ['worker', '--server', url, '--key', keyFile, '--url', endpoint, '--name', name];
  const child = spawn(process.execPath, [bin, ...args], {
    stdio: 'ignore',
    env: { PATH: process.env['PATH'], LIVECALL_ACCESS_TOKEN: 'demo-access-token' },
  });
  children.push(child);
  return { name, child };
});
while ((await fleetStatus(connection, { waitMs: 500 })).workers.length < workers.length);

const readers = [];
for (let n = 1; n <= CALLS; n += 1) {
  const callId = `call-${n}`;
  const tokens = { conversationToken: `conversation-of-${callId}` };
  await enqueue(connection, { callId, sealed: sealTokens(tokens, callId, keys.publicKey) });
  const call = liveCall(brokerTransport({ connection, callId }), { retry: brokerRetry });
  /** @type {number[]} */
  const words = [];
  const reader = { callId, words, connections: 0, state: '' };
  call.transcript$.subscribe(({ msg }) => words.push(Number(msg.slice(5))));
  call.state$.subscribe((state) => {
    reader.state = state.status;
    if (state.status === 'open') reader.connections = state.connection;
  });
  call.connect();
  readers.push(reader);
}

/* Who follows what, as it is */
let lines = 0;
/** @param {string} headline */
const show = async (headline) => {
  const status = await fleetStatus(connection, { waitMs: 500 });
  const rows = [
    headline,
    ...workers.map(({ name, child }) => {
      const report = status.workers.find(({ worker }) => worker === name);
      const ids = report?.calls.map(({ callId }) => callId.slice(5)) ?? [];
      const dead = child.exitCode !== null || child.signalCode !== null;
      return `  ${name.padEnd(5)} ${dead ? 'killed' : String(ids.length).padStart(2)}  ${ids.join(' ')}`;
    }),
    `  read: ${readers.reduce((sum, { words }) => sum + words.length, 0)} words, ` +
      `${readers.filter(({ state }) => state !== 'open').length} calls reconnecting, ` +
      `${readers.filter(({ connections }) => connections > 1).length} on another worker since`,
  ];
  if (isTerminal && lines > 0) process.stdout.write(`\u001b[${lines}A\u001b[J`);
  else if (lines > 0) say('');
  lines = rows.length;
  for (const row of rows) say(row.slice(0, process.stdout.columns ?? 200));
  return status;
};

const until = async (/** @type {() => boolean} */ isSo, /** @type {string} */ headline) => {
  while (!isSo()) await show(headline);
  return show(headline);
};
const isFollowed = ({ callId }) => platform.get(`conversation-of-${callId}`)?.clients.size === 1;

await until(() => readers.every(({ words }) => words.length > 5), 'thirty calls, three workers:');
const [victim] = workers;
const before = new Set(
  (await fleetStatus(connection, { waitMs: 500 })).workers
    .find(({ worker }) => worker === victim?.name)
    ?.calls.map(({ callId }) => callId),
);
victim?.child.kill('SIGKILL');
await until(
  () =>
    readers.every(isFollowed) &&
    readers.every(({ callId, connections }) => !before.has(callId) || connections > 1),
  `${victim?.name} was killed (SIGKILL):`,
);
const counts = new Map(readers.map(({ callId, words }) => [callId, words.length]));
await until(
  () => readers.every(({ callId, words }) => words.length > (counts.get(callId) ?? 0) + 5),
  'all thirty go on:',
);
clearInterval(talking);

/* Counted */
await sleep(300);
const doubled = readers.filter(({ words }) => new Set(words).size !== words.length).length;
const moved = readers.filter(({ connections }) => connections > 1);
const holes = readers
  .filter(({ connections }) => connections === 1)
  .filter(({ words }) => words.some((word, n) => n > 0 && word !== (words[n - 1] ?? 0) + 1)).length;
say('');
say(
  `${moved.length} calls changed hands; of those that did not, ${holes} have a hole; ${doubled} heard a word twice.`,
);
say('What was said between the kill and the new dial is lost: the protocol has no resume.');
for (const { child } of workers) child.kill('SIGKILL');
const isGood = doubled === 0 && holes === 0 && moved.length === before.size && before.size > 0;
say(isGood ? 'Nothing else was.' : 'That should not be.');
await connection.close();
process.exit(isGood ? 0 : 1);
