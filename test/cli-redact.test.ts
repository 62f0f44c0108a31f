import { readFileSync, statSync } from 'node:fs';

import { scenario } from '@livecall/tools';
import { expect, it } from 'vitest';

import { accessToken } from './fixtures/canary-tokens.js';
import { makeFolder } from './fixtures/folder.js';
import { run } from './fixtures/livecall.js';
import { startPlatform } from './fixtures/platform.js';
import { CALL_END, START } from './fixtures/frames.js';

/* `livecall redact` and `livecall check --secrets`, as a person runs them. */

const HEADER = '{"livecall":1,"recordedAt":"2026-11-22T09:00:00.000Z"';
const call = [
  `${HEADER},"redacted":["credentials"],"title":"a courier on 415-555-2671"}`,
  '{"at":0.125,"event":"open","status":101}',
  '{"at":1.5,"event":"frame","from":"server","json":{"type":"event:start","phone":"+14155552671","timestamp":"2026-11-22T09:00:00.001Z"}}',
  '{"at":2,"event":"frame","from":"server","json":{"type":"transcript","msg":"Hi, it is 415 555 2671.","role":"other"}}',
  '{"at":3,"event":"frame","from":"client","json":{"type":"client:joinCall","id":"8f0c"}}',
  '{"at":4,"event":"frame","from":"server","json":{"type":"ack","ackId":"8f0c"}}',
  '{"at":5,"event":"close","from":"server","code":1000,"reason":""}',
  '{"at":5,"event":"end"}',
];
const toText = (lines: readonly string[]) => lines.map((line) => `${line}\n`).join('');

it('writes a recording anew, with the numbers replaced and all else as it was', async () => {
  using folder = makeFolder();
  const [path, out] = [folder.write('call.ndjson', toText(call)), folder.at('out.ndjson')];

  expect(await run(['redact', path, out])).toEqual({
    exitCode: 0,
    stdout: '',
    stderr: `livecall: redacted ${path} to ${out}\n`,
  });
  expect(statSync(out).mode & 0o777).toBe(0o600);
  expect(folder.lines('out.ndjson')).toEqual([
    `${HEADER},"redacted":["credentials","phones"],"title":"a courier on 202-555-0100"}`,
    ...call
      .slice(1)
      .map((line) =>
        line.replace('+14155552671', '+12025550100').replace('415 555 2671', '202-555-0100'),
      ),
  ]);
  expect(folder.lines('call.ndjson')).toEqual(call);
});

it('changes nothing the second time', async () => {
  using folder = makeFolder();
  folder.write('call.ndjson', toText(call));
  for (const flags of [
    [],
    ['--mask-transcripts'],
    ['--keep-phones'],
    ['--default-country', 'GB'],
  ]) {
    const once = await run(['redact', folder.at('call.ndjson'), '-', ...flags]);
    const twice = await run(['redact', '-', '-', ...flags], { input: once.stdout });

    expect(once.exitCode).toBe(0);
    expect(twice).toEqual(once);
  }
});

it.each(['screened-spam-call', 'malformed-frames', 'unknown-message'])(
  'leaves %s as it is, which is redacted',
  async (name) => {
    const path = `recordings/${name}.ndjson`;

    expect(await run(['redact', path, '-'])).toEqual({
      exitCode: 0,
      stdout: readFileSync(path, 'utf8'),
      stderr: '',
    });
  },
);

it('masks the words, and keeps the numbers, if it is told to', async () => {
  const { stdout } = await run(['redact', '-', '-', '--mask-transcripts', '--keep-phones'], {
    input: toText(call),
  });

  expect(stdout).toBe(
    toText(call)
      .replace('"credentials"]', '"credentials","transcripts"]')
      .replace('Hi, it is 415 555 2671.', 'xx, xx xx xxx xxx xxxx.'),
  );
});

it('takes out what looks like a token', async () => {
  using folder = makeFolder();
  const mark = `{"at":5,"event":"mark","label":"with Bearer ${accessToken}"}`;
  const path = folder.write('call.txt', toText([...call.slice(0, -1), mark, ...call.slice(-1)]));

  await run(['redact', path, folder.at('out.ndjson')]);
  expect(folder.lines('out.ndjson').at(-2)).toBe(
    '{"at":5,"event":"mark","label":"with Bearer [redacted]"}',
  );
});

