import {
  ConnectFailedError,
  ConnectionClosedError,
  HandshakeRefusedError,
  HandshakeTimeoutError,
  liveCall,
} from '@livecall/core';
import type { Frame, Transport } from '@livecall/core';
import { ack, parseRecording, record, recordingSink, scenario } from '@livecall/recording';
import type { Entry, Recording, Scenario } from '@livecall/recording';
import fc from 'fast-check';
import {
  asyncScheduler,
  catchError,
  concat,
  concatMap,
  defer,
  delay,
  EMPTY,
  from,
  ignoreElements,
  lastValueFrom,
  map,
  merge,
  of,
  Subject,
  switchMap,
  tap,
  toArray,
} from 'rxjs';
import type { Observable } from 'rxjs';
import { TestScheduler } from 'rxjs/testing';
import type { RunHelpers } from 'rxjs/testing';
import { expect, it } from 'vitest';

import { showDivergence } from './divergence.js';
import type { Divergence } from './divergence.js';
import { replay } from './replay.js';
import type { Awaited, ReplayOptions } from './replay.js';

const run = (test: (time: RunHelpers) => void) => {
  new TestScheduler((actual, expected) => {
    expect(actual).toStrictEqual(expected);
  }).run(test);
};

/* What a client hears: `o` is the open connection, the others are frames. */
const heard = {
  o: 'open',
  s: '{"type":"event:start","phone":"anonymous","timestamp":"2026-11-22T09:00:00Z"}',
  t: '{"type":"transcript","msg":"A parcel.","role":"other"}',
  a: '{"type":"ack","ackId":"live-1"}',
};

/* What it sends. */
const sent = {
  j: '{"type":"client:joinCall","id":"live-1"}',
  e: '{"type":"client:endCall","id":"live-2"}',
};

const closed = new ConnectionClosedError(1000);
const lost = new ConnectionClosedError(1006);
const gone = new HandshakeRefusedError(404);

/** Listens to a dial, and sends what there is to send while it is open. */
function follow(transport: Transport, sent$: Observable<Frame> = EMPTY): Observable<Frame> {
  return transport.pipe(
    switchMap(({ frames$, send }) =>
      merge(of('open'), frames$, sent$.pipe(tap(send), ignoreElements())),
    ),
  );
}

const toRecording = (...entries: readonly Entry[]): Recording => ({
  name: 'call.ndjson',
  header: { livecall: 1, recordedAt: '2026-11-22T09:00:00.000Z' },
  entries,
});

/* Options */

it.each([NaN, -1, -Infinity])('does not accept %d for waitMs', (waitMs) => {
  expect(() => replay(toRecording(), { waitMs })).toThrow(
    new TypeError(`waitMs must be at least 0, not ${waitMs}.`),
  );
});

it('does not accept a pace that cannot be', () => {
  expect(() => replay(toRecording(), { pace: 'slow' as 'instant' })).toThrow(
    new TypeError("pace must be one of instant, recorded, manual, not 'slow'."),
  );
  expect(() => replay(toRecording(), { maxIdleMs: -1 })).toThrow(
    new TypeError('maxIdleMs must be at least 0, not -1.'),
  );
  expect(() => replay(toRecording(), { speed: 0 })).toThrow(
    new TypeError('speed must be above 0, not 0.'),
  );
});

it.each([
  ['fields besides its type', '{"type":"client:joinCall","id":"live-1","reason":"?"}', []],
  ['another type', sent.e, ['mismatch']],
  ['another frame after it', [sent.j, sent.j], ['unexpected']],
])('matches by type and order by default: %s', (_what, frames, departures) => {
  run((time) => {
    const fake = replay(scenario().onJoin(ack()).send(heard.t, { after: 1 }).toRecording());
    const followed$ = follow(fake, from([frames].flat())).pipe(
      ignoreElements(),
      catchError(() => EMPTY),
    );
    time.expectObservable(followed$).toBe('|');
    time.flush();

    expect(fake.divergences().map(({ kind }) => kind)).toEqual(departures);
  });
});

/* Dials */

