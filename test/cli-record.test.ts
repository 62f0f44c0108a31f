import { closeSync, openSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';

import { loadRecording, parseRecording } from '@livecall/tools';
import { expect, it } from 'vitest';

import { accessToken, conversationToken, expectNoToken } from './fixtures/canary-tokens.js';
import { makeFolder } from './fixtures/folder.js';
import { CALL_END, START } from './fixtures/frames.js';
import { run, tokens } from './fixtures/livecall.js';
import { cut, startPlatform } from './fixtures/platform.js';
import type { Answer } from './fixtures/platform.js';

/* `livecall record`, as a person runs it. */

/** A call that is over as soon as it has begun. */
const shortCall: Answer = (client) => {
  client.send(START);
  client.send('{"type":"transcript","msg":"Call me back at 415-555-2671.","role":"other"}');
  client.send(CALL_END);
  client.close(1000);
};

/** What was shown, without the times. */
const toWords = (stdout: string) => stdout.replaceAll(/^\d\d:\d\d\.\d{3} {2}/gm, '');

it.concurrent('shows a call, and writes it to a file that only its owner reads', async () => {
  using folder = makeFolder();
  await using platform = await startPlatform(shortCall);
  const out = folder.at('call.ndjson');
  const ended = await run(['record', '--url', `${platform.url}?region=eu`, '--out', out]);

  expect(ended.stderr).toBe(
    `livecall: dialling 127.0.0.1:${platform.port}\nlivecall: recorded to ${out}\n`,
  );
  expect(ended.exitCode).toBe(0);
  expect(toWords(ended.stdout)).toBe(
    [
      'connected',
      // What is piped may be kept: only a terminal shows who calls.
      'call from +12025550100',
      'caller      Call me back at 202-555-0100.',
      'call ended',
      'closed by the server with 1000',
      '',
    ].join('\n'),
  );
  expect(statSync(out).mode & 0o777).toBe(0o600);
  expect(JSON.parse(folder.lines('call.ndjson')[0] ?? '')).toStrictEqual({
    livecall: 1,
    recordedAt: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/) as unknown,
    endpoint: platform.url,
    redacted: ['credentials', 'phones'],
  });
  expect(folder.entries('call.ndjson')).toStrictEqual([
    { event: 'open', status: 101 },
    {
      event: 'frame',
      from: 'server',
      json: { ...(JSON.parse(START) as object), phone: '+12025550100' },
    },
    {
      event: 'frame',
      from: 'server',
      json: { type: 'transcript', msg: 'Call me back at 202-555-0100.', role: 'other' },
    },
    { event: 'frame', from: 'server', json: JSON.parse(CALL_END) as object },
    { event: 'close', from: 'server', code: 1000, reason: '' },
    { event: 'end' },
  ]);
});

it.concurrent('dials with the tokens of the environment', async () => {
  using folder = makeFolder();
  await using platform = await startPlatform(shortCall);
  await run(['record', '--url', platform.url, '--out', folder.at('call.ndjson')]);

  const { headers, path } = await platform.dial(1);
  expect(headers.authorization).toBe(`Bearer ${accessToken}`);
  expect(new URL(path, platform.url).searchParams.get('conversationToken')).toBe(conversationToken);
});

it.concurrent('dials with the tokens of files, and of standard input', async () => {
  using folder = makeFolder();
  await using platform = await startPlatform(shortCall);
  const flags = [
    '--conversation-token-file',
    folder.write('conversation', `${conversationToken}\n`),
  ];
  const record = (name: string, file: string, input?: string) =>
    run(
      [
        ...['record', '--url', platform.url, '--out', folder.at(name)],
        ...['--access-token-file', file, ...flags],
      ],
      { env: {}, ...(input !== undefined && { input }) },
    );
  const ends = [
    await record('file.ndjson', folder.write('access', `\n  ${accessToken}\r\n`)),
    await record('input.ndjson', '-', `${accessToken}\n`),
  ];

  expect(ends.map(({ exitCode }) => exitCode)).toEqual([0, 0]);
  for (const { headers, path } of platform.dials) {
    expect(headers.authorization).toBe(`Bearer ${accessToken}`);
    expect(path).toContain(encodeURIComponent(conversationToken));
  }
  expect(platform.dials).toHaveLength(2);
});

