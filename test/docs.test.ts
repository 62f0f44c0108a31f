import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

import { isLiveCallError, liveCall } from '@livecall/core';
import type { LiveCallError, Transport } from '@livecall/core';
import {
  ack,
  closeAfter,
  openReplay,
  parseFault,
  replay,
  scenario,
  toHaveSent,
} from '@livecall/tools';
import type { DivergedError, OpenReplayOptions } from '@livecall/tools';
import { filter, merge, mergeMap, switchMap, take, timer } from 'rxjs';
import { TestScheduler } from 'rxjs/testing';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { WebSocket } from 'ws';

import { makeApp } from './fixtures/app.js';
import type { Tested } from './fixtures/app.js';
import { readExamples } from './fixtures/read-examples.js';

const path = fileURLToPath(new URL('../docs/testing.md', import.meta.url));
const page = readFileSync(path, 'utf8');
const examples = readExamples(path);

/* Its examples */

const app = makeApp();
let complaint: string;
let tested: ReadonlyMap<string, Tested>;

/** The globals of Jest, without Jest: its own `expect`, and the `test` of node:test. */
const jestGlobals = `
export { expect } from 'expect';
export { test } from 'node:test';
`;

beforeAll(async () => {
  app.write('jest-globals.ts', jestGlobals);
  for (const [name, code] of Object.entries(examples)) {
    const isForVitest = name !== 'jest' && name !== 'node-test';
    app.write(
      isForVitest ? `${name}.test.ts` : `${name}.ts`,
      code.replace('@jest/globals', './jest-globals.js'),
    );
  }
  complaint = await app.compile();
  tested = await app.vitest('.test.ts');
});
afterAll(() => {
  app[Symbol.dispose]();
});

it('has examples that compile', () => {
  expect(complaint).toBe('');
});

it('has tests for vitest that pass', () => {
  expect([...tested].filter(([, { status }]) => status !== 'passed')).toEqual([]);
  expect([...tested.keys()].sort()).toEqual([
    'dials again and joins',
    'does not survive a protocol error',
    'ends the call as recorded',
    'joins',
    'joins a call of minutes in no time',
    'offers to join once the caller has said why',
    'reads along',
    'shows a call as it happens, twenty times as fast',
    'shows what was said so far',
    'survives a restart of the server',
  ]);
});

