import * as E from 'fp-ts/lib/Either.js';

import { createNarrator } from '@livecall/recording/format';
import type {
  Entry,
  Header,
  Moment,
  RecordingError,
  RecordingLine,
} from '@livecall/recording/format';
import { createStory } from './story.js';
import type { Story } from './story.js';

/** A line of a recording as it is shown: what happened, and where it stands. */
export interface Row {
  readonly at: number;
  readonly moment: Moment;
  readonly entry: Entry;
  /** In the file, counted from 1. */
  readonly line: number;
  /** The one it came over, counted from 1; 0 before the first. */
  readonly connection: number;
}

/** A recording as far as it was read. It grows in place. */
export interface Call {
  readonly name: string;
  readonly header: Header | undefined;
  readonly rows: readonly Row[];
  readonly story: Story;
  /** When the last line was written. */
  readonly lastAt: number;
  /** Whether it has its end. */
  readonly isComplete: boolean;
  /** Why it could not be read on. */
  readonly problem: string | undefined;
}

/** Reads lines into a call, as they come. */
export function createCall(name: string): {
  readonly call: Call;
  add(lines: readonly E.Either<RecordingError, RecordingLine>[]): void;
} {
  const narrate = createNarrator();
  const { story, tell } = createStory();
  const rows: Row[] = [];
  let connection = 0;
  const call = {
    name,
    header: undefined as Header | undefined,
    rows,
    story,
    lastAt: 0,
    isComplete: false,
    problem: undefined as string | undefined,
  };

  return {
    call,
    add: (lines) => {
      for (const read of lines) {
        if (E.isLeft(read)) {
          // What comes after a bad line cannot be trusted to be what it seems.
          const { line, problem } = read.left;
          call.problem ??= line === undefined ? problem : `line ${line} ${problem}`;
          return;
        }
        const { right } = read;
        if (right.kind === 'header') call.header = right.header;
        if (right.kind !== 'entry') continue;
        const { entry, line } = right;
        call.lastAt = entry.at;
        call.isComplete = entry.event === 'end';
        if (entry.event === 'open') connection += 1;
        const moment = narrate(entry);
        if (moment === undefined) continue;
        tell(moment, rows.length);
        rows.push({ at: entry.at, moment, entry, line, connection });
      }
    },
  };
}

/** The last row at or before a time; -1 before the first. */
export function rowAt(rows: readonly { readonly at: number }[], at: number): number {
  let [low, high] = [0, rows.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((rows[middle]?.at ?? Infinity) <= at) low = middle + 1;
    else high = middle;
  }
  return low - 1;
}
