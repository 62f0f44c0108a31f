import type { RedactOptions } from '@livecall/recording';
import { createRecordingLines } from '@livecall/recording/internal';
import * as E from 'fp-ts/lib/Either.js';

import { assertCountries } from './assert-countries.js';
import { readInput } from './read-input.js';
import { say } from './say.js';

/**
 * Gives the lines of a recording anew, without what should not stand in them; a torn last line is
 * told. The file has been read from before the first one is asked for, so that one that cannot be
 * read leaves no other behind.
 */
export async function redactFile(
  path: string,
  options: RedactOptions,
): Promise<AsyncIterable<string>> {
  assertCountries(options.defaultCountry);
  const lines = createRecordingLines(options);
  const input = readInput(path);
  const first = await input.next();
  const redacted = async function* () {
    for (let batch = first; batch.done !== true; batch = await input.next()) {
      for (const read of batch.value) {
        if (E.isLeft(read)) throw read.left;
        const { kind, line } = read.right;
        if (kind === 'header') yield lines.header(read.right.header);
        else if (kind === 'entry') yield lines.entry(read.right.entry);
        else if (kind === 'torn') say(`${path}:${line}: the last line is torn and was dropped`);
      }
    }
  };
  return redacted();
}
