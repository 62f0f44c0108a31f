import { globalAgent } from 'node:http';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

import { liveCall } from '@livecall/core';
import type { CommandError, LiveCall, TransportError } from '@livecall/core';
import { webSocketTransport } from '@livecall/core/node';
import { firstValueFrom, map, share, tap, timer } from 'rxjs';
import type { Observable } from 'rxjs';
import { expect, it, onTestFinished } from 'vitest';

import { accessToken, expectNoTokenInError } from './fixtures/canary-tokens.js';
import { planDial, startChaosServer } from './fixtures/chaos.js';
import { randomFrom } from './fixtures/random.js';
import { report, toCount, toSeed } from './fixtures/seed.js';

/*
 * Calls against a server in another process, which kills, stalls, refuses, garbles and restarts as
 * the seed says. `LIVECALL_CHAOS=20000` is a long run (`npm run test:chaos`), and `LIVECALL_SEED`
 * runs one again: each dial meets the same server as it did before.
 */

const CYCLES = toCount('LIVECALL_CHAOS', 600);
const CALLS_AT_A_TIME = 12;

/** How one stream or command ended: everything that it said of its end. */
interface Ends {
  readonly what: string;
  values: number;
  ends: number;
}

/** What a call was, once it is over. */
interface Outcome {
  /** Those that reached the server: while it restarts, nobody answers. */
  readonly dials: number;
  readonly unanswered: number;
  readonly opened: number;
  readonly state: string;
  /** What is not as it must be. */
  readonly faults: readonly string[];
  readonly commands: readonly string[];
}

/** Follows one call to its end, with commands, some of which are given up, and now and then hangs up. */
async function followOne(url: string, seed: number, number: number): Promise<Outcome> {
  const random = randomFrom(seed, number * 1_000);
  const faults: string[] = [];
  const sent = new Map<string, number>();
  const commands: string[] = [];
  let dials = 0;
  let unanswered = 0;
  let opened = 0;
  const transport = webSocketTransport({
    url,
    accessToken,
    // What the n-th dial of this call meets is drawn from the seed alone.
    conversationToken: () => {
      dials += 1;
      const plan = planDial(randomFrom(seed, number * 1_000 + dials));
      return Buffer.from(JSON.stringify(plan)).toString('base64url');
    },
    handshakeTimeoutMs: 250,
    heartbeat: { pingIntervalMs: 100, pongTimeoutMs: 100 },
    socket: { closeTimeoutMs: 50 },
  }).pipe(
    tap({
      next: () => (opened += 1),
      error: (error: unknown) => {
        if ((error as TransportError & { code?: unknown }).code === 'ECONNREFUSED') unanswered += 1;
      },
    }),
    map(({ frames$, send }) => ({
      frames$,
      send: (frame: string | Uint8Array) => {
        send(frame);
        const { id } = JSON.parse(frame as string) as { id: string };
        sent.set(id, (sent.get(id) ?? 0) + 1);
      },
    })),
  );
  const call = liveCall(transport, {
    lingerMs: 5,
    retry: { baseDelayMs: 4, maxDelayMs: 250, maxAttempts: 12, resetAfterMs: 0, random },
  });

  const watched: Ends[] = [];
  const watch = (what: string, stream$: Observable<unknown>) => {
    const ends: Ends = { what, values: 0, ends: 0 };
    watched.push(ends);
    const late = () => {
      if (ends.ends > 0) faults.push(`${what} went on after its end`);
    };
    stream$.subscribe({
      next: () => {
        late();
        ends.values += 1;
      },
      error: () => {
        late();
        ends.ends += 1;
      },
      complete: () => {
        late();
        ends.ends += 1;
      },
    });
  };
  for (const name of ['events$', 'transcript$', 'messages$', 'errors$', 'call$'] as const) {
    watch(name, call[name]);
  }
  const closed: string[] = [];
  const over$ = call.state$.pipe(
    tap((state) => {
      if (closed.length > 0) faults.push(`${state.status} after closed`);
      if (state.status === 'closed') closed.push(state.reason);
    }),
    share(),
  );
  watch('state$', over$);
  call.errors$.subscribe((error) => {
    expectNoTokenInError(error);
  });
  // Each connection hears up to two commands; one in five is given up.
  const hangsUpAt = random() < 0.2 ? 1 + Math.floor(random() * 8) : Infinity;
  call.state$.subscribe((state) => {
    if (state.status !== 'open' && state.status !== 'reconnecting') return;
    if (state.status === 'open' && state.connection >= hangsUpAt) call.connect().unsubscribe();
    else for (let left = Math.floor(random() * 3); left > 0; left -= 1) issue(call);
  });
  const issue = (on: LiveCall) => {
    const ends: Ends = { what: 'a command', values: 0, ends: 0 };
    const which = random() < 0.8 ? 'joinCall' : 'endCall';
    const subscription = on[which]({
      whenNotOpen: random() < 0.5 ? 'reject' : 'wait',
      ackTimeoutMs: 150,
    }).subscribe({
      next: () => (ends.values += 1),
      error: (error: unknown) => {
        ends.ends += 1;
        if (ends.values > 0) faults.push('a command failed after its acknowledgement');
        commands.push((error as CommandError)._tag);
      },
      complete: () => {
        ends.ends += 1;
        if (ends.values !== 1) faults.push(`a command was acknowledged ${ends.values} times`);
        commands.push('acknowledged');
      },
    });
    if (random() < 0.2 && !subscription.closed) {
      subscription.unsubscribe();
      commands.push('given up');
    } else {
      watched.push(ends);
    }
  };

  const isOver = new Promise<void>((resolve) => {
    call.state$.subscribe({ complete: resolve });
  });
  call.connect();
  await isOver;
  if (closed.length !== 1) faults.push(`closed ${closed.length} times`);
  for (const { what, ends } of watched) if (ends !== 1) faults.push(`${what} ended ${ends} times`);
  for (const [, times] of sent) if (times !== 1) faults.push(`a command was sent ${times} times`);
  calls.push(new WeakRef(call));
  return { dials: dials - unanswered, unanswered, opened, state: closed.join(), faults, commands };
}

