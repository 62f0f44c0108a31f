import { rmSync } from 'node:fs';

import type { RedactOptions } from '@livecall/recording';
import { createRecordingLines } from '@livecall/recording/internal';
import * as E from 'fp-ts/lib/Either.js';
import { noop } from 'rxjs';

import { assertCountries } from '../assert-countries.js';
import { exitCodes } from '../exit-error.js';
import { readInput } from '../read-input.js';
import { say } from '../say.js';
import { openStandardOutput } from '../standard-output.js';
import { createOutput } from '../write-recording.js';

/** What `livecall redact` was called with. */
export type RedactFlags = RedactOptions;

/** `livecall redact IN OUT`: writes a recording anew, without what should not stand in it. */
export async function runRedact(path: string, out: string, flags: RedactFlags): Promise<number> {
  assertCountries(flags.defaultCountry);
  const lines = createRecordingLines(flags);
  // A file that cannot be read leaves no other one behind.
  const input = readInput(path);
  const first = await input.next();
  const output = out === '-' ? openStandardOutput() : undefined;
  const target =
    output === undefined ? createOutput(out) : { writeLine: output.write, close: noop };
  try {
    for (let batch = first; batch.done !== true; batch = await input.next()) {
      for (const read of batch.value) {
        if (E.isLeft(read)) throw read.left;
        const { kind, line } = read.right;
        if (kind === 'header') target.writeLine(lines.header(read.right.header));
        else if (kind === 'entry') target.writeLine(lines.entry(read.right.entry));
        else if (kind === 'torn') say(`${path}:${line}: the last line is torn and was dropped`);
      }
      if (output !== undefined && !(await output.ready())) return exitCodes.ok;
    }
    await output?.flushed();
    target.close();
  } catch (error) {
    if (out !== '-') rmSync(out, { force: true });
    throw error;
  }
  if (out !== '-') say(`redacted ${path} to ${out}`);
  return exitCodes.ok;
}