it.concurrent('reads the token file again when the token is refused', async () => {
  using folder = makeFolder();
  const file = folder.write('access', 'expired-canary-token');
  const refusal = {
    get status() {
      writeFileSync(file, accessToken);
      return 401;
    },
    headers: {},
  };
  await using platform = await startPlatform([refusal, shortCall]);
  const out = folder.at('call.ndjson');
  const flags = ['--access-token-file', file];
  const ended = await run(['record', '--url', platform.url, '--out', out, ...flags]);

  expect(ended.exitCode).toBe(0);
  expect(platform.dials.map(({ headers }) => headers.authorization)).toEqual([
    'Bearer expired-canary-token',
    `Bearer ${accessToken}`,
  ]);
  expect(folder.entries('call.ndjson').slice(0, 2)).toEqual([
    { event: 'refused', status: 401 },
    { event: 'open', status: 101 },
  ]);
});

it.concurrent('says what is wrong with a token file that it has to read again', async () => {
  using folder = makeFolder();
  const file = folder.write('access', accessToken);
  const refusal = {
    get status() {
      writeFileSync(file, '');
      return 401;
    },
    headers: {},
  };
  await using platform = await startPlatform(refusal);
  const flags = ['--access-token-file', file, '--retries', '0'];
  const out = folder.at('call.ndjson');
  const ended = await run(['record', '--url', platform.url, '--out', out, ...flags]);

  expect(ended.exitCode).toBe(2);
  expect(ended.stderr.split('\n').at(-2)).toBe(`livecall: ${file}: the access token is empty.`);
  expect(folder.entries('call.ndjson')).toEqual([
    { event: 'refused', status: 401 },
    { event: 'end' },
  ]);
});

it.concurrent.each([
  ['--join-after', 'client:joinCall', 'join the call'],
  ['--end-after', 'client:endCall', 'end the call'],
])('sends a command with %s', async (flag, type, words) => {
  using folder = makeFolder();
  await using platform = await startPlatform((client) => {
    client.on('message', (data: Buffer) => {
      const { id } = JSON.parse(data.toString()) as { id: string };
      client.send(JSON.stringify({ type: 'ack', ackId: id }));
      client.send(CALL_END);
      client.close(1000);
    });
  });
  const out = folder.at('call.ndjson');
  const ended = await run(['record', '--url', platform.url, '--out', out, flag, '20']);

  expect(ended.exitCode).toBe(0);
  expect(toWords(ended.stdout).replaceAll(/\d+ ms/g, 'n ms')).toBe(
    [
      'connected',
      `→ ${words}`,
      `← acknowledged after n ms: ${words}`,
      'call ended',
      'closed by the server with 1000',
      '',
    ].join('\n'),
  );
  const { frames } = await (await platform.dial(1)).end();
  expect(frames.map((frame) => JSON.parse(frame as string) as unknown)).toEqual([
    { type, id: expect.stringMatching(/^[\da-f-]{36}$/) as unknown },
  ]);
});

it.concurrent('writes the title into the header, without phone numbers', async () => {
  using folder = makeFolder();
  await using platform = await startPlatform(shortCall);
  const out = folder.at('call.ndjson');
  const flags = ['--title', 'a courier on 415-555-2671; nobody joins'];
  await run(['record', '--url', platform.url, '--out', out, ...flags]);

  expect(JSON.parse(folder.lines('call.ndjson')[0] ?? '')).toMatchObject({
    title: 'a courier on 202-555-0100; nobody joins',
  });
});

it.concurrent('shows the lines of the file with --json', async () => {
  using folder = makeFolder();
  await using platform = await startPlatform(shortCall);
  const out = folder.at('call.ndjson');
  const ended = await run(['record', '--url', platform.url, '--out', out, '--json']);

  expect(ended.exitCode).toBe(0);
  expect(ended.stdout).toBe(
    folder
      .lines('call.ndjson')
      .map((line) => `${line}\n`)
      .join(''),
  );
});