/** Every call that was followed, as long as anything holds on to it. */
const calls: WeakRef<LiveCall>[] = [];

setFlagsFromString('--expose-gc');
const collectGarbage = runInNewContext('gc') as () => void;

/** What this process holds after everything that can be let go of is gone. */
async function weigh(): Promise<number> {
  // A WeakRef that was looked at holds on until the turn is over.
  for (let turn = 0; turn < 3; turn += 1) {
    await new Promise((resolve) => setImmediate(resolve));
    collectGarbage();
  }
  return process.memoryUsage().heapUsed;
}

function countResources() {
  const count = (name: string) =>
    process.getActiveResourcesInfo().filter((resource) => resource === name).length;
  const listeners = [process, globalAgent].flatMap((emitter) =>
    emitter.eventNames().map((name) => emitter.listenerCount(name as string)),
  );
  return {
    sockets: count('TCPSocketWrap'),
    dials: count('TCPConnectWrap'),
    timers: count('Timeout'),
    listeners: listeners.reduce((sum, number) => sum + number, 0),
  };
}

type Resources = ReturnType<typeof countResources>;

/**
 * Counts again until there is no more than there was: a socket that is being closed has 50 ms for
 * it, and the test runner has a timer of its own now and then.
 */
async function settle(before: Resources): Promise<Resources> {
  let left = countResources();
  const isSettled = () =>
    left.sockets <= before.sockets && left.dials === 0 && left.timers <= before.timers;
  for (let polls = 0; polls < 100 && !isSettled(); polls += 1) {
    await firstValueFrom(timer(20));
    left = countResources();
  }
  return left;
}

it('ends every call once and settles every command once, whatever the server does', async () => {
  const seed = toSeed();
  const about = `LIVECALL_SEED=${seed} LIVECALL_CHAOS=${CYCLES}`;
  const unhandled: unknown[] = [];
  let give: (error: unknown) => void;
  // A call whose socket failed where nobody hears it may never end.
  const failed = new Promise<never>((_resolve, reject) => {
    give = reject;
  });
  failed.catch(() => undefined);
  const hear = (error: unknown) => {
    unhandled.push(error);
    give(new Error(`${about}: ${String(error)} was not handled`));
  };
  for (const event of ['unhandledRejection', 'uncaughtException']) process.on(event, hear);
  onTestFinished(() => {
    for (const event of ['unhandledRejection', 'uncaughtException']) process.off(event, hear);
  });

  let dials = 0;
  let unanswered = 0;
  let opened = 0;
  let number = 0;
  const states = new Map<string, number>();
  const commands = new Map<string, number>();
  const count = (counts: Map<string, number>, what: string) =>
    counts.set(what, (counts.get(what) ?? 0) + 1);
  const until = async (url: string, cycles: number) => {
    const follow = async () => {
      while (dials < cycles) {
        number += 1;
        const which = number;
        const outcome = await followOne(url, seed, which);
        expect(outcome.faults, `${about}, call ${which}`).toEqual([]);
        dials += outcome.dials;
        unanswered += outcome.unanswered;
        opened += outcome.opened;
        count(states, outcome.state);
        for (const command of outcome.commands) count(commands, command);
      }
    };
    await Promise.race([failed, Promise.all(Array.from({ length: CALLS_AT_A_TIME }, follow))]);
  };

  const before = await settle({ sockets: 0, dials: 0, timers: 0, listeners: 0 });
  let restarts: number;
  let weights: readonly [early: number, late: number];
  {
    await using server = await startChaosServer();
    // What the first calls make stays: compiled code, the pools of the HTTP client.
    await until(server.url, CYCLES / 2);
    const early = await weigh();
    await until(server.url, CYCLES);
    weights = [early, await weigh()];
    restarts = server.restarts();
  }
  const left = await settle(before);
  await weigh();
  const kept = calls.filter((ref) => ref.deref() !== undefined).length;
  const toText = (counts: Map<string, number>) =>
    [...counts].map(([what, times]) => `${what} ${times}`).join(', ');
  report(
    `${about}: ${dials} dials, ${opened} of them opened, and ${unanswered} while the server was away, in ${number} calls (${toText(states)}), ${restarts} restarts; commands: ${toText(commands)}; ` +
      `heap ${weights.map((bytes) => (bytes / 2 ** 20).toFixed(1)).join(' MB, then ')} MB`,
  );

  expect(unhandled, about).toEqual([]);
  expect(left, about).toEqual(before);
  expect(kept, `calls that something holds on to; ${about}`).toBe(0);
  expect(weights[1] - weights[0], about).toBeLessThan(4 * 2 ** 20);
  expect([...states.keys()], about).toEqual(
    expect.arrayContaining(['call-ended', 'failed', 'hung-up']),
  );
  expect([...commands.keys()], about).toEqual(
    expect.arrayContaining([
      ...['acknowledged', 'given up', 'ConnectionLostError', 'NotOpenError'],
    ]),
  );
  expect(restarts, about).toBeGreaterThan(0);
  expect(opened, about).toBeGreaterThan(CYCLES / 3);
}, 600_000);
