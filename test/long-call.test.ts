import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

import { ConnectionClosedError, liveCall } from '@livecall/core';
import type { CallSnapshot, Connection, Frame, LiveCallOptions, Transport } from '@livecall/core';
import { record, recordingSink } from '@livecall/recording';
import { asyncScheduler, Observable, Subject } from 'rxjs';
import { TestScheduler } from 'rxjs/testing';
import { expect, it } from 'vitest';

import { CALL_END, START } from './fixtures/frames.js';
import { measured } from './fixtures/seed.js';

/* A call of a day, in virtual time: what it holds on to stays bounded, and its end is one end. */

const DAY_MS = 24 * 3_600_000;
const HOUR_MS = 3_600_000;

/** 100,000 in a day. */
const TRANSCRIPTS = 100_000;

setFlagsFromString('--expose-gc');
const collectGarbage = runInNewContext('gc') as () => void;

function weigh(): number {
  collectGarbage();
  return process.memoryUsage().heapUsed;
}

/** Something is said 100,000 times in a day, evenly; the connection is cut every hour. */
function talkForADay(onTold: (told: number) => void): Transport {
  let told = 0;
  return new Observable<Connection>((subscriber) => {
    const frames$ = new Subject<Frame>();
    subscriber.next({ frames$, send: () => undefined });
    frames$.next(START);
    const dialledAt = asyncScheduler.now();
    subscriber.add(
      asyncScheduler.schedule(function () {
        if (told === TRANSCRIPTS) {
          frames$.next(CALL_END);
          subscriber.error(new ConnectionClosedError(1000));
          return;
        }
        if (asyncScheduler.now() - dialledAt >= HOUR_MS) {
          subscriber.error(new ConnectionClosedError(1006));
          return;
        }
        told += 1;
        // As long as an utterance is, and none like another.
        const msg = `${told} ${'word '.repeat(10)}`;
        frames$.next(JSON.stringify({ type: 'transcript', msg, role: 'other', offset: told }));
        onTold(told);
        this.schedule(undefined, DAY_MS / TRANSCRIPTS);
      }, DAY_MS / TRANSCRIPTS),
    );
  });
}

/**
 * Follows a call for a day, and says what it held on to along the way.
 *
 * @param isWatched whether `call$` has a subscriber all the time, which costs a copy of the
 *   utterances for each; else it is asked at the end
 */
function followForADay(
  options: LiveCallOptions,
  { isWatched = true, wrap = (transport: Transport) => transport } = {},
) {
  return new TestScheduler(() => undefined).run(({ flush }) => {
    const weights = new Map<number, number>();
    const states: string[] = [];
    const ends: string[] = [];
    let last: CallSnapshot | undefined;
    let transcripts = 0;
    let longest = 0;
    const call = liveCall(
      wrap(
        talkForADay((told) => {
          if (told % (TRANSCRIPTS / 4) === 0) weights.set(told, weigh());
        }),
      ),
      { retry: { random: () => 0 }, ...options },
    );
    call.state$.subscribe(({ status }) => states.push(status));
    call.transcript$.subscribe({
      next: () => (transcripts += 1),
      complete: () => ends.push('transcript$'),
    });
    const watch = () =>
      call.call$.subscribe({
        next: (snapshot) => {
          last = snapshot;
          longest = Math.max(longest, snapshot.utterances.length);
        },
        complete: () => ends.push('call$'),
      });
    if (isWatched) watch();
    const from = asyncScheduler.now();
    const before = weigh();
    call.connect();
    flush();
    if (!isWatched) watch();
    const held = [...weights.values()].map((weight) => weight - before);
    return {
      states,
      ends,
      last,
      transcripts,
      longest,
      held,
      lastedMs: asyncScheduler.now() - from,
    };
  });
}

const MB = 2 ** 20;

it('follows a call of 24 hours, over every reconnect, to its one end', () => {
  const { states, ends, last, transcripts, lastedMs } = followForADay({ maxUtterances: 1_000 });

  expect(lastedMs).toBeGreaterThan(DAY_MS);
  expect(lastedMs).toBeLessThan(DAY_MS + 60_000);
  expect(transcripts).toBe(TRANSCRIPTS);
  const count = (status: string) => states.filter((state) => state === status).length;
  expect({ open: count('open'), closed: count('closed') }).toEqual({
    open: count('reconnecting') + 1,
    closed: 1,
  });
  expect(count('open')).toBeGreaterThanOrEqual(24);
  expect(states.at(-1)).toBe('closed');
  expect(ends.sort()).toEqual(['call$', 'transcript$']);
  expect(last).toMatchObject({ phase: 'ended', connections: count('open') });
  expect(last?.utterances).toHaveLength(1_000);
  expect(last?.utterances.at(-1)?.text).toMatch(/^100000 /);
});

it.each([0, 100, 5_000])(
  'holds no more after 100,000 transcripts than after 25,000 with %d utterances kept',
  (maxUtterances) => {
    const { longest, held } = followForADay({ maxUtterances });

    expect(longest).toBe(maxUtterances);
    const [atFirst = NaN, ...later] = held;
    measured(
      `maxUtterances ${maxUtterances}: ${held.map((bytes) => (bytes / MB).toFixed(1)).join(', ')} MB`,
    );
    // Up to twice as many are held between two clearings.
    for (const bytes of later)
      expect(bytes - atFirst).toBeLessThan(2 * maxUtterances * 250 + 2 * MB);
  },
);

it('grows with every transcript where nothing is cleared, by what the documentation says', () => {
  const { longest, held } = followForADay({ maxUtterances: Infinity }, { isWatched: false });
  const [atFirst = NaN, , , atLast = NaN] = held;
  const bytes = (atLast - atFirst) / (0.75 * TRANSCRIPTS);
  measured(`an utterance of 56 characters costs ${bytes.toFixed(0)} bytes`);

  expect(longest).toBe(TRANSCRIPTS);
  // docs/reliability.md: about 100 bytes and their text.
  expect(bytes).toBeGreaterThan(100);
  expect(bytes).toBeLessThan(350);
});

it('records for a day without holding on to it', () => {
  let lines = 0;
  const sink = recordingSink(() => (lines += 1));
  const { held } = followForADay(
    { maxUtterances: 0 },
    { wrap: (transport) => transport.pipe(record(sink)) },
  );
  sink.end();

  expect(lines).toBeGreaterThan(TRANSCRIPTS);
  const [atFirst = NaN, ...later] = held;
  for (const bytes of later) expect(bytes - atFirst).toBeLessThan(4 * MB);
});
