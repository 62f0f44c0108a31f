import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';

import fc from 'fast-check';
import { firstValueFrom, lastValueFrom, tap, toArray } from 'rxjs';
import { expect, it, onTestFinished } from 'vitest';

import { decodeLines } from './decode-lines.js';
import type { RecordingLine } from './decode-lines.js';
import { parseRecording } from './parse-recording.js';
import { loadRecording, readRecording } from './read-recording.js';
import { RecordingError } from './recording-error.js';

const HEADER = '{"livecall":1,"recordedAt":"2026-11-22T09:00:00.000Z"}';
const OPEN = '{"at":0,"event":"open","status":101}';
const ACK = '{"at":5,"event":"frame","from":"server","json":{"type":"ack","ackId":"8f0c"}}';
const CLOSE = '{"at":9,"event":"close","from":"server","code":1000,"reason":""}';
const END = '{"at":9,"event":"end"}';

const lines = (...written: readonly string[]) => written.map((line) => `${line}\n`).join('');

function toFile(content: string | Uint8Array): string {
  const folder = mkdtempSync(join(tmpdir(), 'livecall-read-'));
  onTestFinished(() => {
    rmSync(folder, { recursive: true });
  });
  const path = join(folder, 'call.ndjson');
  writeFileSync(path, content);
  return path;
}

async function read(path: string): Promise<RecordingLine[]> {
  return lastValueFrom(readRecording(path).pipe(toArray()));
}

async function errorOf(reading: Promise<unknown>): Promise<RecordingError> {
  const error = await reading.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  if (error instanceof RecordingError) return error;
  throw new Error('There was no RecordingError.', { cause: error });
}

/** Reads a file in both ways, and gives the error, which must be the same. */
async function errorIn(path: string): Promise<RecordingError> {
  const error = await errorOf(loadRecording(path));
  expect(await errorOf(read(path))).toEqual(error);
  return error;
}

/* What is read */

it('reads the header, then the entries, with their lines', async () => {
  expect(await read(toFile(lines(HEADER, OPEN, ACK, CLOSE, END)))).toEqual([
    { kind: 'header', line: 1, header: JSON.parse(HEADER) as unknown },
    { kind: 'entry', line: 2, entry: JSON.parse(OPEN) as unknown },
    { kind: 'entry', line: 3, entry: JSON.parse(ACK) as unknown },
    { kind: 'entry', line: 4, entry: JSON.parse(CLOSE) as unknown },
    { kind: 'entry', line: 5, entry: JSON.parse(END) as unknown },
  ]);
});

it('loads a recording as a whole, under its path', async () => {
  const path = toFile(lines(HEADER, OPEN, ACK, CLOSE, END));

  expect(await loadRecording(path)).toEqual({
    name: path,
    header: JSON.parse(HEADER) as unknown,
    entries: [OPEN, ACK, CLOSE, END].map((line): unknown => JSON.parse(line)),
    warnings: [],
  });
});

it('parses a recording from its text, under the name it is given', async () => {
  const text = lines(HEADER, OPEN, CLOSE, END);

  expect(await parseRecording('courier', text)).toEqual({
    ...(await loadRecording(toFile(text))),
    name: 'courier',
  });
});

it('reads a header alone', async () => {
  expect(await parseRecording('call', lines(HEADER))).toEqual({
    name: 'call',
    header: JSON.parse(HEADER) as unknown,
    entries: [],
    warnings: [],
  });
});

it('keeps keys that it does not know, of the header and of entries', async () => {
  const { header, entries } = await parseRecording(
    'call',
    lines(
      '{"livecall":1,"recordedAt":"","recorder":{"version":"0.2.0"}}',
      '{"at":0,"event":"open","status":101,"server":"calls-3"}',
    ),
  );

  expect(header).toEqual({ livecall: 1, recordedAt: '', recorder: { version: '0.2.0' } });
  expect(entries).toEqual([{ at: 0, event: 'open', status: 101, server: 'calls-3' }]);
});

it('passes over an event that it does not know, and keeps it', async () => {
  const { entries } = await parseRecording(
    'call',
    lines(HEADER, OPEN, '{"at":1,"event":"ping","bytes":4}', CLOSE),
  );

  expect(entries[1]).toEqual({
    at: 1,
    event: 'unknown',
    read: { at: 1, event: 'ping', bytes: 4 },
  });
});

