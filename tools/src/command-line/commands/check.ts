import * as E from 'fp-ts/lib/Either.js';

import { exitCodes } from '../exit-error.js';
import { createNarrator } from '../narrate.js';
import { readLines } from '../../recording/read-recording.js';
import type { RecordingLine } from '../../recording/read-recording.js';

/** `livecall check FILE...`: one line per problem; whether there was any is the exit code. */
export async function check(paths: readonly string[]): Promise<number> {
  let isSound = true;
  for (const path of paths) {
    for await (const problem of findProblems(path)) {
      isSound = false;
      process.stdout.write(`${problem}\n`);
    }
  }
  return isSound ? exitCodes.ok : exitCodes.failed;
}

/** Reads a recording to its end, and tells everything that is wrong with it as `file:line: what`. */
async function* findProblems(path: string): AsyncGenerator<string> {
  const findInLine = createLineChecker();
  let isEnded = false;
  let lastLine = 0;
  for await (const lines of readLines(path)) {
    for (const line of lines) {
      if (E.isLeft(line)) {
        if (line.left.kind === 'unreadable') throw line.left;
        yield line.left.message;
        if (line.left.line === undefined || line.left.line === 1) return;
        lastLine = line.left.line;
        continue;
      }
      lastLine = line.right.line;
      isEnded = line.right.kind === 'entry' && line.right.entry.event === 'end';
      const problem = findInLine(line.right);
      if (problem !== undefined) yield `${path}:${lastLine}: ${problem}`;
    }
  }
  if (!isEnded) yield `${path}:${lastLine}: there is no end after this line: the recorder died`;
}

function createLineChecker(): (line: RecordingLine) => string | undefined {
  const narrate = createNarrator();
  return (line) => {
    switch (line.kind) {
      case 'header':
        return undefined;
      case 'torn':
        return 'the last line is torn; readers drop it';
      case 'entry': {
        const moment = narrate(line.entry);
        if (moment?.what === 'invalid frame')
          return `invalid frame from the ${moment.from}: ${moment.problem}`;
        if (moment?.what === 'acknowledged' && moment.command === 'unknown')
          return 'an ack for no command above';
        return undefined;
      }
    }
  };
}
