import { createReadStream } from 'node:fs';

import * as E from 'fp-ts/lib/Either.js';
import { defer, from, map, mergeMap } from 'rxjs';
import type { Observable } from 'rxjs';

import { decodeLines } from './decode-lines.js';
import type { RecordingLine } from './decode-lines.js';
import { toRecording } from './parse-recording.js';
import type { RecordingError } from './recording-error.js';
import type { Recording } from './recording.js';

/**
 * Reads a recording line by line, in constant memory.
 *
 * @returns the header first, then the entries; errors with a `RecordingError` at the first line
 *   that cannot be read. A torn last line, or a blank one, is said, not an error.
 * @see recordings/README.md
 * @example
 * import { readRecording } from '@livecall/recording';
 *
 * readRecording('recordings/joined-call.ndjson').subscribe({
 *   next: (line) => console.log(line.kind),
 *   error: (error: Error) => console.error(error.message),
 * });
 */
export function readRecording(path: string): Observable<RecordingLine> {
  return defer(() => from(readLines(path))).pipe(
    mergeMap((lines) => lines, 1),
    map((line) => {
      if (E.isLeft(line)) throw line.left;
      return line.right;
    }),
  );
}

/**
 * Reads a recording as a whole, for `replay`.
 *
 * Rejects with a `RecordingError` that tells the file and the line.
 *
 * @example
 * import { loadRecording } from '@livecall/recording';
 * import { replay } from '@livecall/tools';
 *
 * const transport = replay(await loadRecording('recordings/joined-call.ndjson'));
 */
export async function loadRecording(path: string): Promise<Recording> {
  return toRecording(path, readLines(path));
}

/**
 * Reads and decodes all lines, the bad ones too: in batches, each to a bad line or a chunk's end.
 *
 * @example
 * import { readLines } from '@livecall/recording/reader';
 *
 * for await (const lines of readLines('recordings/joined-call.ndjson')) console.log(lines.length);
 */
export function readLines(
  path: string,
): AsyncGenerator<readonly E.Either<RecordingError, RecordingLine>[]> {
  return decodeLines(path, () => readPieces(path));
}

/** A turn of the event loop for each 64 KiB would take a tenth of the time that reading takes. */
const READ_BYTES = 256 * 1024;

/** Of a larger batch, all that its lines hold would outlive a collection. */
const PIECE_BYTES = 64 * 1024;

async function* readPieces(path: string): AsyncGenerator<Uint8Array> {
  for await (const chunk of createReadStream(path, { highWaterMark: READ_BYTES })) {
    const bytes = chunk as Buffer;
    for (let at = 0; at < bytes.length; at += PIECE_BYTES) {
      yield bytes.subarray(at, at + PIECE_BYTES);
    }
  }
}
