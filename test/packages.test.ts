import { execFile } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

import { loadRecording, replay, serve } from '@livecall/tools';
import { publint } from 'publint';
import { formatMessage } from 'publint/utils';
import { afterAll, beforeAll, expect, it } from 'vitest';

import { readExamples } from './fixtures/read-examples.js';

const run = promisify(execFile);
const require = createRequire(import.meta.url);
const root = fileURLToPath(new URL('..', import.meta.url));
const folder = mkdtempSync(join(tmpdir(), 'livecall-packages-'));
const packed = join(folder, 'packed');
const app = join(folder, 'app');
const packages = [join(root, 'packages', 'core'), join(root, 'tools')];
let tarballs: readonly string[] = [];

/** An app of somebody else's: the packages as they are published, and nothing of the workspace. */
beforeAll(async () => {
  mkdirSync(packed);
  for (const cwd of packages) {
    // `npm pack` would leave `workspace:` and `catalog:` as they are.
    await run('npx', ['--yes', 'pnpm@12.21.0', 'pack', '--pack-destination', packed], { cwd });
  }
  tarballs = readdirSync(packed).map((name) => join(packed, name));

  mkdirSync(join(app, 'src'), { recursive: true });
  writeFileSync(join(app, 'package.json'), '{"type":"module","private":true}');
  const { version: nodeTypes } = require('@types/node/package.json') as { version: string };
  const { version: rxjs } = require('rxjs/package.json') as { version: string };
  const installed = [...tarballs, `rxjs@${rxjs}`, `@types/node@${nodeTypes}`];
  await run('npm', ['install', '--prefer-offline', '--no-audit', '--no-fund', ...installed], {
    cwd: app,
  });
}, 120_000);
afterAll(() => {
  rmSync(folder, { recursive: true });
});

it.each(packages)('publishes %s as publint would have it', async (pkgDir) => {
  const { messages, pkg } = await publint({ pkgDir, strict: true, pack: 'npm' });

  expect(messages.map((message) => formatMessage(message, pkg))).toEqual([]);
});

it('resolves its types however it is imported', async () => {
  const attw = join(
    require.resolve('@arethetypeswrong/cli/package.json'),
    '..',
    'dist',
    'index.js',
  );
  for (const tarball of tarballs) {
    // It is ESM alone: Node requires it from 20.19 on.
    await run(process.execPath, [attw, tarball, '--profile', 'esm-only']);
  }
});

it("compiles the README's example in an app, and runs it against a replay", async () => {
  writeFileSync(
    join(app, 'src', 'follow.ts'),
    readExamples(join(root, 'README.md'))['follow'] ?? '',
  );
  const compilerOptions = {
    module: 'nodenext',
    target: 'es2022',
    strict: true,
    exactOptionalPropertyTypes: true,
    noUncheckedIndexedAccess: true,
    skipLibCheck: false,
    types: ['node'],
    rootDir: 'src',
    outDir: 'dist',
  };
  writeFileSync(join(app, 'tsconfig.json'), JSON.stringify({ compilerOptions, include: ['src'] }));
  const tsc = join(root, 'node_modules', 'typescript', 'bin', 'tsc');
  await run(process.execPath, [tsc, '-p', app]).catch((error: unknown) => {
    throw new Error((error as { stdout: string }).stdout);
  });

  const recording = await loadRecording(join(root, 'recordings', 'withheld-number.ndjson'));
  await using server = await serve(replay(recording));
  const { stdout } = await run(process.execPath, [join(app, 'dist', 'follow.js')], {
    env: {
      ...process.env,
      LIVECALL_URL: server.url,
      LIVECALL_ACCESS_TOKEN: 'any',
      LIVECALL_CONVERSATION_TOKEN: 'any',
    },
  });

  expect(stdout).toContain('other: Yes, to Friday at ten, if that suits.');
  expect(await server.done()).toEqual([]);
});

it('runs its command line in an app', async () => {
  const livecall = join(app, 'node_modules', '.bin', 'livecall');
  const { stdout } = await run(livecall, ['show', join(root, 'recordings', 'joined-call.ndjson')]);

  expect(stdout).toContain('→ join the call');
});
