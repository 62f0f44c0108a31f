// @ts-check
import { availableParallelism, loadavg } from 'node:os';
import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs } from 'node:util';

import { connectBroker, enqueue, setUpFleet } from '@livecall/fleet';
import { jetstreamManager } from '@nats-io/jetstream';

import { startNats } from '../fixtures/start-nats.js';
import { callIdsOf, startRole } from './harness/fleet-roles.js';
import { writeMillion } from './harness/write-million.js';
import { toMarkdown, writeTable } from './harness/write-table.js';

/*
 * Calls of a message a second each, shared by workers, for so long: what is stored of what was said,
 * and what each part takes. `node test/bench/fleet-load.js 2000x4` has 2,000 calls over 4 workers;
 * several sizes are measured one after the other. SECONDS is how long each talks, and EVERY that
 * every n-th call has a reader. With --write NAME the figures become that table of
 * docs/performance.md, fleet-sizes or fleet-minutes, and what a million calls would take is reckoned anew.
 */

const { values: flags, positionals } = parseArgs({
  allowPositionals: true,
  options: { write: { type: 'string' } },
});

const seconds = Number(process.env['SECONDS'] ?? 30);
const every = Number(process.env['EVERY'] ?? 10);
const sizes = positionals.map((size) => size.split('x').map(Number));
if (sizes.length === 0 || sizes.flat().some((n) => !(Number.isSafeInteger(n) && n > 0))) {
  console.error('node test/bench/fleet-load.js CALLSxWORKERS …, as 2000x4');
  process.exit(2);
}

/** @param {number} calls @param {number} workerCount */
async function measure(calls, workerCount) {
  const nats = await startNats();
  const connection = await connectBroker({ servers: nats.url });
  await setUpFleet(connection, { maxCallsBytes: 8 * 2 ** 30 });
  const manager = await jetstreamManager(connection);
  const platform = await startRole('platform');
  const url = `ws://127.0.0.1:${platform.first.port}/ws/v1/liveCalls`;
  const options = { broker: nats.url, url, calls, every, slots: calls };
  const workers = [];
  for (let n = 0; n < workerCount; n += 1) workers.push(await startRole('fleetWorkers', options));
  const reader = await startRole('fleetReader', options);
  const usages = () => Promise.all(workers.map(({ ask }) => ask('usage')));
  const sum = (/** @type {readonly any[]} */ all, /** @type {string} */ key) =>
    all.reduce((total, one) => total + one[key], 0);
  await sleep(500);
  const idle = await usages();

  const enqueuedAt = performance.now();
  const ids = callIdsOf(calls);
  for (let n = 0; n < calls; n += 50) {
    await Promise.all(ids.slice(n, n + 50).map((callId) => enqueue(connection, { callId })));
  }
  while ((await platform.ask('clients')).clients < calls) await sleep(50);
  const followedMs = performance.now() - enqueuedAt;
  await sleep(2_000);

  const bytes = async () => (await manager.streams.info('livecall-calls')).state.bytes;
  const stored = async () => {
    const all = await Promise.all(workers.map(({ ask }) => ask('acked')));
    return sum(all, 'acked');
  };
  const [storedBefore, bytesBefore] = [await stored(), await bytes()];
  const before = [await usages(), await reader.ask('reset'), nats.usage(), loadavg()[0]];
  const { said } = await platform.ask('talk', { seconds });
  const isStored = async () => (await stored()) - storedBefore >= said;
  for (let n = 0; n < 100 && !(await isStored()); n += 1) await sleep(100);
  const after = [await usages(), await reader.ask('usage'), nats.usage()];
  const added = (await stored()) - storedBefore;
  const bytesAdded = (await bytes()) - bytesBefore;
  const { delays } = await reader.ask('delays');
  delays.sort((/** @type {number} */ a, /** @type {number} */ b) => a - b);
  const at = (/** @type {number} */ share) =>
    (delays[Math.min(delays.length - 1, Math.floor(delays.length * share))] ?? NaN).toFixed(1);
  const shares = after[0].map((/** @type {any} */ one) => one.taken - one.other);

  await platform.ask('end');
  for (let n = 0; n < 300 && sum(await usages(), 'ended') < calls; n += 1) await sleep(100);
  const ends = await usages();
  const { num_pending: waiting, num_ack_pending: taken } = await manager.consumers.info(
    'livecall-jobs',
    'workers',
  );
  const read = after[1].count - before[1].count;
  const workersUs = sum(after[0], 'cpuUs') - sum(before[0], 'cpuUs');
  const workersMiB = sum(after[0], 'rssMiB') - sum(idle, 'rssMiB');
  const row = {
    'followed in': `${(followedMs / 1_000).toFixed(1)} s`,
    'stored of said': `${added} of ${said}`,
    'worker → reader, p50': `${at(0.5)} ms`,
    p99: `${at(0.99)} ms`,
    'worker, µs a message': (workersUs / said).toFixed(0),
    reader: ((after[1].cpuUs - before[1].cpuUs) / read).toFixed(0),
    'nats-server': ((after[2].cpuUs - before[2].cpuUs) / said).toFixed(0),
    // What a worker lets go of that it needed to start can be more than what a few calls take.
    'worker, memory a call':
      workersMiB > 0 ? `${((workersMiB * 1_024) / calls).toFixed(0)} KiB` : '–',
    'nats-server, resident': `${after[2].rssMiB.toFixed(0)} MiB`,
    'bytes a message, stored': (bytesAdded / added).toFixed(0),
    'fewest and most a worker': `${Math.min(...shares)}–${Math.max(...shares)}`,
    'ended, and left in the queue': `${sum(ends, 'ended')}, ${waiting + taken}`,
    troubles: sum(ends, 'trouble'),
  };
  await Promise.all([...workers, reader, platform].map(({ stop }) => stop()));
  await connection.close();
  await nats.stop();
  return { size: `${calls} × ${workerCount}`, row, version: nats.version };
}

const measured = [];
for (const [calls = 0, workerCount = 0] of sizes) {
  const one = await measure(calls, workerCount);
  measured.push(one);
  process.stderr.write(
    `${calls} calls over ${workerCount} workers: ${one.row['stored of said']}\n`,
  );
}
const described =
  `nats-server ${measured[0]?.version}, ${availableParallelism()} cores, load ${loadavg()[0]?.toFixed(1)}; ` +
  `a message a second and call for ${seconds} s, a reader for every ${every}th call`;
// One column a size: that fits on a screen.
const names = /** @type {(keyof typeof measured[0]['row'])[]} */ (
  Object.keys(measured[0]?.row ?? {})
);
const table = [
  ['calls × workers', ...measured.map(({ size }) => size)],
  ...names.map((name) => [name, ...measured.map(({ row }) => row[name])]),
];
console.log(`${described}\n\n${toMarkdown(table)}`);
if (flags.write !== undefined) {
  await writeTable(flags.write, `${toMarkdown(table)}\n${described}.\n`);
  await writeMillion();
}
process.exit(0);
