import type { Header, Moment } from '@livecall/recording/format';
import { LONGEST_TIMER_MS } from '@livecall/core/internal';
import { createNarrator, decodeLines } from '@livecall/recording/format';
import * as E from 'fp-ts/lib/Either.js';
import { EMPTY } from 'rxjs';

import { exitCodes, ExitError } from '../exit-error.js';
import { followFile, pause } from '../follow-file.js';
import { hang } from '../hang.js';
import { paintFor, toColumns } from '../paint.js';
import { nameInput, readInput } from '../read-input.js';
import { say } from '../say.js';
import { showMoment, showTime, showWallTime, visible } from '../show-moment.js';
import { stopped } from '../stopped.js';
import { openStandardOutput } from '../standard-output.js';
import { toVisibleJson } from '../to-visible-json.js';
import { lookAt, whyNoEnd } from '../why-no-end.js';

/** How a recording is written down, piece by piece as it is read. */
interface Telling {
  header(name: string, header: Header): string;
  moment(moment: Moment): string;
  end(summary: Summary): string;
}

/** What is known once a recording was read. */
interface Summary {
  readonly isComplete: boolean;
  readonly durationMs: number;
  /** Why there is no end. */
  readonly why?: keyof typeof INCOMPLETE;
}

const INCOMPLETE = {
  died: 'incomplete: the recorder died',
  writing: 'incomplete: it is still being written to',
  either: 'incomplete: the recorder died, or is writing still',
  stopped: 'shown so far',
} as const;

/** What `livecall show` was called with. */
export interface ShowFlags {
  readonly json?: boolean;
  readonly wall?: boolean;
  readonly follow?: boolean;
  readonly play?: boolean;
  readonly speed?: number;
  readonly maxIdle?: number;
}

/** `livecall show FILE`: a recording as a person reads it, in constant memory. */
export async function runShow(path: string, flags: ShowFlags): Promise<number> {
  const { json = false, wall = false, follow = false, play = false } = flags;
  if (follow && path === '-') {
    throw new ExitError(exitCodes.usage, '--follow needs a file; standard input has an end.');
  }
  assertPlayed(flags);
  const stop = new AbortController();
  let exitCode: number = exitCodes.ok;
  // What takes its time can be stopped, and still says where it is.
  const stopping = (follow || play ? stopped() : EMPTY).subscribe((code) => {
    exitCode = code;
    stop.abort();
  });
  const output = openStandardOutput();
  const before = lookAt(path);
  const telling = json ? tellJson() : tellText(wall);
  const waitFor = play ? createPlayer(flags, stop.signal) : undefined;
  const narrate = createNarrator();
  let summary: Summary = { isComplete: false, durationMs: 0 };

  let told: string[] = [];
  let toldLength = 0;
  const tell = (text: string) => {
    told.push(text);
    toldLength += text.length;
  };
  const flush = () => {
    output.write(told.join(''));
    told = [];
    toldLength = 0;
  };

  const input = follow ? decodeLines(path, () => followFile(path, stop.signal)) : readInput(path);
  reading: for await (const lines of input) {
    for (const read of lines) {
      if (E.isLeft(read)) throw read.left;
      const line = read.right;
      if (line.kind === 'torn') {
        // Of what is being written, the rest comes yet.
        if (stop.signal.aborted) continue;
        say(`${nameInput(path)}:${line.line}: the last line is torn and was dropped`);
      } else if (line.kind === 'header') {
        tell(telling.header(nameInput(path), line.header));
      } else if (line.kind === 'entry') {
        const { at, event } = line.entry;
        summary = { isComplete: event === 'end', durationMs: at };
        const moment = narrate(line.entry);
        if (moment !== undefined) {
          if (waitFor !== undefined) {
            flush();
            await waitFor(moment.at);
          }
          if (stop.signal.aborted) break reading;
          tell(telling.moment(moment));
        }
        // Nothing comes after it.
        if (follow && event === 'end') break reading;
      }
    }
    if (!follow && toldLength < HELD_LENGTH) continue;
    flush();
    if (!(await output.ready())) break;
  }
  stopping.unsubscribe();
  const isStopped = stop.signal.aborted;
  const why = isStopped ? 'stopped' : whyNoEnd(path, before);
  tell(telling.end(summary.isComplete && !isStopped ? summary : { ...summary, why }));
  flush();
  await output.flushed();
  return exitCode;
}

