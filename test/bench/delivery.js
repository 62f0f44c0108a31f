import { liveCall } from '@livecall/core';
import { webSocketTransport } from '@livecall/core/node';

import { CORES, start } from './harness/child.js';
import { frames } from './harness/frames.js';
import { createTally, toTally } from './harness/tally.js';
import { rawWs, reconnecting, rxjsWebSocket } from './peers/clients.js';
import { subscribeAll } from './peers/filters.js';

const zod = async () => (await import('./peers/zod.js')).parse;
const ioTs = async () => (await import('./peers/io-ts.js')).parse;
const partysocket = async () => (await import('partysocket/ws')).default;
const reconnectingWebSocket = async () => (await import('reconnecting-websocket')).default;

function livecall(url, tally) {
  const call = liveCall(webSocketTransport({ url, accessToken: 'any', conversationToken: 'any' }));
  subscribeAll(call, tally, ({ message }) => message);
  const following = call.connect();
  return () => following.unsubscribe();
}

const RAW = 'ws + JSON.parse';

/** Each loads a client: what connects, hands on what it hears, and hangs up. */
const CLIENTS = {
  [RAW]: () => rawWs(),
  livecall: () => livecall,
  'webSocket()': () => rxjsWebSocket(),
  'webSocket() + zod + filters': async () => rxjsWebSocket(await zod()),
  'webSocket() + io-ts + filters': async () => rxjsWebSocket(await ioTs()),
  'reconnecting-websocket': async () => reconnecting(await reconnectingWebSocket()),
  'partysocket + zod': async () => reconnecting(await partysocket(), await zod()),
};

const measures = {
  speed: { unit: 'messages a second', isSpeed: true },
  cpu: { unit: 'CPU seconds a million', digits: 2 },
};
/** Those that have a stream for each kind of message. */
const WITH_STREAMS = ['livecall', 'webSocket() + zod + filters', 'webSocket() + io-ts + filters'];
const expected = ({ count, times }, contender) => {
  const tally = toTally(frames(count), times);
  const { messages, happened } = tally;
  return WITH_STREAMS.includes(contender) ? tally : { messages, happened };
};
const table = { contenders: Object.keys(CLIENTS), base: RAW, expected };

export const tables = [
  {
    ...table,
    name: 'delivery',
    title: 'Over loopback, in bursts: the server writes as fast as the client reads',
    measures,
    sizes: {
      full: { rounds: 7, mode: 'burst', count: 10_000, times: 35, warmUp: 100_000 },
      quick: { rounds: 3, mode: 'burst', count: 10_000, times: 20, warmUp: 60_000 },
      tiny: { rounds: 1, mode: 'burst', count: 100, times: 3, warmUp: 100 },
    },
    targets: [
      {
        says: 'at least 0.85 × the speed of raw `ws` + JSON.parse',
        figure: (best) => best('livecall', 'speed') / best(RAW, 'speed'),
        atLeast: 0.85,
      },
      {
        says: 'at least 1.10 × the speed of webSocket() + zod + filters',
        figure: (best) => best('livecall', 'speed') / best('webSocket() + zod + filters', 'speed'),
        atLeast: 1.1,
      },
      {
        says: 'CPU at most 1.15 × webSocket() + zod + filters',
        figure: (best) => best('livecall', 'cpu') / best('webSocket() + zod + filters', 'cpu'),
        atMost: 1.15,
      },
    ],
  },
  {
    ...table,
    name: 'delivery-paced',
    title: 'Over loopback, 10,000 messages a second, one frame a read',
    measures: { cpu: measures.cpu },
    sizes: {
      full: { rounds: 7, mode: 'paced', count: 6_000, times: 2, warmUp: 4_000, everyUs: 100 },
      quick: { rounds: 3, mode: 'paced', count: 6_000, times: 1, warmUp: 3_000, everyUs: 100 },
      tiny: { rounds: 1, mode: 'paced', count: 100, times: 2, warmUp: 50, everyUs: 100 },
    },
  },
];

export async function measure(_table, contender, size) {
  const connect = await CLIENTS[contender]();
  const server = start('harness/flood-server.js', {
    core: CORES.server,
    args: [JSON.stringify(size)],
  });
  try {
    const port = await server.next();
    return await heard(connect, `ws://127.0.0.1:${port}`, size);
  } finally {
    await server[Symbol.asyncDispose]();
  }
}

/** Listens to all of it, and measures it from the moment that the client has warmed up. */
function heard(connect, url, { count, times, warmUp }) {
  return new Promise((resolve) => {
    const tally = createTally();
    const total = count * times;
    let heardSoFar = 0;
    let startedAt;
    let cpu;
    const hangUp = connect(url, {
      ...tally,
      message: (message) => {
        tally.message(message);
        heardSoFar += 1;
        if (heardSoFar === warmUp) {
          startedAt = performance.now();
          cpu = process.cpuUsage();
        } else if (heardSoFar === total) {
          const tookMs = performance.now() - startedAt;
          const { user, system } = process.cpuUsage(cpu);
          const measured = total - warmUp;
          // Once the last of them has reached the other streams, too.
          queueMicrotask(() => {
            hangUp();
            resolve({
              measures: { speed: (measured / tookMs) * 1_000, cpu: (user + system) / measured },
              result: tally.result(),
            });
          });
        }
      },
    });
  });
}
