import { setTimeout as sleep } from 'node:timers/promises';

import { jetstreamManager } from '@nats-io/jetstream';
import { headers } from '@nats-io/transport-node';
import { expect, it } from 'vitest';

import { hasNats, makeFleet, sharedNats } from '../fixtures/fleet.js';
import { enqueueSealed, tokenOf, workerCommand } from '../fixtures/fleet-command.js';
import type { FleetCommand } from '../fixtures/fleet-command.js';
import { watchLateness, watchUsage } from '../fixtures/machine.js';
import { outOfOrder, readWords } from '../fixtures/read-words.js';
import { readStoredRuns } from '../fixtures/stored-runs.js';
import { startTalking } from '../fixtures/talking-platform.js';

/*
 * Workers that are killed while calls go on: `npm run test:fleet` kills 200 over 500 calls, each of
 * which says a word a second.
 */

const nats = sharedNats();
const itWithNats = it.skipIf(!hasNats);

const kills = Number(process.env['LIVECALL_FLEET_KILLS'] ?? 2);
const count = Number(process.env['LIVECALL_FLEET_CALLS'] ?? 12);
const workerCount = 4;
const ackWaitMs = Number(process.env['LIVECALL_FLEET_ACK_WAIT_MS'] ?? 2_000);
/** Messages of other calls that the stream has by then. */
const past = Number(process.env['LIVECALL_FLEET_PAST'] ?? 0);
const everyMs = kills > 2 ? 1_000 : 100;

