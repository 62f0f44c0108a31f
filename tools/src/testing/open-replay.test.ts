import { liveCall } from '@livecall/core';
import type { LiveCall, LiveCallError } from '@livecall/core';
import { ack, scenario } from '@livecall/recording';
import type { Scenario } from '@livecall/recording';
import { filter, firstValueFrom, lastValueFrom, map, switchMap, toArray } from 'rxjs';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';

import { closeAfter } from '../faults/close-after.js';
import { maybe } from '../faults/create-fault.js';
import { delayFrames } from '../faults/delay-frames.js';
import { dropFrames } from '../faults/drop-frames.js';
import { duplicateFrames } from '../faults/duplicate-frames.js';
import { stallAfter } from '../faults/stall-after.js';
import { DivergedError } from './diverged-error.js';
import { toHaveFollowed, toHaveSent } from './matchers.js';
import { openReplay } from './open-replay.js';
import type { OpenReplayOptions } from './opened-replay.js';

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

const heard = scenario().start().caller('A parcel.', { after: 1_000 });
const joined = heard.onJoin(ack()).callEnd({ after: 2_000 }).close();

const open = <const O extends OpenReplayOptions>(call: Scenario, options?: O) =>
  openReplay(call.toRecording('call.ndjson'), options);

/** Follows a call, and joins it as soon as it has started. */
function followAndJoin(call: LiveCall): void {
  call.events$
    .pipe(
      filter(({ type }) => type === 'event:start'),
      switchMap(() => call.joinCall()),
    )
    .subscribe({ error: () => undefined });
  call.connect();
}

/** What is shown of the entries around a divergence has a test of its own. */
const isNoEntry = (line: string) => !/^ {2,4}[> ] (line|step) \d/.test(line);

/** The verdict on a test, and how long it took, but for the turns in which it heard the rest. */
async function judge({ finish }: { finish(): Promise<void> }): Promise<string> {
  let verdict = 'none';
  const startedAt = Date.now();
  const toTook = () => {
    const ms = Date.now() - startedAt;
    return `after ${ms - (ms % 25)} ms`;
  };
  void finish().then(
    () => {
      verdict = `followed ${toTook()}`;
    },
    (error: unknown) => {
      const lines = (error as Error).message.split('\n').slice(1).filter(isNoEntry);
      verdict = `${lines.map((line) => line.trim()).join('; ')} ${toTook()}`;
    },
  );
  await vi.advanceTimersByTimeAsync(60_000);
  return verdict;
}

const statusOf = async (call: LiveCall) => (await firstValueFrom(call.state$)).status;

it('plays a call that is followed to its end', async () => {
  const opened = await open(joined);
  const said = lastValueFrom(
    opened.call.transcript$.pipe(
      map(({ msg }) => msg),
      toArray(),
    ),
  );
  followAndJoin(opened.call);

  expect(await said).toEqual(['A parcel.']);
  expect(await judge(opened)).toBe('followed after 0 ms');
  expect(toHaveFollowed(opened.call, opened.recording).pass).toBe(true);
  expect(toHaveSent(opened.server, ['client:joinCall']).pass).toBe(true);
});

it('waits for a call that is on its way to its end, at the recorded pace', async () => {
  const opened = await open(joined, { pace: 'recorded' });
  followAndJoin(opened.call);

  expect(await judge(opened)).toBe('followed after 3000 ms');
});

it('waits for a call that lingers', async () => {
  const options = { pace: 'manual', call: { lingerMs: 3_000 } } as const;
  const opened = await open(heard.callEnd().hangUp(), options);
  opened.call.connect();
  opened.server.advance(1_000);

  expect(await judge(opened)).toBe('followed after 3000 ms');
});