it('reads lines that end in CRLF', async () => {
  const crlf = lines(HEADER, OPEN, ACK, CLOSE, END).replaceAll('\n', '\r\n');

  expect((await parseRecording('call', crlf)).entries).toEqual(
    (await parseRecording('call', lines(HEADER, OPEN, ACK, CLOSE, END))).entries,
  );
});

it('reads a file that begins with a byte order mark', async () => {
  const { header, entries } = await loadRecording(toFile(`\ufeff${lines(HEADER, OPEN)}`));

  expect(header).toEqual(JSON.parse(HEADER));
  expect(entries).toHaveLength(1);
});

it('reads a line that is longer than what is read at once', async () => {
  const label = 'a'.repeat(1024 * 1024);
  const mark = JSON.stringify({ at: 0, event: 'mark', label });
  const { entries } = await loadRecording(toFile(lines(HEADER, mark, OPEN)));

  expect(entries.map(({ event }) => event)).toEqual(['mark', 'open']);
  expect(entries[0]).toEqual(JSON.parse(mark));
});

it.each([0, 1, 2, 3])(
  'reads characters of four bytes wherever the chunks of a file part, %d bytes on',
  async (shift) => {
    const label = '🙂'.repeat(300_000);
    const title = 'a'.repeat(shift);
    const text = lines(
      JSON.stringify({ livecall: 1, recordedAt: '', title }),
      JSON.stringify({ at: 0, event: 'mark', label }),
    );
    // The first chunk parts a character for all but one of the four.
    expect(Buffer.byteLength(text)).toBeGreaterThan(4 * 256 * 1024);

    expect((await loadRecording(toFile(text))).entries).toEqual([{ at: 0, event: 'mark', label }]);
  },
);

it('reads a recording of many chunks in order', async () => {
  const marks = Array.from({ length: 20_000 }, (_, at) =>
    JSON.stringify({ at, event: 'mark', label: `no. ${at}` }),
  );

  expect((await loadRecording(toFile(lines(HEADER, ...marks)))).entries).toEqual(
    marks.map((mark): unknown => JSON.parse(mark)),
  );
});

it('reads nothing further than it is asked to', async () => {
  const path = toFile(lines(HEADER, 'no JSON'));

  expect(await firstValueFrom(readRecording(path))).toMatchObject({ kind: 'header' });
});

it('reads nothing before it is subscribed', async () => {
  const path = toFile('');
  const line$ = readRecording(path);
  writeFileSync(path, lines(HEADER));

  expect(await lastValueFrom(line$)).toMatchObject({ kind: 'header' });
});

it('reads a file anew for every subscriber', async () => {
  const line$ = readRecording(toFile(lines(HEADER, OPEN))).pipe(toArray());

  expect(await lastValueFrom(line$)).toEqual(await lastValueFrom(line$));
});

/* The last line */

it.each([
  ['in the middle of JSON', '{"at":9,"event":"clo'],
  [
    'in the middle of a character',
    Buffer.from('{"at":9,"event":"mark","label":"🙂').subarray(0, -1),
  ],
  ['after its first byte', '{'],
])('drops a last line that is torn %s, and says so', async (_where, torn) => {
  const path = toFile(Buffer.concat([Buffer.from(lines(HEADER, OPEN, ACK)), Buffer.from(torn)]));
  const recording = await loadRecording(path);

  expect(recording.entries).toHaveLength(2);
  expect(recording.warnings).toEqual([`${path}:4: the last line is torn and was dropped`]);
  expect((await read(path)).at(-1)).toEqual({ kind: 'torn', line: 4 });
});

it('reads a last line that is whole, though it lacks its line end', async () => {
  const recording = await parseRecording('call', lines(HEADER, OPEN, CLOSE) + END);

  expect(recording.entries).toHaveLength(3);
  expect(recording.warnings).toEqual([]);
});

it('reads a header that lacks its line end', async () => {
  expect(await parseRecording('call', HEADER)).toMatchObject({ entries: [], warnings: [] });
});

