import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

import { parseRecording, replay } from '@livecall/tools';
import { WebSocket } from 'ws';

import { CORES, start } from './harness/child.js';
import { conversation, toExpected, toNdjson } from './harness/conversation.js';
import { createFollower } from './harness/follow-conversation.js';
import { withCallback, withLiveCall } from './harness/follow-transport.js';
import { run } from './harness/run.js';
import { inTemporaryFolder } from './harness/temporary-folder.js';
import { cpuMs, stopwatch } from './harness/time.js';

/** One hour: a frame every second and a half. */
const HOUR = 2_400;
const LENGTHS = [600, 2_400, 9_600, 38_400];
const COUNTS = [125, 250, 500, 1_000];

/** To the client that the mocks have, a callback with JSON.parse; and to livecall's own. */
const LIVECALL = 'livecall';
const WITH_LIVE_CALL = 'livecall, to a liveCall';

const sizes = {
  full: { rounds: 7, frames: HOUR, runs: 30 },
  quick: { rounds: 3, frames: HOUR, runs: 30 },
  tiny: { rounds: 1, frames: 80, runs: 1 },
};

export const tables = [
  {
    name: 'replays',
    title: 'A call of one hour, 2,400 frames and 6 commands, replayed in process at instant pace',
    contenders: [LIVECALL, WITH_LIVE_CALL, 'mock-socket', 'vitest-websocket-mock'],
    base: 'vitest-websocket-mock',
    measures: {
      ms: { unit: 'ms a replay', digits: 1 },
      cpu: { unit: 'ms of CPU', digits: 1 },
      first: { unit: 'ms the first', hasNoRatio: true },
    },
    sizes,
    expected: ({ frames }) => toExpected(conversation(frames)),
    targets: [
      {
        says: 'at most 10 ms a replay to a liveCall, once loaded',
        figure: (best) => best(WITH_LIVE_CALL, 'ms'),
        atMost: 10,
      },
      {
        says: 'at least 10 × faster, to a liveCall, than to a callback on vitest-websocket-mock',
        figure: (best) => best('vitest-websocket-mock', 'ms') / best(WITH_LIVE_CALL, 'ms'),
        atLeast: 10,
      },
    ],
  },
  {
    name: 'replays-over-a-socket',
    title: 'The same call over a real socket, to the same raw client',
    contenders: ['ws, the same frames', 'livecall replay'],
    base: 'ws, the same frames',
    measures: { ms: { unit: 'ms a call', digits: 1 } },
    sizes,
    expected: ({ frames }) => toExpected(conversation(frames)),
    targets: [
      {
        says: 'at least 0.8 × the speed of a bare `ws` server that sends the same frames',
        figure: (best) => best('ws, the same frames', 'ms') / best('livecall replay', 'ms'),
        atLeast: 0.8,
      },
    ],
  },
  {
    name: 'replays-growth',
    title: 'A longer call, replayed in process',
    contenders: LENGTHS.map((length) => `${length} frames`),
    base: `${LENGTHS[0]} frames`,
    measures: { ms: { unit: 'ms a replay', digits: 1 } },
    sizes: {
      full: { rounds: 7, lengths: LENGTHS, frames: 38_400 },
      quick: { rounds: 3, lengths: LENGTHS, frames: 38_400 },
      tiny: { rounds: 1, lengths: LENGTHS.map((length) => length / 10), frames: 1 },
    },
    expected: (size, contender) => toExpected(conversation(lengthOf(size, contender))),
    growth: { along: 'frames', at: parseInt },
  },
  {
    name: 'replays-many',
    title: 'Different recordings of 240 frames, one after the other in one process',
    contenders: COUNTS.map((count) => `${count} recordings`),
    base: `${COUNTS[0]} recordings`,
    measures: {
      ms: { unit: 'ms of CPU for all, read and replayed' },
      rss: { unit: 'MiB at the end', hasNoRatio: true },
    },
    sizes: {
      full: { rounds: 7, counts: COUNTS, frames: 240 },
      quick: { rounds: 3, counts: COUNTS, frames: 240 },
      tiny: { rounds: 1, counts: COUNTS.map((count) => Math.ceil(count / 250)), frames: 40 },
    },
    expected: ({ counts, frames }, contender) => ({
      heard: counts[COUNTS.indexOf(parseInt(contender))] * frames,
    }),
    growth: { along: 'recordings', at: parseInt },
  },
];

function lengthOf({ lengths }, contender) {
  return lengths[LENGTHS.indexOf(parseInt(contender))];
}

