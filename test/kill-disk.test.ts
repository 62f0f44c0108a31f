import { execFileSync, spawnSync } from 'node:child_process';
import { chmodSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { isComplete, loadRecording } from '@livecall/tools';
import { expect, it } from 'vitest';
import type { WebSocket } from 'ws';

import { makeFolder } from './fixtures/folder.js';
import { CALL_END, START } from './fixtures/frames.js';
import { createHistory } from './fixtures/history.js';
import { livecall } from './fixtures/livecall.js';
import { startPlatform } from './fixtures/platform.js';

/* What takes the disk from under `livecall record`: it says so, ends with 74, and the call goes on. */

/** A call in which something can happen to the disk after it has begun. */
async function startCall() {
  const clients = createHistory<WebSocket>();
  const platform = await startPlatform((client) => {
    client.send(START);
    clients.add(client);
  });
  return {
    url: platform.url,
    /** Goes on, and comes to its end. */
    async finish() {
      const client = await clients.nth(1);
      for (let said = 0; said < 400; said += 1) {
        const msg = `${said} ${'word '.repeat(40)}`;
        client.send(JSON.stringify({ type: 'transcript', msg, role: 'other' }));
      }
      client.send(CALL_END);
      client.close(1000);
    },
    /** How the client left; 1000 is the end that the server gave. */
    end: async () => (await (await platform.dial(1)).end()).code,
    [Symbol.asyncDispose]: platform[Symbol.asyncDispose],
  };
}

/** A recorder that has begun, and what it says of a file from then on. */
async function recordCall(url: string, out: string, fileBlocks?: number) {
  const command = livecall(
    ['record', '--url', url, '--out', out],
    fileBlocks === undefined ? {} : { fileBlocks },
  );
  await command.shows('call from');
  return {
    async ends() {
      const { exitCode, stdout, stderr } = await command.ends();
      const [dialling, ...said] = stderr.trimEnd().split('\n');
      expect(dialling).toContain('dialling');
      return { exitCode, said, hasSeenEnd: stdout.includes('call ended') };
    },
    [Symbol.asyncDispose]: command[Symbol.asyncDispose],
  };
}

const goesOn = 'the recording ends here, the call goes on';

it.concurrent('says that the file was deleted, with its folder', async () => {
  using folder = makeFolder();
  folder.makeFolder('calls');
  const out = folder.at('calls/call.ndjson');
  await using call = await startCall();
  await using recorder = await recordCall(call.url, out);
  rmSync(folder.at('calls'), { recursive: true });
  await call.finish();

  expect(await recorder.ends()).toEqual({
    exitCode: 74,
    said: [`livecall: ${out}: was deleted while it was written; ${goesOn}`],
    hasSeenEnd: true,
  });
  expect(await call.end()).toBe(1000);
});

it.concurrent('goes on in a file that was moved', async () => {
  using folder = makeFolder();
  await using call = await startCall();
  await using recorder = await recordCall(call.url, folder.at('call.ndjson'));
  renameSync(folder.at('call.ndjson'), folder.at('moved.ndjson'));
  await call.finish();

  expect(await recorder.ends()).toMatchObject({ exitCode: 0, hasSeenEnd: true });
  const recording = await loadRecording(folder.at('moved.ndjson'));
  expect(isComplete(recording)).toBe(true);
  expect(recording.entries.length).toBeGreaterThan(400);
});

it.concurrent('loses nothing when the file is made read-only, since it has it open', async () => {
  using folder = makeFolder();
  const out = folder.at('call.ndjson');
  await using call = await startCall();
  await using recorder = await recordCall(call.url, out);
  chmodSync(out, 0o400);
  await call.finish();

  expect(await recorder.ends()).toMatchObject({ exitCode: 0, hasSeenEnd: true });
  expect(isComplete(await loadRecording(out))).toBe(true);
});

/** Whether a file can be taken from its writer here: as root, on a file system that can do it. */
const canFreeze = (() => {
  const path = join(tmpdir(), `livecall-frozen-${process.pid}`);
  writeFileSync(path, '');
  const isFrozen = spawnSync('chattr', ['+i', path]).status === 0;
  if (isFrozen) execFileSync('chattr', ['-i', path]);
  rmSync(path);
  return isFrozen;
})();

it.concurrent('says that the file can no longer be written', async ({ skip }) => {
  if (!canFreeze) skip('no file can be frozen here');
  using folder = makeFolder();
  const out = folder.at('call.ndjson');
  await using call = await startCall();
  await using recorder = await recordCall(call.url, out);
  execFileSync('chattr', ['+i', out]);
  try {
    await call.finish();
    expect(await recorder.ends()).toEqual({
      exitCode: 74,
      said: [`livecall: ${out}: cannot be written (EPERM); ${goesOn}`],
      hasSeenEnd: true,
    });
  } finally {
    execFileSync('chattr', ['-i', out]);
  }
  expect(await call.end()).toBe(1000);
  expect((await loadRecording(out)).warnings).toEqual([]);
});

it.concurrent(
  'says that the file may not grow, and takes back what stood of the line',
  async () => {
    using folder = makeFolder();
    const out = folder.at('call.ndjson');
    await using call = await startCall();
    await using recorder = await recordCall(call.url, out, 40);
    await call.finish();

    expect(await recorder.ends()).toEqual({
      exitCode: 74,
      said: [`livecall: ${out}: cannot be written (EFBIG); ${goesOn}`],
      hasSeenEnd: true,
    });
    expect(await call.end()).toBe(1000);
    const recording = await loadRecording(out);
    expect(recording.warnings).toEqual([]);
    expect(recording.entries.length).toBeGreaterThan(10);
    expect(readFileSync(out).length).toBeLessThanOrEqual(40 * 1024);
  },
);

/** A disk of 64 KiB, where this process may mount one. */
function mountSmallDisk(path: string): boolean {
  mkdirSync(path);
  return spawnSync('mount', ['-t', 'tmpfs', '-o', 'size=64k', 'tmpfs', path]).status === 0;
}

it.concurrent('says that the disk is full, and leaves what fitted on it', async ({ skip }) => {
  using folder = makeFolder();
  const disk = folder.at('disk');
  if (!mountSmallDisk(disk)) skip('this process may not mount a tmpfs');
  try {
    const out = join(disk, 'call.ndjson');
    await using call = await startCall();
    await using recorder = await recordCall(call.url, out);
    await call.finish();

    expect(await recorder.ends()).toEqual({
      exitCode: 74,
      said: [`livecall: ${out}: the disk is full; ${goesOn}`],
      hasSeenEnd: true,
    });
    expect(await call.end()).toBe(1000);
    const recording = await loadRecording(out);
    expect(recording.warnings).toEqual([]);
    expect(recording.entries.length).toBeGreaterThan(100);
  } finally {
    execFileSync('umount', ['-l', disk]);
  }
});

it.concurrent('goes on in the same file over every reconnect', async () => {
  using folder = makeFolder();
  const out = folder.at('call.ndjson');
  let dials = 0;
  const drop = (client: WebSocket) => {
    dials += 1;
    client.send(`{"type":"transcript","msg":"dial ${dials}","role":"other"}`);
    client.close(1012);
  };
  await using platform = await startPlatform([
    drop,
    { status: 503, headers: { 'Retry-After': '0' } },
    drop,
    (client) => {
      client.send(CALL_END);
      client.close(1000);
    },
  ]);
  const { exitCode } = await livecall(['record', '--url', platform.url, '--out', out]).ends();

  expect(exitCode).toBe(0);
  const recording = await loadRecording(out);
  expect(isComplete(recording)).toBe(true);
  const dialled = recording.entries.filter(({ event }) => event === 'open' || event === 'refused');
  expect(dialled.map(({ event }) => event)).toEqual(['open', 'refused', 'open', 'open']);
  const said = recording.entries.flatMap((entry) =>
    entry.event === 'frame' ? [(entry.json as { msg?: string }).msg ?? []].flat() : [],
  );
  expect(said).toEqual(['dial 1', 'dial 2']);
});