it('plays the n-th dial for the n-th subscription; when a later one was begun is not recorded', () => {
  run((time) => {
    const call = scenario()
      .refuse(503, { after: 3, retryAfterMs: 10 })
      .fail('timeout', { after: 4 })
      .open({ after: 5 })
      .send(heard.s, { after: 2 })
      .drop(1006, { after: 1 })
      .open({ after: 9 })
      .send(heard.t, { after: 1 })
      .close(1000, { after: 1 });
    const fake = replay(call.toRecording(), { pace: 'recorded' });
    const first = '      ^                 ';
    const refused = '    ---#              ';
    const second = '     -----^            ';
    const unanswered = ' -----#            ';
    const third = '      -------^          ';
    const dropped = '    -------o-s#       ';
    const fourth = '     --------------^   ';
    const last = '       --------------ot#';

    time
      .expectObservable(follow(fake), first)
      .toBe(refused, heard, new HandshakeRefusedError(503, 10));
    time
      .expectObservable(follow(fake), second)
      .toBe(unanswered, heard, new HandshakeTimeoutError(4));
    time.expectObservable(follow(fake), third).toBe(dropped, heard, lost);
    time.expectObservable(follow(fake), fourth).toBe(last, heard, closed);
    time.flush();

    expect(fake.divergences()).toEqual([]);
  });
});

const refusing = (code: string) =>
  new ConnectFailedError(Object.assign(new Error(`${code}, as recorded`), { code }));

it.each<[entry: Entry, error: Error]>([
  [{ at: 3, event: 'refused', status: 401 }, new HandshakeRefusedError(401)],
  [
    { at: 3, event: 'refused', status: 429, retryAfterMs: 2_000 },
    new HandshakeRefusedError(429, 2_000),
  ],
  [{ at: 3, event: 'failed', reason: 'timeout' }, new HandshakeTimeoutError(3)],
  [
    { at: 3, event: 'failed', reason: 'unreachable' },
    new ConnectFailedError(new Error('unreachable, as recorded')),
  ],
  [
    { at: 3, event: 'failed', reason: 'unreachable', code: 'ECONNREFUSED' },
    refusing('ECONNREFUSED'),
  ],
])('answers a dial as %j says', (entry, error) => {
  run((time) => {
    const recording = toRecording(entry, { at: 3, event: 'end' });
    const recorded$ = follow(replay(recording, { pace: 'recorded' }));
    const instant$ = follow(replay(recording));

    time.expectObservable(recorded$).toBe('---#', heard, error);
    time.expectObservable(instant$).toBe('#', heard, error);
  });
});

it('says of a dial without an answer how long that one took', () => {
  run((time) => {
    const fake = replay(
      toRecording(
        { at: 20.2, event: 'refused', status: 503 },
        { at: 30.5, event: 'failed', reason: 'timeout' },
      ),
    );
    time.expectObservable(follow(fake)).toBe('#', heard, new HandshakeRefusedError(503));
    time.expectObservable(follow(fake)).toBe('#', heard, new HandshakeTimeoutError(10.3));
  });
});

it('gives no answer to a dial that the recorded client did not wait for', () => {
  run((time) => {
    const recording = toRecording(
      { at: 3, event: 'failed', reason: 'aborted' },
      { at: 3, event: 'end' },
    );
    const fake = replay(recording, { pace: 'recorded' });
    const left = '    ^ 1s !';
    const expected = '-';

    time.expectObservable(follow(fake), left).toBe(expected);
    time.flush();

    expect(fake.divergences()).toEqual([]);
  });
});

it.each(['instant', 'recorded'] as const)('answers nothing within subscribe, %s', (pace) => {
  run((time) => {
    const log: string[] = [];
    const fake = replay(scenario().refuse(404).toRecording(), { pace });
    const logged$ = follow(fake).pipe(tap({ error: () => log.push('refused') }));
    time.expectObservable(logged$).toBe('#', heard, gone);
    time.cold('-x').subscribe(() => log.push('later'));
    log.push('subscribed');
    time.flush();

    expect(log).toEqual(['subscribed', 'refused', 'later']);
  });
});

it('refuses a dial more than recorded with 404, which is a departure', () => {
  run((time) => {
    const fake = replay(scenario().open().send(heard.s).close().toRecording('call.ndjson'));

    time.expectObservable(follow(fake), '^').toBe('(os#)', heard, closed);
    time.expectObservable(follow(fake), '-----^').toBe('-----#', heard, gone);
    time.flush();

    expect(fake.divergences().map(showDivergence)).toMatchInlineSnapshot(`
      [
        "call.ndjson:5: unexpected: expected no more than 1 dial(s), got a further one",
      ]
    `);
  });
});

