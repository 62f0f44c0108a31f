// @ts-check
import { availableParallelism, loadavg } from 'node:os';
import { setTimeout as sleep } from 'node:timers/promises';

import { connectBroker, enqueue, setUpFleet } from '@livecall/fleet';
import { jetstreamManager } from '@nats-io/jetstream';

import { startNats } from '../fixtures/start-nats.js';
import { callIdsOf, startRole } from './harness/fleet-roles.js';

/*
 * Calls of a message a second each, shared by workers, for so long: what is stored of what was said,
 * and what each part takes. `node test/bench/fleet-load.js 2000x4` has 2,000 calls over 4 workers;
 * several sizes are measured one after the other. SECONDS is how long each talks, and EVERY that
 * every n-th call has a reader.
 */

const seconds = Number(process.env['SECONDS'] ?? 30);
const every = Number(process.env['EVERY'] ?? 10);
const sizes = process.argv.slice(2).map((size) => size.split('x').map(Number));
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

  const stored = async () => (await manager.streams.info('livecall-calls')).state;
  const storedBefore = await stored();
  const before = [await usages(), await reader.ask('reset'), nats.usage(), loadavg()[0]];
  const { said } = await platform.ask('talk', { seconds });
  const isStored = async () => (await stored()).messages - storedBefore.messages >= said;
  for (let n = 0; n < 100 && !(await isStored()); n += 1) await sleep(100);
  const after = [await usages(), await reader.ask('usage'), nats.usage()];
  const storedAfter = await stored();
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
  const row = {
    calls,
    workers: workerCount,
    'followed in s': (followedMs / 1_000).toFixed(1),
    'stored of said': `${storedAfter.messages - storedBefore.messages} of ${said}`,
    'p50 ms': at(0.5),
    'p99 ms': at(0.99),
    'worker µs a message': ((sum(after[0], 'cpuUs') - sum(before[0], 'cpuUs')) / said).toFixed(0),
    'server µs': ((after[2].cpuUs - before[2].cpuUs) / said).toFixed(0),
    'reader µs': ((after[1].cpuUs - before[1].cpuUs) / read).toFixed(0),
    'worker KiB a call': (
      ((sum(after[0], 'rssMiB') - sum(idle, 'rssMiB')) * 1_024) /
      calls
    ).toFixed(0),
    'server MiB': after[2].rssMiB.toFixed(0),
    'bytes a message': (
      (storedAfter.bytes - storedBefore.bytes) /
      (storedAfter.messages - storedBefore.messages)
    ).toFixed(0),
    split: `${Math.min(...shares)}–${Math.max(...shares)}`,
    'ended, left': `${sum(ends, 'ended')}, ${waiting + taken}`,
    troubles: sum(ends, 'trouble'),
  };
  await Promise.all([...workers, reader, platform].map(({ stop }) => stop()));
  await connection.close();
  await nats.stop();
  return { row, version: nats.version };
}

const rows = [];
let version = '';
for (const [calls = 0, workerCount = 0] of sizes) {
  const measured = await measure(calls, workerCount);
  version = measured.version;
  rows.push(measured.row);
  process.stderr.write(
    `${calls} calls over ${workerCount} workers: ${measured.row['stored of said']}\n`,
  );
}
console.log(
  `nats-server ${version}, ${availableParallelism()} cores, load ${loadavg()[0]?.toFixed(1)}; a message a second and call for ${seconds} s, a reader for every ${every}th call`,
);
// One column a size: that fits on a screen.
const names = Object.keys(rows[0] ?? {});
console.table(
  Object.fromEntries(
    names.map((name) => [
      name,
      Object.fromEntries(rows.map((row, n) => [n + 1, row[/** @type {keyof row} */ (name)]])),
    ]),
  ),
);
process.exit(0);
