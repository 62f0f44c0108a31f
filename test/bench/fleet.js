// @ts-check
import { fork, spawn, spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';

import { liveCall } from '@livecall/core';
import { webSocketTransport } from '@livecall/core/node';
import {
  brokerRetry,
  brokerTransport,
  connectBroker,
  enqueue,
  fleetWorker,
  setUpFleet,
} from '@livecall/fleet';
import { createInbox, headers } from '@nats-io/transport-node';
import { WebSocket, WebSocketServer } from 'ws';

/*
 * What a fleet costs beside the bare client that does the same: raw `ws`, one publish a message, all
 * of them acknowledged, one subscription. `node test/bench/fleet.js` measures both in one run;
 * CALLS, SECONDS, BURST and WORKERS are its sizes. Each role is a process of its own.
 */

const calls = Number(process.env['CALLS'] ?? 100);
const seconds = Number(process.env['SECONDS'] ?? 15);
const burst = Number(process.env['BURST'] ?? 200);
const workerCount = Number(process.env['WORKERS'] ?? 1);
const self = fileURLToPath(import.meta.url);
const [, , role, ...args] = process.argv;

const clock = () => performance.timeOrigin + performance.now();
const callIds = Array.from({ length: calls }, (_, n) => `call-${n}`);
/** @param {unknown} message */
const tell = (message) => process.send?.(message);
/** @param {(message: any) => void} listen */
const hear = (listen) => process.on('message', listen);
/** CPU and memory until now. */
const usage = () => {
  const { user, system } = process.cpuUsage();
  return { cpuUs: user + system, rssMiB: process.memoryUsage().rss / 2 ** 20 };
};

const roles = { platform, bareWorker, fleetWorkers, bareReader, fleetReader };
if (role === undefined) await main();
else await roles[/** @type {keyof typeof roles} */ (role)]();

/* The platform says `burst` messages a call at once, or one a second, each with the time. */
async function platform() {
  const http = createServer();
  const server = new WebSocketServer({ server: http });
  /** @type {Set<WebSocket>} */
  const clients = new Set();
  server.on('connection', (client) => {
    clients.add(client);
    client.on('close', () => clients.delete(client));
  });
  http.listen(0, '127.0.0.1', () => {
    tell({ port: /** @type {any} */ (http.address()).port });
  });
  const say = (/** @type {WebSocket} */ client) => {
    client.send(
      `{"type":"transcript","role":"other","msg":"as long as a sentence is","offset":${clock()}}`,
    );
  };
  hear(async ({ ask }) => {
    if (ask === 'clients') tell({ clients: clients.size });
    if (ask === 'burst') {
      for (let n = 0; n < burst; n += 1) {
        for (const client of clients) say(client);
        if (n % 10 === 9) await new Promise((resolve) => setImmediate(resolve));
      }
    }
    if (ask === 'talk') {
      for (let second = 0; second < seconds; second += 1) {
        [...clients].forEach((client, n) => setTimeout(say, (n * 1_000) / clients.size, client));
        await sleep(1_000);
      }
      tell({ talked: clients.size * seconds });
    }
    if (ask === 'close')
      for (const client of clients)
        client.send('{"type":"event:callEnd","timestamp":"2026-11-22T09:00:00.000Z"}');
  });
}

async function bareWorker() {
  const [broker = '', url = ''] = args;
  const connection = await connectBroker({ servers: broker });
  const inbox = `${createInbox()}.`;
  let [sent, acked] = [0, 0];
  connection.subscribe(`${inbox}*`, {
    callback: () => {
      acked += 1;
    },
  });
  for (const id of callIds) {
    const socket = new WebSocket(url);
    let number = 0;
    const startedAt = performance.now();
    socket.on('message', (data) => {
      sent += 1;
      number += 1;
      const messageHeaders = headers();
      messageHeaders.set('Nats-Msg-Id', `${id}.1-1.${number}`);
      const at = Math.round((performance.now() - startedAt) * 1_000) / 1_000;
      const entry = `{"at":${at},"event":"frame","from":"server","json":${data.toString()}}`;
      connection.publish(`bare.calls.${id}`, entry, {
        reply: `${inbox}${sent}`,
        headers: messageHeaders,
      });
    });
  }
  hear(() => {
    tell({ acked, ...usage() });
  });
  tell({ ready: true });
}

async function fleetWorkers() {
  const [broker = '', url = ''] = args;
  const connection = await connectBroker({ servers: broker });
  const tokens = { accessToken: 'bench-access-token', conversationToken: 'bench-conversation' };
  const slots = Math.ceil(calls / workerCount) + 5;
  fleetWorker({
    connection,
    slots,
    dial: () => webSocketTransport({ url, ...tokens }),
  }).subscribe();
  hear(() => {
    tell(usage());
  });
  tell({ ready: true });
}

/** @param {() => void} listen */
function timed(listen) {
  /** @type {number[]} */
  let delays = [];
  let count = 0;
  hear(({ ask }) => {
    if (ask === 'reset') delays = [];
    delays.sort((a, b) => a - b);
    const at = (/** @type {number} */ share) => delays[Math.floor(delays.length * share)] ?? NaN;
    tell({ count, p50: at(0.5), p90: at(0.9), p99: at(0.99), ...usage() });
  });
  listen();
  return (/** @type {number} */ offset) => {
    count += 1;
    delays.push(clock() - offset);
  };
}

async function bareReader() {
  const connection = await connectBroker({ servers: args[0] ?? '' });
  const heard = timed(() => undefined);
  connection.subscribe('bare.calls.*', {
    callback: (_error, message) => {
      heard(message.json().json.offset);
    },
  });
  await connection.flush();
  tell({ ready: true });
}

async function fleetReader() {
  const connection = await connectBroker({ servers: args[0] ?? '' });
  const heard = timed(() => undefined);
  for (const callId of callIds) {
    const call = liveCall(brokerTransport({ connection, callId, openTimeoutMs: 600_000 }), {
      retry: brokerRetry,
      maxUtterances: 0,
    });
    call.transcript$.subscribe(({ offset }) => {
      heard(Number(offset));
    });
    call.connect();
  }
  tell({ ready: true });
}

async function main() {
  const folder = mkdtempSync(join(tmpdir(), 'livecall-fleet-bench-'));
  /** @type {import('node:child_process').ChildProcess[]} */
  const children = [];
  process.on('exit', () => {
    for (const child of children) child.kill('SIGKILL');
    rmSync(folder, { recursive: true, force: true });
  });
  const cached = fileURLToPath(
    new URL('../../node_modules/.cache/debian/nats-server/usr/sbin/nats-server', import.meta.url),
  );
  const binary = [process.env['LIVECALL_NATS_SERVER'] ?? 'nats-server', cached].find(
    (command) =>
      (command !== cached || existsSync(cached)) && spawnSync(command, ['-v']).status === 0,
  );
  if (binary === undefined)
    throw new Error('There is no nats-server; npm run test:fleet fetches one.');
  const nats = spawn(
    binary,
    ['-js', '-sd', folder, '-a', '127.0.0.1', '-p', '-1', '--ports_file_dir', folder],
    { stdio: 'ignore' },
  );
  children.push(nats);
  let broker = '';
  while (broker === '') {
    await sleep(20);
    const file = readdirSync(folder).find((name) => name.endsWith('.ports'));
    try {
      if (file !== undefined) broker = JSON.parse(readFileSync(join(folder, file), 'utf8')).nats[0];
    } catch {
      // It is being written.
    }
  }
  const connection = await connectBroker({ servers: broker });
  await setUpFleet(connection, { maxCallsBytes: 8 * 2 ** 30 });
  const { jetstreamManager } = await import('@nats-io/jetstream');
  const manager = await jetstreamManager(connection);
  await manager.streams.add({ name: 'bare', subjects: ['bare.calls.*'] });

  /** @param {string} name @param {string[]} rest */
  const start = async (name, ...rest) => {
    const child = fork(self, [name, ...rest], { env: process.env });
    children.push(child);
    const first = await new Promise((resolve) => child.once('message', resolve));
    const ask = (/** @type {string} */ question) =>
      /** @type {Promise<any>} */ (
        new Promise((resolve) => {
          child.once('message', resolve);
          child.send({ ask: question });
        })
      );
    return { child, first: /** @type {any} */ (first), ask };
  };
  const natsCpuUs = () => {
    const fields = readFileSync(`/proc/${nats.pid}/stat`, 'utf8').split(' ');
    return (Number(fields[13]) + Number(fields[14])) * 10_000;
  };

  const rows = [];
  for (const way of (process.env['WAYS'] ?? 'bare,fleet,bare,fleet').split(',')) {
    const said = await start('platform');
    const url = `ws://127.0.0.1:${said.first.port}/ws/v1/liveCalls?conversationToken=x`;
    const reader = await start(way === 'bare' ? 'bareReader' : 'fleetReader', broker);
    const workers = [];
    for (let n = 0; n < (way === 'bare' ? 1 : workerCount); n += 1) {
      workers.push(
        await start(
          way === 'bare' ? 'bareWorker' : 'fleetWorkers',
          broker,
          way === 'bare' ? url : url.replace(/\?.*/, ''),
        ),
      );
    }
    if (way === 'fleet') {
      await manager.streams.purge('livecall-calls');
      for (const callId of callIds) await enqueue(connection, { callId });
    }
    while ((await said.ask('clients')).clients < calls) await sleep(50);
    await sleep(1_500);
    const stored = async () =>
      (await manager.streams.info(way === 'bare' ? 'bare' : 'livecall-calls')).state.messages;
    const usages = async () => Promise.all(workers.map(({ ask }) => ask('usage')));
    const cpuOf = (/** @type {any[]} */ all) => all.reduce((sum, { cpuUs }) => sum + cpuUs, 0);

    const storedBefore = await stored();
    const cpuBefore = cpuOf(await usages());
    const startedAt = performance.now();
    said.child.send({ ask: 'burst' });
    const total = calls * burst;
    while ((await stored()) - storedBefore < total) await sleep(10);
    const elapsedMs = performance.now() - startedAt;
    const burstCpu = (cpuOf(await usages()) - cpuBefore) / total;
    await sleep(1_000);

    await reader.ask('reset');
    const talkedBefore = await stored();
    const [workerBefore, serverBefore, readerBefore] = [
      cpuOf(await usages()),
      natsCpuUs(),
      (await reader.ask('usage')).cpuUs,
    ];
    const { talked } = await said.ask('talk');
    await sleep(1_000);
    const heard = await reader.ask('usage');
    const after = await usages();
    const acked = (await stored()) - talkedBefore;
    rows.push({
      way,
      'entries/s': Math.round(total / (elapsedMs / 1_000)),
      'µs an entry': burstCpu.toFixed(1),
      'p50 ms': heard.p50.toFixed(2),
      'p90 ms': heard.p90.toFixed(2),
      'p99 ms': heard.p99.toFixed(2),
      'stored of said': `${acked} of ${talked}`,
      'worker µs': ((cpuOf(after) - workerBefore) / talked).toFixed(0),
      'server µs': ((natsCpuUs() - serverBefore) / talked).toFixed(0),
      'reader µs': ((heard.cpuUs - readerBefore) / talked).toFixed(0),
      'worker MiB': after.map(({ rssMiB }) => rssMiB.toFixed(0)).join('+'),
    });
    if (way === 'fleet') {
      said.child.send({ ask: 'close' });
      await sleep(2_500);
    }
    for (const { child } of [said, reader, ...workers]) child.kill('SIGKILL');
  }
  console.log(
    `${calls} calls, ${workerCount} worker(s), a burst of ${burst} messages a call, then one a second for ${seconds} s`,
  );
  console.table(rows);
  await connection.close();
  process.exit(0);
}
