import { concat, defer, mergeMap, NEVER, of, throwError, timer } from 'rxjs';
import type { Observable } from 'rxjs';
import { TestScheduler } from 'rxjs/testing';
import { expect, it } from 'vitest';

import { retryConnection } from './retry-connection.js';
import {
  ConnectFailedError,
  ConnectionClosedError,
  HandshakeRefusedError,
  HandshakeTimeoutError,
} from './transport-error.js';
import type { Connection, Transport } from './transport.js';

/* What the retries of `liveCall` last through with their defaults, in virtual time. */

const connection: Connection = { frames$: NEVER, send: () => undefined };

/** Errors after so many milliseconds. */
function failing(ms: number, error: Error): Observable<never> {
  return ms === 0
    ? throwError(() => error)
    : timer(ms).pipe(mergeMap(() => throwError(() => error)));
}

const answers: Readonly<Record<string, () => Observable<never>>> = {
  '503 at once': () => failing(0, new HandshakeRefusedError(503)),
  '503 after three seconds, as HAProxy gives it': () =>
    failing(3_000, new HandshakeRefusedError(503)),
  'ECONNREFUSED at once': () => failing(0, new ConnectFailedError(new Error('refused'))),
  'no answer within ten seconds': () => failing(10_000, new HandshakeTimeoutError(10_000)),
  'no token, and then no answer': () => failing(20_000, new HandshakeTimeoutError(10_000)),
  'a Retry-After of a minute': () => failing(0, new HandshakeRefusedError(503, 60_000)),
  'a connection that is dropped after four seconds': () =>
    failing(4_000, new ConnectionClosedError(1006)),
};
const names = Object.keys(answers);

/** The same draws at each run (mulberry32). */
function toRandom(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** Follows calls that are lost together, and tells of their dials, in ms since then. */
function follow(
  calls: number,
  { outageMs, seed, answer }: { outageMs: number; seed: number; answer: () => string },
) {
  const dials: number[][] = [];
  let lost = 0;
  const scheduler = new TestScheduler(() => undefined);
  scheduler.run(() => {
    for (let call = 0; call < calls; call += 1) {
      const made: number[] = [];
      dials.push(made);
      const random = toRandom(seed * 1_000 + call);
      const lost$ = concat(of(connection), failing(6_000, new ConnectionClosedError(1006)));
      const transport: Transport = defer(() => {
        made.push(scheduler.now() - 6_000);
        if (made.length === 1) return lost$;
        if (scheduler.now() - 6_000 >= outageMs) return concat(of(connection), NEVER);
        return answers[answer()]?.() ?? NEVER;
      });
      transport.pipe(retryConnection({ random })).subscribe({
        error: () => {
          lost += 1;
        },
      });
    }
    scheduler.flush();
  });
  return { lost, dials };
}

it('loses none of 10,000 calls to an outage of a minute, whatever answers meanwhile', () => {
  let lost = 0;
  let most = 0;
  let closest = Infinity;
  let latest = 0;
  for (let seed = 0; seed < 10_000; seed += 1) {
    const draw = toRandom(seed + 77);
    // One answer all along, or another one each time.
    const only = names[seed % (names.length + 1)];
    const answer = () => only ?? names[Math.floor(draw() * names.length)] ?? '';
    const followed = follow(1, { outageMs: 60_000, seed, answer });
    lost += followed.lost;
    const [, ...again] = followed.dials[0] ?? [];
    most = Math.max(most, again.length);
    latest = Math.max(latest, again.at(-1) ?? 0);
    again.forEach((at, index) => {
      closest = Math.min(closest, at - (again[index - 1] ?? 0));
    });
  }

  expect(lost).toBe(0);
  // Neither hammered nor slow to come back.
  expect(closest).toBeGreaterThanOrEqual(250);
  expect(most).toBeLessThanOrEqual(14);
  expect(latest).toBeLessThanOrEqual(120_000);
});

it.each(names)('gives up on an outage that does not end: %s', (name) => {
  const { lost, dials } = follow(1, { outageMs: Infinity, seed: 7, answer: () => name });

  expect(lost).toBe(1);
  expect(dials[0]?.at(-1)).toBeGreaterThan(60_000);
});

it('spreads 200 calls that are lost in one instant', () => {
  const { dials } = follow(200, { outageMs: 0, seed: 3, answer: () => '' });
  const first = dials.map(([, at = 0]) => at);
  const busiest = first.map((at) => first.filter((each) => each >= at && each < at + 25).length);

  expect(Math.min(...first)).toBeGreaterThanOrEqual(250);
  // A tenth of the time, and not much more than a tenth of the calls.
  expect(Math.max(...busiest)).toBeLessThanOrEqual(40);
});