it('takes a last line without a line end for whole when it is JSON', async () => {
  const last = '{"at":9,"event":"frame","from":"server"}';
  const error = await errorOf(parseRecording('call', lines(HEADER, OPEN) + last));

  expect(error.message).toBe('call:3: is no frame with one of json, text and base64');
});

it('says that a path cannot be one', async () => {
  const error = await errorOf(loadRecording('call\0.ndjson'));

  expect(error).toMatchObject({ kind: 'unreadable', line: undefined });
  expect(error.message).toBe('call\0.ndjson: cannot be read (ERR_INVALID_ARG_VALUE)');
});

it('does not drop a bad last line that has its line end', async () => {
  const error = await errorOf(parseRecording('call', lines(HEADER, OPEN, '{"at":9,"event":"clo')));

  expect(error.message).toBe('call:3: is not a line of JSON in UTF-8');
});

/* What is wrong */

const NOT_A_RECORDING =
  ':1: is not a livecall recording: its first line should be a header, {"livecall":1,…}';

it.each<[what: string, content: string | Uint8Array, problem: string]>([
  ['nothing', '', ': is empty; a recording starts with a header'],
  ['a line end', '\n', NOT_A_RECORDING],
  ['text', 'Dear diary\n', NOT_A_RECORDING],
  ['text without a line end', 'Dear diary', NOT_A_RECORDING],
  ['bytes', Uint8Array.of(0x89, 0x50, 0x4e, 0x47), NOT_A_RECORDING],
  ['a JSON document over lines', '{\n  "livecall": 1\n}\n', NOT_A_RECORDING],
  ['NDJSON of another make', '{"version":2,"width":80}\n[0.1,"o","$"]\n', NOT_A_RECORDING],
  ['an array', '["livecall",1]\n', NOT_A_RECORDING],
  ['null', 'null\n', NOT_A_RECORDING],
  ['a version in words', '{"livecall":"1","recordedAt":""}\n', NOT_A_RECORDING],
  ['a torn header', '{"livecall":1,"recor', NOT_A_RECORDING],
  ['entries alone', lines(OPEN, CLOSE, END), NOT_A_RECORDING],
  [
    'a compressed recording',
    gzipSync(lines(HEADER, END)),
    ': is compressed (gzip); decompress it first',
  ],
  ['a zip archive', Buffer.from('PK\x03\x04'), ': is a zip archive; unpack it first'],
  [
    'a recording in UTF-16',
    Buffer.from(`\ufeff${lines(HEADER, END)}`, 'utf16le'),
    ': is UTF-16, as some shells write it; a recording is UTF-8',
  ],
  [
    'a higher version',
    '{"livecall":2,"dials":[]}\n',
    ':1: is of version 2, and this livecall reads version 1; update livecall',
  ],
  ['no recordedAt', '{"livecall":1}\n', ':1: `recordedAt` is not string'],
  [
    'a title of another type',
    '{"livecall":1,"recordedAt":"","title":1}\n',
    ':1: `title` is not string',
  ],
])('does not read a file that holds %s', async (_what, content, problem) => {
  const path = toFile(content);
  const error = await errorIn(path);

  expect(error.message).toBe(`${path}${problem}`);
  expect(error).toMatchObject({ _tag: 'RecordingError', file: path, kind: 'invalid' });
  expect(error.line).toBe(problem.startsWith(':1:') ? 1 : undefined);
});

