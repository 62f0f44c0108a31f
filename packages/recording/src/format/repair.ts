import { openSync, closeSync, fstatSync, readSync } from 'node:fs';

import * as E from 'fp-ts/lib/Either.js';

import { readLines } from './read-recording.js';
import { Entry } from './recording.js';
import type { CloseEntry, FrameEntry } from './recording.js';

/** What is missing in a recording whose recorder died, and what is in it that must not. */
export interface Repair {
  /** How many bytes of the file are kept: all, or those before a torn last line or blank ones. */
  readonly keptBytes: number;
  /** What stands, line end included, in the place of lines among them, by their numbers. */
  readonly replaced?: ReadonlyMap<number, string>;
  /** What is to stand behind them, line ends included; empty where nothing is missing. */
  readonly added: string;
  /** What is done, in words, each a sentence's part; empty for a sound file, which is left alone. */
  readonly steps: readonly string[];
}

/**
 * Finds what a recording needs to be complete, and changes nothing.
 *
 * A torn last line is dropped, and so are blank ones at the end; a connection that was open is closed
 * as cut (1006 from the server), and the `end` is added, both at the last `at` there is: nobody knows
 * how the call went on. A frame or a close that came after a close becomes a mark that says so: older
 * recorders wrote what came of a connection that was left, which the recorder of today drops.
 *
 * Rejects with a `RecordingError` that tells the file and the line where a line is bad that is not
 * the last: what stood there cannot be known.
 *
 * @see recordings/README.md#the-entries
 */
export async function planRepair(path: string): Promise<Repair> {
  let at = 0;
  let isOpen = false;
  let hasClosed = false;
  let isEnded = false;
  let tornLine: number | undefined;
  let blankLine: number | undefined;
  const replaced = new Map<number, string>();

  for await (const batch of readLines(path)) {
    for (const read of batch) {
      if (E.isLeft(read)) {
        const { line, outside } = read.left;
        if (line === undefined || outside === undefined || !hasClosed) throw read.left;
        at = outside.at;
        replaced.set(line, toLine({ at, event: 'mark', label: `left out: ${toWhat(outside)}` }));
        continue;
      }
      const { right } = read;
      if (right.kind === 'torn') tornLine = right.line;
      if (right.kind === 'blank') blankLine = right.line;
      if (right.kind !== 'entry') continue;
      const { entry } = right;
      at = entry.at;
      if (entry.event === 'open' || entry.event === 'close') isOpen = entry.event === 'open';
      hasClosed ||= entry.event === 'close';
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
  const { size, lastLineStart, blankStart } = measure(path);
  // A last line can be whole and lack its line end alone.
  const lineEnd =
    (tornLine ?? blankLine) === undefined && lastLineStart < size && !isEnded ? '\n' : '';
  return {
    keptBytes: tornLine !== undefined ? lastLineStart : blankLine !== undefined ? blankStart : size,
    ...(replaced.size > 0 && { replaced }),
    added: lineEnd + missing.map(toLine).join(''),
    steps: [
      ...[...replaced.keys()].map((line) => `took out line ${line}, which came after a close`),
      ...(blankLine === undefined ? [] : [`dropped line ${blankLine}, in which nothing stood`]),
      ...(tornLine === undefined ? [] : [`dropped line ${tornLine}, which was torn`]),
      ...(missing.length === 2 ? ['closed the connection that was open, as cut (1006)'] : []),
      ...(isEnded ? [] : ['added the end']),
    ],
  };
}

function toLine(entry: Entry): string {
  return `${JSON.stringify(Entry.encode(entry))}\n`;
}

function toWhat({ event, from }: FrameEntry | CloseEntry): string {
  return `a ${event} from the ${from}, after a close`;
}

/** How long a file is, and where it ends in something else than whole lines with something in them. */
interface Measures {
  readonly size: number;
  /** Where the line begins that its last line end does not end. */
  readonly lastLineStart: number;
  /** Where the blank lines at its end begin. */
  readonly blankStart: number;
}

function measure(path: string): Measures {
  const chunk = Buffer.alloc(64 * 1024);
  const descriptor = openSync(path, 'r');
  try {
    const { size } = fstatSync(descriptor);
    let lastLineStart: number | undefined;
    let blankStart = size;
    for (let end = size; end > 0; end -= Math.min(end, chunk.length)) {
      const start = Math.max(0, end - chunk.length);
      const bytes = chunk.subarray(0, readSync(descriptor, chunk, 0, end - start, start));
      const newline = bytes.lastIndexOf(0x0a);
      if (newline !== -1) lastLineStart ??= start + newline + 1;
      for (let index = bytes.length - 1; index >= 0; index -= 1) {
        if (bytes[index] === 0x0a) blankStart = start + index + 1;
        else if (!isWhiteSpace(bytes[index]) && lastLineStart !== undefined) {
          return { size, lastLineStart, blankStart };
        } else if (!isWhiteSpace(bytes[index])) break;
      }
    }
    return { size, lastLineStart: lastLineStart ?? 0, blankStart };
  } finally {
    closeSync(descriptor);
  }
}

function isWhiteSpace(byte: number | undefined): boolean {
  return byte === 0x20 || byte === 0x09 || byte === 0x0d;
}
