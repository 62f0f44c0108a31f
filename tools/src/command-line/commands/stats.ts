import type { RecordingStats, Spread } from '@livecall/recording';
import { createStats } from '@livecall/recording/internal';
import * as E from 'fp-ts/lib/Either.js';

import { showDuration } from '../../duration.js';
import { exitCodes } from '../exit-error.js';
import { paintFor } from '../paint.js';
import type { Paint } from '../paint.js';
import { createProgress } from '../progress.js';
import { nameInput, readInput } from '../read-input.js';
import { say } from '../say.js';
import { showTime, speakers, visible } from '../show-moment.js';
import { openStandardOutput } from '../standard-output.js';
import { toFiles } from '../to-files.js';
import { toVisibleJson } from '../to-visible-json.js';

/** What `livecall stats` was called with. */
export interface StatsFlags {
  readonly json?: boolean;
  readonly silence?: number;
}

/** `livecall stats FILE...`: where the time went, of one call or of all together. */
export async function runStats(
  paths: readonly string[],
  { json = false, silence = 3_000 }: StatsFlags,
): Promise<number> {
  const files = toFiles(paths, { deep: true });
  const output = openStandardOutput();
  const progress = createProgress();
  const maker = createStats({ silenceMs: silence });
  for (const [index, path] of files.entries()) {
    maker.begin(nameInput(path));
    for await (const lines of readInput(path)) {
      for (const read of lines) {
        if (E.isLeft(read)) throw read.left;
        const { kind, line } = read.right;
        if (kind === 'entry') maker.take(read.right.entry, line);
        if (kind === 'torn') {
          progress.clear();
          say(`${nameInput(path)}:${line}: the last line is torn and was dropped`);
        }
      }
    }
    progress.show(`${index + 1} of ${files.length} recordings`);
  }
  progress.clear();
  const made = maker.stats();
  output.write(json ? `${toVisibleJson(made)}\n` : showStats(made, paintFor(process.stdout)));
  await output.flushed();
  return exitCodes.ok;
}

const BAR_WIDTH = 30;
/** How many of each are shown; `--json` has all. */
const MOST_SHOWN = 5;

function showStats(made: RecordingStats, paint: Paint): string {
  const { recordings, durationMs, firstWord, unanswered } = made;
  const about = `${recordings} recording${recordings === 1 ? '' : 's'}, ${showDuration(durationMs)}`;
  const first = firstWord === undefined ? '' : `, the first word after ${showSpread(firstWord)}`;
  return [
    `${paint.bold(about)}${first}`,
    ...showTalk(made, paint),
    ...showList(
      'silences',
      made.silences.map(
        ({ file, line, at, ms }) =>
          `${showDuration(ms).padStart(7)}  ${showTime(at)}  ${visible(file)}:${line}`,
      ),
      paint,
    ),
    ...showList(
      'acknowledged',
      Object.entries(made.acks).map(
        ([type, spread]) => `${type.padEnd(15)}  ${showSpread(spread)}`,
      ),
      paint,
    ),
    ...(unanswered === 0 ? [] : [paint.red(`  ${unanswered} not acknowledged`)]),
    ...showList(
      'connections lost and dialled again',
      made.reconnects.map(
        ({ file, line, at, code, failedDials, ms }) =>
          `${(ms === undefined ? 'for good' : showDuration(ms)).padStart(8)}  ${showTime(at)}  ${code === 1006 ? 'cut' : code}${failedDials === 0 ? '' : `, ${failedDials} dial${failedDials === 1 ? '' : 's'} failed`}  ${visible(file)}:${line}`,
      ),
      paint,
    ),
    ...showFrames(made, paint),
    '',
  ].join('\n');
}

function showTalk({ talk }: RecordingStats, paint: Paint): readonly string[] {
  const roles = Object.entries(talk) as [keyof typeof speakers, (typeof talk)['user']][];
  const longest = Math.max(1, ...roles.map(([, { talkMs }]) => talkMs));
  return [
    '',
    paint.bold('talk, estimated by the words'),
    ...roles.map(([role, { utterances, words, talkMs }]) => {
      const bar = toBar(talkMs / longest).padEnd(BAR_WIDTH);
      const said = `${utterances} utterance${utterances === 1 ? '' : 's'}, ${words} words`;
      return `  ${speakers[role].padEnd(10)}  ${paint.cyan(bar)}  ${showDuration(talkMs).padStart(7)}  ${said}`;
    }),
  ];
}

function showFrames({ frames }: RecordingStats, paint: Paint): readonly string[] {
  const most = Math.max(1, ...frames.map(({ count }) => count));
  return [
    '',
    paint.bold('frames'),
    ...frames.map(({ from, type, count, bytes }) => {
      const way = from === 'server' ? '←' : '→';
      const bar = toBar(count / most).padEnd(BAR_WIDTH);
      return `  ${way} ${visible(type).padEnd(16)}  ${paint.cyan(bar)}  ${String(count).padStart(7)}  ${toSize(bytes)}`;
    }),
  ];
}

function showList(heading: string, rows: readonly string[], paint: Paint): readonly string[] {
  if (rows.length === 0) return [];
  const more = rows.length - MOST_SHOWN;
  return [
    '',
    paint.bold(heading),
    ...rows.slice(0, MOST_SHOWN).map((row) => `  ${row}`),
    ...(more > 0 ? [paint.dim(`  and ${more} more`)] : []),
  ];
}

function showSpread({ count, p50Ms, p95Ms, maxMs }: Spread): string {
  if (count === 1) return showDuration(p50Ms);
  return `p50 ${showDuration(p50Ms)}, p95 ${showDuration(p95Ms)}, at most ${showDuration(maxMs)} (${count})`;
}

/** A bar in eighths of a character; of what there is, an eighth at least. */
function toBar(share: number): string {
  const eighths = share > 0 ? Math.max(1, Math.round(share * BAR_WIDTH * 8)) : 0;
  return '█'.repeat(Math.floor(eighths / 8)) + (' ▏▎▍▌▋▊▉'[eighths % 8] ?? '').trim();
}

function toSize(bytes: number): string {
  if (bytes < 1_000) return `${bytes} B`;
  return bytes < 1_000_000 ? `${(bytes / 1_000).toFixed(1)} kB` : `${(bytes / 1e6).toFixed(1)} MB`;
}