it('says what a client departed in, and tells the client', async () => {
  const opened = await open(heard.onEnd(ack()).callEnd());
  const failed = lastValueFrom(opened.call.events$).catch((error: unknown) => error);
  followAndJoin(opened.call);

  const line = 'call.ndjson:5: mismatch: expected client:endCall, got client:joinCall';
  expect(await failed).toMatchObject({
    _tag: 'ConnectionClosedError',
    code: 4999,
    reason: 'mismatch at line 5',
    cause: new DivergedError('call.ndjson', opened.server.divergences()),
  });
  expect(((await failed) as LiveCallError).cause).toHaveProperty(
    'message',
    [
      'The client departed from call.ndjson:',
      `  ${line}`,
      '      line 2  the connection opens',
      '      line 3  server: event:start',
      '      line 4  server: transcript',
      '    > line 5  client: client:endCall',
      '      line 6  server: ack',
      '      line 7  server: event:callEnd',
    ].join('\n'),
  );
  expect(await judge(opened)).toBe(`${line} after 0 ms`);
});

it('names the step of a scenario in the line in which its author wrote it', async () => {
  const call = scenario().start().caller('A parcel.').onEnd(ack()).callEnd();
  const { line = 0 } = /:(?<line>\d+):\d+\)?$/m.exec(new Error().stack ?? '')?.groups ?? {};
  const opened = await openReplay(call.toRecording('a courier'));
  followAndJoin(opened.call);
  const error = await opened.finish().catch((thrown: unknown) => thrown as Error);

  const written = Number(line) - 1;
  expect((error as Error).message.split('\n')).toEqual([
    'The client departed from a courier:',
    `  tools/src/testing/open-replay.test.ts:${written} (step 3, onEnd): mismatch: expected client:endCall, got client:joinCall`,
    '      step 1  the connection opens',
    '      step 1  server: event:start',
    '      step 2  server: transcript',
    '    > step 3  client: client:endCall',
    '      step 3  server: ack',
    '      step 4  server: event:callEnd',
  ]);
  expect(opened.server.divergences()[0]?.at).toMatch(/open-replay\.test\.ts:\d+ /);
});

it('names the step alone where the stack does not tell', async () => {
  const { stackTraceLimit } = Error;
  Error.stackTraceLimit = 0;
  const call = scenario().start().caller('A parcel.').onEnd(ack()).callEnd();
  Error.stackTraceLimit = stackTraceLimit;
  const opened = await openReplay(call.toRecording('a courier'));
  followAndJoin(opened.call);

  expect(await judge(opened)).toMatch(
    'a courier, step 3, onEnd: mismatch: expected client:endCall, got client:joinCall',
  );
});

it('says what it waited for, and no longer than it was told', async () => {
  const opened = await open(joined, { waitMs: 700 });
  opened.call.connect();

  expect(await judge(opened)).toBe(
    'call.ndjson:5: missing: expected client:joinCall, got nothing within 700 ms; line 6 (ack) waits for it after 700 ms',
  );
});

it('waits 5 s for a call that is never connected', async () => {
  const opened = await open(joined);

  expect(await judge(opened)).toBe(
    'call.ndjson:2: unconsumed: expected dial 1 of 1, got no dial after 5000 ms',
  );
  expect(await statusOf(opened.call)).toBe('idle');
});

it('says that a client left', async () => {
  const opened = await open(joined, { pace: 'recorded' });
  opened.call.connect().unsubscribe();

  expect(await judge(opened)).toBe(
    'call.ndjson:3: early-close: expected the client to stay for event:start, got a close after 0 ms',
  );
});

it('says that a client dialled once more, though the recording was over before', async () => {
  const retry = { random: () => 0.9 };
  const opened = await open(heard.drop(), { call: { retry } });
  opened.call.connect();

  expect(await judge(opened)).toBe(
    'call.ndjson:6: unexpected: expected no more than 1 dial(s), got a further one after 475 ms',
  );
});

it.each<[what: string, ended: Scenario, options: OpenReplayOptions]>([
  ['was closed with 1000 without event:callEnd', heard.close(), {}],
  [
    'lost it to a fault',
    heard.callEnd().close(),
    { faults: [dropFrames({ type: 'event:callEnd' })] },
  ],
])('lets a call dial once more that %s, since it has to ask', async (_what, ended, options) => {
  const opened = await open(ended, options);
  opened.call.connect();

  expect(await judge(opened)).toMatch(/^followed/);
  expect(await statusOf(opened.call)).toBe('closed');
});

