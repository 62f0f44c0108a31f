import { foldText } from '@livecall/recording';
import type { Outcome, RecordingSummary } from '@livecall/recording';

import { showDuration } from '../../duration.js';
import { exitCodes } from '../exit-error.js';
import { createFailureTeller } from '../failure-teller.js';
import { paintFor, toColumns } from '../paint.js';
import type { Paint } from '../paint.js';
import { createProgress } from '../progress.js';
import { scanFiles } from '../scan-files.js';
import { visible } from '../show-moment.js';
import { openStandardOutput } from '../standard-output.js';
import { toFiles } from '../to-files.js';
import { toVisibleJson } from '../to-visible-json.js';

/** What `livecall list` was called with. */
export interface ListFlags {
  readonly json?: boolean;
  readonly sort?: SortKey;
  readonly reverse?: boolean;
  readonly outcome?: readonly Outcome['how'][];
  readonly title?: string;
  readonly longer?: number;
  readonly shorter?: number;
  readonly since?: number;
  readonly until?: number;
}

/** What a list can be ordered by. */
export type SortKey = 'name' | 'date' | 'length' | 'outcome' | 'connections' | 'said';

interface Row extends RecordingSummary {
  readonly file: string;
}

/** `livecall list [FOLDER...]`: a line a recording; as they are read, unless they are to be sorted. */
export async function runList(paths: readonly string[], flags: ListFlags): Promise<number> {
  const { json = false, sort = 'name', reverse = false } = flags;
  const files = toFiles(paths.length === 0 ? ['.'] : paths, { deep: true });
  const output = openStandardOutput();
  const progress = createProgress();
  const failures = createFailureTeller();
  const show = json ? (row: Row) => `${toVisibleJson(row)}\n` : createTable();
  const streams = sort === 'name' && !reverse;
  const rows: Row[] = [];
  let [looked, listed] = [0, 0];

  for await (const batch of scanFiles(files, { kind: 'list' })) {
    for (const scanned of batch) {
      if ('failure' in scanned) {
        progress.clear();
        failures.tell(scanned);
        continue;
      }
      const row = { file: scanned.path, ...scanned.found };
      if (!isWanted(row, flags)) continue;
      listed += 1;
      if (!streams) rows.push(row);
      else {
        progress.clear();
        output.write(show(row));
      }
    }
    if (!(await output.ready())) return exitCodes.ok;
    looked += batch.length;
    progress.show(`${looked} of ${files.length} recordings`);
  }
  progress.clear();
  rows.sort(comparisons[sort]);
  for (const row of reverse ? rows.reverse() : rows) output.write(show(row));
  await output.flushed();
  if (failures.exitCode() !== exitCodes.ok) return failures.exitCode();
  // As `grep`: who asked for some of them has found none.
  return listed > 0 || !isChoosing(flags) ? exitCodes.ok : exitCodes.failed;
}

/** Whether only some of the recordings are asked for. */
function isChoosing({ outcome, title, longer, shorter, since, until }: ListFlags): boolean {
  return [outcome, title, longer, shorter, since, until].some((choice) => choice !== undefined);
}

const comparisons: Readonly<Record<SortKey, (one: Row, other: Row) => number>> = {
  // They come by their names.
  name: () => 0,
  date: (one, other) => Date.parse(one.recordedAt) - Date.parse(other.recordedAt),
  length: (one, other) => one.durationMs - other.durationMs,
  outcome: (one, other) => showOutcome(one.outcome).localeCompare(showOutcome(other.outcome), 'en'),
  connections: (one, other) => one.connections - other.connections,
  said: (one, other) => one.utterances - other.utterances,
};

function isWanted(
  row: Row,
  {
    outcome,
    title,
    longer = 0,
    shorter = Infinity,
    since = -Infinity,
    until = Infinity,
  }: ListFlags,
): boolean {
  const recordedAt = Date.parse(row.recordedAt);
  return (
    (outcome === undefined || outcome.includes(row.outcome.how)) &&
    (title === undefined || foldText(row.title ?? '').includes(foldText(title))) &&
    row.durationMs >= longer &&
    row.durationMs <= shorter &&
    // What has no date that can be read is left out where a date is asked for.
    !(recordedAt < since || recordedAt > until) &&
    !(Number.isNaN(recordedAt) && (since > -Infinity || until < Infinity))
  );
}

/** Writes the rows of a table, the first with its heading. */
function createTable(): (row: Row) => string {
  const paint = paintFor(process.stdout);
  const columns = toColumns(process.stdout);
  let heading = `${paint.dim(HEADING)}\n`;
  return (row) => {
    const before = heading;
    heading = '';
    return `${before}${showRow(row, paint, columns)}\n`;
  };
}

const OUTCOME_WIDTH = 'refused 404'.length;
const HEADING = `${'RECORDED (UTC)'.padEnd(16)}  ${'LENGTH'.padStart(7)}  ${'OUTCOME'.padEnd(OUTCOME_WIDTH)}  CONN  SAID  ${'COMMANDS'.padEnd(8)}  RECORDING`;

function showRow(row: Row, paint: Paint, columns: number): string {
  const { file, title, recordedAt, durationMs, outcome, connections, utterances, commands } = row;
  const when = `${toDay(recordedAt)}  ${showDuration(durationMs).padStart(7)}`;
  const how = showOutcome(outcome).padEnd(OUTCOME_WIDTH);
  const rest = [
    String(connections).padStart(4),
    String(utterances).padStart(4),
    commands
      .map((command) => asked[command])
      .join(' ')
      .padEnd(8),
    visible(file),
  ].join('  ');
  const about = title === undefined ? '' : `  ${visible(title)}`;
  // A row is a line.
  const fits = columns - `${when}  ${how}  ${rest}`.length;
  const shown = about.length > fits ? `${about.slice(0, Math.max(0, fits - 1))}…` : about;
  const isSound = outcome.how === 'ended' || outcome.how === 'left';
  return `${when}  ${isSound ? how : paint.red(how)}  ${rest}${paint.dim(fits < 4 ? '' : shown)}`;
}

const asked = { 'client:joinCall': 'join', 'client:endCall': 'end' } as const;

function toDay(recordedAt: string): string {
  const at = new Date(recordedAt);
  const day = Number.isNaN(at.valueOf()) ? visible(recordedAt) : at.toISOString().replace('T', ' ');
  return day.slice(0, 16).padEnd(16);
}

function showOutcome(outcome: Outcome): string {
  switch (outcome.how) {
    case 'closed':
      return `closed ${outcome.code}`;
    case 'refused':
      return `refused ${outcome.status}`;
    default:
      return outcome.how;
  }
}
