import { appendFileSync, existsSync, readFileSync, statSync } from 'node:fs';

import { scenario } from '@livecall/tools';
import { expect, it } from 'vitest';

import { makeFolder } from './fixtures/folder.js';
import { run } from './fixtures/livecall.js';

/* `livecall show`: a recording as a person reads it. */

it('tells a call that was joined', async () => {
  const { exitCode, stdout, stderr } = await run(['show', 'recordings/joined-call.ndjson']);

  expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: '' });
  expect(stdout).toMatchInlineSnapshot(`
    "recordings/joined-call.ndjson
    a courier asks for a delivery slot; the subscriber joins
    recorded 2026-11-22T09:00:00.000Z · wss://calls.example/ws/v1/liveCalls · redacted: credentials, phones

    00:00.038  connected
    00:00.053  call from +12025550100
    00:00.410  assistant   Hello, you have reached the assistant of the person you called. Who is calling, please?
    00:01.180  caller      Hi, it's Marta from Harbour Couriers. I have a parcel that needs a signature.
    00:01.421  assistant   When would you like to deliver it?
    00:02.025  caller      Any time this afternoon. I am two streets away.
    00:02.147  screening ended · The caller has given a name and a reason.
    00:02.544  → join the call
    00:02.615  ← acknowledged after 71 ms: join the call
    00:02.945  subscriber  Hello Marta, this is Jo. I can be at the door in five minutes.
    00:03.425  caller      Perfect, see you then.
    00:03.975  call ended
    00:03.985  closed by the server with 1000

    00:03.985 · 1 connection · 6 utterances · 1 command · complete
    "
  `);
});

it('tells a call that was dropped and rejoined', async () => {
  const { exitCode, stdout, stderr } = await run([
    'show',
    'recordings/dropped-and-rejoined.ndjson',
  ]);

  expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: '' });
  expect(stdout).toMatchInlineSnapshot(`
    "recordings/dropped-and-rejoined.ndjson
    the connection is cut, and the call is rejoined
    recorded 2026-11-22T09:00:00.000Z · wss://calls.example/ws/v1/liveCalls · redacted: credentials, phones

    00:00.042  connected
    00:00.056  call from +12025550100
    00:00.437  assistant   Hello, you have reached the assistant of the person you called. Who is calling, please?
    00:01.968  caller      Good morning, I am returning a call about the flat.
    00:02.579  connection cut
    00:02.860  refused with 503
    00:03.373  connected again (connection 2)
    00:03.563  assistant   Which flat do you mean?
    00:04.839  caller      The one on Mill Road, with the balcony.
    00:05.289  → join the call
    00:05.370  ← acknowledged after 81 ms: join the call
    00:06.072  subscriber  Hello, yes, it is still free.
    00:07.013  call ended
    00:07.025  closed by the server with 1000

    00:07.025 · 2 connections · 5 utterances · 1 command · complete
    "
  `);
});

it('tells everything that can stand in a recording', async () => {
  using folder = makeFolder();
  const path = folder.write(
    'all.ndjson',
    scenario()
      .fail('timeout')
      .fail('unreachable', { after: 1 })
      .refuse(429, { retryAfterMs: 1_000 })
      .open()
      .start({ phone: '' })
      .send({ type: 'event:sentiment', score: 1 })
      .send({ type: 'ack', ackId: 'nobody asked' })
      .send('not JSON')
      .error('Transcription is down.')
      .mark('the caller hangs up', { after: 3_600_000 })
      .hangUp()
      .toNdjson(),
  );
  const { exitCode, stdout } = await run(['show', 'all.ndjson'], { cwd: folder.path });

  expect(path).toContain(folder.path);
  expect(exitCode).toBe(0);
  expect(stdout).toMatchInlineSnapshot(`
    "all.ndjson
    recorded 2026-01-01T00:00:00.000Z · wss://calls.example/ws/v1/liveCalls · redacted: credentials, phones

    00:00.000  not connected (timeout)
    00:00.001  not connected (unreachable)
    00:00.001  refused with 429
    00:00.001  connected
    00:00.001  call from a number that is not given
    00:00.001  unknown message: event:sentiment
    00:00.001  ← acknowledged: a command that is not in the recording
    00:00.001  invalid frame from the server: not JSON
    00:00.001  error: Transcription is down.
    1:00:00.001  # the caller hangs up
    1:00:00.001  closed by the client with 1000

    1:00:00.001 · 1 connection · 0 utterances · 0 commands · complete
    "
  `);
});

it('tells a call as one JSON object', async () => {
  const { exitCode, stdout } = await run(['show', 'recordings/refused-401.ndjson', '--json']);

  expect(exitCode).toBe(0);
  expect(stdout.endsWith('}\n')).toBe(true);
  expect(JSON.parse(stdout)).toStrictEqual({
    file: 'recordings/refused-401.ndjson',
    header: {
      livecall: 1,
      recordedAt: '2026-11-22T09:00:00.000Z',
      endpoint: 'wss://calls.example/ws/v1/liveCalls',
      redacted: ['credentials', 'phones'],
      title: 'the access token has expired, and so has the one asked for anew',
    },
    isComplete: true,
    durationMs: 75.2,
    moments: [
      { at: 33.4, what: 'refused', status: 401 },
      { at: 75.2, what: 'refused', status: 401 },
    ],
  });
});

it('warns of a last line that is torn', async () => {
  const { exitCode, stdout, stderr } = await run(['show', 'recordings/recorder-died.ndjson']);

  expect(exitCode).toBe(0);
  expect(stderr).toBe(
    'livecall: recordings/recorder-died.ndjson:7: the last line is torn and was dropped\n',
  );
  expect(stdout).toContain('incomplete: the recorder died');
});