it('cuts the connection of a recorder that died, and knows nothing of what came then', () => {
  run((time) => {
    const { entries } = scenario().open().send(heard.s, { after: 2 }).mark('died').toRecording();
    const fake = replay(toRecording(...entries.slice(0, 3)), { pace: 'recorded' });

    time.expectObservable(follow(fake), '^').toBe('o-(s#)', heard, lost);
    time.expectObservable(follow(fake), '-----^').toBe('-----#', heard, gone);
    time.flush();

    expect(fake.divergences()).toEqual([]);
  });
});

it('maps the ids of commands from one connection to the next', () => {
  run((time) => {
    const id = '00000000-0000-4000-8000-000000000001';
    const call = scenario()
      .onJoin([], { after: 1 })
      .drop()
      .send({ type: 'ack', ackId: id }, { after: 2 });
    const fake = replay(call.toRecording());

    time.expectObservable(follow(fake, of(sent.j)), '^').toBe('(o#)', heard, lost);
    time.expectObservable(follow(fake), '-----^').toBe('-----(oa#)', heard, closed);
  });
});

it('plays two dials at once', () => {
  run((time) => {
    const call = scenario().send(heard.s, { after: 2 }).drop().send(heard.t, { after: 2 });
    const fake = replay(call.toRecording(), { pace: 'recorded' });

    time.expectObservable(follow(fake), '^').toBe('o-(s#)', heard, lost);
    time.expectObservable(follow(fake), '-^').toBe('-o-(t#)', heard, closed);
  });
});

it('plays a recording as often as it is replayed', () => {
  run((time) => {
    const recording = scenario().send(heard.s, { after: 2 }).toRecording();
    for (const dialled of ['^', '-^', '--^']) {
      const expected = `${dialled.replace('^', '')}o-(s#)`;
      const fake = replay(recording, { pace: 'recorded' });

      time.expectObservable(follow(fake), dialled).toBe(expected, heard, closed);
    }
  });
});

it('gives each replay bytes of its own', () => {
  run((time) => {
    const recording = toRecording(
      { at: 0, event: 'open', status: 101 },
      { at: 0, event: 'frame', from: 'server', base64: 'AP8=' },
    );
    const transport = defer(() => replay(recording, { pace: 'recorded' }));
    const overwritten$ = follow(transport).pipe(
      tap((frame) => typeof frame === 'string' || frame.fill(0x2a)),
      ignoreElements(),
      catchError(() => EMPTY),
    );
    const bytes = Buffer.from([0x00, 0xff]);

    time
      .expectObservable(concat(overwritten$, follow(transport)))
      .toBe('(ob#)', { o: 'open', b: bytes }, lost);
  });
});

it('gives a list of its own whenever it is asked for the departures', () => {
  run((time) => {
    const fake = replay(scenario().open().toRecording());
    const before = fake.divergences();
    time
      .expectObservable(follow(fake, of(sent.j)))
      .toBe('(o#)', heard, new ConnectionClosedError(4999));
    time.flush();

    expect(before).toEqual([]);
    expect(fake.divergences()).toHaveLength(1);
    expect(fake.divergences()).not.toBe(fake.divergences());
  });
});

it('says in its close what the departure was, and in which line', () => {
  run((time) => {
    const name = '/home/jo/recordings/joined-call.ndjson';
    const fake = replay(scenario().onJoin(ack()).toRecording(name));
    const reasons: string[] = [];
    const told$ = follow(fake, of(sent.e)).pipe(
      tap({ error: (error: unknown) => reasons.push((error as ConnectionClosedError).reason) }),
    );
    time.expectObservable(told$).toBe('(o#)', heard, new ConnectionClosedError(4999));
    time.flush();

    expect(reasons).toEqual(['mismatch at line 3']);
    expect(fake.divergences()[0]?.at).toBe(`${name}:3`);
  });
});

/* done() */

/** What `done()` says, and when nothing is waited for any more. */
interface Conclusion {
  readonly divergences: readonly string[];
  readonly over: number;
}

interface Course extends ReplayOptions {
  /** When each dial is made, and left. */
  readonly dials?: readonly string[];
  readonly sending?: string;
  /** When `done()` is asked. */
  readonly asking: string;
}

