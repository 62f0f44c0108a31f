import { readFileSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';

import { liveCall } from '@livecall/core';
import type { Acknowledged, CommandResult, LiveCall } from '@livecall/core';
import { ack, loadRecording, replay, scenario, serveReplays } from '@livecall/tools';
import { firstValueFrom, of, toArray } from 'rxjs';
import type { Observable } from 'rxjs';
import { afterAll, beforeAll, expect, it } from 'vitest';

import { makeApp } from './fixtures/app.js';
import type { Tested } from './fixtures/app.js';
import { run } from './fixtures/livecall.js';
import { readExamples } from './fixtures/read-examples.js';

const root = fileURLToPath(new URL('..', import.meta.url));
const pages = [
  ...['README.md', 'packages/core/README.md', 'tools/README.md'],
  // It needs a broker, and is compiled.
  ...['packages/fleet/README.md', 'docs/fleet.md'],
];
const examples = readExamples(...pages.map((page) => join(root, page)));
/** What is a test of vitest's is executed by it, and everything else by plain Node. */
const isTest = (name: string) =>
  /from '(vitest|@livecall\/tools\/vitest)'/.test(examples[name] ?? '');

const app = makeApp();
let complaint: string;
let tested: ReadonlyMap<string, Tested>;

beforeAll(async () => {
  symlinkSync(join(root, 'recordings', 'screened-spam-call.ndjson'), join(app.path, 'call.ndjson'));
  for (const [name, code] of Object.entries(examples)) {
    app.write(`${name}${isTest(name) ? '.test' : ''}.ts`, code);
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

it('has the examples that are executed here', () => {
  expect(Object.keys(examples).filter((name) => !isTest(name))).toEqual([
    'follow',
    'commands',
    'core',
    'fleet',
    'fleet-app',
    'watch-worker',
  ]);
});

it('shows a recording as the command line does', async () => {
  const page = readFileSync(join(root, 'README.md'), 'utf8');
  const [, command = '', shown = ''] =
    /^```\n\$ npx livecall ([^\n]*)\n(.*?)```$/ms.exec(page) ?? [];
  const { stdout } = await run(command.split(' '), { cwd: root });

  expect(shown).toBe(stdout);
});

it.each(['follow', 'core'])('follows a call: %s', async (name) => {
  const recording = await loadRecording(join(root, 'recordings', 'screened-spam-call.ndjson'));
  await using server = await serveReplays(replay(recording));
  const { stdout, stderr } = await app.run([join('dist', `${name}.js`)], {
    LIVECALL_URL: server.url,
    LIVECALL_ACCESS_TOKEN: 'access',
    LIVECALL_CONVERSATION_TOKEN: 'conversation',
  });

  expect(stdout.split('\n').slice(0, 2)).toEqual([
    'assistant: Hello, you have reached the assistant of the person you called. Who is calling, please?',
    'other: We have been trying to reach you about your vehicle warranty.',
  ]);
  expect(stderr).toBe('');
  expect(await server.done()).toEqual([]);
});

it('joins once, and joins on a click', async () => {
  const commands = (await import(pathToFileURL(join(app.path, 'dist', 'commands.js')).href)) as {
    joinOnce(call: LiveCall): Observable<Acknowledged>;
    joinOnClick(call: LiveCall, clicks$: Observable<unknown>): Observable<CommandResult>;
  };
  const joined = scenario().start().onJoin(ack()).callEnd();

  const once = liveCall(replay(joined.toRecording()));
  once.connect();
  expect(await firstValueFrom(commands.joinOnce(once))).toMatchObject({ confirmedBy: 'ack' });

  const clicked = liveCall(replay(joined.toRecording()));
  const results = firstValueFrom(commands.joinOnClick(clicked, of('click')).pipe(toArray()));
  expect(await results).toMatchObject([{ status: 'failed', error: { _tag: 'NotOpenError' } }]);
});

it('has tests of vitest that pass', () => {
  expect([...tested].filter(([, { status }]) => status !== 'passed')).toEqual([]);
  expect([...tested.keys()].sort()).toEqual([
    'follows the call to its end',
    'joins once the screening is over',
  ]);
});
