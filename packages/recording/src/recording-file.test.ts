import { execFileSync, spawnSync } from 'node:child_process';
import {
  closeSync,
  existsSync,
  fstatSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import * as E from 'fp-ts/lib/Either.js';
import { expect, it, onTestFinished, vi } from 'vitest';

import { loadRecording } from './format/read-recording.js';
import { recordingFile, RecordingFileError } from './recording-file.js';
import type { RecordingFile, RecordingFileOptions } from './recording-file.js';
import { createSecrets } from './redaction/secrets.js';

function toPath(name = 'call.ndjson'): string {
  const folder = mkdtempSync(join(tmpdir(), 'livecall-file-'));
  onTestFinished(() => {
    rmSync(folder, { recursive: true });
  });
  return join(folder, name);
}

function create(path: string, options?: RecordingFileOptions): RecordingFile {
  const created = recordingFile(path, options);
  if (E.isLeft(created)) throw created.left;
  return created.right;
}

function refusalOf(path: string): RecordingFileError {
  const created = recordingFile(path);
  if (E.isLeft(created)) return created.left;
  throw new Error('The file was created.');
}

/** The descriptor by which this process has a file open. */
function findDescriptor(path: string): number | undefined {
  const { dev, ino } = statSync(path);
  return Array.from({ length: 1_000 }, (_, descriptor) => descriptor).find((descriptor) => {
    try {
      const found = fstatSync(descriptor);
      return found.dev === dev && found.ino === ino;
    } catch {
      return false;
    }
  });
}

const read = (path: string) => readFileSync(path, 'utf8');

it('creates a file that its owner alone can read, and has the header in it with the first dial', () => {
  const path = toPath();
  const file = create(path, { title: 'a courier asks for a slot' });
  expect(read(path)).toBe('');
  file.start();

  expect(file.path).toBe(path);
  expect(statSync(path).mode & 0o777).toBe(0o600);
  expect(read(path)).toMatch(
    /^\{"livecall":1,"recordedAt":"\d{4}-[-\d:.T]+Z","redacted":\["phones"\],"title":"a courier asks for a slot"\}\n$/,
  );
});

it('has each line in the file when it was handed over', () => {
  const path = toPath();
  const file = create(path);
  file.start();
  const header = read(path);
  file.start();
  expect(read(path)).toBe(header);
  file.write({ event: 'mark', label: 'one' });
  expect(read(path).slice(header.length)).toMatch(
    /^\{"at":[\d.]+,"event":"mark","label":"one"\}\n$/,
  );
  file.write({ event: 'mark', label: 'señal 🙂' });
  expect(read(path)).toMatch(/\n\{"at":[\d.]+,"event":"mark","label":"señal 🙂"\}\n$/);
  file.end();
  expect(read(path)).toMatch(/\n\{"at":[\d.]+,"event":"end"\}\n$/);
});

it('writes a recording that can be read, without the tokens', async () => {
  const path = toPath();
  const secrets = createSecrets(['s3cret-token']);
  const file = create(path, { secrets });
  secrets.add('another-token');
  file.write({ event: 'open', status: 101 });
  file.write({ event: 'frame', from: 'server', json: ['s3cret-token', 'another-token'] });
  file.write({ event: 'close', from: 'client', code: 1000, reason: '' });
  file.end();

  const { entries, warnings } = await loadRecording(path);
  expect(entries.map(({ event }) => event)).toEqual(['open', 'frame', 'close', 'end']);
  expect(entries[1]).toMatchObject({ json: ['[redacted]', '[redacted]'] });
  expect(warnings).toEqual([]);
});

it('closes the file with the end, and drops whatever comes later', () => {
  const path = toPath();
  const onError = vi.fn();
  const file = create(path, { onError });
  expect(findDescriptor(path)).toBeGreaterThan(2);

  file.end();
  const written = read(path);
  expect(findDescriptor(path)).toBeUndefined();
  file.write({ event: 'mark', label: 'late' });
  file.end();

  expect(read(path)).toBe(written);
  expect(onError).not.toHaveBeenCalled();
});

/* What cannot be created */

it('never overwrites a file', () => {
  const path = toPath();
  writeFileSync(path, 'precious');
  const error = refusalOf(path);

  expect(error).toBeInstanceOf(RecordingFileError);
  expect(error).toMatchObject({
    _tag: 'RecordingFileError',
    name: 'RecordingFileError',
    kind: 'exists',
    file: path,
    message: `${path}: exists already, and a recording is never overwritten; choose another name`,
    cause: { code: 'EEXIST' },
  });
  expect(read(path)).toBe('precious');
});

it('does not follow a link', () => {
  const path = toPath();
  symlinkSync(`${path}.elsewhere`, path);

  expect(refusalOf(path).kind).toBe('exists');
  expect(existsSync(`${path}.elsewhere`)).toBe(false);
});

it('creates no folder', () => {
  const path = join(toPath(), 'call.ndjson');
  const error = refusalOf(path);

  expect(error.kind).toBe('not-created');
  expect(error.message).toBe(`${path}: its folder does not exist; create it first`);
  expect(error.cause).toMatchObject({ code: 'ENOENT' });
});

it('says what else the system has against creating it', () => {
  const file = toPath();
  writeFileSync(file, 'no folder');
  const link = toPath();
  symlinkSync(link, link);

  for (const [path, problem] of [
    [join(file, 'call.ndjson'), 'its folder is a file'],
    [toPath('c'.repeat(300)), 'its name is too long'],
    [join(link, 'call.ndjson'), "cannot be created (ELOOP); check the folder's permissions"],
  ] as const) {
    expect(refusalOf(path)).toMatchObject({
      kind: 'not-created',
      message: `${path}: ${problem}`,
    });
  }
});

/* What cannot be written */

const failureOf = (code: string) => Object.assign(new Error(code), { code });

it.each([
  ['ENOSPC', 'the disk is full; the recording ends here, the call goes on'],
  ['EIO', 'cannot be written (EIO); the recording ends here, the call goes on'],
])('says what %s means for the call', (code, what) => {
  const error = new RecordingFileError('call.ndjson', 'not-written', failureOf(code));

  expect(error.message).toBe(`call.ndjson: ${what}`);
});

const hasLimits = spawnSync('prlimit', ['--version']).status === 0;

/** Lets this process write files of no more than so many bytes, while it does its work. */
function withFileLimit(bytes: string, work: () => void): void {
  const limit = (...args: readonly string[]) =>
    execFileSync('prlimit', ['--pid', String(process.pid), ...args], { encoding: 'utf8' }).trim();
  const before = limit('--fsize', '--raw', '--noheadings', '--output=SOFT');
  limit(`--fsize=${bytes}:`);
  try {
    work();
  } finally {
    limit(`--fsize=${before}:`);
  }
}

it.skipIf(!hasLimits)(
  'takes back what stood of a line that did not fit, and says so once',
  async () => {
    const path = toPath();
    const errors: RecordingFileError[] = [];
    const file = create(path, { onError: (error) => errors.push(error) });
    file.write({ event: 'mark', label: 'fits' });
    const written = read(path);

    withFileLimit(String(written.length + 20), () => {
      expect(() => {
        file.write({ event: 'mark', label: 'fits no more' });
        file.write({ event: 'mark', label: 'late' });
      }).not.toThrow();
    });
    file.write({ event: 'mark', label: 'when there is room again' });
    file.end();

    expect(errors).toHaveLength(1);
    expect(errors[0]).toMatchObject({
      kind: 'not-written',
      file: path,
      message: `${path}: cannot be written (EFBIG); the recording ends here, the call goes on`,
      cause: { code: 'EFBIG' },
    });
    expect(read(path)).toBe(written);
    expect(findDescriptor(path)).toBeUndefined();
    expect((await loadRecording(path)).warnings).toEqual([]);
  },
);

it.skipIf(!hasLimits)('says so when not even the header can be written', () => {
  const path = toPath();
  const onError = vi.fn();
  withFileLimit('20', () => {
    create(path, { onError }).end();
  });

  expect(onError).toHaveBeenCalledTimes(1);
  expect(read(path)).toBe('');
});

/** A file whose clock stands still, and what it says went wrong. */
function createAtOneTime(path: string) {
  vi.useFakeTimers();
  onTestFinished(() => void vi.useRealTimers());
  const said: string[] = [];
  const file = create(path, { onError: ({ message }) => said.push(message) });
  return { file, said };
}

const wasDeleted = (path: string) =>
  `${path}: was deleted while it was written; the recording ends here, the call goes on`;

it('says with a line that the file was deleted, when it has not looked for a while', () => {
  const path = toPath();
  const { file, said } = createAtOneTime(path);
  file.start();
  rmSync(path);
  vi.advanceTimersByTime(99);
  file.write({ event: 'mark', label: 'nobody looks' });
  expect(said).toEqual([]);
  vi.advanceTimersByTime(1);
  file.write({ event: 'mark', label: 'gone' });
  expect(said).toEqual([wasDeleted(path)]);

  file.write({ event: 'mark', label: 'late' });
  file.end();
  expect(said).toEqual([wasDeleted(path)]);
});

it('looks for a file less often where there are many, and as often again when they are over', () => {
  const path = toPath();
  const { file, said } = createAtOneTime(path);
  const others = Array.from({ length: 200 }, (_, number) => create(`${path}.${number}`));
  file.start();
  rmSync(path);
  vi.advanceTimersByTime(200);
  file.write({ event: 'mark', label: 'nobody looks' });
  expect(said).toEqual([]);
  for (const other of others) other.end();
  file.write({ event: 'mark', label: 'gone' });

  expect(said).toEqual([wasDeleted(path)]);
});

it('says at the end that the file was deleted, however short the call was', () => {
  const path = toPath();
  const { file, said } = createAtOneTime(path);
  rmSync(path);
  file.write({ event: 'mark', label: 'nobody looks' });
  file.end();

  expect(said).toEqual([wasDeleted(path)]);
});

it('tells its listeners as the methods that they may be', () => {
  const told: string[] = [];
  class Listener {
    readonly #told = told;
    onLine(line: string): void {
      this.#told.push(line);
    }
    onError({ kind }: RecordingFileError): void {
      this.#told.push(kind);
    }
  }
  const path = toPath();
  const file = create(path, new Listener());
  file.start();
  rmSync(path);
  file.end();

  expect(told).toEqual([
    expect.stringContaining('"livecall":1'),
    expect.stringContaining('"end"'),
    'not-written',
  ]);
});

it('goes on without a word when nobody asked for it', () => {
  const path = toPath();
  const file = create(path);
  const header = read(path);
  closeSync(findDescriptor(path) ?? NaN);

  expect(() => {
    file.write({ event: 'mark', label: 'lost' });
    file.end();
  }).not.toThrow();
  expect(read(path)).toBe(header);
});

it('says so once when the file was lost, whatever fails after that', () => {
  const path = toPath();
  const onError = vi.fn<(error: RecordingFileError) => void>();
  const file = create(path, { onError });
  closeSync(findDescriptor(path) ?? NaN);
  file.write({ event: 'mark', label: 'lost' });
  file.write({ event: 'mark', label: 'lost' });
  file.end();

  expect(onError.mock.calls.map(([{ message }]) => message)).toEqual([
    `${path}: cannot be written (EBADF); the recording ends here, the call goes on`,
  ]);
});
