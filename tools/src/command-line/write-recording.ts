import { rmSync } from 'node:fs';

import { systemCode } from '@livecall/core/internal';
import type { RedactOptions, Secrets } from '@livecall/recording';
import type { Recording } from '@livecall/recording/format';
import { createRecordingLines, lineFile } from '@livecall/recording/internal';
import type { LineFile } from '@livecall/recording/internal';
import * as E from 'fp-ts/lib/Either.js';

import { exitCodes, ExitError } from './exit-error.js';
import { openStandardOutput } from './standard-output.js';

/**
 * Writes a whole recording to a new file, or to standard output for `-`: redacted, as every
 * recording is that is written.
 */
export async function writeRecording(
  { header, entries }: Pick<Recording, 'header' | 'entries'>,
  out: string,
  options: RedactOptions & { readonly secrets?: Secrets },
): Promise<void> {
  const lines = createRecordingLines(options);
  const all = function* () {
    yield lines.header(header);
    for (const entry of entries) yield lines.entry(entry);
  };
  await writeText(all(), out);
}

/**
 * Writes pieces of text to a new file, or to standard output for `-`. A file that cannot be written
 * to its end is taken away again.
 */
export async function writeText(
  pieces: Iterable<string> | AsyncIterable<string>,
  out: string,
): Promise<void> {
  if (out === '-') {
    const output = openStandardOutput();
    for await (const piece of pieces) {
      output.write(piece);
      if (!(await output.ready())) return;
    }
    await output.flushed();
    return;
  }
  const file = createOutput(out);
  try {
    for await (const piece of pieces) file.writeLine(piece);
    file.close();
  } catch (error) {
    rmSync(out, { force: true });
    throw error;
  }
}

/** Creates a file that only its owner can read; one that exists is never overwritten. */
function createOutput(out: string): LineFile {
  const created = lineFile(out, {
    onError: ({ cause }) => {
      const problem = `cannot be written (${systemCode(cause)}); it was taken away again`;
      throw new ExitError(exitCodes.ioError, `${out}: ${problem}.`, { cause });
    },
  });
  if (E.isLeft(created)) throw created.left;
  return created.right;
}
