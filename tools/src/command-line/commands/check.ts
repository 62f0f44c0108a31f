import type { RecordingLine } from '@livecall/recording/format';
import { createSoundnessCheck } from '@livecall/recording/format';
import * as E from 'fp-ts/lib/Either.js';

import { exitCodes } from '../exit-error.js';
import { readInput } from '../read-input.js';
import { say } from '../say.js';
import { openStandardOutput } from '../standard-output.js';
import { toFiles } from '../to-files.js';
import { toVisibleJson } from '../to-visible-json.js';
import { lookAt, whyNoEnd } from '../why-no-end.js';

/** What `livecall check` was called with. */
export interface CheckFlags {
  readonly json?: boolean;
  readonly secrets?: boolean;
  readonly defaultCountry?: string | readonly string[];
}

/** `livecall check FILE...`: one line per problem; whether there was any is the exit code. */
export async function runCheck(
  paths: readonly string[],
  { json = false, secrets = false, defaultCountry }: CheckFlags,
): Promise<number> {
  // Numbers of all countries take a tenth of a second to load; the default is one that there is.
  if (typeof defaultCountry === 'object') {
    const { assertCountries } = await import('../assert-countries.js');
    assertCountries(defaultCountry);
  }
  const output = openStandardOutput();
  const createLeakFinder = secrets
    ? (await import('@livecall/recording/internal')).createLeakFinder
    : undefined;
  const createLineChecker = (): LineChecker => {
    const findUnsound = createSoundnessCheck();
    const findLeaks = createLeakFinder?.(defaultCountry === undefined ? {} : { defaultCountry });
    if (findLeaks === undefined) return findUnsound;
    return (line) => [...findUnsound(line), ...findLeaks(line).map((what) => `holds ${what}`)];
  };
  const files = toFiles(paths, { deep: true });
  let unsound = 0;
  for (const path of files) {
    let isSound = true;
    for await (const { line, problem } of findProblems(path, createLineChecker())) {
      isSound = false;
      const place = line === undefined ? path : `${path}:${line}`;
      const said = json ? toVisibleJson({ file: path, line, problem }) : `${place}: ${problem}`;
      output.write(`${said}\n`);
      await output.ready();
    }
    if (!isSound) unsound += 1;
  }
  await output.flushed();
  // Who named the files knows how many they are.
  if (!paths.every((path) => files.includes(path))) say(toSummary(files.length, unsound));
  return unsound === 0 ? exitCodes.ok : exitCodes.failed;
}

function toSummary(count: number, unsound: number): string {
  const checked = `checked ${count} recording${count === 1 ? '' : 's'}`;
  return unsound === 0 ? `${checked}, nothing wrong` : `${checked}, ${unsound} of them not sound`;
}

/** Something wrong with a recording; without a line, with the file as a whole. */
interface Problem {
  readonly line: number | undefined;
  readonly problem: string;
}

/** Reads a recording to its end, and tells everything that is wrong with it. */
async function* findProblems(path: string, findInLine: LineChecker): AsyncGenerator<Problem> {
  const before = lookAt(path);
  let isEnded = false;
  let lastLine = 0;
  let isTorn = false;
  for await (const lines of readInput(path)) {
    for (const read of lines) {
      if (E.isLeft(read)) {
        const { kind, line, problem } = read.left;
        if (kind === 'unreadable') throw read.left;
        yield { line, problem };
        if (line === undefined || line === 1) return;
        // What comes after it is of another, and wrong line by line.
        const { SECOND_HEADER } = await import('@livecall/recording/internal');
        if (problem === SECOND_HEADER) return;
        lastLine = line;
        continue;
      }
      const { line } = read.right;
      lastLine = line;
      isTorn = read.right.kind === 'torn';
      // It may be a line that is being written.
      if (isTorn) continue;
      if (read.right.kind === 'entry') isEnded = read.right.entry.event === 'end';
      for (const problem of findInLine(read.right)) yield { line, problem };
    }
  }
  if (isEnded && !isTorn) return;
  const why = whyNoEnd(path, before);
  if (why === 'writing') {
    yield { line: lastLine, problem: 'is still being written to: there is no end yet' };
    return;
  }
  if (isTorn) yield { line: lastLine, problem: 'the last line is torn; readers drop it' };
  const still = why === 'either' ? ', or is writing still' : '';
  yield {
    line: lastLine,
    problem: `there is no end after this line: the recorder died${still}`,
  };
}

/** Tells what is wrong with a line of one recording. */
type LineChecker = (line: RecordingLine) => readonly string[];
