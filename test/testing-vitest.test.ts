import { afterAll, beforeAll, expect, it } from 'vitest';

import { makeApp, vitestBin } from './fixtures/app.js';
import type { Tested } from './fixtures/app.js';

/* The fixture and the matchers, in tests of an app with its own vitest. */

const app = makeApp();
let tested: ReadonlyMap<string, Tested>;
let complaint: string;

/** The entries around a divergence, which one test has a look at. */
const ENTRIES = /\n {4}[> ] line \d.*/g;
const withoutEntries = (failure: string) => failure.replaceAll(ENTRIES, '');

const tests = `
import { webSocketTransport } from '@livecall/core/node';
import { liveCall } from '@livecall/core';
import { scenario, ack, stallAfter, dropFrames } from '@livecall/tools';
import { it, test } from '@livecall/tools/vitest';
import type { ReplayedFixture } from '@livecall/tools/vitest';
import { filter, firstValueFrom, lastValueFrom, switchMap } from 'rxjs';
import { expect } from 'vitest';
import type { LiveCall } from '@livecall/core';

const ended = (call: LiveCall) => lastValueFrom(call.state$);

async function joinAfterScreening(call: LiveCall) {
  const joined = firstValueFrom(
    call.events$.pipe(
      filter(({ type }) => type === 'event:end'),
      switchMap(() => call.joinCall()),
    ),
  );
  call.connect();
  await joined;
}

/* Passing */

test('follows in process', async ({ replayed }) => {
  const { call, server, recording } = await replayed('recordings/joined-call.ndjson');
  await joinAfterScreening(call);

  expect(call).toHaveSent(['client:joinCall']);
  expect(server).toHaveFollowed(recording);
  expect(call).not.toHaveSent([]);
});

it('follows over a socket', async ({ replayed }) => {
  const { call, server } = await replayed('recordings/joined-call.ndjson', { over: 'socket' });
  const url: string = server.url;
  expect(url).toMatch(/^ws:/);
  await joinAfterScreening(call);

  expect(call).toHaveSent(['client:joinCall']);
});

test('follows with a client of its own', async ({ replayed }) => {
  const { server } = await replayed('recordings/joined-call.ndjson', { over: 'socket' });
  const call = liveCall(webSocketTransport({ url: server.url, accessToken: 'a', conversationToken: 'c' }));
  await joinAfterScreening(call);

  expect(server).toHaveSent([{ type: 'client:joinCall' }]);
});

test('follows by hand', async ({ replayed }) => {
  const { call, server } = await replayed('recordings/joined-call.ndjson', { pace: 'manual' });
  let said = 0;
  call.transcript$.subscribe(() => (said += 1));
  call.connect();
  server.advance(1_000);
  expect(said).toBe(1);
  server.until(() => said === 4);
  server.step();
  call.joinCall().subscribe();
  server.advance(2_000);
});

test('needs no replay', () => {
  expect(1).toBe(1);
});

test('follows two', async ({ replayed }) => {
  const calls = await Promise.all([
    replayed('recordings/joined-call.ndjson'),
    replayed('recordings/screened-spam-call.ndjson'),
  ]);
  await joinAfterScreening(calls[0].call);
  calls[1].call.connect();
});

test('hangs up when it is finished', async ({ replayed, onTestFinished }) => {
  const { call } = await replayed('recordings/joined-call.ndjson');
  const following = call.connect();
  onTestFinished(() => following.unsubscribe());
  await joinAfterScreening(call);
});

let tries = 0;
test('follows when it is tried again', { retry: 1 }, async ({ replayed }) => {
  const { call } = await replayed('recordings/joined-call.ndjson', { waitMs: 50 });
  tries += 1;
  if (tries === 2) await joinAfterScreening(call);
  else call.connect();
});

test.fails('fails as it should', async ({ replayed }) => {
  await replayed('recordings/joined-call.ndjson', { waitMs: 0 });
});

test('is skipped while it runs', async ({ replayed, skip }) => {
  await replayed('recordings/joined-call.ndjson');
  skip();
});

/* Failing */

test('joins a call that was not joined', async ({ replayed }) => {
  const { call } = await replayed('recordings/screened-spam-call.ndjson');
  call.connect();
  call.joinCall({ whenNotOpen: 'wait' }).subscribe({ error: () => undefined });
  await ended(call);
});

test('does not join', async ({ replayed }) => {
  const { call } = await replayed('recordings/joined-call.ndjson', { waitMs: 50 });
  call.connect();
});

test('does not join, however long it is waited for', async ({ replayed }) => {
  const { call } = await replayed('recordings/joined-call.ndjson');
  call.connect();
});

test('does not join, and waits for what comes then', async ({ replayed }) => {
  const { call } = await replayed('recordings/joined-call.ndjson', { waitMs: 50 });
  call.connect();
  await firstValueFrom(call.transcript$.pipe(filter(({ role }) => role === 'user')));
});

test('does not join, and expects what comes then', async ({ replayed }) => {
  const { call } = await replayed('recordings/joined-call.ndjson', { waitMs: 50 });
  call.connect();
  expect(await ended(call)).toHaveProperty('reason', 'call-ended');
});

test('does not join, and runs out of time', { timeout: 2_000 }, async ({ replayed }) => {
  const { call } = await replayed('recordings/joined-call.ndjson', { waitMs: 50 });
  call.connect();
  await new Promise(() => undefined);
});

test('is left open', async ({ replayed }) => {
  const { call } = await replayed('recordings/joined-call.ndjson', {
    faults: [stallAfter({ frames: 2 })],
    call: { lingerMs: 0 },
  });
  call.connect();
});

test('hangs up early', async ({ replayed }) => {
  const { call } = await replayed('recordings/joined-call.ndjson', { pace: 'recorded' });
  call.connect().unsubscribe();
});

test('is not dialled', async ({ replayed }) => {
  await replayed('recordings/joined-call.ndjson', { waitMs: 50 });
});

test('sends something else', async ({ replayed }) => {
  const { call } = await replayed('recordings/joined-call.ndjson');
  await joinAfterScreening(call);
  expect(call).toHaveSent(['client:endCall', 'client:joinCall']);
});

test('has followed what it was not to', async ({ replayed }) => {
  const { call } = await replayed('recordings/joined-call.ndjson');
  await joinAfterScreening(call);
  expect(call).not.toHaveFollowed(scenario().onJoin(ack()).toRecording());
});

test('fails by itself', async ({ replayed }) => {
  const { call } = await replayed('recordings/joined-call.ndjson');
  call.connect();
  expect(1).toBe(2);
});

let url = '';
test('fails by itself, over a socket', async ({ replayed }) => {
  const { call, server } = await replayed('recordings/joined-call.ndjson', { over: 'socket' });
  url = server.url;
  call.connect();
  expect(1).toBe(2);
});

test('finds nothing open that failed before', async () => {
  const transport = webSocketTransport({ url, accessToken: 'a', conversationToken: 'c' });
  await expect(lastValueFrom(transport)).rejects.toMatchObject({ code: 'ECONNREFUSED' });
});

test('fails softly', async ({ replayed }) => {
  const { call } = await replayed('recordings/joined-call.ndjson');
  call.connect();
  expect.soft(1).toBe(2);
});

test('follows neither of two', async ({ replayed }) => {
  await replayed('recordings/joined-call.ndjson', { waitMs: 50 });
  await replayed('recordings/refused-404.ndjson', { waitMs: 50 });
});

test('has no recording', async ({ replayed }) => {
  await replayed('recordings/none.ndjson');
});

/* What the compiler refuses; none of it is run. */

export async function typed(replayed: ReplayedFixture) {
  const { call, server } = await replayed('recordings/joined-call.ndjson');
  // @ts-expect-error: no command
  expect(call).toHaveSent(['client:join']);
  // @ts-expect-error: a list
  expect(call).toHaveSent('client:joinCall');
  // @ts-expect-error: needs to be told what
  expect(call).toHaveSent();
  // @ts-expect-error: a recording, not its path
  expect(call).toHaveFollowed('recordings/joined-call.ndjson');
  // @ts-expect-error: it has a URL over a socket only
  void server.url;
  // @ts-expect-error: it is played by hand at manual pace only
  server.step();
  // @ts-expect-error: no such pace
  await replayed('recordings/joined-call.ndjson', { pace: 'slow' });
  // @ts-expect-error: no such divergence
  await replayed('recordings/joined-call.ndjson', { allow: ['late'] });
  // @ts-expect-error: a fault is made
  await replayed('recordings/joined-call.ndjson', { faults: [dropFrames] });
}
`;

