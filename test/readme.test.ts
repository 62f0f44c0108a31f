import { execFile } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { promisify } from 'node:util';

import { liveCall } from '@livecall/core';
import type { Acknowledged, CommandResult, LiveCall } from '@livecall/core';
import { ack, loadRecording, replay, scenario, serveReplays } from '@livecall/tools';
import { firstValueFrom, of, toArray } from 'rxjs';
import type { Observable } from 'rxjs';
import { afterAll, beforeAll, expect, it } from 'vitest';

import { compiler } from './fixtures/compiler.js';
import { run } from './fixtures/livecall.js';
import { readExamples } from './fixtures/read-examples.js';

const root = fileURLToPath(new URL('..', import.meta.url));
const folder = mkdtempSync(join(tmpdir(), 'livecall-readme-'));
const pages = [
  ...['README.md', 'packages/core/README.md', 'tools/README.md'],
  // It needs a broker, and is compiled.
  ...['packages/fleet/README.md', 'docs/fleet.md'],
];
const examples = readExamples(...pages.map((page) => join(root, page)));
/** What is a test of vitest's is executed by it, and everything else by plain Node. */
const isTest = (name: string) =>
  /from '(vitest|@livecall\/tools\/vitest)'/.test(examples[name] ?? '');

/** Runs plain Node; what it wrote is the error where it fails. */
const node = (args: readonly string[], env = process.env) =>
  promisify(execFile)(process.execPath, args, { cwd: folder, env }).catch((error: unknown) => {
    const { stdout, stderr } = error as { readonly stdout: string; readonly stderr: string };
    throw new Error(`${stdout}${stderr}`);
  });

/** An app beside the workspace: the built packages, strict TypeScript, plain Node. */
beforeAll(async () => {
  symlinkSync(join(root, 'test', 'node_modules'), join(folder, 'node_modules'));
  symlinkSync(join(root, 'recordings'), join(folder, 'recordings'));
  symlinkSync(join(root, 'recordings', 'screened-spam-call.ndjson'), join(folder, 'call.ndjson'));
  mkdirSync(join(folder, 'src'));
  for (const [name, code] of Object.entries(examples)) {
    writeFileSync(join(folder, 'src', `${name}${isTest(name) ? '.test' : ''}.ts`), code);
  }
  writeFileSync(join(folder, 'package.json'), '{"type":"module"}');
  const compilerOptions = {
    module: 'nodenext',
    target: 'es2022',
    lib: ['es2022', 'esnext.disposable'],
    strict: true,
    skipLibCheck: true,
    outDir: 'dist',
    rootDir: 'src',
    typeRoots: [join(root, 'node_modules', '@types')],
    types: ['node'],
  };
  writeFileSync(
    join(folder, 'tsconfig.json'),
    JSON.stringify({ compilerOptions, include: ['src'] }),
  );
  await node([compiler, '-p', folder]);
});
afterAll(() => {
  rmSync(folder, { recursive: true });
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
  const { stdout, stderr } = await node([join('dist', `${name}.js`)], {
    ...process.env,
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
  const commands = (await import(pathToFileURL(join(folder, 'dist', 'commands.js')).href)) as {
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

it.each(Object.keys(examples).filter(isTest))('passes as a test of vitest: %s', async (name) => {
  const vitest = join(root, 'node_modules', 'vitest', 'vitest.mjs');
  const { stdout } = await node([vitest, 'run', '--root', folder, `src/${name}.test.ts`]);

  expect(stdout).toMatch(/Tests .*[1-9]\d* passed/);
});
