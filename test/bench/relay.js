import { setTimeout as wait } from 'node:timers/promises';

import { CORES, start } from './harness/child.js';
import { memory } from './harness/many-calls.js';
import { RELAYS } from './harness/relays.js';
import { cpuMs } from './harness/time.js';

const HAND = 'ws to ws, by hand';
const latencies = {
  p50: { unit: 'ms, p50', digits: 2 },
  p99: { unit: 'ms, p99', digits: 2 },
};
const flags = ['--expose-gc'];
const expected = () => ({ lost: 0, isHeard: true });

/** Who follows 5,000 times, and how many tabs a call has. */
const MANY = {
  [`${HAND}, a call a page`]: { relay: 'byHand', tabs: 1 },
  'livecall, a call a page': { relay: 'livecall', tabs: 1 },
  [`${HAND}, ten tabs a call`]: { relay: 'byHand', tabs: 10 },
  'livecall, ten tabs a call': { relay: 'livecall', tabs: 10 },
};
const ONE = { direct: undefined, [HAND]: 'byHand', livecall: 'livecall' };
const SLOW = { 'all read': 0, 'half do not read': 0.5 };

export const tables = [
  {
    name: 'relay',
    title: 'A page over a relay, and the platform itself: 500 sentences a second, then commands',
    contenders: Object.keys(ONE),
    base: 'direct',
    measures: {
      ...latencies,
      ackMs: { unit: 'ms from a command to its ack, p50', digits: 2 },
      us: { unit: 'µs of the relay’s CPU a message', digits: 1, hasNoRatio: true },
    },
    flags,
    expected,
    sizes: {
      full: {
        rounds: 5,
        pages: 1,
        rate: 500,
        length: 60,
        warmUpS: 3,
        seconds: 10,
        commands: 1_000,
      },
      quick: { rounds: 3, pages: 1, rate: 500, length: 60, warmUpS: 1, seconds: 3, commands: 300 },
      tiny: { rounds: 1, pages: 1, rate: 500, length: 60, warmUpS: 0, seconds: 0.1, commands: 3 },
    },
  },
  {
    name: 'relay-pages',
    title: '5,000 pages in one process, a sentence a second each (quick: 1,000)',
    contenders: Object.keys(MANY),
    base: `${HAND}, a call a page`,
    measures: {
      kib: { unit: 'KiB a page', digits: 1 },
      kept: { unit: 'KiB of it kept', digits: 1, hasNoRatio: true },
      over: { unit: 'KiB of heap a page once its call is over', digits: 1, hasNoRatio: true },
      us: { unit: 'µs of CPU a message', digits: 1 },
      ...Object.fromEntries(
        Object.entries(latencies).map(([name, measure]) => [
          name,
          { ...measure, hasNoRatio: true },
        ]),
      ),
      connectS: { unit: 's to connect', digits: 1, hasNoRatio: true },
    },
    flags,
    expected,
    sizes: {
      full: { rounds: 3, pages: 5_000, rate: 5_000, length: 60, warmUpS: 5, seconds: 20 },
      quick: { rounds: 1, pages: 1_000, rate: 1_000, length: 60, warmUpS: 2, seconds: 8 },
      tiny: { rounds: 1, pages: 20, rate: 200, length: 60, warmUpS: 0, seconds: 0.3 },
    },
  },
  {
    name: 'relay-slow',
    title: 'Pages that do not read, and are said 24 MiB each; the others are said the same',
    contenders: Object.keys(SLOW),
    base: 'all read',
    measures: {
      mib: { unit: 'MiB more at the most', digits: 0, hasNoRatio: true },
      unread: { unit: 'MiB unread', digits: 0, hasNoRatio: true },
      kept: { unit: 'MiB kept', digits: 0, hasNoRatio: true },
      ...latencies,
    },
    flags,
    expected,
    sizes: {
      full: { rounds: 3, pages: 60, rate: 60, length: 10_000, warmUpS: 2, seconds: 20, burst: 24 },
      quick: { rounds: 1, pages: 60, rate: 60, length: 10_000, warmUpS: 1, seconds: 8, burst: 24 },
      tiny: { rounds: 1, pages: 10, rate: 50, length: 100, warmUpS: 0, seconds: 0.3, burst: 0.01 },
    },
    targets: [
      {
        says: 'at most 700 MiB more, of which `maxKeptBytes` and `maxUnreadBytes` are 512',
        figure: (best) => best('half do not read', 'mib'),
        atMost: 700,
      },
    ],
  },
];

export async function measure(table, contender, size) {
  switch (table) {
    case 'relay':
      return followed(ONE[contender], size);
    case 'relay-pages':
      return held(MANY[contender], size);
    default:
      return flooded(SLOW[contender], size);
  }
}

