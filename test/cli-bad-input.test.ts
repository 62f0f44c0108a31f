import { chmodSync, readFileSync, symlinkSync } from 'node:fs';
import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';

import { scenario } from '@livecall/tools';
import { expect, it } from 'vitest';

import { accessToken, conversationToken } from './fixtures/canary-tokens.js';
import { makeFolder } from './fixtures/folder.js';
import { freePort } from './fixtures/free-port.js';
import { canBeNobody, run, tokens } from './fixtures/livecall.js';
import type { Ended, LivecallOptions } from './fixtures/livecall.js';
import { startPlatform } from './fixtures/platform.js';
import type { Answer } from './fixtures/platform.js';
import { startRawServer } from './fixtures/raw-server.js';
import type { RawDial } from './fixtures/raw-server.js';

/* What goes wrong, and what a person is told: an exit code, and one line that says what to mend. */

const EXISTING = 'what stood here before\n';

/** Runs a command in a folder with some files that can be wrong; nothing else may be written there. */
async function attempt(args: string, options: LivecallOptions = {}): Promise<Ended> {
  using folder = makeFolder();
  folder.write('existing.ndjson', EXISTING);
  folder.write('token', `${accessToken}\n`);
  folder.write('empty-token', '\n');
  folder.write('two-tokens', `${accessToken}\n${conversationToken}\n`);
  const ended = await run(args.split(' '), { cwd: folder.path, ...options });
  expect(folder.recordings()).toEqual(['existing.ndjson']);
  expect(readFileSync(folder.at('existing.ndjson'), 'utf8')).toBe(EXISTING);
  return ended;
}

const WSS = '--url wss://calls.invalid/ --out call.ndjson';

it.concurrent.each<[args: string, exitCode: number, said: string, options?: LivecallOptions]>([
  [
    'record --url http://127.0.0.1/ --out call.ndjson',
    2,
    '--url: The url must start with ws: or wss:, not http://.',
  ],
  [
    `record --url wss://calls.invalid/?conversationToken=${encodeURIComponent(conversationToken)} --out call.ndjson`,
    2,
    '--url: The url must not carry a token; tokens are given apart from it.',
  ],
  [
    `record --url wss://${accessToken}@calls.invalid/ --out call.ndjson`,
    2,
    '--url: The url must have no user name, password or fragment.',
  ],
  [
    'record --url ws://calls.invalid/ --out call.ndjson',
    2,
    '--url: The url must start with wss: for calls.invalid: with ws: the tokens cross the network in the clear.',
  ],
  [
    `record --url calls/${accessToken} --out call.ndjson`,
    2,
    '--url: The url is not a URL; it should look like wss://HOST/ws/v1/liveCalls.',
  ],
  [
    `record ${WSS}`,
    2,
    'There is no access token: set LIVECALL_ACCESS_TOKEN, or name a file with --access-token-file.',
    { env: {} },
  ],
  [
    `record ${WSS} --access-token-file token`,
    2,
    'There is no conversation token: set LIVECALL_CONVERSATION_TOKEN, or name a file with --conversation-token-file.',
    { env: {} },
  ],
  [
    `record ${WSS}`,
    2,
    'LIVECALL_ACCESS_TOKEN: the access token holds a space, a line end or a character that no token has.',
    { env: { ...tokens, LIVECALL_ACCESS_TOKEN: `Bearer ${accessToken}` } },
  ],
  [
    `record ${WSS} --access-token-file nowhere`,
    66,
    'nowhere: the file for the access token does not exist.',
  ],
  [
    `record ${WSS} --conversation-token-file .`,
    66,
    '.: the file for the conversation token is a folder.',
  ],
  [`record ${WSS} --access-token-file empty-token`, 2, 'empty-token: the access token is empty.'],
  [
    `record ${WSS} --conversation-token-file two-tokens`,
    2,
    'two-tokens: the conversation token holds a space, a line end or a character that no token has.',
  ],
  [`record ${WSS} --access-token-file -`, 2, 'standard input: the access token is empty.'],
  [
    `record ${WSS} --access-token-file - --conversation-token-file -`,
    2,
    'Only one of the two tokens can come from standard input; give the other in a file or the environment.',
    { input: `${accessToken}\n${conversationToken}\n` },
  ],
  [
    'record --url wss://calls.invalid/ --out existing.ndjson',
    73,
    'existing.ndjson: exists already, and a recording is never overwritten; choose another name',
  ],
  [
    'record --url wss://calls.invalid/ --out nowhere/call.ndjson',
    73,
    'nowhere/call.ndjson: its folder does not exist; create it first',
  ],
])('livecall %s ends with %i', async (args, exitCode, said, options) => {
  expect(await attempt(args, options)).toEqual({
    exitCode,
    stdout: '',
    stderr: `livecall: ${said}\n`,
  });
});

