import { appendFileSync, readFileSync } from 'node:fs';
import { resolve } from 'node:path';

import { expect, it } from 'vitest';

import { makeFolder } from './fixtures/folder.js';
import { livecall, run } from './fixtures/livecall.js';

/* What is done with a recording: `stats`, `diff`, `cut`, and the ways in which it is shown. */

const JOINED = 'recordings/joined-call.ndjson';

it('says where the time went', async () => {
  const { exitCode, stdout, stderr } = await run([
    'stats',
    'recordings/dropped-and-rejoined.ndjson',
    '--silence',
    '500ms',
  ]);

  expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: '' });
  expect(stdout).toMatchInlineSnapshot(`
    "1 recording, 7.0s, the first word after 395ms

    talk, estimated by the words
      assistant   █████████████████████▎             2.0s  2 utterances, 20 words
      caller      ██████████████████████████████     2.8s  2 utterances, 18 words
      subscriber  █████████████▏                     1.2s  1 utterance, 6 words

    acknowledged
      all              81ms
      client:joinCall  81ms

    connections lost and dialled again
         793ms  00:02.579  cut, 1 dial failed  recordings/dropped-and-rejoined.ndjson:6

    frames
      ← transcript        ██████████████████████████████        5  516 B
      ← event:start       ██████                                1  84 B
      → client:joinCall   ██████                                1  70 B
      ← ack               ██████                                1  61 B
      ← event:callEnd     ██████                                1  63 B
    "
  `);
});

it('cuts a piece that is sound and replays', async () => {
  using folder = makeFolder();
  const out = folder.at('piece.ndjson');
  const args = ['cut', JOINED, '--from', '2s', '--to', '00:03', '--out', out];
  const cut = await run(args);
  const again = await run(args);
  const checked = await run(['check', '--secrets', out]);
  const diff = await run(['diff', resolve(JOINED), 'piece.ndjson'], { cwd: folder.path });

  expect(cut).toEqual({
    exitCode: 0,
    stdout: '',
    stderr: [
      `livecall: ${JOINED}: the connection was open already: it opens at the cut's beginning, with its event:start`,
      `livecall: ${JOINED}: the client leaves it at its end`,
      `livecall: cut 10 entries of ${JOINED} to ${out}\n`,
    ].join('\n'),
  });
  expect(again).toMatchObject({ exitCode: 73 });
  expect(checked).toEqual({ exitCode: 0, stdout: '', stderr: '' });
  expect(diff.exitCode).toBe(1);
  expect(diff.stdout.replace(`${process.cwd()}/`, '')).toMatchInlineSnapshot(`
    "--- recordings/joined-call.ndjson
    +++ piece.ndjson
          2  00:00.038  connected
          3  00:00.053  call from +12025550100
    -     4  00:00.410  assistant   Hello, you have reached the assistant of the person you called. Who is calling, please?
    -     5  00:01.180  caller      Hi, it's Marta from Harbour Couriers. I have a parcel that needs a signature.
    -     6  00:01.421  assistant   When would you like to deliver it?
          7  00:02.025  caller      Any time this afternoon. I am two streets away.
          8  00:02.147  screening ended · The caller has given a name and a reason.
      … 1 alike
         10  00:02.615  ← acknowledged after 71 ms: join the call
         11  00:02.945  subscriber  Hello Marta, this is Jo. I can be at the door in five minutes.
    -    12  00:03.425  caller      Perfect, see you then.
    -    13  00:03.975  call ended
    -    14  00:03.985  closed by the server with 1000
    +    10  00:01.000  closed by the client with 1000
         15  end
    7 differences
    "
  `);
});

it('says of a call that is the same that it is', async () => {
  expect(await run(['diff', JOINED, JOINED])).toEqual({ exitCode: 0, stdout: '', stderr: '' });
});

