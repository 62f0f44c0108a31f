import { liveCall } from '@livecall/core';
import { identity, NEVER, Observable, startWith } from 'rxjs';
import { webSocket } from 'rxjs/webSocket';

import { frames } from './harness/frames.js';
import { heapBytes, keptBytes, STEADY_HEAP } from './harness/heap.js';
import { createTally, toTally } from './harness/tally.js';
import { cpuMs, nanosecondsEach } from './harness/time.js';
import { fakeWebSocket } from './peers/fake-web-socket.js';
import { subscribeAll, toStreams } from './peers/filters.js';

/** A call over a transport that says what it is told to: bytes come in as they do from `ws`. */
function followed(options) {
  let hear;
  const frames$ = new Observable((subscriber) => {
    hear = subscriber;
  });
  const call = liveCall(NEVER.pipe(startWith({ frames$, send: () => {} })), options);
  return { call, say: (bytes) => hear.next(bytes.toString()) };
}

function livecall(subscribe, options) {
  return (tally) => {
    const { call, say } = followed(options);
    subscribe(call, tally);
    call.connect();
    return say;
  };
}

const everything = (call, tally) => subscribeAll(call, tally, ({ message }) => message);

/** Each gives the function that takes one frame's bytes, all the way to the subscribers. */
const CONTENDERS = {
  'JSON.parse + callback': (tally) => (bytes) => {
    tally.message(JSON.parse(bytes.toString()));
  },
  livecall: livecall(everything),
  'livecall, no transcript kept': livecall(everything, { maxUtterances: 0 }),
  'livecall, transcript$ alone': livecall(({ transcript$ }, tally) => {
    transcript$.subscribe(tally.transcript);
  }),
  'livecall, nobody listens': livecall(() => {}),
  'livecall, call$ followed': livecall(
    ({ call$ }, tally) => {
      let before;
      call$.subscribe(({ utterances }) => {
        const said = utterances.at(-1);
        if (said === before) return;
        before = said;
        tally.transcript({ msg: said.text, role: said.role });
      });
    },
    { maxUtterances: 100 },
  ),
  'webSocket() + filters': throughWebSocket(() => identity),
  'webSocket() + zod + filters': throughWebSocket(() => import('./peers/zod.js')),
  'webSocket() + io-ts + filters': throughWebSocket(() => import('./peers/io-ts.js')),
};

function throughWebSocket(load) {
  return async (tally) => {
    const { parse = identity } = await load();
    const { WebSocketCtor, say } = fakeWebSocket();
    subscribeAll(toStreams(webSocket({ url: 'ws://fake', WebSocketCtor }), parse), tally);
    await Promise.resolve();
    return say;
  };
}

/** What a contender hears of it all. */
const heard = (contender, all) => {
  if (contender === 'livecall, nobody listens') return {};
  const { messages, happened, transcripts, said } = all;
  if (contender === 'livecall, transcript$ alone' || contender === 'livecall, call$ followed') {
    return { transcripts, said };
  }
  return contender === 'JSON.parse + callback' ? { messages, happened } : all;
};

const sizes = {
  full: { rounds: 7, frames: 10_000, timeMs: 300, warmUpMs: 200 },
  quick: { rounds: 3, frames: 10_000, timeMs: 250, warmUpMs: 200 },
  tiny: { rounds: 1, frames: 100, timeMs: 0, warmUpMs: 0 },
};
const expected = (size, contender) => heard(contender, toTally(frames(size.frames)));

const WEIGHED = 10;
const LENGTHS = [2_400, 9_600, 38_400, 153_600];

export const tables = [
  {
    name: 'deliver',
    title: 'One frame from its bytes to the subscribers of four streams, without a socket',
    contenders: Object.keys(CONTENDERS),
    base: 'webSocket() + zod + filters',
    measures: {
      ns: { unit: 'ns of CPU a frame' },
      bytes: { unit: 'heap bytes a frame' },
    },
    sizes,
    flags: STEADY_HEAP,
    expected,
    targets: [
      {
        says: 'at least 1.15 × the speed of webSocket() + zod + share + filters',
        figure: (best) => best('webSocket() + zod + filters', 'ns') / best('livecall', 'ns'),
        atLeast: 1.15,
      },
      {
        says: "at least 1.5 × the speed of the same with io-ts's union",
        figure: (best) => best('webSocket() + io-ts + filters', 'ns') / best('livecall', 'ns'),
        atLeast: 1.5,
      },
      {
        says: 'at most 1.75 × the time of toString + JSON.parse + a callback',
        figure: (best) => best('livecall', 'ns') / best('JSON.parse + callback', 'ns'),
        atMost: 1.75,
      },
      {
        says: 'at most 0.65 × the heap bytes of the zod path',
        figure: (best) => best('livecall', 'bytes') / best('webSocket() + zod + filters', 'bytes'),
        atMost: 0.65,
      },
    ],
  },
  {
    name: 'deliver-growth',
    title: 'A whole call of so many frames, with every stream subscribed',
    contenders: LENGTHS.map((length) => `${length} frames`),
    base: `${LENGTHS[0]} frames`,
    measures: {
      ms: { unit: 'ms of CPU a call', digits: 2 },
      kept: { unit: 'KiB kept at its end', hasNoRatio: true },
    },
    sizes: {
      full: { rounds: 7, lengths: LENGTHS },
      quick: { rounds: 3, lengths: LENGTHS },
      tiny: { rounds: 1, lengths: LENGTHS.map((length) => length / 100) },
    },
    flags: STEADY_HEAP,
    expected: (size, contender) => toTally(frames(lengthOf(size, contender))),
    growth: { along: 'frames', at: parseInt },
  },
];

function lengthOf({ lengths }, contender) {
  return lengths[LENGTHS.indexOf(parseInt(contender))];
}

export async function measure(table, contender, size) {
  return table === 'deliver' ? measureFrame(contender, size) : measureCall(contender, size);
}

async function measureFrame(contender, size) {
  const bytes = toBytes(size.frames);
  const deliverAll = async (tally) => {
    const say = await CONTENDERS[contender](tally);
    return (some = bytes) => {
      for (const frame of some) say(frame);
    };
  };
  const tally = createTally();
  (await deliverAll(tally))();

  const work = await deliverAll(createTally());
  const ns = await nanosecondsEach(() => work(), bytes.length, size);
  const few = bytes.slice(0, 2_000);
  return {
    measures: { ns, bytes: heapBytes(() => work(few)) / few.length },
    result: tally.result(),
  };
}

function measureCall(contender, size) {
  const bytes = toBytes(lengthOf(size, contender));
  let tally;
  const follow = () => {
    tally = createTally();
    const { call, say } = followed();
    everything(call, tally);
    call.connect();
    for (const frame of bytes) say(frame);
    return call;
  };
  // Several, since a collection is exact to some hundred KiB.
  const calls = Array.from({ length: WEIGHED });
  const { bytes: keptByAll } = keptBytes(() => calls.map(follow));
  const times = Array.from({ length: 5 }, () => {
    const startedAt = cpuMs();
    follow();
    return cpuMs() - startedAt;
  });
  return {
    measures: { ms: Math.min(...times), kept: keptByAll / WEIGHED / 1024 },
    result: tally.result(),
  };
}

function toBytes(count) {
  return frames(count).map((text) => Buffer.from(text));
}

export { CONTENDERS };
