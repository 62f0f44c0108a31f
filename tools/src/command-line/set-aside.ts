import { linkSync, lstatSync, rmSync } from 'node:fs';

import { systemCode } from '@livecall/core/internal';
import { readLines } from '@livecall/recording/reader';
import * as E from 'fp-ts/lib/Either.js';

import { hasWriter, knowsWriters } from './has-writer.js';

/**
 * Makes way for a recording where one of its name stands in which nothing was heard: no connection
 * opened, as when the token was wrong. It is kept, under a name that no folder of recordings takes
 * for one: `call.ndjson.1`, or the first number that is free.
 *
 * @returns its new name; nothing where it was left alone, since there is something in it, it is
 *   being written to, or it is no recording
 */
export async function setAside(path: string): Promise<string | undefined> {
  const file = lstatSync(path, { throwIfNoEntry: false });
  if (file?.isFile() !== true || !(await isUnheard(path)) || hasWriter(file)) return undefined;
  for (let number = 1; ; number += 1) {
    const aside = `${path}.${number}`;
    try {
      // A link is not made over another file, as a new name would be given.
      linkSync(path, aside);
    } catch (cause) {
      if (systemCode(cause) === 'EEXIST') continue;
      return undefined;
    }
    rmSync(path);
    return aside;
  }
}

/** Whether a recorder wrote no more than how its dials failed. */
async function isUnheard(path: string): Promise<boolean> {
  let isEnded = false;
  for await (const lines of readLines(path)) {
    for (const read of lines) {
      if (E.isLeft(read)) return false;
      if (read.right.kind !== 'entry') continue;
      const { event } = read.right.entry;
      if (event !== 'refused' && event !== 'failed' && event !== 'end') return false;
      isEnded = event === 'end';
    }
  }
  // Its recorder may be waiting for an answer, where the system does not tell.
  return isEnded || knowsWriters;
}