async function conclude(
  call: Scenario | Recording,
  { dials = [], sending = '', asking, ...options }: Course,
): Promise<Conclusion> {
  const recording = 'toRecording' in call ? call.toRecording('call.ndjson') : call;
  let done: Promise<readonly Divergence[]> | undefined;
  let over = NaN;
  run((time) => {
    const fake = replay(recording, { pace: 'recorded', waitMs: 20, ...options });
    const sent$ = time.hot(sending, sent);
    for (const dialled of dials) time.expectObservable(follow(fake, sent$), dialled);
    time.cold(asking).subscribe(() => {
      done = fake.done();
    });
    time.flush();
    over = asyncScheduler.now();
  });
  return { divergences: ((await done) ?? []).map(showDivergence), over };
}

const short = scenario().open({ after: 2 }).send(heard.s, { after: 2 }).close(1000, { after: 1 });
const joining = scenario()
  .open({ after: 1 })
  .onJoin(ack({ after: 2 }), { after: 4 });
const joined = joining.close(1000, { after: 1 });
const rejoined = scenario()
  .send(heard.s, { after: 2 })
  .drop(1006, { after: 1 })
  .refuse(503, { after: 4 })
  .send(heard.t, { after: 5 });

it.each(['x', '---x', '----------x'])(
  'is done when everything was played, whenever it is asked: %s',
  async (asking) => {
    expect(await conclude(short, { dials: ['^'], asking })).toEqual({
      divergences: [],
      over: Math.max(5, asking.length - 1),
    });
  },
);

it('waits for a first dial that comes late', async () => {
  const dials = ['------------------^'];

  expect(await conclude(short, { dials, asking: 'x' })).toEqual({ divergences: [], over: 23 });
});

it('waits for the first dial no longer than it took, and waitMs more', async () => {
  const { divergences, over } = await conclude(short, { asking: '---x' });

  expect(divergences).toMatchInlineSnapshot(`
    [
      "call.ndjson:2: unconsumed: expected dial 1 of 1, got no dial",
    ]
  `);
  expect(over).toBe(3 + 2 + 20);
});

it('waits between the dials of a call that is dialled again in time', async () => {
  const dials = ['^', '-------^', '------------^'];

  expect(await conclude(rejoined, { dials, asking: '----x' })).toEqual({
    divergences: [],
    over: 17,
  });
});

it('waits for a further dial no longer than it took, and waitMs more', async () => {
  const { divergences, over } = await conclude(rejoined, { dials: ['^'], asking: 'x' });

  expect(divergences).toMatchInlineSnapshot(`
    [
      "call.ndjson:5: unconsumed: expected dial 2 of 3, got no dial",
      "call.ndjson:6: unconsumed: expected dial 3 of 3, got no dial",
    ]
  `);
  expect(over).toBe(3 + 4 + 20);
});

it('tells of every dial that was not made', async () => {
  const { divergences } = await conclude(rejoined, { asking: 'x' });

  expect(divergences).toMatchInlineSnapshot(`
    [
      "call.ndjson:2: unconsumed: expected dial 1 of 3, got no dial",
      "call.ndjson:5: unconsumed: expected dial 2 of 3, got no dial",
      "call.ndjson:6: unconsumed: expected dial 3 of 3, got no dial",
    ]
  `);
});

it('waits for a command that comes late', async () => {
  const course = { dials: ['^'], sending: '----------------j', asking: 'x' };

  expect(await conclude(joined, course)).toEqual({ divergences: [], over: 19 });
});

it('waits for a command until waitMs after it was due', async () => {
  const { divergences, over } = await conclude(joined, { dials: ['^'], asking: 'x' });

  expect(divergences).toMatchInlineSnapshot(`
    [
      "call.ndjson:3: missing: expected client:joinCall, got nothing within 20 ms; line 4 (ack) waits for it",
    ]
  `);
  expect(over).toBe(5 + 20);
});

it('waits for a close until waitMs after it was due', async () => {
  const call = scenario().send(heard.s, { after: 2 }).hangUp({ after: 3 });
  const { divergences, over } = await conclude(call, { dials: ['^'], asking: '----x' });

  expect(divergences).toMatchInlineSnapshot(`
    [
      "call.ndjson:4: missing: expected the client to close, got nothing within 20 ms",
    ]
  `);
  expect(over).toBe(5 + 20);
});

it('is done when the client closes as the recorded one did', async () => {
  const call = scenario().send(heard.s, { after: 2 }).hangUp({ after: 3 });

  expect(await conclude(call, { dials: ['^----!'], asking: 'x' })).toEqual({
    divergences: [],
    over: 5,
  });
});

