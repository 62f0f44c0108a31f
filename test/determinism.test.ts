import { spawn } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { availableParallelism } from 'node:os';

import { HandshakeRefusedError } from '@livecall/core';
import type { Frame, Transport } from '@livecall/core';
import { webSocketTransport } from '@livecall/core/node';
import { loadRecording, replay, serve, showDivergence } from '@livecall/tools';
import type { Recording, Replay } from '@livecall/tools';
import { lastValueFrom, map, tap } from 'rxjs';
import { afterAll, beforeAll, expect, it } from 'vitest';

import { followAsRecorded } from './fixtures/follow-as-recorded.js';

/* Every recording again and again, while every core is kept busy by other processes. */

/** `npm run test:determinism` has it a thousand times. */
const TIMES = Number(process.env['LIVECALL_REPLAYS'] ?? 20);
const AT_A_TIME = 20;

const paths = readdirSync('recordings')
  .filter((name) => name.endsWith('.ndjson'))
  .map((name) => `recordings/${name}`);

const busy: AbortController[] = [];
beforeAll(() => {
  for (let core = 0; core < availableParallelism(); core += 1) {
    const controller = new AbortController();
    // It ends by itself, should nobody be left to end it.
    const work = `const isOrphan = () => process.ppid !== ${process.pid}; while (!isOrphan());`;
    spawn(process.execPath, ['-e', work], { signal: controller.signal }).on('error', () => {
      // It was told to end.
    });
    busy.push(controller);
  }
});
afterAll(() => {
  for (const controller of busy) controller.abort();
});

/** What to do about a refusal is said to whoever dials over a socket, and to nobody else. */
function showError(error: unknown): string {
  if (!(error instanceof HandshakeRefusedError)) return String(error);
  return `refused with ${error.status}, to be dialled after ${error.retryAfterMs}`;
}

/** Everything that a client hears on a transport, in its order. */
function hear(transport: Transport, heard: string[]): Transport {
  const show = (frame: Frame) =>
    typeof frame === 'string' ? frame : Buffer.from(frame).toString('base64');
  return transport.pipe(
    tap({
      next: () => heard.push('open'),
      error: (error: unknown) => heard.push(showError(error)),
    }),
    map(({ frames$, send }) => ({
      frames$: frames$.pipe(tap((frame) => heard.push(show(frame)))),
      send,
    })),
  );
}

/** Follows a replay to its end: what was heard, and where the client departed. */
async function follow(transport: Transport, recording: Recording, fake: Replay): Promise<string> {
  const heard: string[] = [];
  let commands = 0;
  const call = followAsRecorded(hear(transport, heard), recording, {
    createId: () => `command-${(commands += 1)}`,
    retry: { baseDelayMs: 0, maxAttempts: Infinity, random: () => 0 },
  });
  const ended = lastValueFrom(call.state$);
  call.connect();
  await ended;
  return JSON.stringify({ heard, divergences: (await fake.done()).map(showDivergence) });
}

/** Plays so many times, some at a time, and gives the outcomes that differ. */
async function outcomes(play: () => Promise<string>): Promise<ReadonlySet<string>> {
  const found = new Set<string>();
  for (let done = 0; done < TIMES; done += AT_A_TIME) {
    for (const outcome of await Promise.all(Array.from({ length: AT_A_TIME }, play))) {
      found.add(outcome);
    }
  }
  return found;
}

it.each(paths)('plays %s the same every time, in process', async (path) => {
  const recording = await loadRecording(path);
  const found = await outcomes(() => {
    const fake = replay(recording);
    return follow(fake, recording, fake);
  });

  expect([...found]).toHaveLength(1);
});

it.each(paths)('plays %s the same every time, over a socket', async (path) => {
  const recording = await loadRecording(path);
  const fakes = new Map<string, Replay>();
  await using server = await serve(({ conversationToken }) => {
    const fake = fakes.get(conversationToken);
    if (fake === undefined) throw new Error('No client dials with another token.');
    return fake;
  });
  const found = await outcomes(() => {
    const fake = replay(recording);
    const conversationToken = `call-${fakes.size}`;
    fakes.set(conversationToken, fake);
    const transport = webSocketTransport({
      url: server.url,
      accessToken: 'any',
      conversationToken,
    });
    return follow(transport, recording, fake);
  });

  const fake = replay(recording);
  expect([...found]).toEqual([await follow(fake, recording, fake)]);
});
