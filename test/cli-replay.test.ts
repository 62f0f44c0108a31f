import { liveCall } from '@livecall/core';
import type { Transport } from '@livecall/core';
import { webSocketTransport } from '@livecall/core/node';
import { ack, loadRecording, scenario, toFrame } from '@livecall/tools';
import { filter, firstValueFrom, lastValueFrom, switchMap, toArray } from 'rxjs';
import { expect, it } from 'vitest';
import { WebSocket } from 'ws';

import { accessToken, conversationToken } from './fixtures/canary-tokens.js';
import { makeFolder } from './fixtures/folder.js';
import { follow, followCall } from './fixtures/follow.js';
import type { Following } from './fixtures/follow.js';
import { livecall, run } from './fixtures/livecall.js';
import { rawClient, toHandshake } from './fixtures/raw-client.js';

/* `livecall replay`, as a person runs it, and the clients that dial it. */

const recordings = 'recordings';
const joined = `${recordings}/joined-call.ndjson`;
const spam = `${recordings}/screened-spam-call.ndjson`;
const rejoined = `${recordings}/dropped-and-rejoined.ndjson`;

const toTransport = (url: string, token = conversationToken): Transport =>
  webSocketTransport({ url, accessToken, conversationToken: token });

/** What the server sent in a recording. */
async function serverFrames(path: string): Promise<unknown[]> {
  const { entries } = await loadRecording(path);
  return entries.flatMap((entry) =>
    entry.event === 'frame' && entry.from === 'server' ? [toFrame(entry)] : [],
  );
}

const JOIN = '{"type":"client:joinCall","id":"1"}';

/** A recording of ten minutes of silence, and a word at its end. */
const silence = scenario().start().caller('Hello?', { after: 600_000 }).callEnd().close();

it.concurrent('says where it listens, in the first line of its output', async () => {
  await using command = livecall(['replay', joined]);

  expect(await command.line(1)).toMatch(/^ws:\/\/127\.0\.0\.1:\d+\/ws\/v1\/liveCalls$/);
  expect(await command.says('replaying')).toBe('livecall: replaying joined-call; Ctrl-C stops');
});

it.concurrent('plays its one recording to whatever token', async () => {
  await using command = livecall(['replay', spam, '--pace', 'instant']);
  using following = follow(toTransport(await command.line(1)));

  expect(await following.error()).toMatchObject({ code: 1000 });
  expect(await following.frames(99)).toEqual(await serverFrames(spam));
  await command.says('played to the end, as recorded');
});

it.concurrent('plays the recording that the token names, of files and folders', async () => {
  using folder = makeFolder();
  folder.write('quiet.ndjson', silence.toNdjson());
  folder.write('notes.txt', 'no recording');
  await using command = livecall(['replay', spam, folder.path, '--pace', 'instant']);
  const url = await command.line(1);
  expect(await command.says('replaying')).toBe(
    'livecall: replaying screened-spam-call, quiet; Ctrl-C stops',
  );
  using first = follow(toTransport(url, 'screened-spam-call'));
  using second = follow(toTransport(url, 'quiet'));
  await Promise.all([first.error(), second.error()]);

  expect(await first.frames(99)).toEqual(await serverFrames(spam));
  expect(await second.frames(99)).toEqual(await serverFrames(folder.at('quiet.ndjson')));
});

it.concurrent('refuses a token that names none of several recordings', async () => {
  await using command = livecall(['replay', spam, joined]);
  using following = follow(toTransport(await command.line(1)));

  expect(await following.error()).toMatchObject({ status: 404 });
  expect(await command.says('refused')).toBe(
    'livecall: refused a conversationToken that names no recording; there are screened-spam-call, joined-call',
  );
});

it.concurrent('plays from the start again for every client', async () => {
  const expected = await serverFrames(spam);
  await using command = livecall(['replay', spam, '--pace', 'instant']);
  const transport = toTransport(await command.line(1));
  for (let reload = 0; reload < 3; reload += 1) {
    using following = follow(transport);
    await following.error();
    expect(await following.frames(99)).toEqual(expected);
  }
});