it('never overwrites a file, and leaves none behind for a recording that is none', async () => {
  using folder = makeFolder();
  const path = folder.write('call.ndjson', toText(call));
  const bad = folder.write(
    'bad.ndjson',
    toText([...call.slice(0, 3), 'no JSON', ...call.slice(3)]),
  );
  const out = folder.at('out.ndjson');

  expect(await run(['redact', path, path])).toMatchObject({
    exitCode: 73,
    stderr: `livecall: ${path}: exists already, and a recording is never overwritten; choose another name\n`,
  });
  expect(await run(['redact', bad, out])).toMatchObject({
    exitCode: 65,
    stderr: `livecall: ${bad}:4: is not a line of JSON in UTF-8\n`,
  });
  expect(await run(['redact', folder.at('nowhere.ndjson'), out])).toMatchObject({ exitCode: 66 });
  expect(await run(['redact', path, out, '--default-country', 'XX'])).toMatchObject({
    exitCode: 2,
    stderr: "livecall: --default-country should be a country's two letters, GB for one.\n",
  });
  expect(folder.recordings()).toEqual(['bad.ndjson', 'call.ndjson']);
});

it('takes a file away again that could not be written to its end', async () => {
  using folder = makeFolder();
  const label = JSON.stringify({ at: 5, event: 'mark', label: 'x'.repeat(20_000) });
  const path = folder.write(
    'call.ndjson',
    toText([...call.slice(0, -1), label, ...call.slice(-1)]),
  );
  const out = folder.at('out.ndjson');

  expect(await run(['redact', path, out], { fileBlocks: 2 })).toEqual({
    exitCode: 74,
    stdout: '',
    stderr: `livecall: ${out}: cannot be written (EFBIG); it was taken away again.\n`,
  });
  expect(folder.recordings()).toEqual(['call.ndjson']);
});

it('drops a last line that is torn, and says so', async () => {
  const ended = await run(['redact', '-', '-'], { input: `${toText(call.slice(0, 3))}{"at":` });

  expect(ended.stdout.split('\n')).toHaveLength(4);
  expect(ended.stderr).toBe('livecall: -:4: the last line is torn and was dropped\n');
});

/* livecall check --secrets */

it('says where a recording holds what it should not, and never what', async () => {
  using folder = makeFolder();
  const { stdout } = await run(['redact', '-', '-'], { input: toText(call) });
  const lines = stdout.split('\n');
  folder.write(
    'leaky.txt',
    [
      ...lines.slice(0, 3),
      lines[3]?.replace('202-555-0100', '415-555-2671'),
      `{"at":2,"event":"mark","label":"Bearer ${accessToken}"}`,
      ...lines.slice(4),
    ].join('\n'),
  );
  const flags = { cwd: folder.path };

  expect(await run(['check', 'leaky.txt'], flags)).toMatchObject({ exitCode: 0, stdout: '' });
  expect(await run(['check', '--secrets', 'leaky.txt'], flags)).toEqual({
    exitCode: 1,
    stderr: '',
    stdout: [
      'leaky.txt:4: holds a phone number, though the header says that they were replaced',
      'leaky.txt:5: holds a JWT',
      'leaky.txt:5: holds a bearer token',
      '',
    ].join('\n'),
  });
});

it('finds no secrets in the recordings of the project', async () => {
  const { stdout } = await run(['check', '--secrets', 'recordings']);

  expect(stdout).toContain('recorder-died.ndjson:7: ');
  expect(stdout).not.toContain('holds');
});

it('says nothing of a recording that holds no secrets', async () => {
  const input = scenario()
    .start({ phone: '+12025550107' })
    .caller('At 9, for $50.')
    .callEnd()
    .toNdjson();

  expect(await run(['check', '--secrets', '-'], { input })).toEqual({
    exitCode: 0,
    stdout: '',
    stderr: '',
  });
});

/* livecall record --mask-transcripts */

it('masks the words of a call while it is recorded, and where they are piped', async () => {
  using folder = makeFolder();
  await using platform = await startPlatform((client) => {
    client.send(START);
    client.send('{"type":"transcript","msg":"It is Marta.","role":"other"}');
    client.send(CALL_END);
    client.close(1000);
  });
  const out = folder.at('call.ndjson');
  const flags = ['--url', platform.url, '--out', out, '--mask-transcripts'];
  const { stdout } = await run(['record', ...flags]);

  expect(stdout).toContain('xx xx xxxxx.');
  expect(folder.lines('call.ndjson').join('\n')).toContain('"msg":"xx xx xxxxx."');
  expect(`${stdout}${folder.lines('call.ndjson').join('')}`).not.toContain('Marta');
  expect(JSON.parse(folder.lines('call.ndjson')[0] ?? '')).toMatchObject({
    redacted: ['credentials', 'phones', 'transcripts'],
  });
});
