import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

import { liveCall } from '@livecall/core';
import { parseRecording, replay } from '@livecall/tools';
import { WebSocket } from 'ws';

import { CORES, start } from './harness/child.js';
import { conversation, toExpected, toNdjson } from './harness/conversation.js';
import { createFollower, followWithLivecall } from './harness/follow-conversation.js';
import { run } from './harness/run.js';
import { inTemporaryFolder } from './harness/temporary-folder.js';
import { cpuMs } from './harness/time.js';

/** One hour: a frame every second and a half. */
const HOUR = 2_400;
const LENGTHS = [600, 2_400, 9_600, 38_400];
const COUNTS = [125, 250, 500, 1_000];

const sizes = {
  full: { rounds: 7, frames: HOUR, runs: 15 },
  quick: { rounds: 3, frames: HOUR, runs: 10 },
  tiny: { rounds: 1, frames: 80, runs: 1 },
};

export const tables = [
  {
    name: 'replays',
    title: 'A call of one hour, 2,400 frames and 6 commands, replayed in process at instant pace',
    contenders: ['livecall', 'mock-socket', 'vitest-websocket-mock'],
    base: 'vitest-websocket-mock',
    measures: { ms: { unit: 'ms a replay', digits: 1 } },
    sizes,
    expected: ({ frames }) => toExpected(conversation(frames)),
    targets: [
      {
        says: 'at most 10 ms a replay, once loaded',
        figure: (best) => best('livecall', 'ms'),
        atMost: 10,
      },
      {
        says: 'at least 10 × faster than the same scripted on vitest-websocket-mock',
        figure: (best) => best('vitest-websocket-mock', 'ms') / best('livecall', 'ms'),
        atLeast: 10,
      },
    ],
  },
  {
    name: 'replays-over-a-socket',
    title: 'The same call over a real socket, to the same raw client',
    contenders: ['ws, the same frames', 'livecall replay'],
    base: 'ws, the same frames',
    measures: { speed: { unit: 'calls a second', isSpeed: true, digits: 1 } },
    sizes,
    expected: ({ frames }) => toExpected(conversation(frames)),
    targets: [
      {
        says: 'at least 0.8 × the speed of a bare `ws` server that sends the same frames',
        figure: (best) => best('livecall replay', 'speed') / best('ws, the same frames', 'speed'),
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
      full: { rounds: 7, lengths: LENGTHS, frames: 76_800 },
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
      ms: { unit: 'ms for all, read and replayed' },
      rss: { unit: 'MiB at the end' },
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
      return contender === 'livecall'
        ? replayed(size.frames, size.runs)
        : contender === 'mock-socket'
          ? mocked(size)
          : scripted(size);
    case 'replays-over-a-socket':
      return overSocket(contender === 'livecall replay' ? 'livecall' : 'ws', size);
    case 'replays-growth':
      return replayed(
        lengthOf(size, contender),
        Math.ceil(size.frames / lengthOf(size, contender)),
      );
    default:
      return replayedMany(size.counts[COUNTS.indexOf(parseInt(contender))], size.frames);
  }
}

async function replayed(frames, runs) {
  const recording = await parseRecording('conversation', toNdjson(conversation(frames)));
  const times = [];
  let result;
  for (let time = 0; time < runs; time += 1) {
    const startedAt = performance.now();
    const fake = replay(recording);
    result = await followWithLivecall(liveCall, fake);
    times.push(performance.now() - startedAt);
    const divergences = await fake.done();
    if (divergences.length > 0) throw new Error(JSON.stringify(divergences));
  }
  return { measures: { ms: Math.min(...times) }, result };
}

async function replayedMany(count, frames) {
  let heard = 0;
  const before = cpuMs();
  for (let seed = 1; seed <= count; seed += 1) {
    const text = toNdjson(conversation(frames, { seed }));
    const recording = await parseRecording(`conversation-${seed}`, text);
    heard += (await followWithLivecall(liveCall, replay(recording))).heard;
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
  const times = [];
  let result;
  for (let time = 0; time < runs; time += 1) {
    const startedAt = performance.now();
    const url = `ws://localhost:${1_000 + time}`;
    const server = new Server(url);
    server.on('connection', (socket) => playTo(socket, parts));
    await new Promise((resolve) => {
      const client = new MockWebSocket(url);
      const follower = createFollower((text) => client.send(text), resolve);
      client.onmessage = ({ data }) => follower.hear(data);
      ({ result } = follower);
    });
    times.push(performance.now() - startedAt);
    server.stop();
  }
  return { measures: { ms: Math.min(...times) }, result };
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
    const { ms, result } = JSON.parse(readFileSync(out, 'utf8'));
    return { measures: { ms }, result };
  });
}

async function overSocket(who, { frames, runs }) {
  const server = start('harness/conversation-server.js', {
    core: CORES.server,
    args: [who, String(frames)],
  });
  try {
    const url = await server.next();
    let result = await followOnce(url);
    const startedAt = performance.now();
    for (let time = 0; time < runs; time += 1) result = await followOnce(url);
    const tookMs = performance.now() - startedAt;
    return { measures: { speed: (runs / tookMs) * 1_000 }, result };
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