it('shows what differs where two lines read alike', async () => {
  using folder = makeFolder();
  const joined = readFileSync(JOINED, 'utf8');
  const ids = folder.write('ids.ndjson', joined.replaceAll('000000000001', '000000000009'));
  const words = /("type":"transcript",)(?=.*two streets away)/;
  const more = folder.write('more.ndjson', joined.replace(words, '$1"extra":true,'));
  const differing = ({ stdout }: { readonly stdout: string }) =>
    stdout.split('\n').filter((line) => /^[-+] /.test(line));

  expect(differing(await run(['diff', '--ids', JOINED, ids])).join('\n')).toMatchInlineSnapshot(`
    "-     9  00:02.544  → join the call  json.id "00000000-0000-4000-8000-000000000001"
    +     9  00:02.544  → join the call  json.id "00000000-0000-4000-8000-000000000009"
    -    10  00:02.615  ← acknowledged after 71 ms: join the call  json.ackId "00000000-0000-4000-8000-000000000001"
    +    10  00:02.615  ← acknowledged after 71 ms: join the call  json.ackId "00000000-0000-4000-8000-000000000009""
  `);
  expect(differing(await run(['diff', JOINED, more])).join('\n')).toMatchInlineSnapshot(`
    "-     7  00:02.025  caller      Any time this afternoon. I am two streets away.  json.extra not there
    +     7  00:02.025  caller      Any time this afternoon. I am two streets away.  json.extra true"
  `);
  expect(JSON.parse((await run(['diff', '--json', JOINED, more])).stdout)).toMatchObject({
    differences: [
      { change: 'removed', left: { line: 7, compared: { json: { type: 'transcript' } } } },
      { change: 'added', right: { line: 7, compared: { json: { extra: true } } } },
    ],
  });
  expect(JSON.parse((await run(['diff', '--json', '--ids', JOINED, ids])).stdout)).toMatchObject({
    differences: [
      { left: { compared: { json: { id: expect.stringMatching(/1$/) as string } } } },
      { right: { compared: { json: { id: expect.stringMatching(/9$/) as string } } } },
      { left: { compared: { json: { ackId: expect.stringMatching(/1$/) as string } } } },
      { right: { compared: { json: { ackId: expect.stringMatching(/9$/) as string } } } },
    ],
  });
});

it('says by what part of a millisecond something came later', async () => {
  using folder = makeFolder();
  const later = readFileSync(JOINED, 'utf8').replace('"at":3425.3', '"at":3425.6');
  const path = folder.write('later.ndjson', later);

  expect((await run(['diff', '--times', '0', JOINED, path])).stdout).toContain('  0.3ms later\n');
});

it('says what is no piece', async () => {
  expect(await run(['cut', JOINED, '--from', '1m', '--out', '-'])).toEqual({
    exitCode: 2,
    stdout: '',
    stderr: 'livecall: The recording ends at 4.0s, and --from is 1m00s, behind that.\n',
  });
});

it('shows the time of day', async () => {
  const { stdout } = await run(['show', JOINED, '--wall'], { env: { TZ: 'Asia/Kolkata' } });

  expect(stdout).toContain('14:30:00.038  connected\n');
});

it('plays a recording, and stops where it is', async () => {
  await using playing = livecall(['show', JOINED, '--play', '--speed', '0.001']);
  await playing.shows('redacted');
  playing.signal('SIGINT');

  expect(await playing.ends()).toMatchObject({
    exitCode: 0,
    stdout: expect.stringMatching(/0 connections .* shown so far\n$/) as string,
  });
  const { stdout } = await run(['show', JOINED, '--play', '--speed', '1000']);
  expect(stdout).toBe((await run(['show', JOINED])).stdout);
});

it('follows a recording that is being written', async () => {
  using folder = makeFolder();
  const lines = readFileSync(JOINED, 'utf8').trimEnd().split('\n');
  const path = folder.write(
    'call.ndjson',
    `${lines.slice(0, 4).join('\n')}\n${lines[4]?.slice(0, 50) ?? ''}`,
  );
  await using following = livecall(['show', path, '--follow']);
  await following.shows('Who is calling, please?');
  appendFileSync(path, `${lines[4]?.slice(50) ?? ''}\n`);
  await following.shows('Harbour Couriers');
  appendFileSync(path, `${lines.slice(5).join('\n')}\n`);

  const { exitCode, stdout, stderr } = await following.ends();
  expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: '' });
  expect(stdout).toBe((await run(['show', JOINED])).stdout.replace(JOINED, path));
});

it('takes times with their units', async () => {
  using folder = makeFolder();
  const args = ['record', '--out', folder.at('c.ndjson'), '--url', 'ws://127.0.0.1:9/'];

  expect(
    await run([...args, '--join-after', '1.5s', '--retries', '0', '--timeout', '2s']),
  ).toMatchObject({
    exitCode: 69,
  });
});

it.each([
  [['--speed', '4'], '--speed'],
  [['--max-idle', '1s'], '--max-idle'],
  [['--speed', '4', '--html', 'no.html'], '--speed'],
])('has no use for %j where nothing is played', async (flags, name) => {
  expect(await run(['show', JOINED, ...flags])).toEqual({
    exitCode: 2,
    stdout: '',
    stderr: `livecall: ${name} says how a recording is played; add --play, and it is.\n`,
  });
});

it('says what ends before it begins, in times as they are written', async () => {
  expect(await run(['cut', JOINED, '--from', '1m30s', '--to', '2s', '--out', '-'])).toMatchObject({
    exitCode: 2,
    stderr: 'livecall: A cut ends after it begins, and --from is 1m30s, --to 2.0s.\n',
  });
});
