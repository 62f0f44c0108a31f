import { spawnSync } from 'node:child_process';
import console from 'node:console';
import { cpSync, existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

/*
 * Installs the packed packages beside test runners, compilers and a bundler, and sees that each does
 * what docs/testing.md says of it: npm run test:runners, or some of them by a word of their names,
 * npm run test:runners -- jsdom
 */

const root = fileURLToPath(new URL('..', import.meta.url));
const packed = ['core', 'recording', 'server', 'tools'].map((name) =>
  join(root, `packed/livecall-${name}-0.1.0.tgz`),
);
const VERSIONS = {
  jest: ['jest@30.5.2', 'jest-environment-jsdom@30.5.2'],
  vitest3: ['vitest@3.2.7'],
  vitest4: ['vitest@4'],
  build: ['typescript@5.9.3', '@types/node@20', 'esbuild@0.28.2'],
};

/** One test of a call that is joined, by the names that a runner gives it; `during` stands before it is awaited. */
const joins = (options = '', during = '') => `
  const opened = await openReplay('joined-call.ndjson', { waitMs: 3_000, ${options} });
  const { call, recording } = opened;
  try {
    const joined = firstValueFrom(
      call.events$.pipe(
        filter(({ type }) => type === 'event:end'),
        switchMap(() => call.joinCall()),
      ),
    );
    call.connect();
    ${during}
    await joined;
    expect(call).toHaveSent(['client:joinCall']);
    expect(call).toHaveFollowed(recording);
    await opened.finish();
  } finally {
    await opened.close();
  }`;
const JEST = `import { expect, jest, test } from '@jest/globals';
import { matchers, openReplay } from '@livecall/tools';
import { filter, firstValueFrom, switchMap } from 'rxjs';
expect.extend(matchers);
`;
// In CommonJS Jest has declared `jest` itself.
const REQUIRED = JEST.replace(' jest,', '').replaceAll(
  /import (\{.*\}) from ('.*');/g,
  'const $1 = require($2);',
);
const plain = `${JEST}test('joins', async () => {${joins()}});`;
const faked = (options) =>
  `${JEST}afterEach(() => jest.useRealTimers());
test('joins', async () => {
  jest.useFakeTimers(${options});
  ${joins("pace: 'recorded'", 'await jest.advanceTimersByTimeAsync(600_000);')}
});`;
const JEST_FIXTURE = (act) => `import { test } from '@livecall/tools/jest';
import { filter, firstValueFrom, switchMap } from 'rxjs';
test('joins', async ({ replayed }) => {
  const { call, recording } = await replayed('joined-call.ndjson', { waitMs: 500 });
  const joined = firstValueFrom(
    call.events$.pipe(
      filter(({ type }) => type === 'event:end'),
      switchMap(() => call.joinCall()),
    ),
  );
  call.connect();
  ${act}
});`;
const FIXTURE = `import { test } from '@livecall/tools/vitest';
import { filter, firstValueFrom, switchMap } from 'rxjs';
import { expect, vi } from 'vitest';
test('joins', async ({ replayed }) => {
  const { call, recording } = await replayed('joined-call.ndjson', { over: 'socket' });
  const joined = firstValueFrom(
    call.events$.pipe(
      filter(({ type }) => type === 'event:end'),
      switchMap(() => call.joinCall()),
    ),
  );
  call.connect();
  await joined;
  expect(call).toHaveSent(['client:joinCall']);
  expect(call).toHaveFollowed(recording);
});`;
const LEFT_ON = `${FIXTURE}
test('leaves fake timers on', async ({ replayed }) => {
  const { call } = await replayed('joined-call.ndjson', { pace: 'recorded', waitMs: 50 });
  vi.useFakeTimers();
  call.connect();
});`;
const APP = `import { liveCall } from '@livecall/core';
import type { CallSnapshot } from '@livecall/core';
export type Seen = CallSnapshot;
console.log(typeof liveCall);`;
const BUNDLED = `import { liveCall } from '@livecall/core';
import { webSocketTransport } from '@livecall/core/node';
const url = 'ws://127.0.0.1:9/';
console.log(typeof liveCall(webSocketTransport({ url, accessToken: 'a', conversationToken: 'c' })).connect);`;

const jest = (files, config = {}, flags = ['--experimental-vm-modules']) => ({
  needs: 'jest',
  files: {
    'jest.config.json': JSON.stringify({ testMatch: ['**/*.test.*'], ...config }),
    ...files,
  },
  run: [[...flags, 'node_modules/jest/bin/jest.js', '--no-color']],
});
const vitest = (version, file) => ({
  needs: version,
  files: { 'app.test.js': file },
  run: [['node_modules/vitest/vitest.mjs', 'run', '--no-color']],
});
const tsc = (module, moduleResolution, type) => ({
  needs: 'build',
  files: { 'app.ts': APP, 'package.json': JSON.stringify({ private: true, type }) },
  run: [
    [
      ...['node_modules/typescript/bin/tsc', 'app.ts', '--strict', '--skipLibCheck'],
      ...['--target', 'es2022', '--module', module, '--moduleResolution', moduleResolution],
    ],
    ['app.js'],
  ],
});
const BANNER =
  "--banner:js=import { createRequire } from 'node:module'; const require = createRequire(import.meta.url);";
const esbuild = (format, ...flags) => ({
  needs: 'build',
  files: { 'app.js': BUNDLED },
  run: [
    [
      ...['node_modules/esbuild/bin/esbuild', 'app.js', '--bundle', '--platform=node'],
      ...[`--format=${format}`, `--outfile=out.${format === 'esm' ? 'mjs' : 'cjs'}`, ...flags],
    ],
    [`out.${format === 'esm' ? 'mjs' : 'cjs'}`],
  ],
});

/** What is tried, what is to come of it: nothing where it works, else words of what is said. */
const cells = [
  ['vitest 4', vitest('vitest4', FIXTURE)],
  ['vitest 3', vitest('vitest3', FIXTURE)],
  ['vitest 4, fake timers left on', vitest('vitest4', LEFT_ON), 'the timers are faked'],
  ['vitest 3, fake timers left on', vitest('vitest3', LEFT_ON), 'the timers are faked'],
  ['Jest 30', jest({ 'app.test.js': plain })],
  [
    'Jest 30, its entry',
    jest({
      'app.test.js': JEST_FIXTURE(`await joined;
  expect(call).toHaveFollowed(recording);`),
    }),
  ],
  [
    'Jest 30, its entry, not joined',
    jest({ 'app.test.js': JEST_FIXTURE('void joined;').replace('call.joinCall()', '[]') }),
    'missing: expected client:joinCall',
  ],
  ['Jest 30, fake timers', jest({ 'app.test.js': faked('') })],
  [
    'Jest 30, fake timers without performance',
    jest({ 'app.test.js': faked("{ doNotFake: ['performance'] }") }),
  ],
  [
    'Jest 30, jsdom',
    jest({ 'app.test.js': plain }, { testEnvironment: 'jsdom' }),
    'TextDecoder is not defined',
  ],
  [
    'Jest 30, jsdom, @jest-environment node',
    jest(
      { 'app.test.js': `/** @jest-environment node */\n${plain}` },
      { testEnvironment: 'jsdom' },
    ),
  ],
  [
    'Jest 30, jsdom, export conditions of Node',
    jest(
      {
        'app.test.js': plain,
        'setup.js': `import { TextDecoder, TextEncoder } from 'node:util';
Object.assign(globalThis, { TextDecoder, TextEncoder });`,
      },
      {
        testEnvironment: 'jsdom',
        testEnvironmentOptions: { customExportConditions: ['node', 'node-addons'] },
        setupFiles: ['./setup.js'],
      },
    ),
  ],
  [
    'Jest 30, require',
    jest({ 'app.test.cjs': `${REQUIRED}test('joins', async () => {${joins()}});` }, {}, []),
    'Must use import to load ES Module',
    'before Node 24.9',
  ],
  [
    'Jest 30, CommonJS, import()',
    jest({
      'app.test.cjs': `const { expect, test } = require('@jest/globals');
test('joins', async () => {
  const { matchers, openReplay } = await import('@livecall/tools');
  const { filter, firstValueFrom, switchMap } = await import('rxjs');
  expect.extend(matchers);
  ${joins()}
});`,
    }),
  ],
  ['TypeScript, nodenext, ESM', tsc('nodenext', 'nodenext', 'module')],
  ['TypeScript, node16, ESM', tsc('node16', 'node16', 'module')],
  ['TypeScript, es2022 and bundler, ESM', tsc('es2022', 'bundler', 'module')],
  ['TypeScript, nodenext, CommonJS', tsc('nodenext', 'nodenext', 'commonjs')],
  ['TypeScript, node16, CommonJS', tsc('node16', 'node16', 'commonjs'), 'TS1479'],
  ['TypeScript, commonjs and node10', tsc('commonjs', 'node10', 'commonjs'), 'TS2307'],
  ['esbuild, CommonJS', esbuild('cjs')],
  ['esbuild, ESM', esbuild('esm'), 'Dynamic require of "events" is not supported'],
  ['esbuild, ESM with a banner', esbuild('esm', BANNER)],
];

const workshop = mkdtempSync(join(tmpdir(), 'livecall-runners-'));

/** The folder with what a cell needs, installed once. */
const installed = new Map();
function install(needs) {
  const folder = installed.get(needs) ?? join(workshop, needs);
  if (installed.has(needs)) return folder;
  mkdirSync(folder);
  writeFileSync(join(folder, 'package.json'), '{"private":true,"type":"module"}\n');
  const args = ['install', '--no-audit', '--no-fund', '--loglevel=error', ...packed, 'rxjs@7'];
  const { status, stderr } = spawnSync('npm', [...args, ...VERSIONS[needs]], {
    cwd: folder,
    encoding: 'utf8',
  });
  if (status !== 0) throw new Error(`npm cannot install ${VERSIONS[needs].join(', ')}: ${stderr}`);
  installed.set(needs, folder);
  return folder;
}

/** Runs a cell; gives what was said by the step that failed, nothing where none did. */
function attempt({ needs, files, run }) {
  const folder = install(needs);
  const app = join(folder, 'app');
  rmSync(app, { recursive: true, force: true });
  for (const [name, content] of Object.entries({
    'package.json': '{"private":true,"type":"module"}',
    ...files,
  })) {
    mkdirSync(dirname(join(app, name)), { recursive: true });
    writeFileSync(join(app, name), content);
  }
  cpSync(join(root, 'recordings/joined-call.ndjson'), join(app, 'joined-call.ndjson'));
  for (const step of run) {
    const args = step.map((part) => (part.startsWith('node_modules/') ? join(folder, part) : part));
    const isNative = args[0].endsWith('bin/esbuild');
    const { status, stdout, stderr } = isNative
      ? spawnSync(args[0], args.slice(1), { cwd: app, encoding: 'utf8' })
      : spawnSync(process.execPath, args, { cwd: app, encoding: 'utf8' });
    if (status !== 0) return `${stdout}${stderr}`;
  }
  return undefined;
}

if (!packed.every((path) => existsSync(path)))
  throw new Error('npm run pack writes what is tested.');
const filter = process.argv.slice(2);
const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);
let hasFailed = false;
try {
  for (const [name, cell, complaint, where] of cells) {
    if (!filter.every((word) => name.includes(word))) continue;
    if (where !== undefined && (major > 24 || (major === 24 && minor >= 9))) continue;
    const said = attempt(cell);
    const isAsSaid = complaint === undefined ? said === undefined : said?.includes(complaint);
    const what = complaint === undefined ? 'works' : `fails, ${complaint}`;
    console.log(`${isAsSaid ? 'as said' : 'NOT AS SAID'}: ${name}: ${what}`);
    if (!isAsSaid) console.log(said ?? 'It worked.');
    hasFailed ||= !isAsSaid;
  }
} finally {
  rmSync(workshop, { recursive: true, force: true });
}
process.exitCode = hasFailed ? 1 : 0;