itWithNats(
  `loses no call and doubles nothing when workers are killed (${kills} kills, ${count} calls)`,
  { timeout: 120_000 + kills * (ackWaitMs + 15_000) },
  async () => {
    const connection = await nats().connect();
    const prefix = await makeFleet(connection, { ackWaitMs, maxCallsBytes: 2 ** 30 });
    for (let n = 0; n < past; n += 1) {
      const of = `past-${n % count}`;
      const entry = headers();
      entry.set('Nats-Msg-Id', `${of}.1-1.${Math.floor(n / count) + 1}`);
      connection.publish(`${prefix}.calls.${of}`, '{"event":"frame"}'.padEnd(150), {
        headers: entry,
      });
      if (n % 5_000 === 0) await connection.flush();
    }
    await using platform = await startTalking();
    await using machine = watchLateness();
    const talking = setInterval(() => {
      platform.say();
    }, everyMs);
    let made = 0;
    const startWorker = (): FleetCommand => {
      made += 1;
      return workerCommand(nats().url, prefix, platform.url, {
        slots: count,
        name: `worker-${made}`,
      });
    };
    const ids = Array.from({ length: count }, (_, n) => `call-${n + 1}`);
    const heard = new Map(ids.map((id) => [id, readWords(connection, prefix, id)]));
    const workers = Array.from({ length: workerCount }, startWorker);
    for (const { stdout } of workers) await stdout.nth(1);
    for (const id of ids) await enqueueSealed(connection, prefix, id);
    const dialsOf = (id: string) => platform.calls.get(tokenOf(id))?.dialledAt ?? [];
    const isFollowed = (id: string) => (platform.calls.get(tokenOf(id))?.open.size ?? 0) > 0;
    const allFollowed = async () => {
      for (let turn = 1; !ids.every(isFollowed); turn += 1) {
        await sleep(10);
        if (turn % 1_000 === 0) tell();
      }
    };
    const tell = () => {
      const open = [...platform.calls.values()].map(({ open: { size } }) => size);
      console.log(
        `${open.filter((size) => size > 0).length} calls followed, ${open.filter((size) => size > 1).length} twice`,
      );
    };
    await allFollowed();

    const usage = watchUsage(nats().pid());
    const gaps: number[] = [];
    /** How many calls the oldest had. */
    const shares: number[] = [];
    let lately: number[] = [];
    let lateness = 0;
    machine.longestMs();
    for (let n = 0; n < kills; n += 1) {
      const victim = workers.shift();
      const followed = victim === undefined ? [] : callsOf(victim);
      shares.push(followed.length);
      const dials = new Map(followed.map((id) => [id, dialsOf(id).length]));
      const killedAt = performance.now();
      victim?.child.kill('SIGKILL');
      await victim?.ended();
      workers.push(startWorker());
      const isTakenOver = (id: string) => dialsOf(id).length > (dials.get(id) ?? 0);
      while (!followed.every(isTakenOver)) await sleep(10);
      const taken = followed.map((id) => (dialsOf(id)[dials.get(id) ?? 0] ?? NaN) - killedAt);
      gaps.push(...taken);
      lately.push(...taken);
      await allFollowed();
      if (n % 10 === 9) {
        const late = machine.longestMs();
        lateness = Math.max(lateness, late);
        console.log(
          `${n + 1} kills; of the last ten: ${Math.max(...lately).toFixed(0)} ms at the longest, ` +
            `a sleeping thread woken ${late} ms late; the server ${usage()}`,
        );
        lately = [];
      }
    }
    lateness = Math.max(lateness, machine.longestMs());
    // Everything of before the end was heard by now, and every call says something still.
    const before = new Map([...heard].map(([id, { words }]) => [id, words.length]));
    while ([...heard].some(([id, { words }]) => words.length <= (before.get(id) ?? 0) + 1)) {
      await sleep(10);
    }
    clearInterval(talking);
    platform.end();
    for (const worker of workers) {
      // Before that, it has no ear for it.
      await worker.stdout.nth(1);
      worker.child.kill('SIGTERM');
    }
    for (const worker of workers) expect(await worker.ended()).toBe(0);
    while ([...heard.values()].some(({ hasEnded }) => !hasEnded)) await sleep(10);

    let refused = 0;
    const readAt = performance.now();
    const stored = await readStoredRuns(connection, prefix);
    const readMs = performance.now() - readAt;
    for (const [id, { words, following }] of heard) {
      following.unsubscribe();
      const runs = stored.get(id) ?? [];
      expect(outOfOrder(words)).toEqual([]);
      // A run is without a hole, and what was stored of it was heard.
      for (const { numbers } of runs) {
        expect([...numbers].sort((a, b) => a - b)).toEqual(numbers.map((_, index) => index + 1));
      }
      // What the server refused of a worker that was overtaken just then may have been heard first.
      const all = new Set(runs.flatMap((run) => run.words));
      expect(words.filter((n) => all.has(n))).toEqual([...all]);
      refused += words.length - all.size;
    }
    const { consumers } = await jetstreamManager(connection);
    const { delivered } = await consumers.info(`${prefix}-jobs`, 'workers');
    gaps.sort((x, y) => x - y);
    // Those of before are of workers that have not seen four deaths.
    const later = shares.slice(workerCount).sort((x, y) => x - y);
    const at = (share: number) =>
      `${gaps[Math.ceil(gaps.length * share) - 1]?.toFixed(0) ?? 'no'} ms`;
    console.log(
      `${kills} kills over ${count} calls, ack_wait ${ackWaitMs} ms: from the kill to the dial ` +
        `${at(0.5)} at the median, ${at(0.99)} at p99, ${at(1)} at the longest; ` +
        `${gaps.filter((ms) => ms > ackWaitMs + 1_000).length} of ${gaps.length} later than ack_wait and a second ` +
        `(a sleeping thread was woken up to ${lateness} ms late); ` +
        `the oldest of ${workerCount} workers had ${later[later.length >> 1] ?? 'no'} calls at the median, ` +
        `${later.at(-1) ?? 'no'} at the most; ` +
        `${delivered.consumer_seq} deliveries of ${count} jobs and ${gaps.length} takeovers; ` +
        `${[...stored.values()].flat().reduce((sum, { numbers }) => sum + numbers.length, 0)} messages, ` +
        `read back in ${(readMs / 1_000).toFixed(1)} s; ${refused} words heard and refused to who was overtaken`,
    );
  },
);

/** The calls that a worker has, by what it has told. */
function callsOf({ stdout }: FleetCommand): readonly string[] {
  const calls = new Set<string>();
  for (const line of stdout.all) {
    const { kind, callId = '' } = JSON.parse(line) as {
      readonly kind: string;
      readonly callId?: string;
    };
    if (kind === 'taken') calls.add(callId);
    if (kind === 'over') calls.delete(callId);
  }
  return [...calls];
}