it.each<[what: string, options: OpenReplayOptions]>([
  ['what is part of the test', { allow: ['early-close'] }],
  ['what was not played under a fault', { faults: [stallAfter({ frames: 1 })] }],
])('does not mind %s', async (_what, options) => {
  const opened = await open(joined, { pace: 'recorded', ...options });
  const following = opened.call.connect();
  await vi.advanceTimersByTimeAsync(500);
  following.unsubscribe();

  expect(await judge(opened)).toBe('followed after 0 ms');
});

it('minds what a client did under a fault', async () => {
  const opened = await open(heard.onEnd().callEnd(), { faults: [dropFrames({ nth: 2 })] });
  followAndJoin(opened.call);

  expect(await judge(opened)).toBe(
    'call.ndjson:5: mismatch: expected client:endCall, got client:joinCall after 0 ms',
  );
});

const MISSED = 'close:frames=300: unstruck: expected 300 frames on dial 1, got';

it('minds a fault that never struck', async () => {
  const opened = await open(joined, { faults: [closeAfter({ frames: 300 })] });
  followAndJoin(opened.call);

  expect(await judge(opened)).toMatch(`${MISSED} 1 dial with`);
});

it.each<[what: string, options: OpenReplayOptions]>([
  ['is part of the test', { faults: [closeAfter({ frames: 300 })], allow: ['unstruck'] }],
  ['need not strike', { faults: [maybe(closeAfter({ dial: 7 }))] }],
])('does not mind a fault that %s', async (_what, options) => {
  const opened = await open(joined, options);
  followAndJoin(opened.call);

  expect(await judge(opened)).toBe('followed after 0 ms');
});

it('minds a call that was never connected, whatever was to go wrong in it', async () => {
  const opened = await open(joined, { faults: [closeAfter({ frames: 300 })] });

  expect(await judge(opened)).toBe(
    `call.ndjson:2: unconsumed: expected dial 1 of 1, got no dial; ${MISSED} no dial after 5000 ms`,
  );
});

it('minds a call that was never connected, by an operator that does not tell', async () => {
  const opened = await open(joined, { faults: [(transport) => transport] });

  expect(await judge(opened)).toMatch('unconsumed: expected dial 1 of 1, got no dial');
});

it('minds what was not played when no fault has struck', async () => {
  const opened = await open(joined, { faults: [closeAfter({ after: 'event:callEnd' })] });
  opened.call.connect().unsubscribe();

  expect(await judge(opened)).toMatch('early-close');
});

it('puts the last fault next to the client', async () => {
  const type = 'transcript';
  const faults = [duplicateFrames({ type }), dropFrames({ type, nth: 1 })];
  const opened = await open(joined, { faults });
  const said = lastValueFrom(opened.call.transcript$.pipe(toArray()));
  followAndJoin(opened.call);

  expect(await said).toHaveLength(1);
  expect(await judge(opened)).toBe('followed after 0 ms');
});

it('dials again as the client does', async () => {
  const opened = await open(joined, { faults: [closeAfter({ after: 'ack' })] });
  followAndJoin(opened.call);

  expect(await judge(opened)).toMatch(/^followed/);
  expect(toHaveFollowed(opened.call, opened.recording).pass).toBe(true);
});

/* What is left open */

const HANG_UP = 'play it to its end, or unsubscribe what connect() returned';

it('says that the call is open, and closes it', async () => {
  const opened = await open(joined, { faults: [stallAfter({ frames: 1 })] });
  opened.call.connect();

  expect(await judge(opened)).toBe(`the call is still open; ${HANG_UP} after 7000 ms`);
  expect(await statusOf(opened.call)).toBe('closed');
});

it('says that another call over its transport is open', async () => {
  const opened = await open(joined, { faults: [stallAfter({ frames: 1 })] });
  const following = liveCall(opened.transport).connect();

  expect(await judge(opened)).toBe(`a connection is still open; ${HANG_UP} after 7000 ms`);
  following.unsubscribe();
});

it('takes another call over its transport for its own', async () => {
  const opened = await open(joined);
  followAndJoin(liveCall(opened.transport));

  expect(await judge(opened)).toBe('followed after 0 ms');
});

