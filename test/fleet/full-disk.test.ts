import { spawnSync } from 'node:child_process';
import { closeSync, mkdtempSync, openSync, rmSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

import { webSocketTransport } from '@livecall/core/node';
import { enqueue, fleetStatus } from '@livecall/fleet';
import { expect, it, onTestFinished } from 'vitest';

import { accessToken } from '../fixtures/canary-tokens.js';
import { hasNats, makeFleet, startWorker } from '../fixtures/fleet.js';
import { tokenOf } from '../fixtures/fleet-command.js';
import { startNats } from '../fixtures/nats-server.js';
import { outOfOrder, readWords } from '../fixtures/read-words.js';
import { readStoredRuns } from '../fixtures/stored-runs.js';
import { startTalking } from '../fixtures/talking-platform.js';

/*
 * The disk under a server is full, on a file system of 24 MiB in memory: `npm run test:fleet` does it,
 * where a file system may be mounted.
 */

const isAsked = process.env['LIVECALL_FLEET_DISK'] !== undefined;

/** A small disk; nothing where none may be mounted. */
function mountSmallDisk(): string | undefined {
  const folder = mkdtempSync(join(tmpdir(), 'livecall-disk-'));
  const { status } = spawnSync('mount', ['-t', 'tmpfs', '-o', 'size=24m', 'tmpfs', folder]);
  if (status === 0) return folder;
  rmSync(folder, { recursive: true });
  return undefined;
}

const disk = hasNats && isAsked ? mountSmallDisk() : undefined;
if (hasNats && isAsked && disk === undefined) {
  console.warn('No file system may be mounted here: a full disk is not tested.');
}

it.skipIf(disk === undefined)(
  'tells of a full disk, keeps what was said, and has all of it stored when there is room again',
  async () => {
    const store = disk ?? '';
    const nats = await startNats({ store, maxFileStore: 200 * 2 ** 20 });
    const connection = await nats.connect();
    const prefix = await makeFleet(connection, {
      ackWaitMs: 60_000,
      maxCallsBytes: 100 * 2 ** 20,
    });
    await using platform = await startTalking();
    const talking = setInterval(() => {
      platform.say();
    }, 20);
    onTestFinished(async () => {
      clearInterval(talking);
      await nats[Symbol.asyncDispose]();
      spawnSync('umount', [store]);
      rmSync(store, { recursive: true, force: true });
    });
    const worker = startWorker(await nats.connect(), platform.url, {
      prefix,
      dial: ({ callId }) =>
        webSocketTransport({ url: platform.url, accessToken, conversationToken: tokenOf(callId) }),
    });
    const ids = ['a', 'b', 'c', 'd'];
    for (const callId of ids) await enqueue(connection, { callId }, { prefix });
    const heard = ids.map((id) => readWords(connection, prefix, id));
    const until = async (isSo: () => boolean) => {
      while (!isSo()) await sleep(10);
    };
    await until(() => heard.every(({ words }) => words.length > 5));

    const filler = join(store, 'filler');
    const file = openSync(filler, 'w');
    const chunk = Buffer.alloc(4_096);
    try {
      for (;;) writeSync(file, chunk);
    } catch (error) {
      expect(error).toMatchObject({ code: 'ENOSPC' });
    }
    closeSync(file);
    const trouble = await worker.news.find(({ kind }) => kind === 'trouble');
    console.log(`on a full disk: ${JSON.stringify(trouble)}`);
    const asked = await fleetStatus(connection, { prefix }).catch((error: unknown) => error);
    console.log(`status then: ${asked instanceof Error ? asked.message : JSON.stringify(asked)}`);

    rmSync(filler);
    // A server of 2.9 does not heal by itself, and nothing else ends it.
    await nats.stop('SIGKILL');
    await nats.start();
    await until(() => worker.news.all.at(-1)?.kind === 'recovered');
    const said = new Map([...platform.calls].map(([token, call]) => [token, call.said]));
    await until(() =>
      heard.every(({ words }, n) => (words.at(-1) ?? 0) > (said.get(tokenOf(ids[n] ?? '')) ?? 0)),
    );
    clearInterval(talking);
    platform.end();
    await Promise.all(ids.map((id) => worker.over(id)));
    const stored = await readStoredRuns(connection, prefix);
    heard.forEach(({ words, connections }, n) => {
      expect(connections).toBe(1);
      expect(outOfOrder(words)).toEqual([]);
      const runs = stored.get(ids[n] ?? '') ?? [];
      const kept = runs.flatMap((run) => run.words).sort((x, y) => x - y);
      expect(kept).toEqual(words);
      expect(words).toEqual(words.map((_, index) => (words[0] ?? 0) + index));
    });
  },
);
