import type { Header } from '@livecall/recording';
import { createNarrator } from '@livecall/recording/internal';
import type { Moment } from '@livecall/recording/internal';
import * as E from 'fp-ts/lib/Either.js';

import { hang } from '../hang.js';
import { paintFor, toColumns } from '../paint.js';
import { nameInput, readInput } from '../read-input.js';
import { say } from '../say.js';
import { showMoment, showTime, visible } from '../show-moment.js';
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
  readonly why?: ReturnType<typeof whyNoEnd>;
}

const INCOMPLETE = {
  died: 'incomplete: the recorder died',
  writing: 'incomplete: it is still being written to',
  either: 'incomplete: the recorder died, or is writing still',
} as const;

/** `livecall show FILE`: a recording as a person reads it, in constant memory. */
export async function show(
  path: string,
  { json = false }: { readonly json?: boolean },
): Promise<void> {
  const output = openStandardOutput();
  const before = lookAt(path);
  const telling = json ? tellJson() : tellText();
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

  for await (const lines of readInput(path)) {
    for (const read of lines) {
      if (E.isLeft(read)) throw read.left;
      const line = read.right;
      if (line.kind === 'torn') {
        say(`${nameInput(path)}:${line.line}: the last line is torn and was dropped`);
      } else if (line.kind === 'header') {
        tell(telling.header(nameInput(path), line.header));
      } else if (line.kind === 'entry') {
        const { at, event } = line.entry;
        summary = { isComplete: event === 'end', durationMs: at };
        const moment = narrate(line.entry);
        if (moment !== undefined) tell(telling.moment(moment));
      }
    }
    if (toldLength < HELD_LENGTH) continue;
    flush();
    if (!(await output.ready())) return;
  }
  tell(telling.end(summary.isComplete ? summary : { ...summary, why: whyNoEnd(path, before) }));
  flush();
  await output.flushed();
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

function tellText(): Telling {
  const paint = paintFor(process.stdout);
  const columns = toColumns(process.stdout);
  const counts = new Map<Moment['what'], number>();
  const plural = (what: Moment['what'], noun: string): string => {
    const count = counts.get(what) ?? 0;
    return `${count} ${noun}${count === 1 ? '' : 's'}`;
  };
  return {
    header: (name, { recordedAt, endpoint, redacted, title }) => {
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
      return `${showMoment(moment, paint, columns)}\n`;
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