it.concurrent('keeps tokens that the server repeats out of what it writes and shows', async () => {
  using folder = makeFolder();
  await using platform = await startPlatform((client) => {
    client.send(JSON.stringify({ type: 'error', description: `bad token ${accessToken}` }));
    client.send(`not JSON: ${conversationToken}`);
    client.send(Buffer.from(`conversationToken=${encodeURIComponent(conversationToken)}`));
    client.close(4401, `expired: ${conversationToken}`);
  });
  const out = folder.at('call.ndjson');
  const ended = await run(['record', '--url', platform.url, '--out', out]);

  expect(toWords(ended.stdout)).toBe(
    [
      'connected',
      'error: bad token [redacted]',
      'invalid frame from the server: not JSON',
      'invalid frame from the server: not JSON',
      'closed by the server with 4401 · expired: [redacted]',
      '',
    ].join('\n'),
  );
  expect(folder.lines('call.ndjson').join()).toContain('"bad token [redacted]"');
});

it.concurrent('goes on in the same file when it has to dial again', async () => {
  using folder = makeFolder();
  const dropped: Answer = (client) => {
    client.once('message', () => {
      cut(client, 'RST');
    });
  };
  await using platform = await startPlatform([dropped, 503, shortCall]);
  const out = folder.at('call.ndjson');
  const ended = await run(['record', '--url', platform.url, '--out', out, '--join-after', '0']);

  expect(ended.exitCode).toBe(0);
  // The first delay is drawn from 0 on.
  expect(ended.stderr).toMatch(
    /livecall: The connection was closed with 1006 \(cut without a close\)\. Dialling again (?:at once|in 0\.\d s)\.\n/,
  );
  expect(ended.stderr).toContain(
    'livecall: The connection ended before client:joinCall was acknowledged; whether it was carried out is unknown.\n',
  );
  const { entries } = await loadRecording(out);
  expect(
    entries.map((entry) => (entry.event === 'frame' ? `frame from ${entry.from}` : entry.event)),
  ).toEqual([
    ...['open', 'frame from client', 'close', 'refused'],
    ...['open', 'frame from server', 'frame from server', 'frame from server', 'close', 'end'],
  ]);
});

it.concurrent(
  'says what is known of a command when the connection ends before its ack',
  async () => {
    using folder = makeFolder();
    await using platform = await startPlatform((client) => {
      client.on('message', () => {
        client.close(1008);
      });
    });
    const out = folder.at('call.ndjson');
    const ended = await run(['record', '--url', platform.url, '--out', out, '--end-after', '0']);

    expect(ended.exitCode).toBe(69);
    expect(ended.stderr.split('\n').slice(1, -1)).toEqual([
      'livecall: The connection ended before client:endCall was acknowledged; whether it was carried out is unknown.',
      `livecall: recorded to ${out}`,
      'livecall: The connection was closed with 1008 (policy violation).',
    ]);
  },
);

it.concurrent('writes the recording to standard output with --out -', async () => {
  await using platform = await startPlatform(shortCall);
  const { exitCode, stdout, stderr } = await run(['record', '--url', platform.url, '--out', '-']);

  expect({ exitCode, stderr }).toEqual({
    exitCode: 0,
    stderr: `livecall: dialling ${new URL(platform.url).host}\n`,
  });
  const { entries } = await parseRecording('stdout', stdout);
  expect(entries.at(-1)).toMatchObject({ event: 'end' });
  expectNoToken(stdout);
});

/** What a first try leaves whose token was wrong. */
const REFUSED =
  '{"livecall":1,"recordedAt":"2026-11-22T09:00:00.000Z","redacted":["credentials","phones"]}\n' +
  '{"at":40,"event":"refused","status":401}\n';

