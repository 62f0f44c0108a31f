import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

import { expect, it } from 'vitest';

import { startConnectProxy } from '../fixtures/connect-proxy.js';
import { installNpm } from '../fixtures/npm.js';
import { readPage } from '../fixtures/page.js';
import { cut, startPlatform } from '../fixtures/platform.js';
import type { Answer } from '../fixtures/platform.js';

/*
 * Every cell of the table of runtimes in docs/runtimes.md, with livecall as it is built:
 * npm run test:runtimes.
 */

type Command = readonly [string, ...string[]];

/** What runs livecall, with the rights that it has: all that it needs, and without one of them. */
interface Runtime {
  readonly full: (folder: string) => Command;
  readonly withoutNet?: (folder: string) => Command;
  readonly withoutWrite?: Command;
}

const dialScript = fileURLToPath(new URL('dial.js', import.meta.url));
const bin = fileURLToPath(new URL('../../tools/dist/bin.js', import.meta.url));
const recording = fileURLToPath(
  new URL('../../recordings/screened-spam-call.ndjson', import.meta.url),
);

const npm =
  (name: string, toRuntime: (path: (path: string) => string) => Runtime) =>
  async (): Promise<Runtime | string> => {
    const path = await installNpm(name);
    return typeof path === 'string' ? path : toRuntime(path);
  };

const runtimes: Readonly<Record<string, () => Promise<Runtime | string>>> = {
  'Node 24': npm('node@24', (path) => ({ full: () => [path('node/bin/node')] })),
  'Node 24 `--permission`': npm('node@24', (path) => {
    const reading = [path('node/bin/node'), '--permission', '--allow-fs-read=*'] as const;
    return { full: (folder) => [...reading, `--allow-fs-write=${folder}`], withoutWrite: reading };
  }),
  'Node 26': npm('node@26', (path) => ({ full: () => [path('node/bin/node')] })),
  'Node 26 `--permission`': npm('node@26', (path) => {
    const reading = [path('node/bin/node'), '--permission', '--allow-fs-read=*'] as const;
    return {
      full: (folder) => [...reading, '--allow-net', `--allow-fs-write=${folder}`],
      withoutNet: (folder) => [...reading, `--allow-fs-write=${folder}`],
      withoutWrite: [...reading, '--allow-net'],
    };
  }),
  'Bun 1.4': npm('bun@1.4', (path) => ({ full: () => [path('.bin/bun')] })),
  'Deno 2.9': npm('deno@2.9', (path) => {
    const reading = [path('.bin/deno'), 'run', '--allow-env', '--allow-read'] as const;
    return {
      full: (folder) => [...reading, '--allow-net', `--allow-write=${folder}`],
      withoutNet: (folder) => [...reading, '--no-prompt', `--allow-write=${folder}`],
      withoutWrite: [...reading, '--no-prompt', '--allow-net'],
    };
  }),
};

const tokens = { LIVECALL_ACCESS_TOKEN: 'access', LIVECALL_CONVERSATION_TOKEN: 'conversation' };

/** What a runtime prints of some URLs. */
async function dial(
  { full }: Runtime,
  urls: readonly string[],
  env: Readonly<Record<string, string>> = {},
): Promise<string> {
  const [file, ...args] = full('/nonexistent');
  const { stdout } = await promisify(execFile)(file, [...args, dialScript, ...urls], {
    env: { PATH: process.env['PATH'], HOME: '/tmp', ...env },
    timeout: 60_000,
  });
  return stdout.trim().split('\n').map(toWords).join('; ');
}

function toWords(line: string): string {
  const [tag = '', ...told] = line.split(' ');
  if (told[1] === 'by-proxy') return `${told[0] ?? ''} by it`;
  if (tag === 'HandshakeRefusedError' && told[1] !== undefined) {
    return `${told[0] ?? ''}, ${Number(told[1]) / 1_000} s`;
  }
  return told[0] ?? tag;
}

async function dialPlatform(runtime: Runtime, ...answers: readonly Answer[]): Promise<string> {
  await using platform = await startPlatform(answers);
  return await dial(
    runtime,
    answers.map(() => platform.url),
  );
}

