import { afterAll, expect, it } from 'vitest';

import { makeApp } from './fixtures/app.js';

/* A recording in the tests of an app that has no vitest. */

const app = makeApp();
afterAll(() => {
  app[Symbol.dispose]();
});

/** The tests of the app, and what becomes of them; `expect` is Jest's own. */
const tests = `
import assert from 'node:assert/strict';
import { test } from 'node:test';

import { matchers, openReplay } from '@livecall/tools';
import { expect } from 'expect';
import { filter, firstValueFrom, switchMap } from 'rxjs';

expect.extend(matchers);

async function open(t, options) {
  const opened = await openReplay('recordings/joined-call.ndjson', options);
  t.after(opened.close);
  return opened;
}

function join(call) {
  const joined = firstValueFrom(
    call.events$.pipe(
      filter(({ type }) => type === 'event:end'),
      switchMap(() => call.joinCall()),
    ),
  );
  call.connect();
  return joined;
}

for (const over of ['process', 'socket']) {
  test('joins over a ' + over, async (t) => {
    const { call, server, recording, finish } = await open(t, { over });
    await join(call);

    expect(call).toHaveSent(['client:joinCall']);
    expect(server).toHaveFollowed(recording);
    expect(call).not.toHaveSent(['client:joinCall', 'client:joinCall']);
    await finish();
  });
}

test('does not join', async (t) => {
  const { call, finish } = await open(t, { waitMs: 50 });
  call.connect();
  await finish();
});

test('does not join, and waits for what comes then', async (t) => {
  const { call } = await open(t, { waitMs: 50 });
  call.connect();
  await firstValueFrom(call.transcript$.pipe(filter(({ role }) => role === 'user')));
});

test('sends something else', async (t) => {
  const { call, finish } = await open(t);
  await join(call);
  expect(call).toHaveSent(['client:joinCall', 'client:endCall']);
  await finish();
});

test('fails by itself', async (t) => {
  const { call, finish } = await open(t, { over: 'socket' });
  call.connect();
  assert.equal(1, 2);
  await finish();
});
`;

it('is tested with node:test, and with the matchers in the expect of Jest', async () => {
  const file = app.write('runners.test.js', tests);
  const { exitCode, stdout } = await app.node('--test', '--test-reporter=spec', file);
  // What failed is told again at the end.
  const results = new Set(stdout.match(/^[✔✖] .*(?= \()/gm));

  expect(exitCode).toBe(1);
  expect([...results]).toEqual([
    '✔ joins over a process',
    '✔ joins over a socket',
    '✖ does not join',
    '✖ does not join, and waits for what comes then',
    '✖ sends something else',
    '✖ fails by itself',
  ]);
  const missing =
    'The client departed from recordings/joined-call.ndjson:\n *recordings/joined-call.ndjson:9: missing: expected client:joinCall, got nothing within 50 ms; line 10 \\(ack\\) waits for it\n';
  expect(stdout).toMatch(new RegExp(`^ *(Error )?\\W?DivergedError\\W+${missing}`, 'm'));
  expect(stdout).toMatch(new RegExp(`\\[cause\\]: (Error )?\\W?DivergedError\\W+${missing}`));
  expect(stdout).toMatch(
    /The client sent something else \(- expected, \+ sent\):\n +client:joinCall\n *- client:endCall\n/,
  );
  expect(stdout).not.toMatch(/\+\d{5}|Marta|any-token/);
});

it('is typed for Jest', async () => {
  app.write(
    'types.ts',
    `
import { matchers, openReplay } from '@livecall/tools';
import type { Recording, SentFrame } from '@livecall/tools';
import { expect } from 'expect';

declare module 'expect' {
  interface Matchers<R extends void | Promise<void>> {
    toHaveSent(expected: readonly SentFrame[]): R;
    toHaveFollowed(recording: Recording): R;
  }
}
expect.extend(matchers);

const { call, recording } = await openReplay('recordings/joined-call.ndjson');
expect(call).toHaveSent(['client:joinCall']);
expect(call).toHaveFollowed(recording);
// @ts-expect-error: no command
expect(call).toHaveSent(['client:join']);
`,
  );

  expect(await app.compile()).toBe('');
});

const finishing = `
import assert from 'node:assert/strict';

import { test } from '@livecall/tools/node-test';
import { filter, firstValueFrom, switchMap } from 'rxjs';

async function join({ call }) {
  const joined = firstValueFrom(
    call.events$.pipe(
      filter(({ type }) => type === 'event:end'),
      switchMap(() => call.joinCall()),
    ),
  );
  call.connect();
  await joined;
}

test('joins', async ({ replayed }, t) => {
  assert.equal(t.name, 'joins');
  await join(await replayed('recordings/joined-call.ndjson'));
});

test('joins, with options', { timeout: 60_000 }, async ({ replayed }) => {
  await join(await replayed('recordings/joined-call.ndjson', { over: 'process' }));
});

test('does not join', async ({ replayed }) => {
  const { call } = await replayed('recordings/joined-call.ndjson', { waitMs: 50 });
  call.connect();
});

test('fails by itself', async ({ replayed }) => {
  await join(await replayed('recordings/joined-call.ndjson'));
  assert.equal(1, 2);
});
`;

it('is judged by itself in node:test', async () => {
  const file = app.write('finishing.test.js', finishing);
  const { stdout } = await app.node('--test', '--test-reporter=spec', file);

  expect([...new Set(stdout.match(/^[✔✖] .*(?= \()/gm))]).toEqual([
    ...['✔ joins', '✔ joins, with options', '✖ does not join', '✖ fails by itself'],
  ]);
  expect(stdout).toMatch(/joined-call.ndjson:9: missing: expected client:joinCall/);
});

it('is typed for Jest by its entry', async () => {
  app.write(
    'jest-types.ts',
    `
import { test } from '@livecall/tools/jest';
import { expect } from 'expect';

test('joins', async ({ replayed }) => {
  const { call, recording, server } = await replayed('recordings/joined-call.ndjson', { over: 'socket' });
  expect(call).toHaveSent(['client:joinCall']);
  expect(server.url).toBe('');
  expect(call).toHaveFollowed(recording);
});
// @ts-expect-error: no body
test.only('joins');
`,
  );

  expect(await app.compile()).toBe('');
});
