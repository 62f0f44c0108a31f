import * as E from 'fp-ts/lib/Either.js';

import { decodeLines } from './decode-lines.js';
import type { RecordingLine } from './decode-lines.js';
import type { RecordingError } from './recording-error.js';
import type { Entry, Header, Recording } from './recording.js';

/**
 * Reads a recording from its text, under the name that reports shall give it.
 *
 * Rejects with a `RecordingError` that tells the line.
 *
 * @example
 * import { parseRecording, scenario } from '@livecall/recording';
 *
 * const recording = await parseRecording('missed-call', scenario().start().toNdjson());
 * console.log(recording.entries.length); // => 4
 */
export async function parseRecording(name: string, text: string): Promise<Recording> {
  return toRecording(
    name,
    decodeLines(name, () => [new TextEncoder().encode(text)]),
  );
}

/** Puts the lines of a recording together; rejects at the first that cannot be read. */
export async function toRecording(
  name: string,
  batches: AsyncIterable<readonly E.Either<RecordingError, RecordingLine>[]>,
): Promise<Recording> {
  let header: Header | undefined;
  const entries: Entry[] = [];
  const warnings: string[] = [];
  for await (const lines of batches) {
    for (const line of lines) {
      if (E.isLeft(line)) throw line.left;
      switch (line.right.kind) {
        case 'header':
          header = line.right.header;
          break;
        case 'entry':
          entries.push(line.right.entry);
          break;
        case 'torn':
          warnings.push(`${name}:${line.right.line}: the last line is torn and was dropped`);
          break;
        case 'blank':
      }
    }
  }
  // An empty file is an error of its own, so there is a header here.
  return { name, header: header as Header, entries, warnings };
}
