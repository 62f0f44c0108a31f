import { spawn } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';

import { isComplete, loadRecording } from '@livecall/tools';
import { interval, timer } from 'rxjs';
import { expect, it } from 'vitest';
import type { WebSocket } from 'ws';

import { bin } from './fixtures/command-line-bin.js';
import { makeFolder } from './fixtures/folder.js';
import type { Folder } from './fixtures/folder.js';
import { START } from './fixtures/frames.js';
import { run, tokens } from './fixtures/livecall.js';
import { startPlatform } from './fixtures/platform.js';
import { report, toCount, toSeed } from './fixtures/seed.js';
import { randomFrom } from './fixtures/random.js';

/*
 * `livecall record` is killed at random moments while frames arrive at 2,000 a second: every line
 * that it said it had written is in the file. `LIVECALL_KILLS=200` is the long run (`npm run
 * test:kill`).
 */

const KILLS = toCount('LIVECALL_KILLS', 8);
/** At a time: two cores are kept busy by four recorders. */
const BATCH = 4;
const FRAMES_PER_MS = 2;

/**
 * Talks at 2,000 frames a second, numbered; some of them are longer than a page of memory. Where
 * this process was kept waiting, it catches up.
 */
function talk(client: WebSocket): void {
  const from = performance.now();
  let said = 0;
  client.send(START);
  const talking = interval(5).subscribe(() => {
    for (const due = (performance.now() - from) * FRAMES_PER_MS; said < due; said += 1) {
      const words = 'word '.repeat(said % 50 === 0 ? 2_000 : said % 7);
      client.send(
        JSON.stringify({ type: 'transcript', msg: `${said + 1} ${words}`, role: 'other' }),
      );
    }
  });
  client.on('close', () => {
    talking.unsubscribe();
  });
}

/** Starts a recorder, kills it at a moment of `random`'s, and gives the lines it acknowledged. */
async function recordAndKill(url: string, out: string, random: () => number): Promise<string> {
  const child = spawn(process.execPath, [bin, 'record', '--json', '--url', url, '--out', out], {
    env: { PATH: process.env['PATH'], ...tokens },
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  const chunks: Buffer[] = [];
  const kill = () => child.kill('SIGKILL');
  const closed = new Promise((resolve) => child.on('close', resolve));
  // One in six dies while it starts, the others while they write.
  const isEarly = random() < 1 / 6;
  const moment = random();
  let killing = timer(isEarly ? moment * 600 : 20_000).subscribe(kill);
  let isHeard = false;
  child.stdout.on('data', (chunk: Buffer) => {
    chunks.push(chunk);
    if (isEarly || isHeard || !chunk.includes('"transcript"')) return;
    isHeard = true;
    killing.unsubscribe();
    killing = timer(moment * 400).subscribe(kill);
  });
  await closed;
  killing.unsubscribe();
  const written = Buffer.concat(chunks);
  return written.subarray(0, written.lastIndexOf('\n') + 1).toString();
}

/** What became of one recording: how many lines are in it, and how many were acknowledged. */
async function inspect(folder: Folder, name: string, acknowledged: string) {
  const path = folder.at(name);
  const text = existsSync(path) ? readFileSync(path, 'utf8') : '';
  expect(text.slice(0, acknowledged.length)).toBe(acknowledged);
  // Killed between making the file and writing its header, nothing was acknowledged.
  if (text === '') return { lines: 0, words: 0, unsaid: 0, torn: 0 };
  const recording = await loadRecording(path);
  expect(recording.warnings?.length).toBeLessThanOrEqual(1);
  expect(isComplete(recording)).toBe(false);
  const numbers = recording.entries.flatMap((entry) => {
    const message = entry.event === 'frame' ? (entry.json as { msg?: string }) : {};
    return message.msg === undefined ? [] : [parseInt(message.msg)];
  });
  expect(numbers).toEqual(numbers.map((_, index) => index + 1));
  const torn = recording.warnings?.length ?? 0;
  const count = (lines: string) => lines.split('\n').length - 1;
  return {
    lines: count(text),
    words: numbers.length,
    unsaid: count(text) - count(acknowledged),
    torn,
  };
}

it('has every line in the file that the recorder acknowledged, whenever it is killed', async () => {
  const seed = toSeed();
  using folder = makeFolder();
  await using platform = await startPlatform(talk);
  const names = Array.from({ length: KILLS }, (_, index) => `${index + 1}.ndjson`);
  const found: Awaited<ReturnType<typeof inspect>>[] = [];
  const about = `LIVECALL_SEED=${seed} LIVECALL_KILLS=${KILLS}`;

  for (let done = 0; done < KILLS; done += BATCH) {
    const batch = names.slice(done, done + BATCH);
    await Promise.all(
      batch.map(async (name, index) => {
        const random = randomFrom(seed, done + index);
        const acknowledged = await recordAndKill(platform.url, folder.at(name), random);
        found.push(await inspect(folder, name, acknowledged));
      }),
    );
  }
  const sum = (count: (one: (typeof found)[number]) => number) =>
    found.reduce((total, one) => total + count(one), 0);
  const amid = found.filter(({ words }) => words > 0).length;
  report(
    `${about}: ${sum(({ lines }) => lines)} lines, ${sum(({ unsaid }) => unsaid)} more than acknowledged, ${sum(({ torn }) => torn)} torn, ${amid} killed amid the words, ${found.filter(({ lines }) => lines === 0).length} before the first line`,
  );
  expect(amid).toBeGreaterThanOrEqual(KILLS / 2);

  // `check` says of each what happened, and nothing else.
  const { stdout, exitCode } = await run(['check', folder.path]);
  expect(exitCode).toBe(1);
  const problems = stdout.trimEnd().split('\n');
  const isExpected =
    /: (there is no end after this line: the recorder died|the last line is torn; readers drop it|is empty; a recording starts with a header)$/;
  expect(problems.filter((problem) => !isExpected.test(problem))).toEqual([]);
  for (const name of folder.recordings()) {
    expect(stdout).toMatch(new RegExp(`${folder.at(name)}(:\\d+: there is no end|: is empty)`));
  }

  // And `repair` completes it.
  const [repaired = ''] = folder
    .recordings()
    .filter((name) => readFileSync(folder.at(name), 'utf8') !== '');
  expect((await run(['repair', folder.at(repaired)])).exitCode).toBe(0);
  expect(await run(['check', folder.at(repaired)])).toMatchObject({ exitCode: 0, stdout: '' });
}, 600_000);