const [header = '', ...entries] = scenario()
  .start()
  .caller('Hello?')
  .callEnd()
  .toNdjson()
  .split('\n');
const none = 'is not a livecall recording: its first line should be a header, {"livecall":1,…}';

const unusable: readonly (readonly [what: string, content: string | Buffer, said: string])[] = [
  ['empty', '', ': is empty; a recording starts with a header'],
  ['not NDJSON', 'Dear diary,\n', `:1: ${none}`],
  ['not text', Buffer.from([0, 255, 10, 128]), `:1: ${none}`],
  ['NDJSON of something else', '{"version":2,"width":80}\n[0.1,"o","hi"]\n', `:1: ${none}`],
  [
    'of a later version',
    '{"livecall":2,"recordedAt":"2031-01-01T00:00:00.000Z"}\n',
    ':1: is of version 2, and this livecall reads version 1; update livecall',
  ],
  [
    'two, one behind the other',
    [header, ...entries.slice(0, -1), header, ...entries].join('\n'),
    ':8: is the header of another recording: a file holds one, so begin a new file here',
  ],
  [
    'bad in the middle',
    [header, entries[0], '{"at":1,"event":"fr', ...entries.slice(1)].join('\n'),
    ':3: is not a line of JSON in UTF-8',
  ],
];

it.concurrent.each(
  unusable.flatMap(([what, content, said]) =>
    ['show', 'replay'].map((command) => [command, what, content, said] as const),
  ),
)('livecall %s ends with 65 when its recording is %s', async (command, _what, content, said) => {
  using folder = makeFolder();
  folder.write('bad.ndjson', content);

  expect(await run([command, 'bad.ndjson'], { cwd: folder.path })).toEqual({
    exitCode: 65,
    stdout: '',
    stderr: `livecall: bad.ndjson${said}\n`,
  });
});

it.concurrent.each(unusable)(
  'livecall check ends with 1 when a recording is %s',
  async (_what, content, said) => {
    using folder = makeFolder();
    folder.write('bad.ndjson', content);

    expect(await run(['check', 'bad.ndjson'], { cwd: folder.path })).toEqual({
      exitCode: 1,
      stdout: `bad.ndjson${said}\n`,
      stderr: '',
    });
  },
);

it.concurrent.each([
  ['show nowhere.ndjson', 'nowhere.ndjson: no such file'],
  ['replay nowhere.ndjson', 'nowhere.ndjson: no such file'],
  ['check nowhere.ndjson', 'nowhere.ndjson: no such file'],
  ['show .', '.: is a folder, not a file'],
  ['check .', '.: there is no recording (*.ndjson) in this folder.'],
  ['import folder --out -', 'folder: is a folder, not a file'],
  ['replay folder', 'folder: there is no recording (*.ndjson) in this folder.'],
])('livecall %s ends with 66', async (args, said) => {
  using folder = makeFolder();
  folder.makeFolder('folder');

  expect(await run(args.split(' '), { cwd: folder.path })).toEqual({
    exitCode: 66,
    stdout: '',
    stderr: `livecall: ${said}\n`,
  });
});

/* What the system does not let anyone look at: it is one sentence all the same, and the code of a file
   that cannot be read. A folder in which links lead round in a circle is there for root, too. */
it.concurrent.each([...['show', 'check', 'replay', 'repair', 'console --no-open']])(
  'livecall %s ends with 66 for what cannot be looked at',
  async (command) => {
    using folder = makeFolder();
    folder.write('call.ndjson', [header, ...entries].join('\n'));
    symlinkSync('circle', folder.at('circle'));

    const ended = await run([...command.split(' '), 'circle'], { cwd: folder.path });

    expect({ ...ended, stderr: ended.stderr.replace(/\.$/m, '') }).toEqual({
      exitCode: 66,
      stdout: '',
      stderr: 'livecall: circle: cannot be read (ELOOP)\n',
    });
  },
);