it('waits for the client to give up a dial until waitMs after the recorded one did', async () => {
  const recording = toRecording(
    { at: 3, event: 'failed', reason: 'aborted' },
    { at: 3, event: 'end' },
  );
  const stays = await conclude(recording, { dials: ['^'], asking: 'x' });
  const leaves = await conclude(recording, { dials: ['^---!'], asking: 'x' });

  expect(stays.divergences).toMatchInlineSnapshot(`
    [
      "call.ndjson:2: missing: expected the client to give up the dial, got nothing within 20 ms",
    ]
  `);
  expect(stays.over).toBe(3 + 20);
  expect(leaves).toEqual({ divergences: [], over: 4 });
});

it('is done as soon as the client departs', async () => {
  const course = { dials: ['^'], sending: '---e', asking: 'x' };
  const { divergences, over } = await conclude(joined, course);

  expect(divergences).toMatchInlineSnapshot(`
    [
      "call.ndjson:3: mismatch: expected client:joinCall, got client:endCall",
    ]
  `);
  expect(over).toBe(3);
});

it('is done as soon as the client leaves early', async () => {
  const { divergences, over } = await conclude(short, { dials: ['^--!'], asking: 'x' });

  expect(divergences).toMatchInlineSnapshot(`
    [
      "call.ndjson:3: early-close: expected the client to stay for event:start, got a close",
    ]
  `);
  expect(over).toBe(3);
});

it('is done when the client leaves before the server closes, having heard everything', async () => {
  const call = scenario().send(heard.s, { after: 2 }).close(1000, { after: 1_000 });

  expect(await conclude(call, { dials: ['^--!'], asking: 'x' })).toEqual({
    divergences: [],
    over: 3,
  });
});

it('tells of commands that nothing waited for, when they did not come', async () => {
  const call = scenario().onJoin([], { after: 1 }).onEnd([], { after: 1 }).close();
  const { divergences, over } = await conclude(call, { dials: ['^'], sending: '-j', asking: 'x' });

  expect(divergences).toMatchInlineSnapshot(`
    [
      "call.ndjson:4: missing: expected client:endCall, got nothing within 20 ms",
    ]
  `);
  expect(over).toBe(22);
});

it.each([
  ['no dials', toRecording({ at: 0, event: 'end' })],
  ['nothing at all', toRecording()],
])('is done at once with a recording that has %s', async (_what, recording) => {
  expect(await conclude(recording, { asking: 'x' })).toEqual({ divergences: [], over: 0 });
});

it('is done when a recorder that died has nothing more to tell', async () => {
  const { entries } = short.toRecording();
  const recording = toRecording(...entries.slice(0, 2));

  expect(await conclude(recording, { dials: ['^', '-----^'], asking: 'x' })).toEqual({
    divergences: [],
    over: 5,
  });
});

it('does not wait when it is told not to', async () => {
  const { divergences, over } = await conclude(joined, { dials: ['^'], asking: 'x', waitMs: 0 });

  expect(divergences).toMatchInlineSnapshot(`
    [
      "call.ndjson:3: missing: expected client:joinCall, got nothing within 0 ms; line 4 (ack) waits for it",
    ]
  `);
  expect(over).toBe(5);
});

it('waits forever if it is told to', async () => {
  const waitMs = Infinity;
  const dials = ['^', '5s ^', '15s ^'];
  const late = await conclude(rejoined, { dials, asking: 'x', waitMs });
  const sending = '30s j';
  const slow = await conclude(joined, { dials: ['10s ^'], sending, asking: 'x', waitMs });

  expect(late).toEqual({ divergences: [], over: 15_005 });
  expect(slow).toEqual({ divergences: [], over: 30_003 });
});

/* On the real clock, for which Infinity is no time at all. */

/** Waits as long as a replay does that nobody dials. */
const waitAWhile = () => replay(short.toRecording(), { waitMs: 5 }).done();

it('waits forever for a dial and a command, on the real clock, too', async () => {
  const fake = replay(joined.toRecording(), { waitMs: Infinity });
  const join$ = new Subject<Frame>();
  let isDone = false;
  const done = fake.done().finally(() => {
    isDone = true;
  });

  await waitAWhile();
  expect(isDone).toBe(false);

  const frames = lastValueFrom(
    follow(fake, join$).pipe(
      catchError(() => EMPTY),
      toArray(),
    ),
  );
  await waitAWhile();
  expect(isDone).toBe(false);

  join$.next(sent.j);
  expect(await frames).toEqual(['open', heard.a]);
  expect(await done).toEqual([]);
});

