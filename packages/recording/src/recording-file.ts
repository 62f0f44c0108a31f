import { closeSync, constants, fstatSync, ftruncateSync, openSync, writeSync } from 'node:fs';

import { systemCode } from '@livecall/core/internal';
import * as E from 'fp-ts/lib/Either.js';

import { toSink } from './recording-sink.js';
import type { RecordingSink, RecordingSinkOptions } from './recording-sink.js';

/** A recording cannot be written, and why. */
export class RecordingFileError extends Error {
  readonly _tag = 'RecordingFileError';
  override readonly name = 'RecordingFileError';
  /** The file's path. */
  readonly file: string;
  /** Whether there is such a file already, it cannot be made, or a line could not be written. */
  readonly kind: 'exists' | 'not-created' | 'not-written';

  constructor(file: string, kind: RecordingFileError['kind'], cause: unknown) {
    super(`${file}: ${toReason(kind, cause)}`, { cause });
    this.file = file;
    this.kind = kind;
  }
}

/** A sink into a file. */
export interface RecordingFile extends RecordingSink {
  /** Where it stands. */
  readonly path: string;
  /**
   * Lets go of the file until there is something more to write: nothing is lost of what was written,
   * and no descriptor is held meanwhile.
   */
  rest(): void;
}

/** Who hears what becomes of a file's lines. */
export interface LineFileOptions {
  /**
   * Called with each line that was written, its line end included; it must not throw. That the file
   * was deleted is noticed up to 100 ms later, with the next line or the end; with more than a hundred
   * in a process, up to as many milliseconds later as there are.
   */
  readonly onLine?: (line: string) => void;
  /**
   * Called once, with the first line that could not be written; the lines after it are dropped. It
   * must not throw.
   */
  readonly onError?: (error: RecordingFileError) => void;
}

/** Where a recording goes, and who hears when it cannot go on. */
export interface RecordingFileOptions extends RecordingSinkOptions, LineFileOptions {}

/**
 * Creates a recording's file: readable by its owner alone, never one that exists.
 *
 * Each line is one synchronous write, so that what was handed over survives the process. When a
 * line cannot be written (the disk is full), what stood of it is taken back, the recording ends
 * there, and the call goes on. So it is when the file is deleted, which a write does not notice:
 * it is looked for with a line, no more than ten times a second and, where more than a hundred are
 * written in this process, once for each of them in as many milliseconds; and at the end.
 *
 * @example
 * import { recordingFile } from '@livecall/recording';
 *
 * const file = recordingFile('call.ndjson', { title: 'asks for a delivery slot' });
 * if (file._tag === 'Left') console.error(file.left.message);
 * else file.right.end();
 */
export function recordingFile(
  path: string,
  options: RecordingFileOptions = {},
): E.Either<RecordingFileError, RecordingFile> {
  const created = lineFile(path, options);
  if (E.isLeft(created)) return created;
  const file = created.right;
  const sink = toSink(file, options);
  const { start, conceal, write } = sink;
  // Not by a spread: then V8 gives each its own shape.
  return E.right({
    path,
    start,
    conceal,
    write,
    rest: () => {
      file.rest();
    },
    end: () => {
      sink.end();
      file.close();
    },
  });
}

/** A file that is written line by line. */
export interface LineFile {
  /** Writes one line with its line end; never throws. */
  writeLine(line: string): void;
  close(): void;
}

/** One that can be let go of meanwhile. */
export interface RestingLineFile extends LineFile {
  /** Closes it until the next line, for which it must be the same file still. */
  rest(): void;
}

/** Creates the file of a recording, for whatever makes its lines; see {@link recordingFile}. */
export function lineFile(
  path: string,
  options: LineFileOptions = {},
): E.Either<RecordingFileError, RestingLineFile> {
  try {
    return E.right(new OpenFile(path, openSync(path, 'ax', 0o600), options));
  } catch (cause) {
    const kind = systemCode(cause) === 'EEXIST' ? 'exists' : 'not-created';
    return E.left(new RecordingFileError(path, kind, cause));
  }
}

/** To look for a file takes half as long as to write into it. */
const LOOK_EVERY_MS = 100;

/** A call says something once a second: so of thousands, not each line has a look of its own. */
const LOOKS_A_SECOND = 1_000;

/** How many are written in this process. */
let openFiles = 0;

/** A class for the reason that `record` has one. */
class OpenFile implements RestingLineFile {
  readonly #path: string;
  readonly #onLine: LineFileOptions['onLine'];
  readonly #onError: LineFileOptions['onError'];
  #descriptor: number;
  #isOpen = true;
  #resting: Identity | undefined;
  #size = 0;
  #lookedAt = -Infinity;