/** A platform, whatever is between, and pages; each but what is measured on the other core. */
async function withPages({ relay, tabs = 1 }, size, during) {
  const rate = size.rate / tabs;
  const platform = start('harness/relay-platform.js', {
    core: CORES.server,
    args: [JSON.stringify({ ...size, rate })],
  });
  const children = [platform];
  let between;
  try {
    const platformUrl = `ws://127.0.0.1:${await platform.next()}`;
    between = await RELAYS[relay]?.(platformUrl);
    const url = between === undefined ? platformUrl : `ws://127.0.0.1:${between.port}`;
    const follow = async (options) => {
      const child = start('harness/relay-pages.js', {
        core: CORES.server,
        args: [JSON.stringify({ url, isDirect: between === undefined, tabs, ...options })],
      });
      children.push(child);
      await child.next();
      return (question) => {
        const answer = child.next();
        child.child.send(question);
        return answer;
      };
    };
    return await during({ follow, platform: platform.child, stats: between?.stats });
  } finally {
    for (const child of children) await child[Symbol.asyncDispose]();
    await between?.close();
  }
}

/** One page with the library in it. */
function followed(relay, { warmUpS, seconds, commands, ...size }) {
  return withPages({ relay }, size, async ({ follow }) => {
    const ask = await follow({ pages: 1 });
    await wait(warmUpS * 1_000);
    await ask({ ask: 'count' });
    const cpuBefore = cpuMs();
    await wait(seconds * 1_000);
    const usedMs = cpuMs() - cpuBefore;
    const { heard, lost, p50, p99 } = await ask({ ask: 'tell' });
    const { ackMs } = await ask({ ask: 'commands', commands });
    return {
      measures: { p50, p99, ackMs, ...(relay && { us: (usedMs * 1_000) / heard }) },
      result: { lost, isHeard: heard > 0 },
    };
  });
}

/** Thousands of pages. */
function held({ relay, tabs }, { warmUpS, seconds, ...size }) {
  return withPages({ relay, tabs }, size, async ({ follow, platform, stats }) => {
    const { pages } = size;
    // The first one brings what all share.
    if (warmUpS > 0) await follow({ from: pages, pages: 2 });
    const before = await memory();
    const heapBefore = process.memoryUsage().heapUsed;
    const startedAt = performance.now();
    const ask = await follow({ pages });
    const connectS = (performance.now() - startedAt) / 1_000;
    await wait(warmUpS * 1_000);
    const kib = Math.max(1, (await memory()) - before) / 1_024 / pages;
    const kept = stats().keptBytes / 1_024 / pages;
    await ask({ ask: 'count' });
    const cpuBefore = cpuMs();
    await wait(seconds * 1_000);
    const usedMs = cpuMs() - cpuBefore;
    const { heard, lost, p50, p99 } = await ask({ ask: 'tell' });
    platform.send({ isOver: true });
    // Of all of them; what is left is the places of pages that may not have heard of it.
    for (let ended = 0; ended < pages; { ended } = await ask({ ask: 'tell' })) await wait(50);
    await wait(warmUpS * 100);
    await memory();
    const over = Math.max(0, process.memoryUsage().heapUsed - heapBefore) / 1_024 / pages;
    return {
      measures: { kib, kept, over, us: (usedMs * 1_000) / heard, p50, p99, connectS },
      result: { lost, isHeard: heard > 0 },
    };
  });
}

/** Some of the pages do not read, and all are said much at once. */
function flooded(share, { warmUpS, seconds, burst, ...size }) {
  const slow = Math.round(share * size.pages);
  return withPages({ relay: 'livecall' }, size, async ({ follow, platform, stats }) => {
    if (slow > 0) await follow({ pages: slow, isUnread: true });
    const ask = await follow({ from: slow, pages: size.pages - slow });
    await wait(warmUpS * 1_000);
    const before = await memory();
    await ask({ ask: 'count' });
    let [most, kept, unread] = [0, 0, 0];
    const watching = setInterval(() => {
      most = Math.max(most, process.memoryUsage().rss - before);
      const { keptBytes, unreadBytes } = stats();
      kept = Math.max(kept, keptBytes);
      unread = Math.max(unread, unreadBytes);
    }, 50);
    platform.send({ burst: burst * 2 ** 20 });
    await wait(seconds * 1_000);
    clearInterval(watching);
    const { heard, lost, p50, p99 } = await ask({ ask: 'tell' });
    return {
      measures: {
        ...{ mib: most / 2 ** 20, unread: unread / 2 ** 20, kept: kept / 2 ** 20 },
        ...{ p50, p99 },
      },
      result: { lost, isHeard: heard > 0 },
    };
  });
}