it('waits for the server as long as it takes, however short it waits for the client', async () => {
  const call = scenario().send(heard.s, { after: 20 }).onJoin(ack());
  const fake = replay(call.toRecording(), { pace: 'recorded', waitMs: 0 });
  const join$ = new Subject<Frame>();
  follow(fake, join$).subscribe({
    next: (frame) => {
      if (frame === heard.s) join$.next(sent.j);
    },
    error: () => undefined,
  });

  expect(await fake.done()).toEqual([]);
});

it('says the same whenever it is asked again', async () => {
  let both: Promise<(readonly Divergence[])[]> | undefined;
  run((time) => {
    const fake = replay(short.toRecording('call.ndjson'), { waitMs: 20 });
    time.cold('-x').subscribe(() => {
      both = Promise.all([fake.done(), fake.done()]);
    });
  });
  const [first, second] = (await both) ?? [];

  expect(first).toHaveLength(1);
  expect(second).toEqual(first);
});

/* onAwait */

/** What a replay is told to wait for, and when. */
function awaitedIn(call: Scenario, sending: string, left = '^'): readonly [number, Awaited][] {
  const told: [number, Awaited][] = [];
  run((time) => {
    const fake = replay(call.toRecording('call.ndjson'), {
      pace: 'recorded',
      match: 'loose',
      onAwait: (awaited) => told.push([asyncScheduler.now(), awaited]),
    });
    time.expectObservable(follow(fake, time.hot(sending, sent)), left);
  });
  return told;
}

it('says what it waits for a second after that was due, once', () => {
  const expected = { at: 'call.ndjson:3', expected: 'client:joinCall' };

  expect(awaitedIn(joined, '')).toEqual([[1_005, expected]]);
  // What else the client sends meanwhile does not start it anew.
  const ended = joining.onEnd(ack());
  expect(awaitedIn(ended, '500ms e 999ms e')).toEqual([[1_005, expected]]);
});

it('says nothing of a client that is in time, or less than a second late', () => {
  expect(awaitedIn(joined, '---j')).toEqual([]);
  expect(awaitedIn(joined, '1003ms j')).toEqual([]);
});

it('says that it waits for the client to close', () => {
  const call = scenario().send(heard.s, { after: 2 }).hangUp({ after: 3 });

  expect(awaitedIn(call, '')).toEqual([
    [1_005, { at: 'call.ndjson:4', expected: 'the client to close' }],
  ]);
  expect(awaitedIn(call, '', '^-----!')).toEqual([]);
});

it('says that it waits for the client to give up a dial', () => {
  const told: Awaited[] = [];
  run((time) => {
    const recording = toRecording({ at: 3, event: 'failed', reason: 'aborted' });
    const fake = replay(recording, { onAwait: (awaited) => told.push(awaited) });
    time.expectObservable(follow(fake));
  });

  expect(told).toEqual([{ at: 'call.ndjson:2', expected: 'the client to give up the dial' }]);
});

/* Whatever the call, and however slow the client */

const step = fc.oneof(
  fc.nat({ max: 9 }).map((after) => (call: Scenario) => call.send(heard.t, { after })),
  fc.nat({ max: 9 }).map((after) => (call: Scenario) => call.send('cut off', { after })),
  fc.nat({ max: 9 }).map((after) => (call: Scenario) => call.callEnd({ after })),
  fc.nat({ max: 9 }).map((after) => (call: Scenario) => call.onJoin(ack({ after }), { after })),
  fc
    .nat({ max: 9 })
    .map((after) => (call: Scenario) => call.onEnd([ack({ after }), ack({ after })], { after })),
);