it.concurrent('does not let a try that failed stand in the way of the next', async () => {
  using folder = makeFolder();
  await using platform = await startPlatform([401, 401, shortCall]);
  const record = ['record', '--url', platform.url, '--out', folder.at('call.ndjson')];
  folder.write('call.ndjson.1', 'another one');
  expect((await run(record)).exitCode).toBe(77);
  const tried = readFileSync(folder.at('call.ndjson'), 'utf8');
  expect(tried).toContain('"refused","status":401');
  const { exitCode, stderr } = await run(record);

  expect(exitCode).toBe(0);
  expect(stderr).toContain(
    `livecall: nothing was heard in the ${folder.at('call.ndjson')} that there was; it is ${folder.at('call.ndjson.2')} now\n`,
  );
  expect(readFileSync(folder.at('call.ndjson.2'), 'utf8')).toBe(tried);
  expect(readFileSync(folder.at('call.ndjson.1'), 'utf8')).toBe('another one');
  expect(folder.entries('call.ndjson')[0]).toEqual({ event: 'open', status: 101 });
});

it.concurrent.each([
  ['in which something was heard', `${REFUSED}{"at":50,"event":"open","status":101}\n`],
  ['with a note of a person', `${REFUSED}{"at":50,"event":"mark","label":"a wrong token"}\n`],
  ['that is no recording', 'precious'],
])('never touches a file %s', async (_what, content) => {
  using folder = makeFolder();
  const file = folder.write('call.ndjson', content);
  const ended = await run(['record', '--url', 'wss://calls.example/live', '--out', file]);

  expect(ended.exitCode).toBe(73);
  expect(readFileSync(file, 'utf8')).toBe(content);
});

it.skipIf(process.platform !== 'linux')(
  'never touches a file that is being written to',
  async () => {
    using folder = makeFolder();
    const file = folder.write('call.ndjson', REFUSED);
    const descriptor = openSync(file, 'a');
    const ended = await run(['record', '--url', 'wss://calls.example/live', '--out', file]);
    closeSync(descriptor);

    expect(ended.exitCode).toBe(73);
    expect(readFileSync(file, 'utf8')).toBe(REFUSED);
  },
);

it.concurrent('names a recording by the date where it is given no name', async () => {
  using folder = makeFolder();
  await using platform = await startPlatform((client) => {
    client.send(CALL_END);
    client.close(1000);
  });
  const { exitCode, stderr } = await run(['record', '--url', platform.url], {
    env: tokens,
    cwd: folder.path,
  });
  const [name = ''] = readdirSync(folder.path);

  expect(exitCode).toBe(0);
  expect(name).toMatch(/^call-\d{8}T\d{6}\.\d{3}Z\.ndjson$/);
  expect(stderr).toContain(`livecall: recording to ${name}\n`);
  expect(stderr).toContain(`livecall: recorded to ${name}\n`);
});

it.concurrent('says what is wrong with the URL before it misses a token', async () => {
  expect(await run(['record', '--url', 'foo'], { env: {} })).toEqual({
    exitCode: 2,
    stdout: '',
    stderr:
      'livecall: --url: The url is not a URL; it should look like wss://HOST/ws/v1/liveCalls.\n',
  });
});

it.concurrent('takes out the national numbers of the countries that it is told', async () => {
  using folder = makeFolder();
  await using platform = await startPlatform((client) => {
    client.send('{"type":"transcript","msg":"0151 62596589 oder 01 58858 123","role":"other"}');
    client.send(CALL_END);
    client.close(1000);
  });
  const args = ['record', '--url', platform.url, '--out', folder.at('call.ndjson')];
  const refused = await run([...args, '--default-country', 'DE,XX']);
  const ended = await run([...args, '--default-country', 'de', '--default-country', 'AT']);

  expect(refused).toMatchObject({
    exitCode: 2,
    stderr: "livecall: --default-country should be a country's two letters, GB for one.\n",
  });
  expect(ended.exitCode).toBe(0);
  expect(folder.lines('call.ndjson').join('\n')).toContain('"+12025550100 oder +12025550101"');
});
