import { spawnSync } from 'node:child_process';
import { createWriteStream } from 'node:fs';

import { expect, it } from 'vitest';

import { accessToken, conversationToken } from './fixtures/canary-tokens.js';
import { makeFolder } from './fixtures/folder.js';
import type { Folder } from './fixtures/folder.js';
import { CALL_END, START } from './fixtures/frames.js';
import { livecall, run } from './fixtures/livecall.js';
import type { LivecallOptions } from './fixtures/livecall.js';
import { startPlatform } from './fixtures/platform.js';
import type { Answer } from './fixtures/platform.js';

/* Where the tokens of `livecall record` come from, besides regular files. */

const hasPipes = spawnSync('mkfifo', ['--version']).error === undefined;
const itWithPipes = it.skipIf(!hasPipes);
if (!hasPipes) console.warn('No mkfifo here: no token is read from a named pipe.');
const hasBash = spawnSync('bash', ['--version']).error === undefined;
const itWithBash = it.skipIf(!hasBash);
if (!hasBash) console.warn('No bash here: no token is read from <(command).');

/** A platform that makes the client dial twice. */
const answers: readonly Answer[] = [
  { status: 503, headers: { 'Retry-After': '0' } },
  (client) => {
    client.send(START);
    client.send(CALL_END);
    client.close(1000);
  },
];

const env = { LIVECALL_CONVERSATION_TOKEN: conversationToken };

/** Records with an access token from `path`, and tells with which tokens it dialled. */
async function recordWith(
  folder: Folder,
  path: string,
  options: LivecallOptions,
): Promise<{ readonly exitCode: number; readonly dialled: readonly unknown[] }> {
  await using platform = await startPlatform(answers);
  const out = folder.at('call.ndjson');
  const args = ['record', '--url', platform.url, '--out', out, '--access-token-file', path];
  const { exitCode } = await run(args, { env, ...options });
  return { exitCode, dialled: platform.dials.map(({ headers }) => headers.authorization) };
}

const twice = {
  exitCode: 0,
  dialled: [`Bearer ${accessToken}`, `Bearer ${accessToken}`],
};

it.concurrent.each(['-', '/dev/stdin', '/dev/fd/0'])(
  'reads standard input as %s once, and dials again with what it had',
  async (path) => {
    using folder = makeFolder();

    expect(await recordWith(folder, path, { input: `${accessToken}\n` })).toEqual(twice);
  },
);

itWithPipes.concurrent('reads a named pipe once, and dials again with what it had', async () => {
  using folder = makeFolder();
  const path = makePipe(folder);
  const recorded = recordWith(folder, path, {});
  createWriteStream(path).end(`${accessToken}\n`);

  expect(await recorded).toEqual(twice);
});

itWithBash.concurrent('reads <(command) once, and dials again with what it had', async () => {
  using folder = makeFolder();
  const file = folder.write('token', `${accessToken}\n`);

  expect(await recordWith(folder, '<()', { substitutes: file })).toEqual(twice);
});

itWithPipes.concurrent.each([
  ['SIGTERM', 143],
  ['SIGINT', 130],
] as const)('ends at %s while nobody writes into the pipe', async (signal, exitCode) => {
  using folder = makeFolder();
  const args = ['record', '--url', 'wss://calls.invalid/', '--out', folder.at('call.ndjson')];
  await using command = livecall([...args, '--access-token-file', makePipe(folder)], { env });
  await command.says('waiting for the access token from');
  command.signal(signal);

  expect((await command.ends()).exitCode).toBe(exitCode);
});

it.concurrent(
  'takes only one of the tokens from standard input, however that is named',
  async () => {
    using folder = makeFolder();
    const args = ['record', '--url', 'wss://calls.invalid/', '--out', folder.at('call.ndjson')];
    const files = ['--access-token-file', '/dev/stdin', '--conversation-token-file', '-'];

    expect(await run([...args, ...files], { env: {}, input: 'a\nb\n' })).toMatchObject({
      exitCode: 2,
      stderr:
        'livecall: Only one of the two tokens can come from standard input; give the other in a file or the environment.\n',
    });
  },
);

function makePipe(folder: Folder): string {
  const path = folder.at('pipe');
  spawnSync('mkfifo', [path]);
  return path;
}