it('sends what was recorded in its order, however long the client takes for its commands', () => {
  const course = fc.array(fc.tuple(step, fc.nat({ max: 40 })));
  const options = fc.record({
    pace: fc.constantFrom('instant', 'recorded'),
    match: fc.constantFrom('strict', 'typed', 'loose'),
    speed: fc.constantFrom(0.5, 1, 3),
  });
  fc.assert(
    fc.property(course, options, (steps, replayOptions) => {
      const { entries } = steps.reduce((call, [add]) => add(call), scenario().open()).toRecording();
      const frames = entries.flatMap((entry) => (entry.event === 'frame' ? [entry] : []));
      const toText = ({ json, text }: (typeof frames)[number]) => text ?? JSON.stringify(json);
      const isOf = (peer: string) => (frame: (typeof frames)[number]) => frame.from === peer;
      const delays = steps.map(([, delayMs]) => delayMs);
      const fake = replay(toRecording(...entries), replayOptions);
      const received: string[] = [];

      run((time) => {
        const commands$ = from(frames.filter(isOf('client')).map(toText)).pipe(
          concatMap((frame, index) => of(frame).pipe(delay(delays[index] ?? 0))),
        );
        const all$ = follow(fake, commands$).pipe(tap((frame) => received.push(String(frame))));
        time.expectObservable(all$);
      });

      expect(received).toEqual(['open', ...frames.filter(isOf('server')).map(toText)]);
      expect(fake.divergences()).toEqual([]);
    }),
  );
});

/* A whole call */

it('is a whole call, lost and dialled again, in virtual time', async () => {
  let done: Promise<readonly Divergence[]> | undefined;
  run((time) => {
    const recorded = scenario()
      .open({ after: 2 })
      .send(heard.s, { after: 1 })
      .caller('A parcel.', { after: 3 })
      .drop(1006, { after: 2 })
      .refuse(503, { after: 4 })
      .open({ after: 8 })
      .caller('Hello?', { after: 2 })
      .onJoin(ack({ after: 3 }), { after: 2 })
      .callEnd({ after: 2 })
      .close(1000, { after: 1 });
    const fake = replay(recorded.toRecording(), { pace: 'recorded' });
    // Dialled again after half of 8 ms, then after half of 16 ms.
    const retry = { baseDelayMs: 8, random: () => 0 };
    const call = liveCall(fake, { retry, createId: () => 'live-1' });

    const state = '       c-o-----r---r-------o---------e(E|)';
    const events = '      ---s--------------------------e|   ';
    const transcript = '  ------p---------------h--------|   ';
    const errors = '      --------x---y------------------|   ';
    const join = '        -------------------------^         ';
    const joined = '      ----------------------------(j|)   ';

    call.connect();
    done = fake.done();
    const state$ = call.state$.pipe(map(({ status }) => status));
    time.expectObservable(state$).toBe(state, {
      c: 'connecting',
      o: 'open',
      r: 'reconnecting',
      e: 'closing',
      E: 'closed',
    });
    time.expectObservable(call.events$).toBe(events, {
      s: { type: 'event:start', phone: 'anonymous', timestamp: '2026-11-22T09:00:00Z' },
      e: { type: 'event:callEnd', timestamp: '2026-01-01T00:00:00.029Z' },
    });
    time.expectObservable(call.transcript$).toBe(transcript, {
      p: { type: 'transcript', msg: 'A parcel.', role: 'other' },
      h: { type: 'transcript', msg: 'Hello?', role: 'other' },
    });
    time
      .expectObservable(call.errors$)
      .toBe(errors, { x: lost, y: new HandshakeRefusedError(503) });
    time.expectObservable(call.joinCall(), join).toBe(joined, {
      j: { type: 'client:joinCall', id: 'live-1', connection: 2, at: 28, confirmedBy: 'ack' },
    });
  });

  expect(await done).toEqual([]);
});

it.each(['instant', 'recorded'] as const)(
  'lets a client find out after its own frame that it departed, %s',
  async (pace) => {
    const call = scenario().start().onJoin(ack()).callEnd().close();
    const lines: string[] = [];
    const sink = recordingSink((line) => lines.push(line));
    const live = liveCall(replay(call.toRecording(), { pace }).pipe(record(sink)));
    const errors: unknown[] = [];
    live.events$.pipe(switchMap(() => live.endCall())).subscribe({
      error: (error: unknown) => errors.push(error),
    });
    const ended = lastValueFrom(live.state$);
    live.connect();
    await ended;
    sink.end();

    // It was sent, and whether the server heeded it cannot be known.
    expect(errors).toMatchObject([{ _tag: 'ConnectionLostError', delivery: 'unknown' }]);
    const { entries } = await parseRecording('departed', lines.join(''));
    expect(entries.slice(-3)).toMatchObject([
      { event: 'frame', from: 'client' },
      { event: 'close', code: 4999 },
      { event: 'end' },
    ]);
  },
);