it.each<[line: string, what: string]>([
  ['', 'is not a line of JSON in UTF-8'],
  ['{"at":1,"event":"mark"', 'is not a line of JSON in UTF-8'],
  ['{"at":NaN,"event":"end"}', 'is not a line of JSON in UTF-8'],
  ['5', 'is no Entry'],
  ['[]', 'is no Entry'],
  ['{}', '`at` is not milliseconds'],
  ['{"at":1}', '`event` is not string'],
  ['{"event":"end"}', '`at` is not milliseconds'],
  ['{"at":-1,"event":"end"}', '`at` is not milliseconds'],
  ['{"at":1e999,"event":"end"}', '`at` is not milliseconds'],
  ['{"at":"1","event":"end"}', '`at` is not milliseconds'],
  ['{"at":0.5,"event":"mark","label":""}', '`at` is 0.5, before the 1 of a line above'],
  ['{"at":1,"event":"open","status":200}', '`status` is not 101'],
  ['{"at":1,"event":"refused"}', '`status` is not an HTTP status other than 101'],
  [
    '{"at":1,"event":"refused","status":429,"retryAfterMs":"2"}',
    '`retryAfterMs` is not milliseconds',
  ],
  [
    '{"at":1,"event":"failed","reason":"lost"}',
    "`reason` is not 'timeout', 'unreachable' or 'aborted'",
  ],
  ['{"at":1,"event":"failed","reason":"timeout","code":60}', '`code` is not string'],
  ['{"at":1,"event":"frame","json":{}}', "`from` is not 'server' or 'client'"],
  ['{"at":1,"event":"frame","from":"app","json":{}}', "`from` is not 'server' or 'client'"],
  ['{"at":1,"event":"frame","from":"server","text":7}', '`text` is not string'],
  ['{"at":1,"event":"frame","from":"server"}', 'is no frame with one of json, text and base64'],
  [
    '{"at":1,"event":"frame","from":"server","json":{},"text":"{}"}',
    'is no frame with one of json, text and base64',
  ],
  ['{"at":1,"event":"close","code":1000,"reason":""}', "`from` is not 'server' or 'client'"],
  [
    '{"at":1,"event":"close","from":"server","reason":""}',
    '`code` is not a close code from 1000 to 4999',
  ],
  ['{"at":1,"event":"close","from":"server","code":1000}', '`reason` is not string'],
  ['{"at":1,"event":"mark"}', '`label` is not string'],
  ['{"at":1,"event":"open","status":101}', 'is a dial while the connection before it is open'],
  ['{"at":1,"event":"refused","status":503}', 'is a dial while the connection before it is open'],
  [
    '{"at":1,"event":"failed","reason":"timeout"}',
    'is a dial while the connection before it is open',
  ],
  ['{"at":1,"event":"end"}', 'is the end while a connection is open'],
  [HEADER, 'is the header of another recording: a file holds one, so begin a new file here'],
])('stops at the line %s: %s', async (line, what) => {
  const mark = '{"at":1,"event":"mark","label":"here"}';
  const path = toFile(lines(HEADER, OPEN, mark, line, CLOSE, END));
  const error = await errorIn(path);

  expect(error.message).toBe(`${path}:4: ${what}`);
  expect(error).toMatchObject({ file: path, line: 4, kind: 'invalid' });
});

it.each<[line: string, what: string]>([
  [ACK, 'is a frame outside of a connection'],
  [CLOSE, 'is a close outside of a connection'],
])('stops at the line %s before a dial: %s', async (line, what) => {
  const path = toFile(lines(HEADER, line));

  expect((await errorIn(path)).message).toBe(`${path}:2: ${what}`);
});

it.each([OPEN, ACK, CLOSE, END, '{"at":9,"event":"mark","label":"after"}', '{"at":9,"event":"x"}'])(
  'stops at the line %s after the end',
  async (line) => {
    const path = toFile(lines(HEADER, END, line));

    expect((await errorIn(path)).message).toBe(`${path}:3: stands after the end`);
  },
);

it('stops at a line that is no UTF-8', async () => {
  const mark = Buffer.from('{"at":0,"event":"mark","label":"caf\xe9"}\n', 'latin1');
  const path = toFile(Buffer.concat([Buffer.from(lines(HEADER)), mark, Buffer.from(lines(END))]));

  expect((await errorIn(path)).message).toBe(`${path}:2: is not a line of JSON in UTF-8`);
});

it('stops at a line of more than 256 MiB', async () => {
  const mib = Buffer.alloc(1024 * 1024, 'x');
  const chunks = function* () {
    yield Buffer.from(lines(HEADER, OPEN));
    for (let count = 0; count < 300; count += 1) yield mib;
  };
  const decoded = [];
  for await (const batch of decodeLines('call', chunks)) decoded.push(...batch);

  expect(decoded.at(-1)).toMatchObject({
    left: { message: 'call:3: the line is longer than 256 MiB' },
  });
});

