import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

import { expect, it } from 'vitest';

import { accessToken, conversationToken, expectNoToken } from './fixtures/canary-tokens.js';
import { makeFolder } from './fixtures/folder.js';
import type { Folder } from './fixtures/folder.js';
import { CALL_END, START } from './fixtures/frames.js';
import { livecall, run, tokens } from './fixtures/livecall.js';
import type { Livecall } from './fixtures/livecall.js';
import { startPlatform } from './fixtures/platform.js';

/* A process that holds live tokens: what others can see of it, and what it leaves when it crashes. */

const itWithProc = it.skipIf(!existsSync('/proc/self/cmdline')).concurrent;
if (!existsSync('/proc/self/cmdline')) console.warn('No /proc here: no process title is read.');

const recordings = fileURLToPath(new URL('../recordings', import.meta.url));

/** What every process of the machine can read of one. */
function visibleOf({ pid }: Livecall): string {
  const tasks = readdirSync(`/proc/${pid}/task`).map((task) => `task/${task}/comm`);
  return ['cmdline', 'comm', 'status', 'stat', ...tasks]
    .map((name) => readFileSync(`/proc/${pid}/${name}`, 'utf8'))
    .join('\n');
}

/** Has Node report on a signal and on a crash, and crash on another signal. */
function toCrashing(folder: Folder): Record<string, string> {
  folder.makeFolder('reports');
  const crash = folder.write(
    'crash.mjs',
    "process.on('SIGPWR', () => { throw new Error(`crashed as ${process.title}`); });",
  );
  const options = [
    ...['--report-on-signal', '--report-uncaught-exception', '--report-on-fatalerror'],
    ...[`--report-directory=${folder.at('reports')}`, `--import=${crash}`],
  ];
  return { NODE_OPTIONS: options.join(' '), LIVECALL_MARK: 'still here' };
}

const reportsIn = (folder: Folder): readonly string[] =>
  readdirSync(folder.at('reports')).map((name) =>
    readFileSync(folder.at(`reports/${name}`), 'utf8'),
  );

itWithProc('shows no token to other processes while it records', async () => {
  using folder = makeFolder();
  await using platform = await startPlatform((client) => {
    client.send(START);
  });
  const args = ['record', '--url', platform.url, '--out', folder.at('call.ndjson')];
  await using command = livecall(args);
  await command.shows('call from');
  const visible = visibleOf(command);

  expect(visible).toContain('call.ndjson');
  expectNoToken(visible);
  expect((await platform.dial(1)).headers.authorization).toBe(`Bearer ${accessToken}`);
});

it.concurrent.each<
  [command: string, toArgs: (folder: Folder, url: string) => string[], ready: string]
>([
  [
    'record',
    (folder, url) => ['record', '--url', url, '--out', folder.at('call.ndjson')],
    'dialling',
  ],
  ['proxy', (folder, url) => ['proxy', '--url', url, '--out-dir', folder.path], 'recording calls'],
  ['replay', () => ['replay', recordings], 'replaying'],
])('leaves no token behind when %s crashes', async (_command, toArgs, ready) => {
  using folder = makeFolder();
  await using platform = await startPlatform((client) => {
    client.send(START);
  });
  await using command = livecall(toArgs(folder, platform.url), {
    env: { ...tokens, ...toCrashing(folder) },
  });
  await command.says(ready);
  if (ready === 'dialling') await command.shows('call from');
  // Where the one handler is, the other is, too.
  command.signal('SIGUSR2');
  command.signal('SIGPWR');

  const { exitCode, stderr } = await command.ends();
  expect(exitCode).not.toBe(0);
  expect(stderr).toContain('crashed as ');
  const reports = reportsIn(folder);
  expect(reports.length).toBeGreaterThan(0);
  for (const report of reports) {
    // It does hold the environment.
    expect(report).toContain('"LIVECALL_MARK": "still here"');
    expectNoToken(report);
    expect(report).not.toContain('LIVECALL_ACCESS_TOKEN');
  }
});

it.concurrent('leaves no token behind that came from a file', async () => {
  using folder = makeFolder();
  await using platform = await startPlatform((client) => {
    client.send(START);
  });
  const args = [
    ...['record', '--url', platform.url, '--out', folder.at('call.ndjson')],
    ...['--access-token-file', folder.write('access', accessToken)],
    ...['--conversation-token-file', folder.write('conversation', conversationToken)],
  ];
  await using command = livecall(args, { env: toCrashing(folder) });
  await command.shows('call from');
  command.signal('SIGPWR');

  expect((await command.ends()).stderr).toContain('crashed as ');
  expect(reportsIn(folder)).toHaveLength(1);
  reportsIn(folder).forEach(expectNoToken);
});

it.concurrent.each([
  ['--title', '--title', accessToken],
  ['--url', '--url', `wss://calls.invalid/?token=${encodeURIComponent(conversationToken)}`],
])('repeats no token that was given where none belongs: %s', async (_what, flag, value) => {
  using folder = makeFolder();
  await using platform = await startPlatform((client) => {
    client.send(CALL_END);
    client.close(1000);
  });
  const url = flag === '--url' ? [] : ['--url', platform.url];
  const args = ['record', ...url, flag, value, '--out', folder.at('call.ndjson')];

  // What it wrote has been searched for tokens, the recording is when the folder is left.
  expect((await run(args)).stderr).not.toBe('');
});
