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
 * What a fleet costs beside the bare client that does the same. `node test/bench/fleet.js` has both
 * stand side by side, on one server, and asks the one and the other in turn, so that other work on
 * the machine falls on both; CALLS, SECONDS, BURST and ROUNDS are its sizes. With --write it puts what
 * it has measured into docs/performance.md.
 */

const { values: flags } = parseArgs({ options: { write: { type: 'boolean', default: false } } });

const calls = Number(process.env['CALLS'] ?? 100);
const seconds = Number(process.env['SECONDS'] ?? 5);
const burst = Number(process.env['BURST'] ?? 300);
const rounds = Number(process.env['ROUNDS'] ?? 7);

const nats = await startNats();
const connection = await connectBroker({ servers: nats.url });
await setUpFleet(connection, { maxCallsBytes: 8 * 2 ** 30 });
const manager = await jetstreamManager(connection);
await manager.streams.add({ name: 'bare', subjects: ['bare.calls.*'] });

/** @param {'bare' | 'fleet'} way */
async function startWay(way) {
  const platform = await startRole('platform');
  const url = `ws://127.0.0.1:${platform.first.port}/ws/v1/liveCalls`;
  const options = { broker: nats.url, url, calls, slots: calls };
  const isFleet = way === 'fleet';
  const reader = await startRole(isFleet ? 'fleetReader' : 'bareReader', options);
  const worker = await startRole(isFleet ? 'fleetWorkers' : 'bareWorker', options);
  if (isFleet) for (const callId of callIdsOf(calls)) await enqueue(connection, { callId });
  while ((await platform.ask('clients')).clients < calls) await sleep(50);
  const stored = async () => (await worker.ask('acked')).acked;
  /** @type {number[]} */
  const delays = [];
  /** @type {{ rate: number[], burstUs: number[], burstReaderUs: number[], burstServerUs: number[], workerUs: number[], readerUs: number[], serverUs: number[], p50: number[], p99: number[] }} */
  const figures = {
    rate: [],
    burstUs: [],
    burstReaderUs: [],
    burstServerUs: [],
    workerUs: [],
    readerUs: [],
    serverUs: [],
    p50: [],
    p99: [],
  };
  const usages = async () => [await worker.ask('usage'), await reader.ask('usage'), nats.usage()];
  const roundOfBurst = async () => {
    const acked = await stored();
    const before = await usages();
    const startedAt = performance.now();
    await platform.ask('burst', { burst });
    while ((await stored()) - acked < calls * burst) await sleep(5);
    figures.rate.push((calls * burst * 1_000) / (performance.now() - startedAt));
    await sleep(300);
    const after = await usages();
    [figures.burstUs, figures.burstReaderUs, figures.burstServerUs].forEach((values, n) => {
      values.push((after[n].cpuUs - before[n].cpuUs) / (calls * burst));
    });
  };
  const roundOfTalk = async () => {
    await reader.ask('reset');
    const { said: saidBefore } = await platform.ask('usage');
    const before = await usages();
    const { said } = await platform.ask('talk', { seconds });
    await sleep(200);
    const after = await usages();
    const [workerUs = 0, readerUs = 0, serverUs = 0] = after.map(
      ({ cpuUs }, n) => (cpuUs - (before[n]?.cpuUs ?? 0)) / (said - saidBefore),
    );
    figures.workerUs.push(workerUs);
    figures.readerUs.push(readerUs);
    figures.serverUs.push(serverUs);
    const heard = (await reader.ask('delays')).delays;
    delays.push(...heard);
    figures.p50.push(quantile(heard, 0.5));
    figures.p99.push(quantile(heard, 0.99));
  };
  return { platform, reader, worker, stored, delays, figures, roundOfBurst, roundOfTalk };
}

/** @param {readonly number[]} values @param {number} share */
function quantile(values, share) {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? NaN;
}
/** @param {readonly number[]} values */
const median = (values) => quantile(values, 0.5);

const ways = { bare: await startWay('bare'), fleet: await startWay('fleet') };
await sleep(1_500);
// The first round warms both up.
for (let round = 0; round <= rounds; round += 1) {
  const order = round % 2 === 0 ? [ways.bare, ways.fleet] : [ways.fleet, ways.bare];
  for (const way of order) await way.roundOfBurst();
  for (const way of order) await way.roundOfTalk();
  if (round > 0) continue;
  for (const { figures, delays } of order) {
    delays.length = 0;
    for (const values of Object.values(figures)) values.length = 0;
  }
}

const { bare, fleet } = ways;
/**
 * @param {string} what
 * @param {(way: typeof bare) => number} pick
 * @param {number} digits
 * @param {string} [wanted]
 */
const row = (what, pick, digits, wanted = '') => ({
  what,
  bare: pick(bare).toFixed(digits),
  fleet: pick(fleet).toFixed(digits),
  'fleet / bare': (pick(fleet) / pick(bare)).toFixed(2),
  wanted,
});
const total = {
  bare: (await bare.platform.ask('usage')).said,
  fleet: (await fleet.platform.ask('usage')).said,
};
const kept = {
  bare: await bare.stored(),
  // A header and a dial a call.
  fleet: (await fleet.stored()) - 2 * calls,
};
const rows = [
  row('entries a second in a burst', ({ figures }) => median(figures.rate), 0, '≥ 0.8'),
  row('worker, µs an entry in it', ({ figures }) => median(figures.burstUs), 1, '≤ 1.25'),
  row('reader', ({ figures }) => median(figures.burstReaderUs), 1),
  row('nats-server', ({ figures }) => median(figures.burstServerUs), 1),
  row('worker → reader, p50 ms', ({ delays }) => quantile(delays, 0.5), 2, '≤ 1.2'),
  row('p50, median of the rounds', ({ figures }) => median(figures.p50), 2, '≤ 1.2'),
  row('p99 ms', ({ delays }) => quantile(delays, 0.99), 2, '≤ 1.5'),
  row('p99, median of the rounds', ({ figures }) => median(figures.p99), 2, '≤ 1.5'),
  row('worker, µs a message at 1/s', ({ figures }) => median(figures.workerUs), 0),
  row('reader', ({ figures }) => median(figures.readerUs), 0),
  row('nats-server', ({ figures }) => median(figures.serverUs), 0),
];
const described =
  `nats-server ${nats.version}, ${availableParallelism()} cores, load ${loadavg()[0]?.toFixed(1)}; ${calls} calls, ` +
  `${rounds} rounds of ${burst} messages a call at once and of one a second for ${seconds} s, in turn; ` +
  `stored of said: bare ${kept.bare} of ${total.bare}, fleet ${kept.fleet} of ${total.fleet}`;
console.log(described);
console.table(rows);
if (flags.write) {
  const cells = rows.map((each) => Object.values(each));
  const head = ['', ...Object.keys(rows[0] ?? {}).slice(1)];
  await writeTable('fleet', `${toMarkdown([head, ...cells])}\n${described}.\n`);
  await writeMillion();
}
for (const { platform, reader, worker } of Object.values(ways)) {
  await Promise.all([worker.stop(), reader.stop(), platform.stop()]);
}
await connection.close();
process.exit(0);