it.concurrent('plays from the start for each of two clients at once', async () => {
  await using command = livecall(['replay', joined, '--pace', 'instant']);
  const transport = toTransport(await command.line(1));
  const beforeJoin = (await serverFrames(joined)).slice(0, 6);
  using first = follow(transport);
  expect(await first.frames(6)).toEqual(beforeJoin);
  using second = follow(transport);
  expect(await second.frames(6)).toEqual(beforeJoin);
  (await second.connection()).send('{"type":"client:joinCall","id":"the second"}');
  (await first.connection()).send('{"type":"client:joinCall","id":"the first"}');
  await Promise.all([first.error(), second.error()]);

  expect((await first.frames(99))[6]).toBe('{"type":"ack","ackId":"the first"}');
  expect((await second.frames(99))[6]).toBe('{"type":"ack","ackId":"the second"}');
  expect(await first.frames(99)).toHaveLength(10);
  expect(await second.frames(99)).toHaveLength(10);
});

it.concurrent('starts anew for a second client while the first may still dial again', async () => {
  using folder = makeFolder();
  const dropped = scenario().start().onJoin(ack()).drop().caller('Hello again.').callEnd().close();
  const path = folder.write('dropped.ndjson', dropped.toNdjson());
  const [start] = await serverFrames(path);
  await using command = livecall(['replay', path, '--pace', 'instant']);
  const transport = toTransport(await command.line(1));
  using first = follow(transport);
  expect(await first.frames(1)).toEqual([start]);
  using second = follow(transport);

  expect(await second.frames(1)).toEqual([start]);
});

it.concurrent('goes on with the next dial for a client that dials again', async () => {
  await using command = livecall(['replay', rejoined, '--pace', 'instant', '--once']);
  const call = liveCall(toTransport(await command.line(1)), { retry: { random: () => 0 } });
  const said = lastValueFrom(call.transcript$.pipe(toArray()));
  const joined$ = call.state$.pipe(
    filter((state) => state.status === 'open' && state.connection === 2),
    switchMap(() => call.joinCall()),
  );
  const acknowledged = firstValueFrom(joined$);
  using following = followCall(call);

  expect(await acknowledged).toMatchObject({ connection: 2 });
  expect(await following.state('closed')).toMatchObject({ reason: 'call-ended' });
  expect((await said).map(({ offset }) => offset)).toEqual([0, 1, 3, 4, 5]);
  expect((await command.ends()).exitCode).toBe(0);
});

it.concurrent('ends with 0 after one call that went as recorded, with --once', async () => {
  await using command = livecall(['replay', joined, '--pace', 'instant', '--once']);
  using following = follow(toTransport(await command.line(1)));
  (await following.connection()).send(JOIN);
  await following.error();

  const { exitCode, stdout, stderr } = await command.ends();
  expect(exitCode).toBe(0);
  expect(stdout.split('\n')).toHaveLength(2);
  expect(stderr).toBe(
    'livecall: replaying joined-call; Ctrl-C stops\nlivecall: recordings/joined-call.ndjson: played to the end, as recorded\n',
  );
});

it.concurrent.each<
  [
    what: string,
    departs: (following: Following) => Promise<void>,
    said: string,
    flags?: readonly string[],
  ]
>([
  [
    'sends another command',
    async (following) => {
      (await following.connection()).send('{"type":"client:endCall","id":"1"}');
      expect(await following.error()).toMatchObject({
        code: 4999,
        reason: 'mismatch at line 9',
      });
    },
    'mismatch: expected client:joinCall, got client:endCall',
  ],
  [
    'leaves without its command',
    async (following) => {
      await following.frames(6);
      following.unsubscribe();
    },
    'missing: expected client:joinCall, got nothing before the client closed; line 10 (ack) waits for it',
  ],
  [
    'sends nothing',
    async (following) => {
      expect(await following.error()).toMatchObject({ code: 4999 });
    },
    'missing: expected client:joinCall, got nothing within 50 ms; line 10 (ack) waits for it',
    ['--wait', '50'],
  ],
])('ends with 1 after a client that %s, with --once', async (_what, departs, said, flags = []) => {
  await using command = livecall(['replay', joined, '--pace', 'instant', '--once', ...flags]);
  using following = follow(toTransport(await command.line(1)));
  await departs(following);

  const { exitCode, stderr } = await command.ends();
  expect(exitCode).toBe(1);
  const [, departure, ...around] = stderr.trimEnd().split('\n');
  expect(departure).toBe(`livecall: ${joined}:9: ${said}`);
  expect(around.find((row) => row.startsWith('  >'))).toContain('line 9 ');
});

