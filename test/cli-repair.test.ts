import {
  chmodSync,
  existsSync,
  lstatSync,
  mkdirSync,
  readFileSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';

import { isComplete, loadRecording, scenario } from '@livecall/tools';
import { expect, it } from 'vitest';

import { makeFolder } from './fixtures/folder.js';
import { START } from './fixtures/frames.js';
import { livecall, run } from './fixtures/livecall.js';
import { startPlatform } from './fixtures/platform.js';

/* `livecall repair`: a recording whose recorder died is completed, and nothing else is changed. */

const HEADER =
  '{"livecall":1,"recordedAt":"2026-11-22T09:00:00.000Z","redacted":["credentials"]}\n';
const OPEN = '{"at":38.2,"event":"open","status":101}\n';
const SAID =
  '{"at":52.9,"event":"frame","from":"server","json":{"type":"transcript","msg":"+1 415 555 2671","role":"other"}}\n';
const CLOSED = '{"at":60,"event":"close","from":"server","code":1006,"reason":""}\n';
const TORN = SAID.slice(0, 40);

const CLOSED_AT_LAST = '{"at":52.9,"event":"close","from":"server","code":1006,"reason":""}\n';
const ENDED_AT_LAST = '{"at":52.9,"event":"end"}\n';

it.concurrent.each<[what: string, before: string, after: string, said: string]>([
  [
    'died in a line',
    HEADER + OPEN + SAID + TORN,
    HEADER + OPEN + SAID + CLOSED_AT_LAST + ENDED_AT_LAST,
    'dropped line 4, which was torn; closed the connection that was open, as cut (1006); added the end',
  ],
  [
    'died between two lines',
    HEADER + OPEN + SAID,
    HEADER + OPEN + SAID + CLOSED_AT_LAST + ENDED_AT_LAST,
    'closed the connection that was open, as cut (1006); added the end',
  ],
  [
    'died between two dials',
    HEADER + OPEN + CLOSED,
    `${HEADER}${OPEN}${CLOSED}{"at":60,"event":"end"}\n`,
    'added the end',
  ],
  ['died at once', HEADER, `${HEADER}{"at":0,"event":"end"}\n`, 'added the end'],
  [
    'died before the line end of a line',
    (HEADER + OPEN + SAID).trimEnd(),
    HEADER + OPEN + SAID + CLOSED_AT_LAST + ENDED_AT_LAST,
    'closed the connection that was open, as cut (1006); added the end',
  ],
  [
    'wrote on after a close',
    `${HEADER}${OPEN}${CLOSED}${SAID.replace('52.9', '61')}${CLOSED.replace('60', '61')}${OPEN.replace('38.2', '70')}`,
    `${HEADER}${OPEN}${CLOSED}{"at":61,"event":"mark","label":"left out: a frame from the server, after a close"}
{"at":61,"event":"mark","label":"left out: a close from the server, after a close"}
${OPEN.replace('38.2', '70')}{"at":70,"event":"close","from":"server","code":1006,"reason":""}
{"at":70,"event":"end"}
`,
    'took out line 4, which came after a close; took out line 5, which came after a close; closed the connection that was open, as cut (1006); added the end',
  ],
  [
    'heard an event that nobody knows',
    `${HEADER}${OPEN}{"at":70,"event":"later","how":"so"}\n`,
    `${HEADER}${OPEN}{"at":70,"event":"later","how":"so"}\n{"at":70,"event":"close","from":"server","code":1006,"reason":""}\n{"at":70,"event":"end"}\n`,
    'closed the connection that was open, as cut (1006); added the end',
  ],
  [
    'was written to after its end',
    `${HEADER}{"at":0,"event":"end"}\n${TORN}`,
    `${HEADER}{"at":0,"event":"end"}\n`,
    'dropped line 3, which was torn',
  ],
])('completes the file of a recorder that %s', async (_what, before, after, said) => {
  using folder = makeFolder();
  const file = folder.write('call.ndjson', before);
  chmodSync(file, 0o644);

  expect(await run(['repair', file])).toEqual({
    exitCode: 0,
    stdout: '',
    stderr: `livecall: ${file} repaired: ${said}\n`,
  });
  expect(readFileSync(file, 'utf8')).toBe(after);
  expect(statSync(file).mode & 0o777).toBe(0o600);
  expect(folder.recordings()).toEqual(['call.ndjson']);
  expect(isComplete(await loadRecording(file))).toBe(true);
  expect((await run(['check', file])).stdout).toBe('');
});

it.concurrent('completes the recording of this house that is torn', async () => {
  using folder = makeFolder();
  const out = folder.at('whole.ndjson');
  const torn = readFileSync('recordings/recorder-died.ndjson', 'utf8');
  const { exitCode, stderr } = await run([
    'repair',
    'recordings/recorder-died.ndjson',
    '--out',
    out,
  ]);

  expect(exitCode).toBe(0);
  expect(stderr).toContain(`; added the end; written to ${out}\n`);
  expect(readFileSync('recordings/recorder-died.ndjson', 'utf8')).toBe(torn);
  expect(statSync(out).mode & 0o777).toBe(0o600);
  expect(await run(['check', out])).toEqual({ exitCode: 0, stdout: '', stderr: '' });
});

it.concurrent.each([
  ['a line end', '\n', 'dropped line 6, in which nothing stood'],
  ['lines of white space', ' \r\n\t\n ', 'dropped line 6, in which nothing stood'],
])('takes away what is blank at the end of a recording: %s', async (_what, blank, said) => {
  using folder = makeFolder();
  const whole = `${HEADER}${OPEN}${SAID}${CLOSED}{"at":60,"event":"end"}\n`;
  const file = folder.write('call.ndjson', whole + blank);

  expect(await run(['repair', file])).toEqual({
    exitCode: 0,
    stdout: '',
    stderr: `livecall: ${file} repaired: ${said}\n`,
  });
  expect(readFileSync(file, 'utf8')).toBe(whole);
});

it.concurrent('leaves a sound file alone, to the minute it was written', async () => {
  using folder = makeFolder();
  const file = folder.write('call.ndjson', scenario().start().callEnd().toNdjson());
  const before = statSync(file);

  expect(await run(['repair', file])).toEqual({
    exitCode: 0,
    stdout: '',
    stderr: `livecall: ${file} is whole; it was left alone\n`,
  });
  expect(statSync(file)).toMatchObject({ ino: before.ino, mtimeMs: before.mtimeMs });
  const out = folder.at('copy.ndjson');
  expect((await run(['repair', file, '--out', out])).exitCode).toBe(0);
  expect(readFileSync(out, 'utf8')).toBe(readFileSync(file, 'utf8'));
});

it.concurrent.each<[what: string, content: string, said: string]>([
  [
    'a bad line in the middle',
    `${HEADER}${OPEN}${TORN}\n${SAID}`,
    ':3: is not a line of JSON in UTF-8',
  ],
  ['a last line that is whole and no entry', `${HEADER}{"at":1}\n`, ':2: `event` is not string'],
  ['lines in an order that cannot be', HEADER + SAID, ':2: is a frame outside of a connection'],
  [
    'a torn header',
    HEADER.slice(0, 20),
    ':1: is not a livecall recording: its first line should be a header, {"livecall":1,…}',
  ],
  ['nothing in it', '', ': is empty; a recording starts with a header'],
])('ends with 65 for a file with %s, and leaves it alone', async (_what, content, said) => {
  using folder = makeFolder();
  const file = folder.write('call.ndjson', content);

  expect(await run(['repair', file])).toEqual({
    exitCode: 65,
    stdout: '',
    stderr: `livecall: ${file}${said}\n`,
  });
  expect(readFileSync(file, 'utf8')).toBe(content);
  expect(folder.recordings()).toEqual(['call.ndjson']);
});

it.concurrent('ends with 66 where there is no such file, and for a folder', async () => {
  using folder = makeFolder();

  expect((await run(['repair', folder.at('none.ndjson')])).exitCode).toBe(66);
  expect((await run(['repair', folder.path])).exitCode).toBe(66);
  expect((await run(['repair', '/dev/null'])).exitCode).toBe(66);
});

it.concurrent('never overwrites another file', async () => {
  using folder = makeFolder();
  const file = folder.write('call.ndjson', HEADER + OPEN);
  const out = folder.write('precious.ndjson', 'precious');

  expect(await run(['repair', file, '--out', out])).toEqual({
    exitCode: 73,
    stdout: '',
    stderr: `livecall: ${out}: exists already, and is not overwritten; choose another name.\n`,
  });
  expect(readFileSync(out, 'utf8')).toBe('precious');
  expect((await run(['repair', file, '--out', folder.at('no/where')])).exitCode).toBe(73);
});

it.concurrent('repairs what a link points to', async () => {
  using folder = makeFolder();
  mkdirSync(folder.at('elsewhere'));
  writeFileSync(folder.at('elsewhere/call.ndjson'), HEADER);
  const link = folder.at('call.ndjson');
  symlinkSync('elsewhere/call.ndjson', link);

  expect((await run(['repair', link])).exitCode).toBe(0);
  expect(lstatSync(link).isSymbolicLink()).toBe(true);
  expect(isComplete(await loadRecording(folder.at('elsewhere/call.ndjson')))).toBe(true);
});

it.concurrent('leaves the file as it was where the whole one cannot be written', async () => {
  using folder = makeFolder();
  const long = HEADER + OPEN + SAID.repeat(20);
  const file = folder.write('call.ndjson', long);
  const { exitCode, stderr } = await run(['repair', file], { fileBlocks: 2 });

  expect(exitCode).toBe(74);
  expect(stderr).toMatch(/: cannot be written \(EFBIG\); .*call\.ndjson is as it was\.\n$/);
  expect(readFileSync(file, 'utf8')).toBe(long);
  expect(folder.recordings()).toEqual(['call.ndjson']);
  expect(existsSync(folder.at('call.ndjson'))).toBe(true);
});

it.concurrent('does not touch a recording that a recorder still writes', async ({ skip }) => {
  if (process.platform !== 'linux') skip('only Linux tells who writes to a file');
  using folder = makeFolder();
  const out = folder.at('call.ndjson');
  await using platform = await startPlatform((client) => {
    client.send(START);
  });
  await using recorder = livecall(['record', '--url', platform.url, '--out', out]);
  await recorder.shows('call from');

  expect(await run(['repair', out])).toEqual({
    exitCode: 74,
    stdout: '',
    stderr: `livecall: ${out}: is being written to; repair it once its recorder has ended.\n`,
  });
  expect(folder.recordings()).toEqual(['call.ndjson']);
  recorder.signal('SIGINT');
  expect((await recorder.ends()).exitCode).toBe(0);
  expect(isComplete(await loadRecording(out))).toBe(true);
});