beforeAll(async () => {
  app.write('app.test.ts', tests);
  const [compiled, run] = await Promise.all([app.compile(), app.vitest('app.test.ts')]);
  complaint = compiled;
  tested = new Map(
    [...run].map(([title, { status, failures }]) => [
      title,
      { status, failures: failures.map(withoutEntries) },
    ]),
  );
});
afterAll(() => {
  app[Symbol.dispose]();
});

it('is typed', () => {
  expect(complaint).toBe('');
});

it.each([
  'follows in process',
  'follows over a socket',
  'follows with a client of its own',
  'follows by hand',
  'needs no replay',
  'follows two',
  'hangs up when it is finished',
  'fails as it should',
  'finds nothing open that failed before',
])('passes a test that %s', (title) => {
  expect(tested.get(title)).toEqual({ status: 'passed', failures: [] });
});

it('does not judge a test that skips itself', () => {
  expect(tested.get('is skipped while it runs')).toEqual({ status: 'skipped', failures: [] });
});

const departed = (recording: string, ...lines: readonly string[]) =>
  [
    `DivergedError: The client departed from recordings/${recording}.ndjson:`,
    ...lines.map((line) => `  ${line}`),
  ].join('\n');

const NOT_JOINED = departed(
  'joined-call',
  'recordings/joined-call.ndjson:9: missing: expected client:joinCall, got nothing within 50 ms; line 10 (ack) waits for it',
);
const NOT_DIALLED = (recording: string) =>
  departed(
    recording,
    `recordings/${recording}.ndjson:2: unconsumed: expected dial 1 of 1, got no dial`,
  );