/** A client of another make, that takes messages of 200 bytes at most. */
function dialAs(url: string): WebSocket {
  const dialled = `${url}?conversationToken=${conversationToken}`;
  const headers = { Authorization: `Bearer ${accessToken}` };
  // It complains to the server; what it tells here is of no interest.
  return new WebSocket(dialled, { headers, maxPayload: 200 }).on('error', () => undefined);
}

it.concurrent(
  'names the complaint of a client that was played to the end, with --once',
  async () => {
    using folder = makeFolder();
    const long = scenario().start().caller('x'.repeat(500)).callEnd().close();
    const path = folder.write('call.ndjson', long.toNdjson());
    await using command = livecall(['replay', path, '--pace', 'instant', '--once']);
    dialAs(await command.line(1));

    const { exitCode, stderr } = await command.ends();
    expect(exitCode).toBe(1);
    expect(stderr).toContain('got a close with 1009 (a message was too big for it)');
    expect(stderr).not.toContain('played to the end');
  },
);

it.concurrent("says that a cut may be a proxy's, with --once", async () => {
  using folder = makeFolder();
  const path = folder.write('call.ndjson', silence.toNdjson());
  await using command = livecall(['replay', path, '--once']);
  const client = dialAs(await command.line(1));
  client.once('message', () => {
    client.terminate();
  });

  const { exitCode, stderr } = await command.ends();
  expect(exitCode).toBe(1);
  expect(stderr).toContain(
    'got a cut without a close (1006), which a proxy in between may have made',
  );
  expect(stderr).toMatch(/^ {2}> line \d+ +server: transcript$/m);
});

it.concurrent('tells a person what it waits for', async () => {
  await using command = livecall(['replay', joined, '--pace', 'instant']);
  using following = follow(toTransport(await command.line(1)));
  await following.connection();

  expect(await command.says('waiting')).toBe(`livecall: ${joined}:9: waiting for client:joinCall`);
});

it.concurrent.each([
  ['all at once', ['--pace', 'instant']],
  ['without the silences', ['--max-idle', '0']],
  ['many times faster', ['--speed', '1e9']],
])('plays ten minutes %s', async (_what, flags) => {
  using folder = makeFolder();
  const path = folder.write('silence.ndjson', silence.toNdjson());
  await using command = livecall(['replay', path, '--once', ...flags]);
  using following = follow(toTransport(await command.line(1)));

  expect(await following.error()).toMatchObject({ code: 1000 });
  expect(await following.frames(99)).toEqual(await serverFrames(path));
});

it.concurrent('keeps to the pace of the recording where nothing else is said', async () => {
  using folder = makeFolder();
  const path = folder.write('silence.ndjson', silence.toNdjson());
  await using command = livecall(['replay', path]);
  using following = follow(toTransport(await command.line(1)));
  const [first] = await following.frames(1);
  command.signal('SIGINT');
  await following.error();

  expect(await following.frames(99)).toEqual([first]);
});

it.concurrent.each([
  ['strict', 1, 'mismatch: expected client:joinCall, got client:joinCall (differs at /reason)'],
  ['typed', 0, 'played to the end'],
  ['loose', 0, 'played to the end'],
])('matches a command of other content with --match %s: %i', async (level, exitCode, said) => {
  using folder = makeFolder();
  const recorded = scenario()
    .start()
    .onFrame({ type: 'client:joinCall', id: '7', reason: 'busy' })
    .send({ type: 'ack', ackId: '7' })
    .close();
  const path = folder.write('join.ndjson', recorded.toNdjson());
  const flags = ['--pace', 'instant', '--once', '--match', level];
  await using command = livecall(['replay', path, ...flags]);
  using following = follow(toTransport(await command.line(1)));
  (await following.connection()).send('{"type":"client:joinCall","id":"1"}');

  const ended = await command.ends();
  expect(ended.exitCode).toBe(exitCode);
  expect(ended.stderr).toContain(said);
});

it.concurrent.each([
  ['typed', 1, 'mismatch: expected client:joinCall, got client:endCall'],
  ['loose', 0, 'played to the end'],
])('matches commands in another order with --match %s: %i', async (level, exitCode, said) => {
  using folder = makeFolder();
  const recorded = scenario().start().onJoin(ack()).onEnd(ack()).callEnd().close();
  const path = folder.write('both.ndjson', recorded.toNdjson());
  const flags = ['--pace', 'instant', '--once', '--match', level];
  await using command = livecall(['replay', path, ...flags]);
  using following = follow(toTransport(await command.line(1)));
  const { send } = await following.connection();
  send('{"type":"client:endCall","id":"1"}');
  send('{"type":"client:joinCall","id":"2"}');

  const ended = await command.ends();
  expect(ended.exitCode).toBe(exitCode);
  expect(ended.stderr).toContain(said);
});