it.concurrent(
  'looks at the rest where a path leads over a file, or has too long a name',
  async () => {
    using folder = makeFolder();
    folder.write('call.ndjson', [header, ...entries].join('\n'));
    const long = `${'c'.repeat(300)}.ndjson`;
    const { exitCode, stdout, stderr } = await run(
      ['list', 'call.ndjson/x.ndjson', long, 'call.ndjson'],
      { cwd: folder.path },
    );

    expect({ exitCode, stderr }).toEqual({
      exitCode: 66,
      stderr: `livecall: call.ndjson/x.ndjson: cannot be read (ENOTDIR)\nlivecall: ${long}: cannot be read (ENAMETOOLONG)\n`,
    });
    expect(stdout).toContain('call.ndjson');
  },
);

it.skipIf(!canBeNobody)('looks into the other folders where one may not be read', async () => {
  using folder = makeFolder();
  folder.makeFolder('locked');
  folder.write('call.ndjson', [header, ...entries].join('\n'));
  folder.write('locked/other.ndjson', [header, ...entries].join('\n'));
  chmodSync(folder.path, 0o755);
  chmodSync(folder.at('locked'), 0);
  const { exitCode, stdout, stderr } = await run(['list', '.'], {
    cwd: folder.path,
    asNobody: true,
  });
  chmodSync(folder.at('locked'), 0o700);

  expect({ exitCode, stderr }).toEqual({
    exitCode: 66,
    stderr: 'livecall: locked: cannot be read (EACCES)\n',
  });
  expect(stdout).toContain('call.ndjson');
});

it.concurrent.each([
  ['circle', 'cannot be written to (ELOOP); check its permissions.'],
  ['call.ndjson/x', 'cannot be written to (ENOTDIR); check its permissions.'],
  ['call.ndjson', 'is a file.'],
  ['nowhere', 'there is no such folder; create it first.'],
])('livecall proxy --out-dir %s ends with 73', async (name, problem) => {
  using folder = makeFolder();
  folder.write('call.ndjson', '');
  symlinkSync('circle', folder.at('circle'));
  const args = ['proxy', '--url', 'wss://calls.invalid/', '--out-dir', name];

  expect(await run(args, { cwd: folder.path })).toEqual({
    exitCode: 73,
    stdout: '',
    stderr: `livecall: ${name}: ${problem}\n`,
  });
});

it.concurrent('livecall replay ends with 2 when two recordings have one name', async () => {
  using folder = makeFolder();
  folder.makeFolder('other');
  folder.write('call.ndjson', [header, ...entries].join('\n'));
  folder.write('other/call.ndjson', [header, ...entries].join('\n'));

  expect(await run(['replay', '.', 'other/call.ndjson'], { cwd: folder.path })).toEqual({
    exitCode: 2,
    stdout: '',
    stderr:
      'livecall: Two recordings are called call; the conversationToken could not tell them apart.\n',
  });
});

const dialling =
  /^livecall: dialling 127\.0\.0\.1:\d+\n(livecall: .* Dialling again (in \d\.\d s|at once)\.\n)?livecall: recorded to .*\n/;
const record = (url: string, out: string, ...flags: readonly string[]) =>
  run(['record', '--url', url, '--out', out, '--retries', '0', ...flags]);

it.concurrent.each<[what: string, answer: Answer, exitCode: number, said: string]>([
  [
    'refuses with 400',
    400,
    69,
    'The server refused the connection with 400: the conversation token is not valid; take it from the call log entry (liveConversationToken); some proxies answer so where the headers, the access token in them, are too long.',
  ],
  [
    'refuses with 401',
    401,
    77,
    'The server refused the connection with 401: the access token is missing, wrong or expired; get a new one.',
  ],
  [
    'refuses with 403',
    403,
    77,
    'The server refused the connection with 403: the access token does not allow this call; check whose token it is.',
  ],
  [
    'refuses with 404',
    404,
    69,
    'The server refused the connection with 404: no such conversation, or the call is no longer active; check the URL and the conversation token.',
  ],
  [
    'refuses with 429',
    429,
    69,
    'The server refused the connection with 429: too many connections; wait before the next one.',
  ],
  [
    'refuses with 500',
    500,
    69,
    'The server refused the connection with 500: the server failed; try again later.',
  ],
  [
    'refuses with 503',
    503,
    69,
    'The server refused the connection with 503: the server failed; try again later.',
  ],
  [
    'redirects',
    { status: 302, headers: { Location: `wss://calls.invalid/?token=${accessToken}` } },
    69,
    'The server refused the connection with 302: redirects are never followed; use the final URL.',
  ],
  [
    'never answers',
    'silence',
    69,
    'The server did not answer the handshake within 500 ms; see that it can be reached.',
  ],
  [
    'closes without an end of the call',
    (client) => {
      client.close(1000);
    },
    76,
    'The server closed the connection without event:callEnd; the call may still be going on.',
  ],
  [
    'fails in the middle of the call',
    (client) => {
      client.close(1011, accessToken.slice(0, 90));
    },
    69,
    'The connection was closed with 1011 (server error).',
  ],
])('livecall record says what to do when the server %s', async (_what, answer, exitCode, said) => {
  using folder = makeFolder();
  await using platform = await startPlatform(answer);
  // A busy machine takes its time; only where nothing comes is it not waited for.
  const flags = answer === 'silence' ? ['--timeout', '500'] : [];
  const ended = await record(platform.url, folder.at('call.ndjson'), ...flags);

  expect(ended.exitCode).toBe(exitCode);
  expect(ended.stderr.replace(dialling, '')).toBe(`livecall: ${said}\n`);
  expect(folder.lines('call.ndjson').at(-1)).toContain('"end"');
});

