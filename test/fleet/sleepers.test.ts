import { setTimeout as sleep } from 'node:timers/promises';

import { expect, it } from 'vitest';

import { hasNats, makeFleet, sharedNats } from '../fixtures/fleet.js';
import { enqueueSealed, tokenOf, workerCommand } from '../fixtures/fleet-command.js';
import { outOfOrder, readWords } from '../fixtures/read-words.js';
import { readStoredRuns } from '../fixtures/stored-runs.js';
import { startTalking } from '../fixtures/talking-platform.js';

/*
 * Workers that are stopped for longer than their lease, as a paused container or a closed laptop is,
 * and wake up while another follows their calls: `npm run test:fleet` wakes 50.
 */

const nats = sharedNats();
const itWithNats = it.skipIf(!hasNats);

const awakenings = Number(process.env['LIVECALL_FLEET_AWAKENINGS'] ?? 2);
const ackWaitMs = 2_000;
const ids = Array.from({ length: 6 }, (_, n) => `call-${n + 1}`);

itWithNats(
  `has a worker that slept say nothing, when another follows its calls (${awakenings} awakenings)`,
  { timeout: 120_000 + awakenings * 20_000 },
  async () => {
    const connection = await nats().connect();
    const prefix = await makeFleet(connection, { ackWaitMs });
    await using platform = await startTalking();
    const talking = setInterval(() => {
      platform.say();
    }, 50);
    const heard = new Map(ids.map((id) => [id, readWords(connection, prefix, id)]));
    // What is published at all, refused or not: of a run that another has taken over from.
    const newest = new Map<string, number>();
    const stale = new Map<number, string[]>();
    let awakening = 0;
    connection.subscribe(`${prefix}.calls.*`, {
      callback: (_error, { subject, headers }) => {
        const [, nth = 0] = /-(\d+)\.\d+$/.exec(headers?.get('Nats-Msg-Id') ?? '') ?? [];
        const known = newest.get(subject) ?? 0;
        newest.set(subject, Math.max(known, Number(nth)));
        if (Number(nth) < known) stale.set(awakening, [...(stale.get(awakening) ?? []), subject]);
      },
    });
    const workers = ['a', 'b'].map((name) =>
      workerCommand(nats().url, prefix, platform.url, { name }),
    );
    for (const { stdout } of workers) await stdout.nth(1);
    for (const id of ids) await enqueueSealed(connection, prefix, id);
    const callsOf = (id: string) => platform.calls.get(tokenOf(id));
    const until = async (isSo: () => boolean) => {
      while (!isSo()) await sleep(5);
    };
    await until(() => ids.every((id) => (callsOf(id)?.open.size ?? 0) > 0));

    for (let n = 0; n < awakenings; n += 1) {
      awakening = n;
      const sleeper = workers[n % 2];
      const dialled = new Map(ids.map((id) => [id, callsOf(id)?.dialledAt.length ?? 0]));
      const before = platform.calls.get(tokenOf(ids[0] ?? ''))?.said ?? 0;
      sleeper?.child.kill('SIGSTOP');
      // Until the other one follows all that the sleeper had: those have two connections then.
      await until(
        () =>
          (ids.every(
            (id) =>
              (callsOf(id)?.open.size ?? 0) > 1 ||
              callsOf(id)?.dialledAt.length === dialled.get(id),
          ) &&
            ids.some((id) => (callsOf(id)?.dialledAt.length ?? 0) > (dialled.get(id) ?? 0))) ||
          (platform.calls.get(tokenOf(ids[0] ?? ''))?.said ?? 0) > before + 100,
      );
      await sleep(100);
      sleeper?.child.kill('SIGCONT');
      await until(() => ids.every((id) => callsOf(id)?.open.size === 1));
    }
    // No call was lost by it: the worker that has them all dies, and the one that slept takes them.
    const last = workers[(awakenings - 1) % 2];
    const other = workers[awakenings % 2];
    other?.child.kill('SIGKILL');
    await other?.ended();
    await until(() => ids.every((id) => (callsOf(id)?.open.size ?? 0) === 1));
    const words = new Map([...heard].map(([id, call]) => [id, call.words.length]));
    await until(() =>
      [...heard].every(([id, call]) => call.words.length > (words.get(id) ?? 0) + 5),
    );
    clearInterval(talking);
    platform.end();
    last?.child.kill('SIGTERM');
    expect(await last?.ended()).toBe(0);

    // What calls said at once, each one message, may have been on its way when it was stopped, once in
    // a while.
    for (const subjects of stale.values()) expect(subjects).toEqual([...new Set(subjects)]);
    expect(stale.size).toBeLessThanOrEqual(Math.ceil(awakenings / 10));

    const stored = await readStoredRuns(connection, prefix);
    for (const [id, call] of heard) {
      call.following.unsubscribe();
      expect(outOfOrder(call.words)).toEqual([]);
      const runs = stored.get(id) ?? [];
      // Nothing of a run stands behind the beginning of the next one.
      runs.slice(1).forEach((run, index) => {
        expect(runs[index]?.last).toBeLessThan(run.first);
      });
      const said = runs.flatMap((run) => run.words);
      expect(call.words).toEqual(said.filter((n, index) => said.indexOf(n) === index));
    }
  },
);