/** Without `--play` no time passes. */
export function assertPlayed({ play = false, speed, maxIdle }: ShowFlags): void {
  const given = speed === undefined ? '--max-idle' : '--speed';
  if (play || (speed ?? maxIdle) === undefined) return;
  throw new ExitError(
    exitCodes.usage,
    `${given} says how a recording is played; add --play, and it is.`,
  );
}

/** Waits until it is time for what happened `at`, in the time that is played. */
function createPlayer(
  { speed = 1, maxIdle = Infinity }: ShowFlags,
  stop: AbortSignal,
): (at: number) => Promise<void> {
  const startedAt = performance.now();
  let [dueMs, lastAt] = [0, 0];
  return async (at) => {
    dueMs += Math.min(at - lastAt, maxIdle) / speed;
    lastAt = at;
    // No timer waits longer at once.
    for (let left = dueMs; left > 0 && !stop.aborted;) {
      left = startedAt + dueMs - performance.now();
      if (left > 0) await pause(Math.min(left, LONGEST_TIMER_MS), stop);
    }
  };
}

/** So much is held back before it is shown: of a short recording that cannot be read, nothing is. */
const HELD_LENGTH = 256 * 1024;

function tellJson(): Telling {
  let isFirst = true;
  return {
    header: (name, header) =>
      `{"file":${toVisibleJson(name)},"header":${toVisibleJson(header)},"moments":[`,
    moment: (moment) => {
      const before = isFirst ? '' : ',';
      isFirst = false;
      return `${before}${toVisibleJson(moment)}`;
    },
    end: ({ isComplete, durationMs }) =>
      `],"isComplete":${isComplete},"durationMs":${durationMs}}\n`,
  };
}

function tellText(wall: boolean): Telling {
  const paint = paintFor(process.stdout);
  const columns = toColumns(process.stdout);
  let tellTime = showTime;
  const counts = new Map<Moment['what'], number>();
  const plural = (what: Moment['what'], noun: string): string => {
    const count = counts.get(what) ?? 0;
    return `${count} ${noun}${count === 1 ? '' : 's'}`;
  };
  return {
    header: (name, { recordedAt, endpoint, redacted, title }) => {
      // Without a date there is no time of day.
      if (wall && !Number.isNaN(Date.parse(recordedAt))) {
        tellTime = (at) => showWallTime(recordedAt, at);
      }
      const about = [
        `recorded ${recordedAt}`,
        ...(endpoint === undefined ? [] : [endpoint]),
        `redacted: ${redacted?.join(', ') || 'nothing'}`,
      ];
      const lines = [
        paint.bold(name),
        ...(title === undefined ? [] : [hang(visible(title), 0, columns)]),
        paint.dim(hang(visible(about.join(' · ')), 0, columns)),
      ];
      return `${lines.join('\n')}\n\n`;
    },
    moment: (moment) => {
      counts.set(moment.what, (counts.get(moment.what) ?? 0) + 1);
      return `${showMoment(moment, paint, columns, tellTime)}\n`;
    },
    end: ({ isComplete, durationMs, why = 'died' }) => {
      const facts = [
        showTime(durationMs),
        plural('connected', 'connection'),
        plural('said', 'utterance'),
        plural('asked', 'command'),
        isComplete ? 'complete' : paint.red(INCOMPLETE[why]),
      ];
      return `\n${facts.join(' · ')}\n`;
    },
  };
}