it.concurrent('listens where it is told to, and says when it cannot', async () => {
  await using first = livecall(['replay', joined, '--host', 'localhost']);
  const url = new URL(await first.line(1));
  expect(url.hostname).toBe('localhost');
  const flags = ['--host', 'localhost', '--port', url.port];

  const second = await run(['replay', joined, ...flags]);
  expect(second).toEqual({
    exitCode: 69,
    stdout: '',
    stderr: `livecall: Cannot listen on localhost:${url.port}: the port is in use; choose another, or 0 for a free one.\n`,
  });
  first.signal('SIGINT');
  await first.ends();
  await using third = livecall(['replay', joined, ...flags]);
  expect(await third.line(1)).toBe(url.href);
});

it.concurrent('says what is wrong with a dial', async () => {
  await using command = livecall(['replay', joined]);
  const url = await command.line(1);
  const elsewhere = follow(toTransport(url.replace('liveCalls', 'calls')));

  expect(await elsewhere.error()).toMatchObject({ status: 404 });
  expect(await command.says('handshake')).toBe(
    'livecall: handshake: expected the path /ws/v1/liveCalls, got another path',
  );
});

it.concurrent.each([
  ['0.0.0.0', /^ws:\/\/127\.0\.0\.1:\d+\/ws\/v1\/liveCalls$/],
  ['::', /^ws:\/\/\[::1\]:\d+\/ws\/v1\/liveCalls$/],
])('prints a URL that can be dialled with --host %s', async (host, printed) => {
  await using command = livecall(['replay', spam, '--pace', 'instant', '--host', host]);
  const url = await command.line(1);
  expect(url).toMatch(printed);
  using following = follow(toTransport(url));

  expect(await following.error()).toMatchObject({ code: 1000 });
  await command.says(
    'listening on every address; another machine dials this one by its name, port ',
  );
});

it.concurrent.each([['replay'], ['proxy']])(
  'lets in an Origin that --allow-origin names, and says so of another: %s',
  async (name) => {
    using folder = makeFolder();
    const args = {
      replay: ['replay', spam],
      proxy: ['proxy', '--url', 'ws://127.0.0.1:9/', '--out-dir', folder.path],
    }[name] ?? [name];
    const allowed = [
      '--allow-origin',
      'http://localhost:5173',
      '--allow-origin',
      'https://a.example/',
    ];
    await using command = livecall([...args, ...allowed]);
    const port = Number(new URL(await command.line(1)).port);
    const statusOf = async (Origin: string) => {
      // Without a conversationToken an origin that is let in gets as far as that.
      const target = '/ws/v1/liveCalls';
      using client = await rawClient(port, toHandshake({ target, headers: { Origin } }));
      return await client.status();
    };

    expect(await statusOf('http://localhost:5173')).toBe(400);
    expect(await statusOf('https://a.example')).toBe(400);
    expect(await statusOf(`http://127.0.0.1:${port}`)).toBe(400);
    expect(await statusOf('http://localhost:3000')).toBe(403);
    expect(await command.says('localhost:3000')).toBe(
      'livecall: handshake: expected no Origin, or one of allowedOrigins, got http://localhost:3000; --allow-origin lets one in',
    );
  },
);

it.concurrent('says what an origin is like, where --allow-origin has none', async () => {
  expect(await run(['replay', spam, '--allow-origin', 'app.example'])).toEqual({
    exitCode: 2,
    stdout: '',
    stderr:
      'livecall: --allow-origin: an origin is like https://app.example or http://localhost:5173.\n',
  });
});

it.concurrent('tells of a dial that a proxy has stripped of its upgrade', async () => {
  await using command = livecall(['replay', spam]);
  const port = Number(new URL(await command.line(1)).port);
  const stripped = toHandshake().replace(/(Connection|Upgrade): .*\r\n/g, '');
  using client = await rawClient(port, stripped);

  expect(await client.status()).toBe(426);
  expect(await command.says('handshake')).toBe(
    'livecall: handshake: expected Upgrade and Connection, got none; a proxy in between must pass Upgrade and Connection on',
  );
});