const ESCAPE = '\u001b';

it.concurrent.each<[what: string, env: Record<string, string>, isColoured: boolean]>([
  ['plain where it is no terminal', {}, false],
  ['coloured with FORCE_COLOR', { FORCE_COLOR: '1' }, true],
  ['plain with FORCE_COLOR=0', { FORCE_COLOR: '0' }, false],
  ['plain with NO_COLOR, whatever else', { FORCE_COLOR: '1', NO_COLOR: '1' }, false],
  ['coloured with an empty NO_COLOR', { FORCE_COLOR: '1', NO_COLOR: '' }, true],
])('is %s', async (_what, env, isColoured) => {
  const { stdout } = await run(['show', 'recordings/refused-404.ndjson'], { env });

  expect(stdout.includes(ESCAPE)).toBe(isColoured);
});

it('lets nothing of a call control the terminal', async () => {
  using folder = makeFolder();
  const evil = `a${ESCAPE}[2Jb${ESCAPE}]0;title\u0007c\u009b31md\re\bf\u202eg\u0000h\ni`;
  const path = folder.write(
    'evil.ndjson',
    scenario({ title: evil, endpoint: `wss://calls.example/${evil}` })
      .start({ phone: evil })
      .caller(evil)
      .screeningEnd(evil)
      .error(evil)
      .mark(evil)
      .send({ type: evil })
      .close(1000, { reason: evil })
      .toNdjson(),
  );
  const { exitCode, stdout } = await run(['show', path]);

  expect(exitCode).toBe(0);
  expect(stdout.replaceAll('\n', '')).not.toMatch(/[\p{Cc}\u202a-\u202e\u2066-\u2069]/u);
  expect(stdout.split('\n')).toHaveLength(15);
  expect(stdout).toContain('caller      ab');
});

it('tells a recording that is longer than its memory', async () => {
  using folder = makeFolder();
  const path = folder.write(
    'long.ndjson',
    '{"livecall":1,"recordedAt":"2026-11-22T09:00:00.000Z"}\n',
  );
  const msg = 'Hello? '.repeat(80);
  appendFileSync(path, '{"at":0,"event":"open","status":101}\n');
  for (let block = 0; block < 50; block += 1) {
    const lines = Array.from({ length: 2_000 }, (_item, index) =>
      JSON.stringify({
        at: block * 2_000 + index,
        event: 'frame',
        from: 'server',
        json: { type: 'transcript', msg, role: 'other' },
      }),
    );
    appendFileSync(path, `${lines.join('\n')}\n`);
  }
  expect(statSync(path).size).toBeGreaterThan(60e6);
  const env = { NODE_OPTIONS: '--max-old-space-size=32' };

  for (const args of [['show'], ['show', '--json']]) {
    expect(await run([...args, path], { env, stdoutTo: '/dev/null' })).toMatchObject({
      exitCode: 0,
      stderr: '',
    });
  }
});

/* --html: the same call as a page; test/browser/ looks at it. */

const phoned = (phone: string) =>
  [
    '{"livecall":1,"recordedAt":"2026-11-22T09:00:00.000Z"}',
    '{"at":0,"event":"open","status":101}',
    `{"at":1,"event":"frame","from":"server","json":{"type":"event:start","phone":"${phone}","timestamp":"2026-11-22T09:00:00.000Z"}}`,
    '{"at":2,"event":"frame","from":"server","json":{"type":"transcript","msg":"</script> it is Marta","role":"other"}}',
    '',
  ].join('\n');

it('writes a page that holds the call, redacted, and nothing from elsewhere', async () => {
  using folder = makeFolder();
  const call = folder.write('call.ndjson', phoned('+14155552671'));
  const out = folder.at('call.html');
  const { exitCode, stderr } = await run(['show', call, '--html', out]);
  const page = readFileSync(out, 'utf8');

  expect({ exitCode, stderr }).toEqual({
    exitCode: 0,
    stderr: `livecall: wrote ${out}, which any browser opens\n`,
  });
  expect(statSync(out).mode & 0o777).toBe(0o600);
  expect(page).toContain('"phone":"+12025550100"');
  expect(page).not.toContain('4155552671');
  expect(page).toContain(String.raw`\u003c/script> it is Marta`);
  expect(page).toContain("default-src 'none'");
  expect(page).toContain("connect-src 'none'");
  expect(page).not.toMatch(/(?:src|href)="(?!data:)/);
});

it('masks the words in a page, if it is told', async () => {
  using folder = makeFolder();
  const call = folder.write('call.ndjson', phoned('+12025550100'));
  const { stdout } = await run(['show', call, '--html', '-', '--mask-transcripts']);

  expect(stdout).toContain('xx xx xxxxx');
  expect(stdout).not.toContain('Marta');
});

it('overwrites no page, and leaves none of a recording that cannot be read', async () => {
  using folder = makeFolder();
  const call = folder.write('call.ndjson', phoned('+12025550100'));
  const bad = folder.write('bad.ndjson', `${phoned('+12025550100')}nothing\n\n{}\n`);
  const out = folder.write('call.html', 'mine');

  expect((await run(['show', call, '--html', out])).exitCode).toBe(73);
  expect(readFileSync(out, 'utf8')).toBe('mine');
  expect((await run(['show', bad, '--html', folder.at('bad.html')])).exitCode).toBe(65);
  expect(existsSync(folder.at('bad.html'))).toBe(false);
  expect((await run(['show', call, '--html', out, '--json'])).exitCode).toBe(2);
});
