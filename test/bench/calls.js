import { memory, withCalls } from './harness/many-calls.js';
import { cpuMs } from './harness/time.js';

const RAW = 'ws + JSON.parse';
const ZOD = 'webSocket() + zod + filters';
const ONE = 'livecall, one stream';
const ALL = 'livecall, every stream';
const RECORDED = 'livecall, recorded';
const LONG = 'livecall, recorded, long tokens';
const COUNTS = [1_000, 2_500, 5_000, 10_000];

const measures = {
  kib: { unit: 'KiB a call', digits: 1 },
  us: { unit: 'µs of CPU a message', digits: 1 },
  connectS: { unit: 's to connect', digits: 1 },
};
const flags = ['--expose-gc'];

export const tables = [
  {
    name: 'calls',
    title: '5,000 calls in one process, a message a second each',
    contenders: [RAW, ONE, ALL, RECORDED, LONG, ZOD],
    base: RAW,
    measures,
    flags,
    sizes: {
      full: { rounds: 7, count: 5_000, warmUp: 5_000, times: 2 },
      quick: { rounds: 1, count: 5_000, warmUp: 5_000, times: 2 },
      tiny: { rounds: 1, count: 20, warmUp: 20, times: 1, everyMs: 100 },
    },
    expected: () => ({ isInOrder: true }),
    targets: [
      {
        says: 'memory with one stream at most 1.55 × raw `ws`',
        figure: (best) => best(ONE, 'kib') / best(RAW, 'kib'),
        atMost: 1.55,
      },
      {
        says: 'memory with every stream at most 1.6 × raw `ws`',
        figure: (best) => best(ALL, 'kib') / best(RAW, 'kib'),
        atMost: 1.6,
      },
      {
        says: 'memory with one stream at most 0.75 × webSocket() + zod + filters',
        figure: (best) => best(ONE, 'kib') / best(ZOD, 'kib'),
        atMost: 0.75,
      },
      {
        says: 'memory with every stream at most 0.78 × webSocket() + zod + filters',
        figure: (best) => best(ALL, 'kib') / best(ZOD, 'kib'),
        atMost: 0.78,
      },
      {
        says: 'CPU a message at most 1.35 × raw `ws`',
        figure: (best) => best(ALL, 'us') / best(RAW, 'us'),
        atMost: 1.35,
      },
      {
        says: 'recorded, memory at most 1.3 × that of a call that is not',
        figure: (best) => best(RECORDED, 'kib') / best(ALL, 'kib'),
        atMost: 1.3,
      },
      {
        says: 'recorded, CPU a message at most 1.6 × that of a call that is not',
        figure: (best) => best(RECORDED, 'us') / best(ALL, 'us'),
        atMost: 1.6,
      },
    ],
  },
  {
    name: 'calls-tls',
    title: '1,500 calls over TLS in one process, a message a second each',
    contenders: [RAW, ONE, ALL],
    base: RAW,
    measures,
    flags,
    sizes: {
      full: { rounds: 7, count: 1_500, warmUp: 3_000, times: 2, isTls: true },
      quick: { rounds: 3, count: 1_500, warmUp: 1_500, times: 1, isTls: true },
      tiny: { rounds: 1, count: 20, warmUp: 20, times: 1, everyMs: 100, isTls: true },
    },
    expected: () => ({ isInOrder: true }),
    targets: [
      {
        says: 'memory with one stream at most 1.1 × raw `ws`',
        figure: (best) => best(ONE, 'kib') / best(RAW, 'kib'),
        atMost: 1.1,
      },
    ],
  },
  {
    name: 'calls-growth',
    title: 'More and more calls, with every stream subscribed',
    contenders: COUNTS.map((count) => `${count} calls`),
    base: `${COUNTS[0]} calls`,
    measures,
    flags,
    sizes: {
      full: { rounds: 3, counts: COUNTS, warmUp: 5_000, times: 2 },
      quick: { rounds: 1, counts: COUNTS, warmUp: 5_000, times: 2 },
      tiny: {
        rounds: 1,
        counts: COUNTS.map((count) => count / 500),
        warmUp: 20,
        times: 1,
        everyMs: 100,
      },
    },
    expected: () => ({ isInOrder: true }),
    growth: { along: 'calls', at: parseInt },
  },
];

export async function measure(table, contender, size) {
  return table === 'calls-growth'
    ? held(ALL, { ...size, count: size.counts[COUNTS.indexOf(parseInt(contender))] })
    : held(contender, size);
}

function held(contender, size) {
  return withCalls(contender, size, async ({ connectMs, before, heard, hear, isInOrder }) => {
    // Compiling takes as long as the first thousands of messages.
    await hear(size.warmUp / size.count);
    const heardBefore = heard();
    const cpuBefore = cpuMs();
    await hear(size.times);
    const usedMs = cpuMs() - cpuBefore;
    const messages = heard() - heardBefore;
    return {
      measures: {
        kib: Math.max(1, (await memory()) - before) / 1_024 / size.count,
        us: (usedMs * 1_000) / messages,
        connectS: connectMs / 1_000,
      },
      result: { isInOrder: isInOrder() },
    };
  });
}
