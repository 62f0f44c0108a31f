import { execFile } from 'node:child_process';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  realpathSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

import { checkPackage, createPackageFromTarballData } from '@arethetypeswrong/core';
import { loadRecording, replay, serveReplays } from '@livecall/tools';
import { publint } from 'publint';
import { formatMessage } from 'publint/utils';
import { afterAll, beforeAll, expect, it } from 'vitest';

import { compile } from './fixtures/compile.js';
import type { Compiled } from './fixtures/compile.js';
import { readPage } from './fixtures/page.js';
import { readExamples } from './fixtures/read-examples.js';

const run = promisify(execFile);
const require = createRequire(import.meta.url);
const root = fileURLToPath(new URL('..', import.meta.url));
const folder = mkdtempSync(join(tmpdir(), 'livecall-packages-'));
const packed = join(folder, 'packed');
const app = join(folder, 'app');
const packages = [
  ...['core', 'fleet', 'opentelemetry', 'recording', 'server'].map((name) =>
    join(root, 'packages', name),
  ),
  join(root, 'tools'),
];
const toTarball = (path: string) => {
  const name = readdirSync(packed).find((file) => file.startsWith(`livecall-${basename(path)}-`));
  return new Uint8Array(readFileSync(join(packed, name ?? `${basename(path)} was not packed`)));
};

/** The one version of pnpm is in the script that installs. */
const { scripts } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as {
  scripts: { setup: string };
};
const [pnpm = 'no pnpm in the script'] = /pnpm@\S+/.exec(scripts.setup) ?? [];

/** What a manifest says of the entries of a package, here and where it is published. */
interface Manifest {
  readonly exports: Exports;
  readonly publishConfig?: { readonly exports?: Exports };
}
type Exports = Readonly<Record<string, string | Readonly<Record<string, string>>>>;

/** As strictly as an app can be compiled. */
const compilerOptions = {
  module: 'nodenext',
  target: 'es2022',
  strict: true,
  exactOptionalPropertyTypes: true,
  noUncheckedIndexedAccess: true,
  skipLibCheck: false,
  // The libraries of TypeScript are not livecall's.
  skipDefaultLibCheck: true,
  types: ['node'],
  rootDir: 'src',
  outDir: 'dist',
};
const replayTest = `
import { test } from '@livecall/tools/vitest';
import { lastValueFrom } from 'rxjs';
import { expect } from 'vitest';

test('joins', async ({ replayed }) => {
  const { call } = await replayed('${join(root, 'recordings', 'joined-call.ndjson')}');
  call.connect();
  await lastValueFrom(call.joinCall({ whenNotOpen: 'wait' }));
  expect(call).toHaveSent(['client:joinCall']);
});
`;

/** An app of somebody else's: the packages as they are published, and nothing of the workspace. */
beforeAll(async () => {
  mkdirSync(packed);
  const filters = packages.flatMap((path) => ['--filter', `@livecall/${basename(path)}`]);
  // `npm pack` would leave `workspace:` and `catalog:` as they are.
  await run('npx', ['--yes', pnpm, ...filters, 'pack', '--pack-destination', packed], {
    cwd: root,
  });

  mkdirSync(join(app, 'src'), { recursive: true });
  writeFileSync(join(app, 'package.json'), '{"type":"module","private":true}');
  const { version: nodeTypes } = require('@types/node/package.json') as { version: string };
  const { version: rxjs } = require('rxjs/package.json') as { version: string };
  const tarballs = readdirSync(packed).map((name) => join(packed, name));
  const installed = [...tarballs, `rxjs@${rxjs}`, `@types/node@${nodeTypes}`];
  await run('npm', ['install', '--prefer-offline', '--no-audit', '--no-fund', ...installed], {
    cwd: app,
  });
  // Its dependencies are many; it brings them along from the workspace.
  symlinkSync(
    realpathSync(join(root, 'node_modules', 'vitest')),
    join(app, 'node_modules', 'vitest'),
  );

  writeFileSync(
    join(app, 'src', 'follow.ts'),
    readExamples(join(root, 'README.md'))['follow'] ?? '',
  );
  writeFileSync(join(app, 'src', 'replay.test.ts'), replayTest);
  writeFileSync(join(app, 'tsconfig.json'), JSON.stringify({ compilerOptions, include: ['src'] }));
});
afterAll(() => {
  rmSync(folder, { recursive: true });
});

it.each(packages)('publishes %s as publint would have it', async (path) => {
  const tarball = toTarball(path).buffer;
  const { messages, pkg } = await publint({ strict: true, pack: { tarball } });

  expect(pkg['name']).toBe(`@livecall/${basename(path)}`);
  // Of files within a package: by `imports` instead, what is tested here would be what was built last.
  const told = messages.filter(({ code }) => code !== 'USE_EXPORTS_OR_IMPORTS_BROWSER');
  expect(told.map((message) => formatMessage(message, pkg))).toEqual([]);
});