it.concurrent.each<[what: string, answer: (dial: RawDial) => void, exitCode: number, said: RegExp]>(
  [
    [
      'answers garbage',
      ({ socket }) => void socket.end('220 smtp.example ESMTP\r\n'),
      76,
      /^livecall: Could not connect: Parse Error: .*\. Check the URL and the network\.\n$/,
    ],
    [
      'answers for another key',
      ({ socket, switching }) => void socket.end(switching.replace(/Accept: .*/, 'Accept: bm8=')),
      76,
      /^livecall: Could not connect: Invalid Sec-WebSocket-Accept header\. Check the URL and the network\.\n$/,
    ],
    [
      'closes at once',
      ({ socket }) => void socket.end(),
      69,
      /^livecall: Could not connect: socket hang up\. Check the URL and the network\.\n$/,
    ],
  ],
)('livecall record says what to do when the server %s', async (_what, answer, exitCode, said) => {
  using folder = makeFolder();
  await using server = await startRawServer(answer);
  const ended = await record(server.url, folder.at('call.ndjson'));

  expect(ended.exitCode).toBe(exitCode);
  expect(ended.stderr.replace(dialling, '')).toMatch(said);
});

it.concurrent('livecall record says what to do when nobody listens', async () => {
  using folder = makeFolder();
  const port = await freePort();
  const ended = await record(`ws://127.0.0.1:${port}/`, folder.at('call.ndjson'));

  expect(ended.exitCode).toBe(69);
  expect(ended.stderr.replace(dialling, '')).toBe(
    `livecall: Could not connect: connect ECONNREFUSED 127.0.0.1:${port}. Check the URL and the network.\n`,
  );
});

it.concurrent('livecall record says what to do when the server speaks no TLS', async () => {
  using folder = makeFolder();
  await using platform = await startPlatform(404);
  const ended = await record(platform.url.replace('ws:', 'wss:'), folder.at('call.ndjson'));

  expect(ended.exitCode).toBe(69);
  expect(ended.stderr.replace(dialling, '')).toMatch(
    /^livecall: Could not connect: TLS: [\w ]+\. Check the URL and the network\.\n$/,
  );
});

it.concurrent.each(['replay existing.ndjson', 'proxy --url wss://calls.invalid/ --out-dir .'])(
  'livecall %s ends with 69 when its port is in use',
  async (args) => {
    using folder = makeFolder();
    folder.write('existing.ndjson', [header, ...entries].join('\n'));
    const server = createServer();
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const port = String((server.address() as AddressInfo).port);
    const ended = await run([...args.split(' '), '--port', port], { cwd: folder.path });
    await new Promise((resolve) => server.close(resolve));

    expect(ended).toEqual({
      exitCode: 69,
      stdout: '',
      stderr: `livecall: Cannot listen on 127.0.0.1:${port}: the port is in use; choose another, or 0 for a free one.\n`,
    });
  },
);

it.concurrent('livecall replay ends with 69 when the address is not of this machine', async () => {
  const { exitCode, stderr } = await run([
    ...['replay', 'recordings/joined-call.ndjson', '--host', '192.0.2.1', '--port', '0'],
  ]);

  expect(exitCode).toBe(69);
  expect(stderr).toBe(
    'livecall: Cannot listen on 192.0.2.1:0: the address is none of this machine.\n',
  );
});
