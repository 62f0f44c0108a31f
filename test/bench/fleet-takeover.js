// @ts-check
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { loadavg, tmpdir } from 'node:os';
import { join } from 'node:path';
import process from 'node:process';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';

import { connectBroker, createFleetKeys, enqueue, sealTokens, setUpFleet } from '@livecall/fleet';

import { bundleCommandLines } from '../../packages/bundle.js';
import { startNats } from '../fixtures/start-nats.js';
import { startRole } from './harness/fleet-roles.js';

/*
 * What a worker, as the command line starts it, takes to start, and to take a call over until it is
 * dialled; and the server for that. On Linux.
 */

const CALLS = 125;
const ROUNDS = 5;
const bin = fileURLToPath(new URL('../../packages/fleet/dist/cli/bin.js', import.meta.url));

// As it is published.
await bundleCommandLines();

const nats = await startNats();
const connection = await connectBroker({ servers: nats.url });
await setUpFleet(connection, { ackWaitMs: 2_000 });
const platform = await startRole('platform');
const folder = mkdtempSync(join(tmpdir(), 'livecall-fleet-'));
const keys = createFleetKeys();
const keyFile = join(folder, 'workers.key');
writeFileSync(keyFile, keys.privateKey, { mode: 0o600 });

const url = `ws://127.0.0.1:${platform.first.port}/ws/v1/liveCalls`;
const args = ['worker', '--json', '--server', nats.url, '--key', keyFile, '--url', url];
const worker = spawn(process.execPath, [bin, ...args, '--slots', String(CALLS * ROUNDS)], {
  env: { ...process.env, LIVECALL_ACCESS_TOKEN: 'access-token' },
  stdio: ['ignore', 'pipe', 'inherit'],
});
/** Milliseconds that it has computed, in steps of ten. */
const workerMs = () => {
  const text = readFileSync(`/proc/${worker.pid}/stat`, 'utf8');
  const fields = text.slice(text.lastIndexOf(')')).split(' ').map(Number);
  return ((fields[12] ?? NaN) + (fields[13] ?? NaN)) * 10;
};

await once(worker.stdout, 'data');
worker.stdout.resume();
console.log(`a worker's start: ${workerMs()} ms of a core; load ${loadavg()[0]?.toFixed(0)}`);
for (let round = 1; round <= ROUNDS; round += 1) {
  const before = [workerMs(), nats.usage().cpuUs / 1_000];
  for (let n = 0; n < CALLS; n += 1) {
    const callId = `call-${round}-${n}`;
    const sealed = sealTokens({ conversationToken: `of-${callId}` }, callId, keys.publicKey);
    void enqueue(connection, { callId, sealed });
  }
  while ((await platform.ask('clients')).clients < round * CALLS) await sleep(10);
  const after = [workerMs(), nats.usage().cpuUs / 1_000];
  const [own, server] = after.map((ms, n) => ((ms - (before[n] ?? NaN)) / CALLS).toFixed(1));
  console.log(`a call that is taken: ${own} ms, and ${server} ms of the server's`);
}
worker.kill('SIGKILL');
rmSync(folder, { recursive: true });
process.exit(0);