it.each(packages)('resolves its types however it is imported: %s', async (path) => {
  const checked = await checkPackage(createPackageFromTarballData(toTarball(path)));
  if (checked.types === false) throw new Error('It has no types.');
  // It is ESM alone: Node requires it from 20.19 on.
  const problems = checked.problems.filter(
    (problem) => !('resolutionKind' in problem) || !/^node10$|-cjs$/.test(problem.resolutionKind),
  );

  const { exports } = JSON.parse(readFileSync(join(path, 'package.json'), 'utf8')) as {
    readonly exports: Readonly<Record<string, unknown>>;
  };
  expect(Object.keys(checked.entrypoints)).toEqual(Object.keys(exports));
  expect(problems).toEqual([]);
});

it('is no larger than docs/publishing.md says, and needs no more', async () => {
  const script = join(root, 'test', 'pack-sizes.js');
  const { measurePack } = (await import(script)) as {
    measurePack: (path: string) => {
      readonly name: string;
      readonly sizes: Readonly<Record<'packed' | 'unpacked' | 'files', number>>;
      readonly dependencies: readonly string[];
      readonly peers: readonly string[];
    };
  };
  const table = readPage('publishing.md').table('package');
  const measured = readdirSync(packed).map((name) => measurePack(join(packed, name)));

  expect(measured.map(({ name }) => name).sort()).toEqual([...table.keys()].sort());
  for (const { name, sizes, dependencies, peers } of measured) {
    const row = table.get(name);
    for (const [column, size] of Object.entries(sizes)) {
      const told = Number.parseInt(row?.get(column) ?? '', 10);
      expect(size, `${name}, ${column}: npm run pack-sizes`).toBeLessThanOrEqual(1.25 * told);
    }
    expect(row?.get('dependencies')).toBe(dependencies.join(', ') || 'none');
    expect(row?.get('beside it')).toBe(peers.join(', '));
  }
});

let compiled: Promise<Compiled> | undefined;
const compileOnce = () => (compiled ??= compile(app));

it('compiles in an app', async () => {
  expect((await compileOnce()).complaint).toBe('');
});