/** How `livecall record` ends where a right is missing; a second is enough for one that goes on. */
async function record(toCommand: ((folder: string) => Command) | undefined): Promise<string> {
  if (toCommand === undefined) return '–';
  await using platform = await startPlatform(404);
  const folder = mkdtempSync(join(tmpdir(), 'livecall-runtime-'));
  try {
    const [file, ...args] = toCommand(folder);
    const rest = [bin, 'record', '--url', platform.url, '--out', join(folder, 'call.ndjson')];
    const child = spawn(file, [...args, ...rest], {
      env: { PATH: process.env['PATH'], HOME: '/tmp', ...tokens },
      stdio: ['ignore', 'ignore', 'pipe'],
      timeout: 60_000,
    });
    const [exitCode] = (await once(child, 'close')) as [number | null];
    return exitCode === null ? 'dials on' : String(exitCode);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** What is seen of each row. */
const rows: Readonly<Record<string, (runtime: Runtime) => Promise<string>>> = {
  '`livecall record` of `livecall replay --once`': async ({ full }) => {
    const folder = mkdtempSync(join(tmpdir(), 'livecall-runtime-'));
    const [file, ...args] = full(folder);
    const env = { PATH: process.env['PATH'], HOME: '/tmp', ...tokens };
    const replay = spawn(file, [...args, bin, 'replay', recording, '--once', '--pace', 'instant'], {
      env,
      stdio: ['ignore', 'pipe', 'ignore'],
    });
    try {
      const replayed = once(replay, 'close');
      const [url] = (await once(createInterface(replay.stdout), 'line')) as [string];
      const out = join(folder, 'call.ndjson');
      const recorder = spawn(file, [...args, bin, 'record', '--url', url, '--out', out], {
        env,
        stdio: ['ignore', 'ignore', 'ignore'],
      });
      const [recorded] = (await once(recorder, 'close')) as [number];
      return `${recorded}, ${String((await replayed)[0])}`;
    } finally {
      replay.kill('SIGKILL');
      rmSync(folder, { recursive: true });
    }
  },
  '401; 429 with `Retry-After: 7`; 302': (runtime) =>
    dialPlatform(runtime, 401, { status: 429, headers: { 'Retry-After': '7' } }, 302),
  'closed with 4401; without a code; cut': (runtime) =>
    dialPlatform(
      runtime,
      (client) => {
        client.close(4401, 'bye');
      },
      (client) => {
        client.close();
      },
      (client) => {
        cut(client, 'RST');
      },
    ),
  'a server that answers no ping': async (runtime) => {
    await using platform = await startPlatform(() => undefined, { autoPong: false });
    return await dial(runtime, [platform.url]);
  },
  'https-proxy-agent, refused with 407; 503': async (runtime) => {
    await using proxy = await startConnectProxy([407, 503]);
    return await dial(runtime, ['wss://calls.invalid/', 'wss://calls.invalid/'], {
      LIVECALL_AGENT: 'https-proxy-agent',
      LIVECALL_AGENT_URL: proxy.url,
    });
  },
  '`https.Agent` with `proxyEnv`': async (runtime) => {
    await using proxy = await startConnectProxy(503);
    await dial(runtime, ['wss://calls.invalid/'], {
      LIVECALL_AGENT: 'proxyEnv',
      LIVECALL_AGENT_URL: proxy.url,
    });
    return proxy.requests.length === 0 ? 'passed by' : 'asked';
  },
  '`livecall record` without the right to dial': ({ withoutNet }) => record(withoutNet),
  '`livecall record` without the right to write': ({ withoutWrite }) =>
    record(withoutWrite && (() => withoutWrite)),
};

const table = readPage('runtimes.md').table('under it');
const plain = (text: string) => text.replaceAll('`', '');

it('has a check for each row, and a runtime for each column', () => {
  expect([...table.keys()]).toEqual(Object.keys(rows).map(plain));
  for (const cells of table.values()) {
    expect([...cells.keys()]).toEqual(Object.keys(runtimes).map(plain));
  }
});

for (const [name, toRuntime] of Object.entries(runtimes)) {
  const runtime = await toRuntime();
  for (const [row, see] of Object.entries(rows)) {
    const said = table.get(plain(row))?.get(plain(name)) ?? '';
    it.concurrent(`${plain(name)} · ${plain(row)} · ${said}`, async ({ skip, task }) => {
      if (typeof runtime === 'string') skip(runtime);
      else if (said === '–') skip(`${name} has no such thing`);
      else {
        const seen = await see(runtime);
        task.meta.seen = seen;
        expect(seen).toBe(said);
      }
    });
  }
}