it('imports in each test of vitest what its matchers are from', () => {
  // They run in one process, in which another has them already.
  const codes = Object.values(examples).filter((code) => /from 'vitest'/.test(code));
  const matching = codes.filter((code) => /\.toHave(?:Sent|Followed)\(/.test(code));

  expect(matching.length).toBeGreaterThan(2);
  expect(matching.filter((code) => !code.includes("from '@livecall/tools/vitest'"))).toEqual([]);
});

it.each(['node-test', 'jest'])('has a test for another runner that passes: %s', async (name) => {
  const { exitCode, stdout } = await app.node(
    ...['--test', '--test-reporter=tap', join('dist', `${name}.js`)],
  );

  expect(stdout).toContain('ok 1 - joins once the screening is over\n');
  expect(exitCode).toBe(0);
});

it('shows a diff as it is', () => {
  const join = '{"type":"client:joinCall","id":"1"}';
  const heard = { received: () => [join, join, 'Marta, +12025550100'] };
  const { message } = toHaveSent(heard, ['client:joinCall', 'client:endCall']);

  expect(page).toContain(`\`\`\`\n${message()}\n\`\`\``);
});

/* Its tables */

/** The rows of the table under a heading, cell by cell, code marks left out. */
function readTable(firstHeading: string): readonly (readonly string[])[] {
  const lines = page.split('\n');
  const start = lines.findIndex((line) => line.startsWith(`| ${firstHeading} `));
  const end = lines.findIndex((line, index) => index > start && !line.startsWith('|'));
  return lines.slice(start + 2, end).map((line) =>
    line
      .split('|')
      .slice(1, -1)
      .map((cell) => cell.trim().replaceAll('`', '')),
  );
}

type Opened = Awaited<ReturnType<typeof openReplay>>;

/** Connects, and sends commands once the screening is over. */
const send =
  (...commands: readonly ('joinCall' | 'endCall')[]) =>
  ({ call }: Opened) => {
    call.events$
      .pipe(
        filter(({ type }) => type === 'event:end'),
        mergeMap(() => merge(...commands.map((command) => call[command]()))),
      )
      .subscribe({ error: () => undefined });
    call.connect();
  };

const JOINED = 'recordings/joined-call.ndjson';
const departing: readonly (readonly [string, OpenReplayOptions, (opened: Opened) => unknown])[] = [
  [
    JOINED,
    { over: 'socket', waitMs: 0 },
    ({ server }) => {
      const client = new WebSocket((server as unknown as { readonly url: string }).url);
      return new Promise((resolve) => client.once('error', resolve));
    },
  ],
  [JOINED, {}, send('joinCall', 'joinCall')],
  [
    'recordings/error-then-close.ndjson',
    { call: { retry: { classify: () => 'retry', baseDelayMs: 0, maxAttempts: 1 } } },
    send(),
  ],
  [JOINED, {}, send('endCall')],
  [JOINED, { waitMs: 50 }, send()],
  [
    JOINED,
    {},
    ({ call }) => {
      call.state$.pipe(filter(({ status }) => status === 'open')).subscribe(() => {
        call.connect().unsubscribe();
      });
      call.connect();
    },
  ],
  [JOINED, { waitMs: 0 }, () => undefined],
  [JOINED, { faults: [closeAfter({ frames: 300 })] }, send('joinCall')],
];

it('tells each divergence in its line', async () => {
  const lines: (string | undefined)[] = [];
  for (const [recording, options, depart] of departing) {
    const opened = await openReplay(recording, options);
    await depart(opened);
    const error = (await opened.finish().catch((thrown: unknown) => thrown)) as DivergedError;
    lines.push(error.message.split('\n')[1]?.trim());
  }

  expect(readTable('kind').map(([, , , line]) => line)).toEqual(lines);
});

it('has a test for each fault below the messages', () => {
  const tested = readFileSync(new URL('fault-wire.test.ts', import.meta.url), 'utf8');
  const rows = readTable('the server').map(([what = '']) => what);

  // The last two are of many lengths and kinds.
  expect(rows.slice(0, -2).filter((what) => !tested.includes(what))).toEqual([]);
  expect(rows).toHaveLength(17);
});

it('lists the options of each fault', () => {
  for (const [name = '', , options = ''] of readTable('on the command line')) {
    expect(() => parseFault(`${name}:none=1`)).toThrow(
      `The fault ${name} has no none; it has ${options}.`,
    );
  }
});

/** The call that the faults disturb. */
const disturbed = scenario()
  .open({ after: 100 })
  .start({ after: 100 })
  .assistant('Who is calling?', { after: 400 })
  .caller('A parcel.', { after: 400 })
  .onJoin(ack({ after: 70 }), { after: 400 })
  .callEnd({ after: 9_000 })
  .close(1000, { after: 10 })
  .toRecording();

/** What a client sees of it. */
function see(text: string): readonly [errors: string, join: string, closed: string] {
  const errors: string[] = [];
  let joined = '–';
  let closed = '';
  new TestScheduler(() => undefined).run(({ flush }) => {
    const faults = text.split(', then ').map(parseFault);
    const disturbedTransport = faults.reduce<Transport>(
      (transport, fault) => transport.pipe(fault),
      replay(disturbed, { pace: 'recorded' }),
    );
    const call = liveCall(disturbedTransport, { retry: { random: () => 0.5 } });
    call.errors$.subscribe((error) => errors.push(toWord(error)));
    call.state$.subscribe((state) => {
      if (state.status === 'closed') closed = state.reason;
    });
    call.transcript$
      .pipe(
        filter(({ role }) => role === 'other'),
        take(1),
        switchMap(() => call.joinCall({ whenNotOpen: 'wait' })),
      )
      .subscribe({
        next: ({ confirmedBy }) => (joined = confirmedBy),
        error: (error: unknown) => {
          // Not the error of what it waited for to be said.
          if (isLiveCallError(error) && 'delivery' in error) joined = error._tag;
        },
      });
    const following = call.connect();
    timer(120_000).subscribe(() => {
      following.unsubscribe();
    });
    flush();
  });
  const told = [...new Set(errors)].map((word) => {
    const times = errors.filter((other) => other === word).length;
    return times === 1 ? word : `${word} ×${times}`;
  });
  return [told.join(', ') || '–', joined, closed];
}

function toWord(error: LiveCallError): string {
  switch (error._tag) {
    case 'HandshakeRefusedError':
      return `${error._tag} ${error.status}`;
    case 'ConnectionClosedError':
      return `${error._tag} ${error.code}`;
    default:
      return error._tag;
  }
}

it('tells what the client sees of each fault', () => {
  const rows = readTable('fault');
  const seen = rows.map(([fault = '']) => [fault, ...see(fault)]);

  expect(rows.map((row) => row.slice(0, 4))).toEqual(seen);
  expect(new Set(rows.map(([fault = '']) => fault.split(':')[0]))).toEqual(
    new Set(readTable('on the command line').map(([name]) => name)),
  );
});