it("runs the README's example in an app against a replay", async () => {
  await compileOnce();
  const recording = await loadRecording(join(root, 'recordings', 'withheld-number.ndjson'));
  await using server = await serveReplays(replay(recording));
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

it('gives vitest its fixture and its matchers in an app', async () => {
  await compileOnce();
  const vitest = join(app, 'node_modules', 'vitest', 'vitest.mjs');
  const { stdout } = await run(process.execPath, [vitest, 'run', '--dir', 'dist'], { cwd: app });

  expect(stdout).toMatch(/Tests .*1 passed/);
});

it.each(packages)('has no link in its pages that leads out of it: %s', (path) => {
  const installed = join(app, 'node_modules', '@livecall', basename(path));
  const pages = readdirSync(installed, { recursive: true, encoding: 'utf8' }).filter((name) =>
    /^(?!node_modules).*\.md$/.test(name),
  );
  const broken = pages.flatMap((page) => {
    const links = readFileSync(join(installed, page), 'utf8').matchAll(/\]\((?!\w+:|#)([^)#\s]+)/g);
    return [...links].flatMap(([, target = '']) =>
      existsSync(join(installed, dirname(page), target)) ? [] : [`${page}: ${target}`],
    );
  });

  expect(broken).toEqual([]);
});

it('has every page in it that its help and its own page name', async () => {
  const installed = join(app, 'node_modules', '@livecall', 'tools');
  const livecall = join(app, 'node_modules', '.bin', 'livecall');
  const { stdout: help } = await run(livecall, ['--help']);
  const commands = [...help.matchAll(/^ {2}([a-z]+) /gm)].map(([, command = '']) => command);
  const pages: string[] = [];
  for (const command of commands) {
    const { stdout } = await run(livecall, [command, '--help'], { cwd: app });
    pages.push(...[...stdout.matchAll(/\S+\.md/g)].map(([path]) => join(app, path)));
  }
  const own = readFileSync(join(installed, 'README.md'), 'utf8');
  const linked = [...own.matchAll(/\]\(([^)#]+\.md)/g)].map(([, path = '']) =>
    join(installed, path),
  );

  expect(commands).toContain('replay');
  expect(pages.length).toBeGreaterThanOrEqual(2);
  expect(linked.length).toBeGreaterThanOrEqual(4);
  expect([...pages, ...linked].filter((path) => !existsSync(path))).toEqual([]);
  // What a hover points to, too.
  expect(existsSync(join(app, 'node_modules', '@livecall', 'core', 'PROTOCOL.md'))).toBe(true);
});

it('gives the schemas of the endpoint and of recordings to an app, by their names', () => {
  const requireHere = createRequire(join(app, 'app.js'));
  const schemas = readdirSync(join(root, 'packages', 'core', 'schemas'));

  for (const name of schemas) {
    const schema = requireHere(`@livecall/core/schemas/${name}`) as Readonly<
      Record<string, unknown>
    >;
    expect(Object.keys(schema)).toContain(name === 'asyncapi.json' ? 'asyncapi' : '$schema');
  }
  expect(schemas.length).toBeGreaterThan(8);
  expect(requireHere('@livecall/recording/recording.schema.json')).toHaveProperty('$defs.frame');
});

it('gives Node each of its entries in a few files, and everything else the same in many', async () => {
  const entries = packages.flatMap((path) => {
    const manifest = JSON.parse(readFileSync(join(path, 'package.json'), 'utf8')) as Manifest;
    const { exports, publishConfig } = manifest;
    if (publishConfig?.exports === undefined) return [];
    const parted = Object.entries(publishConfig.exports).map(([entry, conditions]) => {
      if (typeof conditions === 'string') return { entry, conditions };
      const { node, ...others } = conditions;
      return { entry, conditions: others, ...(node !== undefined && { node }) };
    });

    expect(Object.fromEntries(parted.map(({ entry, conditions }) => [entry, conditions]))).toEqual(
      exports,
    );
    return parted.flatMap((each) =>
      'node' in each ? [join(`@livecall/${basename(path)}`, each.entry)] : [],
    );
  });
  const code = `for (const name of ${JSON.stringify(entries)}) console.log(import.meta.resolve(name));`;
  const { stdout } = await run(process.execPath, ['--input-type=module', '-e', code], { cwd: app });
  const resolved = stdout.trimEnd().split('\n');

  expect(entries.length).toBeGreaterThan(10);
  expect(resolved.filter((url) => !/\/dist\/bundled\/[\w-]+\.js$/.test(url))).toEqual([]);
  for (const folder of new Set(resolved.map((url) => dirname(fileURLToPath(url))))) {
    expect(readdirSync(folder).length, folder).toBeLessThan(20);
    expect(existsSync(join(folder, 'LICENSES.txt'))).toBe(true);
  }
});

it('has of RxJS and ws in Node what an app has that imports them, and no more of RxJS than it needs', async () => {
  const code = `
    import { createRequire } from 'node:module';
    import { liveCall } from '@livecall/core';
    import * as node from '@livecall/core/node';
    import * as tools from '@livecall/tools';
    const { cache } = createRequire(import.meta.url);
    const files = Object.keys(cache).filter((path) => path.includes('/rxjs/')).length;
    const { NEVER, Observable } = await import('rxjs');
    const { WebSocket } = await import('ws');
    const { state$ } = liveCall(NEVER);
    const Socket = node.nodeWebSocket();
    console.log(JSON.stringify({
      files,
      isObservable: state$ instanceof Observable && tools.readRecording('a') instanceof Observable,
      isWebSocket: Socket.prototype instanceof WebSocket,
    }));`;
  const { stdout } = await run(process.execPath, ['--input-type=module', '-e', code], { cwd: app });
  const { files, ...same } = JSON.parse(stdout) as { files: number };

  expect(same).toEqual({ isObservable: true, isWebSocket: true });
  expect(files).toBeGreaterThan(50);
  expect(files).toBeLessThan(120);
});

it.each(['tools', 'fleet'])('has the licences of what is in its command line: %s', (name) => {
  const installed = join(app, 'node_modules', '@livecall', name, 'dist', 'cli');
  const licences = readFileSync(join(installed, 'LICENSES.txt'), 'utf8');

  expect(licences).toMatch(/^rxjs 7\.[^]*Apache License/m);
  expect(licences).toMatch(/^commander \d/m);
});

it('runs the command line of a fleet in an app, of which it loads a few files', async () => {
  const fleet = join(app, 'node_modules', '.bin', 'livecall-fleet');
  const { stdout } = await run(fleet, ['--version']);
  expect(stdout).toMatch(/^\d+\.\d+\.\d+\n$/);
  const folder = dirname(realpathSync(fleet));
  expect(folder).toMatch(/fleet\/dist\/cli$/);
  expect(readdirSync(folder).length).toBeLessThan(25);

  await run(fleet, ['keys', join(app, 'workers.key')]);
  expect(existsSync(join(app, 'workers.key.pub'))).toBe(true);
  // Which loads all that it needs of a network, and finds no server there.
  const env = { ...process.env, LIVECALL_ACCESS_TOKEN: 'access-token' };
  const at = ['--server', 'nats://127.0.0.1:1', '--url', 'ws://127.0.0.1:1'];
  const worker = run(fleet, ['worker', '--key', join(app, 'workers.key'), ...at], { env });
  await expect(worker).rejects.toMatchObject({ code: 69 });
});

it('runs its command line in an app', async () => {
  const livecall = join(app, 'node_modules', '.bin', 'livecall');
  const { stdout } = await run(livecall, ['show', join(root, 'recordings', 'joined-call.ndjson')]);

  expect(stdout).toContain('→ join the call');
  const installed = join(app, 'node_modules', '@livecall', 'tools');
  expect(readFileSync(join(installed, 'dist', 'livecall.1'), 'utf8')).toMatch(/^\.TH /m);
  const call = join(root, 'recordings', 'joined-call.ndjson');
  const { stdout: page } = await run(livecall, ['show', call, '--html', '-']);
  expect(page).toContain('<script type="module">');
});