it('leaves nothing of a call behind that it closes without a verdict', async () => {
  for (const how of ['close', Symbol.asyncDispose] as const) {
    const opened = await open(joined, { pace: 'recorded' });
    opened.call.connect();
    await opened[how]();

    expect(await firstValueFrom(opened.call.state$)).toEqual({
      status: 'closed',
      reason: 'hung-up',
    });
    expect(vi.getTimerCount()).toBe(0);
  }
});

it('closes a call that was never connected', async () => {
  const opened = await open(joined);
  await opened.close();

  expect(await statusOf(opened.call)).toBe('idle');
  expect(opened.server.divergences()).toEqual([]);
});

it('says the same when it is asked again', async () => {
  const opened = await open(joined, { faults: [stallAfter({ frames: 1 })] });
  opened.call.connect();
  const first = opened.finish().catch((error: unknown) => error);
  const verdict = await judge(opened);
  const again = opened.finish().catch((error: unknown) => error);

  expect(verdict).toMatch(/^the call is still open/);
  expect(await first).toBeInstanceOf(DivergedError);
  expect(await again).toBe(await first);
});

/* Manual pace */

it('plays by hand', async () => {
  const opened = await open(joined, { pace: 'manual' });
  const events: string[] = [];
  opened.call.events$.subscribe(({ type }) => events.push(type));
  followAndJoin(opened.call);
  opened.server.until(() => events.length === 1);
  opened.server.advance(999);
  expect(toHaveSent(opened.call, ['client:joinCall']).pass).toBe(true);
  opened.server.step();
  opened.server.advance(2_000);

  expect(events).toEqual(['event:start', 'event:callEnd']);
  expect(await judge(opened)).toBe('followed after 0 ms');
});

it('says what was left unplayed by hand, and that the call is open', async () => {
  const opened = await open(joined, { pace: 'manual' });
  opened.call.connect();
  opened.server.step();

  expect(await judge(opened)).toBe(
    `call.ndjson:5: missing: expected client:joinCall, got nothing; the call is still open; ${HANG_UP} after 2000 ms`,
  );
});

/* What cannot be */

it('refuses a file that is no recording', async () => {
  await expect(openReplay('recordings/none.ndjson')).rejects.toMatchObject({
    _tag: 'RecordingError',
  });
});

it.each<[wrong: OpenReplayOptions, message: string]>([
  [{ waitMs: -1 }, 'waitMs must be at least 0, not -1.'],
  [{ pace: 'recorded', speed: 0 }, 'speed must be above 0, not 0.'],
  [{ over: 'socket', call: { maxUtterances: -1 } }, 'maxUtterances must be at least 0, not -1.'],
])('refuses %j', async (wrong, message) => {
  await expect(open(joined, wrong)).rejects.toThrow(new TypeError(message));
});

it('loads a recording by its path', async () => {
  const opened = await openReplay('recordings/joined-call.ndjson');

  expect(opened.recording.name).toBe('recordings/joined-call.ndjson');
  await opened.close();
});

it.each<[what: string, options: OpenReplayOptions]>([
  ['the recording takes its time', { pace: 'recorded', faults: [delayFrames({ ms: 1 })] }],
  ['the fault takes its time', { faults: [delayFrames({ ms: 3_000 })] }],
])('waits for the end of a disturbed call when %s', async (_what, options) => {
  const opened = await open(heard.callEnd({ after: 2_000 }).close(), options);
  opened.call.connect();

  expect(await judge(opened)).toMatch(/^followed after 300\d ms$/);
});

it('ends every call over its transport, and what a fault has kept', async () => {
  const opened = await open(joined, {
    pace: 'recorded',
    faults: [closeAfter({ frames: 1, code: 1012 })],
  });
  const other = liveCall(opened.transport, { retry: { baseDelayMs: 60_000, random: () => 0.9 } });
  other.connect();
  await vi.advanceTimersByTimeAsync(10);
  await opened.close();
  await vi.advanceTimersByTimeAsync(60_000);

  expect(await firstValueFrom(other.state$)).toMatchObject({ status: 'closed', reason: 'failed' });
  expect(vi.getTimerCount()).toBe(0);
});