it('judges each try of a test', () => {
  // vitest keeps what the tries before failed with.
  expect(tested.get('follows when it is tried again')).toEqual({
    status: 'passed',
    failures: [NOT_JOINED],
  });
});

it.each<[title: string, ...failures: string[]]>([
  [
    'joins a call that was not joined',
    departed(
      'screened-spam-call',
      'recordings/screened-spam-call.ndjson:2: unexpected: expected no frame, got client:joinCall',
    ),
  ],
  ['does not join', NOT_JOINED],
  ['does not join, however long it is waited for', NOT_JOINED.replace('50 ms', '4000 ms')],
  [
    'does not join, and expects what comes then',
    "AssertionError: expected { status: 'closed', …(2) } to have property \"reason\" with value 'call-ended'",
    NOT_JOINED,
  ],
  [
    'is left open',
    departed(
      'joined-call',
      'the call is still open; play it to its end, or unsubscribe what connect() returned',
    ),
  ],
  [
    'hangs up early',
    departed(
      'joined-call',
      'recordings/joined-call.ndjson:3: early-close: expected the client to stay for event:start, got a close',
    ),
  ],
  ['is not dialled', NOT_DIALLED('joined-call')],
  [
    'sends something else',
    'Error: The client sent something else (- expected, + sent):\n- client:endCall\n  client:joinCall',
  ],
  ['has followed what it was not to', 'Error: The client was not to send this:\n  client:joinCall'],
  ['fails by itself', 'AssertionError: expected 1 to be 2 // Object.is equality'],
  ['fails softly', 'AssertionError: expected 1 to be 2 // Object.is equality'],
  ['follows neither of two', NOT_DIALLED('joined-call'), NOT_DIALLED('refused-404')],
  ['has no recording', 'RecordingError: recordings/none.ndjson: no such file'],
])('fails a test that %s', (title, ...failures) => {
  expect(tested.get(title)).toEqual({ status: 'failed', failures });
});

it('says where once, when the client has heard it', () => {
  expect(tested.get('does not join, and waits for what comes then')?.failures).toEqual([
    'ConnectionClosedError: The connection was closed with 4999 (the client departed from the recording).',
  ]);
});

it('says where to a test that runs out of time, too', () => {
  expect(tested.get('does not join, and runs out of time')?.failures.slice(1)).toEqual([
    NOT_JOINED,
  ]);
});

it('is read as it is to be read on a terminal', async () => {
  const { stdout, stderr, exitCode } = await app.node(
    ...[vitestBin, 'run', '--root', app.path, 'app.test.ts', '--no-color', '-t', 'waits for what'],
  );

  expect(exitCode).toBe(1);
  expect(stderr).toContain(
    [
      NOT_JOINED.replace('DivergedError', 'Caused by: DivergedError'),
      '      line 6   server: transcript',
      '      line 7   server: transcript',
      '      line 8   server: event:end',
      '    > line 9   client: client:joinCall',
      '      line 10  server: ack',
      '      line 11  server: transcript',
    ].join('\n'),
  );
  expect(stdout + stderr).not.toMatch(/\+\d|Marta|Jo\b|any-token/);
});
