import { closeSync, fstatSync, openSync, readSync } from 'node:fs';

import * as E from 'fp-ts/lib/Either.js';

import { createLineDecoder, EMPTY, toUnreadable } from '../format/decode-lines.js';
import type { RecordingLine } from '../format/decode-lines.js';
import { toForeign } from '../format/foreign-bytes.js';
import { LONGEST_LINE_BYTES, LONGEST_LINE_MIB } from '../format/longest-line.js';
import { RecordingError } from '../format/recording-error.js';
import type { Header } from '../format/recording.js';

/** Whole lines of a file, as many as were read at once. Its bytes are good until the next is asked for. */
export interface Block {
  /** The lines with their line ends; the file's last line may have none. */
  readonly bytes: Buffer;
  /** The number of the first of them, counted from 1. */
  readonly line: number;
  /** Where the lines begin that no block before had; what stands before them is their context. */
  readonly freshFrom: number;
}

/** A file of usual length is one block. */
const BLOCK_BYTES = 16 * 1024 * 1024;
/** So much of a block stands once more at the beginning of the next. */
const CONTEXT_BYTES = 64 * 1024;
const NEWLINE = 0x0a;

/**
 * Makes a reader of files by blocks, one file after the other: ten thousand files are read into one
 * piece of memory.
 *
 * @returns throws a `RecordingError` for a file that cannot be read, or a line that is too long
 */
export function createBlockReader(blockBytes = BLOCK_BYTES): (path: string) => Generator<Block> {
  let buffer = Buffer.alloc(0);
  const grow = (bytes: number) => {
    if (buffer.length >= bytes) return;
    const grown = Buffer.allocUnsafeSlow(bytes);
    buffer.copy(grown);
    buffer = grown;
  };

  return function* readBlocks(path) {
    let descriptor: number | undefined;
    try {
      descriptor = openSync(path, 'r');
      // One byte more, to see its end at once.
      grow(Math.min(fstatSync(descriptor).size + 1, blockBytes));
      let [filled, freshFrom, line] = [0, 0, 1];
      for (;;) {
        const read = readSync(descriptor, buffer, filled, buffer.length - filled, null);
        filled += read;
        if (read > 0 && filled < buffer.length) continue;
        const end = read === 0 ? filled : buffer.lastIndexOf(NEWLINE, filled - 1) + 1;
        if (end > freshFrom) yield { bytes: buffer.subarray(0, end), line, freshFrom };
        if (read === 0) {
          if (line === 1 && filled === 0) throw new RecordingError(path, undefined, EMPTY);
          return;
        }
        if (end <= freshFrom) {
          if (filled > LONGEST_LINE_BYTES) {
            throw new RecordingError(path, line, `the line is longer than ${LONGEST_LINE_MIB} MiB`);
          }
          grow(buffer.length * 2);
          continue;
        }
        const from = buffer.lastIndexOf(NEWLINE, Math.max(0, end - CONTEXT_BYTES)) + 1;
        line += countLines(buffer.subarray(0, from));
        buffer.copyWithin(0, from, filled);
        [filled, freshFrom] = [filled - from, end - from];
      }
    } catch (cause) {
      throw cause instanceof RecordingError ? cause : toUnreadable(path, cause);
    } finally {
      if (descriptor !== undefined) closeSync(descriptor);
    }
  };
}

/** Counts line ends. */
export function countLines(bytes: Buffer): number {
  let count = 0;
  for (let at = bytes.indexOf(NEWLINE); at !== -1; at = bytes.indexOf(NEWLINE, at + 1)) count += 1;
  return count;
}

/** Where the line ends that begins at `start`. */
export function toLineEnd(bytes: Buffer, start: number): number {
  const end = bytes.indexOf(NEWLINE, start);
  return end === -1 ? bytes.length : end;
}

/** Reads the header of a file's first block; throws a `RecordingError` where it has none. */
export function assertHeader(path: string, bytes: Buffer): Header {
  const foreign = toForeign(bytes);
  if (foreign !== undefined) throw new RecordingError(path, undefined, foreign);
  const decoded = createLineDecoder(path)(bytes.toString('utf8', 0, toLineEnd(bytes, 0)), 1);
  if (E.isLeft(decoded)) throw decoded.left;
  // The first line of a recording decodes to nothing else.
  return (decoded.right as Extract<RecordingLine, { kind: 'header' }>).header;
}
