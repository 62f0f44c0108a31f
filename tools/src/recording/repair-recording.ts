import { openSync, closeSync, fstatSync, readSync } from 'node:fs';

import * as E from 'fp-ts/lib/Either.js';

import { readLines } from './read-recording.js';
import { Entry } from './recording.js';

/** What is missing in a recording whose recorder died. */
export interface Repair {
  /** How many bytes of the file are kept: all, or those before a torn last line. */
  readonly keptBytes: number;
  /** What is to stand behind them, line ends included; empty where nothing is missing. */
  readonly added: string;
  /** What is done, in words, each a sentence's part; empty for a sound file, which is left alone. */
  readonly steps: readonly string[];
}

/**
 * Finds what a recording needs to be complete, and changes nothing.
 *
 * A torn last line is dropped; a connection that was open is closed as cut (1006 from the server),
 * and the `end` is added, both at the last `at` there is: nobody knows how the call went on.
 *
 * Rejects with a `RecordingError` that tells the file and the line where a line is bad that is not
 * the last: what stood there cannot be known.
 *
 * @see recordings/README.md#the-entries
 */
export async function planRepair(path: string): Promise<Repair> {
  let at = 0;
  let isOpen = false;
  let isEnded = false;
  let tornLine: number | undefined;

  for await (const batch of readLines(path)) {
    for (const read of batch) {
      if (E.isLeft(read)) throw read.left;
      const { right } = read;
      if (right.kind === 'torn') tornLine = right.line;
      if (right.kind !== 'entry') continue;
      const { entry } = right;
      at = entry.at;
      if (entry.event === 'open' || entry.event === 'close') isOpen = entry.event === 'open';
      isEnded = entry.event === 'end';
    }
  }

  const missing: readonly Entry[] = isEnded
    ? []
    : [
        ...(isOpen
          ? [{ at, event: 'close', from: 'server', code: 1006, reason: '' } as const]
          : []),
        { at, event: 'end' },
      ];
  const { size, lastLineStart } = measure(path);
  // A last line can be whole and lack its line end alone.
  const lineEnd = tornLine === undefined && lastLineStart < size && !isEnded ? '\n' : '';
  return {
    keptBytes: tornLine === undefined ? size : lastLineStart,
    added: lineEnd + missing.map((entry) => `${JSON.stringify(Entry.encode(entry))}\n`).join(''),
    steps: [
      ...(tornLine === undefined ? [] : [`dropped line ${tornLine}, which was torn`]),
      ...(missing.length === 2 ? ['closed the connection that was open, as cut (1006)'] : []),
      ...(isEnded ? [] : ['added the end']),
    ],
  };
}

/** How long a file is, and where the line begins that its last line end does not end. */
function measure(path: string): { readonly size: number; readonly lastLineStart: number } {
  const chunk = Buffer.alloc(64 * 1024);
  const descriptor = openSync(path, 'r');
  try {
    const { size } = fstatSync(descriptor);
    let end = size;
    while (end > 0) {
      const start = Math.max(0, end - chunk.length);
      const read = readSync(descriptor, chunk, 0, end - start, start);
      const newline = chunk.subarray(0, read).lastIndexOf(0x0a);
      if (newline !== -1) return { size, lastLineStart: start + newline + 1 };
      end = start;
    }
    return { size, lastLineStart: 0 };
  } finally {
    closeSync(descriptor);
  }
}