it.each([
  ['a line end', '\n', 5],
  ['line ends', '\n\n\n', 5],
  ['a line end of Windows', '\r\n', 5],
  ['white space without a line end', ' \t', 5],
  ['white space between line ends', '\n  \n', 5],
])('passes over blank lines at the end, and says so: %s', async (_what, blank, line) => {
  const path = toFile(lines(HEADER, OPEN, CLOSE, END) + blank);

  expect((await read(path)).slice(-2)).toEqual([
    { kind: 'entry', line: 4, entry: JSON.parse(END) as object },
    { kind: 'blank', line },
  ]);
  expect(await loadRecording(path)).toMatchObject({ entries: { length: 3 }, warnings: [] });
});

it.each(['{"at":1,"event":"mark","label":"late"}\n', '{"at":1,"ev'])(
  'stops at a blank line with %j behind it',
  async (more) => {
    const path = toFile(`${lines(HEADER, OPEN, '', '')}${more}`);

    expect((await errorIn(path)).message).toBe(`${path}:3: is not a line of JSON in UTF-8`);
  },
);

it('gives what stands before a bad line', async () => {
  const kinds: string[] = [];
  const path = toFile(lines(HEADER, OPEN, 'no JSON', CLOSE));
  const reading = lastValueFrom(readRecording(path).pipe(tap(({ kind }) => kinds.push(kind))));

  expect((await errorOf(reading)).message).toBe(`${path}:3: is not a line of JSON in UTF-8`);
  expect(kinds).toEqual(['header', 'entry']);
});

it('hands over each bad line before it reads on', async () => {
  const text = Buffer.from(lines(HEADER, OPEN, '', '', CLOSE, END));
  const batches: number[] = [];
  for await (const batch of decodeLines('call', () => [text])) batches.push(batch.length);

  expect(batches).toEqual([3, 1, 2]);
});

it('reads lines in chunks as it reads them byte by byte, whatever they are', async () => {
  const mark = '{"at":0,"event":"mark","label":"señal 🙂"}';
  const part = fc.oneof(
    fc.constantFrom(HEADER, OPEN, ACK, mark, mark, END, '', ' ', '{"at":', 'no JSON', '"\u2028"'),
    fc.constantFrom('\r', '\n', '\n\n', '\ufeff', `\ufeff${mark}`, `\ufeff\ufeff${mark}`),
    fc.constantFrom('c3', 'ff', 'f09f99', 'eda080').map((hex) => Buffer.from(hex, 'hex')),
  );
  const parts = fc
    .array(fc.tuple(part, fc.constantFrom('\n', '\n', '\n', '')))
    .map((list) => Buffer.concat([HEADER, '\n', ...list.flat()].map((bit) => Buffer.from(bit))));
  const decode = async (chunks: readonly Buffer[]) => {
    const batches = [];
    for await (const batch of decodeLines('call.ndjson', () => chunks)) batches.push(batch);
    return batches.flat();
  };
  await fc.assert(
    fc.asyncProperty(parts, fc.nat(), async (bytes, place) => {
      const cut = place % bytes.length;
      const oneByOne = [...bytes].map((byte) => Buffer.of(byte));

      const decoded = await decode(oneByOne);
      expect(await decode([bytes])).toEqual(decoded);
      expect(await decode([bytes.subarray(0, cut), bytes.subarray(cut)])).toEqual(decoded);
    }),
  );
});

it('says that there is no such file', async () => {
  const path = join(tmpdir(), 'livecall-no-such-folder', 'call.ndjson');
  const error = await errorIn(path);

  expect(error.message).toBe(`${path}: no such file`);
  expect(error).toMatchObject({ line: undefined, kind: 'unreadable', cause: { code: 'ENOENT' } });
});

it('says that a folder is none', async () => {
  const path = `${toFile('')}.d`;
  mkdirSync(path);
  const error = await errorIn(path);

  expect(error.message).toBe(`${path}: is a folder, not a file`);
  expect(error).toMatchObject({ line: undefined, kind: 'unreadable', cause: { code: 'EISDIR' } });
});

it('says what else the system has against reading', async () => {
  const path = join(toFile(''), 'call.ndjson');
  const error = await errorIn(path);

  expect(error.message).toBe(`${path}: cannot be read (ENOTDIR)`);
  expect(error.kind).toBe('unreadable');
});