it.concurrent('plays what a recorder that died had got, and warns', async () => {
  const died = `${recordings}/recorder-died.ndjson`;
  await using command = livecall(['replay', died, '--pace', 'instant']);
  using following = follow(toTransport(await command.line(1)));

  expect(await following.error()).toMatchObject({ code: 1006 });
  expect(await following.frames(99)).toEqual(await serverFrames(died));
  await command.says(`${died}:7: the last line is torn and was dropped`);
});

it.concurrent.each([
  ['SIGINT', 0],
  ['SIGTERM', 143],
] as const)('stops on %s, with clients on the line', async (signal, exitCode) => {
  await using command = livecall(['replay', joined]);
  using following = follow(toTransport(await command.line(1)));
  await following.connection();
  command.signal(signal);

  expect(await following.error()).toMatchObject({ code: 1006 });
  expect((await command.ends()).exitCode).toBe(exitCode);
});

it.concurrent(
  'passes over hidden files of a folder, and says which folders it left out',
  async () => {
    using folder = makeFolder();
    const call = scenario().start().callEnd().toNdjson();
    folder.write('a.ndjson', call);
    folder.write('._a.ndjson', 'Mac OS X');
    for (const name of ['named', 'other', 'empty']) folder.makeFolder(name);
    folder.write('named/b.ndjson', call);
    folder.write('other/c.ndjson', call);
    await using command = livecall(['replay', '.', 'named'], { cwd: folder.path });

    expect(await command.says('left out')).toBe(
      'livecall: other: left out; name it to have it, too',
    );
    expect(await command.says('replaying')).toBe('livecall: replaying a, b; Ctrl-C stops');
  },
);

it.concurrent('tells what clients do with --verbose, and nothing of what is said', async () => {
  await using command = livecall(['replay', joined, '--pace', 'instant', '--once', '--verbose']);
  const call = liveCall(toTransport(await command.line(1)));
  call.events$
    .pipe(
      filter(({ type }) => type === 'event:end'),
      switchMap(() => call.joinCall()),
    )
    .subscribe();
  call.connect();
  const { exitCode, stderr } = await command.ends();
  const told = stderr.split('\n').filter((line) => line.includes('client '));

  expect(exitCode).toBe(0);
  expect(told.slice(0, 3)).toEqual([
    'livecall: client 1: dials',
    'livecall: client 1: is let in',
    'livecall: client 1: ← event:start (84 bytes)',
  ]);
  expect(told).toContain('livecall: client 1: → client:joinCall (70 bytes)');
  expect(told.at(-1)).toBe('livecall: client 1: is closed with 1000 (normal closure)');
  expect(stderr).not.toMatch(/Marta|\+1202/);
});

it.concurrent.each([
  ['an unmasked frame', Buffer.from([0x81, 0x01, 0x61]), 'WS_ERR_EXPECTED_MASK', 1002],
  ['no UTF-8', Buffer.from([0x81, 0x81, 0, 0, 0, 0, 0xff]), 'WS_ERR_INVALID_UTF8', 1007],
])(
  'says of a client that sent %s that it was closed for that',
  async (_what, frame, code, close) => {
    await using command = livecall(['replay', joined, '--once']);
    const port = Number(new URL(await command.line(1)).port);
    using client = await rawClient(port, toHandshake());
    await client.status();
    client.socket.write(frame);

    const said = `what is no WebSocket's (${code}); it was closed with ${close} for that`;
    expect(await command.says('early-close')).toContain(said);
    expect(await command.ends()).toMatchObject({ exitCode: 1 });
  },
);

it.concurrent('is content with a client that answers a close with no code of a close', async () => {
  await using command = livecall(['replay', spam, '--once', '--pace', 'instant']);
  const port = Number(new URL(await command.line(1)).port);
  using client = await rawClient(port, toHandshake());
  client.socket.on('data', (chunk: Buffer) => {
    // 1000, answered with 1005, which stands for none.
    if (chunk.includes(Buffer.from([0x88, 0x02, 0x03, 0xe8]))) {
      client.socket.end(Buffer.from([0x88, 0x82, 0, 0, 0, 0, 0x03, 0xed]));
    }
  });

  expect(await command.ends()).toMatchObject({ exitCode: 0 });
});