export async function measure(table, contender, size) {
  switch (table) {
    case 'replays':
      return {
        [LIVECALL]: () => replayed(size.frames, size.runs, withCallback),
        [WITH_LIVE_CALL]: () => replayed(size.frames, size.runs),
        'mock-socket': () => mocked(size),
        'vitest-websocket-mock': () => scripted(size),
      }[contender]();
    case 'replays-over-a-socket':
      return overSocket(contender === 'livecall replay' ? 'livecall' : 'ws', size);
    case 'replays-growth':
      return replayed(
        lengthOf(size, contender),
        // The first is slower: it is compiled.
        Math.max(3, Math.ceil(size.frames / lengthOf(size, contender))),
      );
    default:
      return replayedMany(size.counts[COUNTS.indexOf(parseInt(contender))], size.frames);
  }
}

async function replayed(frames, runs, follow = withLiveCall) {
  const recording = await parseRecording('conversation', toNdjson(conversation(frames)));
  const times = stopwatch();
  let result;
  for (let time = 0; time < runs; time += 1) {
    times.start();
    const fake = replay(recording);
    result = await follow(fake);
    times.stop();
    const divergences = await fake.done();
    if (divergences.length > 0) throw new Error(JSON.stringify(divergences));
  }
  return { measures: times.measures(), result };
}

async function replayedMany(count, frames) {
  let heard = 0;
  const before = cpuMs();
  for (let seed = 1; seed <= count; seed += 1) {
    const text = toNdjson(conversation(frames, { seed }));
    const recording = await parseRecording(`conversation-${seed}`, text);
    heard += (await withLiveCall(replay(recording))).heard;
  }
  return {
    measures: { ms: cpuMs() - before, rss: process.memoryUsage().rss / 2 ** 20 },
    result: { heard },
  };
}

/** What mock-socket itself takes: no matchers, no test runner. */
async function mocked({ frames, runs }) {
  const { Server, WebSocket: MockWebSocket } = await import('mock-socket');
  const parts = conversation(frames);
  const times = stopwatch();
  let result;
  for (let time = 0; time < runs; time += 1) {
    times.start();
    const url = `ws://localhost:${1_000 + time}`;
    const server = new Server(url);
    server.on('connection', (socket) => playTo(socket, parts));
    await new Promise((resolve) => {
      const client = new MockWebSocket(url);
      const follower = createFollower((text) => client.send(text), resolve);
      client.onmessage = ({ data }) => follower.hear(data);
      ({ result } = follower);
    });
    times.stop();
    server.stop();
  }
  return { measures: times.measures(), result };
}

function playTo(socket, parts) {
  let part = 0;
  const say = () => {
    for (const text of parts[part].texts) socket.send(text);
  };
  socket.on('message', (text) => {
    socket.send(JSON.stringify({ type: 'ack', ackId: JSON.parse(text).id }));
    part += 1;
    if (part < parts.length) say();
    else socket.send('{"type":"event:callEnd","timestamp":"2026-11-22T10:00:00.000Z"}');
  });
  say();
}

/** Under vitest, for which vitest-websocket-mock is made. */
async function scripted({ frames, runs }) {
  const vitest = join(dirname(createRequire(import.meta.url).resolve('vitest')), 'vitest.mjs');
  const config = fileURLToPath(new URL('peers/vitest.config.js', import.meta.url));
  return inTemporaryFolder(async (folder) => {
    const out = join(folder, 'result.json');
    const env = { FRAMES: String(frames), RUNS: String(runs), OUT: out };
    const { exitCode, written } = await run(
      [process.execPath, vitest, 'run', '--config', config],
      env,
    );
    if (exitCode !== 0) throw new Error(written);
    return JSON.parse(readFileSync(out, 'utf8'));
  });
}

async function overSocket(who, { frames, runs }) {
  const server = start('harness/conversation-server.js', {
    core: CORES.server,
    args: [who, String(frames)],
  });
  try {
    const url = await server.next();
    const times = stopwatch();
    let result;
    for (let time = 0; time < runs; time += 1) {
      times.start();
      result = await followOnce(url);
      times.stop();
    }
    return { measures: { ms: times.measures().ms }, result };
  } finally {
    await server[Symbol.asyncDispose]();
  }
}

function followOnce(url) {
  return new Promise((resolve, reject) => {
    const socket = new WebSocket(`${url}?conversationToken=any`, {
      perMessageDeflate: false,
      headers: { Authorization: 'Bearer any' },
    });
    const follower = createFollower(
      (text) => socket.send(text),
      () => {},
    );
    socket.on('message', (bytes) => follower.hear(bytes.toString()));
    socket.on('close', () => resolve(follower.result)).on('error', reject);
  });
}