  constructor(path: string, descriptor: number, options: LineFileOptions) {
    this.#path = path;
    this.#descriptor = descriptor;
    // They may be methods, and the options are not kept.
    this.#onLine = options.onLine?.bind(options);
    this.#onError = options.onError?.bind(options);
    openFiles += 1;
  }

  writeLine(line: string): void {
    if (!this.#isOpen) return;
    try {
      this.#wake();
      this.#size += writeWhole(this.#descriptor, line);
      const now = performance.now();
      if (now - this.#lookedAt >= Math.max(LOOK_EVERY_MS, (openFiles * 1_000) / LOOKS_A_SECOND)) {
        lookFor(this.#descriptor);
        this.#lookedAt = now;
      }
    } catch (cause) {
      if (this.#resting === undefined) takeBack(this.#descriptor, this.#size);
      this.#close(cause);
      return;
    }
    this.#onLine?.(line);
  }

  rest(): void {
    if (!this.#isOpen || this.#resting !== undefined) return;
    try {
      const { dev, ino } = fstatSync(this.#descriptor);
      closeSync(this.#descriptor);
      this.#resting = { dev, ino };
    } catch (cause) {
      this.#close(cause);
    }
  }

  close(): void {
    let lost: unknown;
    try {
      if (this.#isOpen) {
        this.#wake();
        lookFor(this.#descriptor);
      }
    } catch (cause) {
      lost = cause;
    }
    this.#close(lost);
  }

  #wake(): void {
    if (this.#resting === undefined) return;
    this.#descriptor = openAgain(this.#path, this.#resting);
    this.#resting = undefined;
  }

  /** Says why, where it is not as it should be, and where it cannot even be closed. */
  #close(cause?: unknown): void {
    if (!this.#isOpen) return;
    this.#isOpen = false;
    openFiles -= 1;
    let why = cause;
    try {
      if (this.#resting === undefined) closeSync(this.#descriptor);
    } catch (closeCause) {
      why ??= closeCause;
    }
    if (why === undefined) return;
    this.#onError?.(new RecordingFileError(this.#path, 'not-written', why));
  }
}

/** What a file is known by, whatever its name. */
interface Identity {
  readonly dev: number;
  readonly ino: number;
}

/** Opens a file at its end. Another that has taken its name is none of ours, nor is it waited for. */
function openAgain(path: string, { dev, ino }: Identity): number {
  const { O_WRONLY, O_APPEND, O_NOFOLLOW, O_NONBLOCK } = constants;
  const descriptor = openSync(path, O_WRONLY | O_APPEND | O_NOFOLLOW | O_NONBLOCK);
  const found = fstatSync(descriptor);
  if (found.dev === dev && found.ino === ino) return descriptor;
  closeSync(descriptor);
  throw DELETED;
}

/** Into a file that has no name any more, everything can be written, and nothing is kept. */
function lookFor(descriptor: number): void {
  if (fstatSync(descriptor).nlink === 0) throw DELETED;
}

/** With the code that the system would give, if it told. */
const DELETED = Object.assign(new Error('The file was deleted.'), { code: 'ENOENT' });

function writeWhole(descriptor: number, line: string): number {
  const length = Buffer.byteLength(line);
  // As text it is written fastest, and nearly always whole.
  for (let written = writeSync(descriptor, line); written < length;) {
    written += writeSync(descriptor, Buffer.from(line), written);
  }
  return length;
}

function takeBack(descriptor: number, size: number): void {
  try {
    ftruncateSync(descriptor, size);
  } catch {
    // A reader drops a torn last line by itself.
  }
}

function toReason(kind: RecordingFileError['kind'], cause: unknown): string {
  if (kind === 'exists')
    return 'exists already, and a recording is never overwritten; choose another name';
  const code = systemCode(cause);
  if (code === 'ENOENT' && kind === 'not-written') {
    return 'was deleted while it was written; the recording ends here, the call goes on';
  }
  if (code === 'ENOENT') return 'its folder does not exist; create it first';
  if (code === 'ENOSPC') return 'the disk is full; the recording ends here, the call goes on';
  if (code === 'ENOTDIR') return 'its folder is a file';
  if (code === 'ENAMETOOLONG') return 'its name is too long';
  return kind === 'not-created'
    ? `cannot be created (${code}); check the folder's permissions`
    : `cannot be written (${code}); the recording ends here, the call goes on`;
}
