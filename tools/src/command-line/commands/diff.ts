import { diffRecordings } from '@livecall/recording';
import type { DiffPlace, DiffRow, RecordingDiff } from '@livecall/recording';
import type { Moment } from '@livecall/recording/format';
import { diffWordsWithSpace } from 'diff';
import pc from 'picocolors';

import { showDuration } from '../../duration.js';
import { exitCodes, ExitError } from '../exit-error.js';
import { paintFor } from '../paint.js';
import type { Paint } from '../paint.js';
import { loadInput, nameInput } from '../read-input.js';
import { showMoment, visible } from '../show-moment.js';
import { openStandardOutput } from '../standard-output.js';
import { readingOf, tellApart } from '../tell-apart.js';
import { toVisibleJson } from '../to-visible-json.js';

/** What `livecall diff` was called with. */
export interface DiffFlags {
  readonly json?: boolean;
  readonly ids?: boolean;
  readonly times?: number;
  readonly all?: boolean;
}

/** `livecall diff A B`: where two recordings part; whether they do is the exit code. */
export async function runDiff(left: string, right: string, flags: DiffFlags): Promise<number> {
  const { json = false, ids = false, times = Infinity, all = false } = flags;
  if (left === '-' && right === '-') {
    throw new ExitError(exitCodes.usage, 'Only one of the two can come from standard input.');
  }
  const [ours, theirs] = [await loadInput(left), await loadInput(right)];
  const found = diffRecordings(ours, theirs, { ids, timesMs: times });
  const output = openStandardOutput();
  if (json) {
    const { isSame, header, rows } = found;
    const differences = rows.filter(({ what }) => what !== 'same').map(toPlain);
    const files = [nameInput(left), nameInput(right)];
    output.write(`${toVisibleJson({ files, isSame, header, differences })}\n`);
  } else if (!found.isSame) {
    output.write(showDiff([left, right], found, all ? Infinity : roomFor()));
  }
  await output.flushed();
  return found.isSame ? exitCodes.ok : exitCodes.failed;
}

/** On a terminal, what is seen at once; a file has room for all. */
function roomFor(): number {
  return process.stdout.isTTY ? Math.max(5, process.stdout.rows - 5) : Infinity;
}

interface PlainPlace {
  readonly line: number;
  readonly moment: Moment | undefined;
  readonly compared: object;
}

function toPlain(row: DiffRow): object {
  const place = ({ line, moment, compared }: DiffPlace): PlainPlace => ({ line, moment, compared });
  return {
    change: row.what,
    ...('left' in row && { left: place(row.left) }),
    ...('right' in row && { right: place(row.right) }),
    ...('byMs' in row && { byMs: row.byMs }),
  };
}

/** So many entries that are the same are shown before and after those that are not. */
const AROUND = 2;

function showDiff(
  [left, right]: readonly [string, string],
  { header, rows }: RecordingDiff,
  room: number,
): string {
  const paint = paintFor(process.stdout);
  const lines: string[] = [];
  for (const field of header)
    lines.push(paint.yellow(`~ the headers differ in \`${visible(field)}\``));
  let skipped = 0;
  const tellSkipped = () => {
    if (skipped > 0) lines.push(paint.dim(`  … ${skipped} alike`));
    skipped = 0;
  };
  const sides = toSides(rows);
  rows.forEach((row, index) => {
    const near = rows.slice(Math.max(0, index - AROUND), index + AROUND + 1);
    if (near.every(({ what }) => what === 'same')) {
      skipped += 1;
      return;
    }
    tellSkipped();
    lines.push(...showRow(row, [rows[index - 1], rows[index + 1]], sides, paint));
  });
  tellSkipped();
  const count = rows.filter(({ what }) => what !== 'same').length + header.length;
  const shown = lines.slice(0, room);
  const more = lines.length - shown.length;
  return [
    paint.red(`--- ${visible(nameInput(left))}`),
    paint.green(`+++ ${visible(nameInput(right))}`),
    ...shown,
    ...(more > 0 ? [paint.dim(`  and ${more} lines more; --all shows them`)] : []),
    paint.bold(`${count} difference${count === 1 ? '' : 's'}`),
    '',
  ].join('\n');
}

/** What the one has and the other has not, by how it reads. */
interface Sides {
  readonly removed: ReadonlyMap<string, DiffPlace>;
  readonly added: ReadonlyMap<string, DiffPlace>;
}

function toSides(rows: readonly DiffRow[]): Sides {
  const byReading = (places: readonly DiffPlace[]) =>
    new Map(places.map((place) => [readingOf(place), place]));
  return {
    removed: byReading(rows.flatMap((row) => (row.what === 'removed' ? [row.left] : []))),
    added: byReading(rows.flatMap((row) => (row.what === 'added' ? [row.right] : []))),
  };
}

function showRow(
  row: DiffRow,
  [before, after]: readonly [DiffRow | undefined, DiffRow | undefined],
  { removed, added }: Sides,
  paint: Paint,
): readonly string[] {
  switch (row.what) {
    case 'same':
      return [`  ${showPlace(row.left, paint)}`];
    case 'moved': {
      const way = row.byMs > 0 ? 'later' : 'earlier';
      const byMs = Math.abs(row.byMs);
      const by = byMs < 1 ? `${byMs}ms` : showDuration(byMs);
      return [
        `${paint.yellow('~')} ${showPlace(row.left, paint)}  ${paint.yellow(`${by} ${way}`)}`,
      ];
    }
    case 'removed': {
      const beside = after?.what === 'added' ? after.right : undefined;
      return [paint.red(`- ${showSide(row.left, beside, added, paint)}`)];
    }
    case 'added': {
      const beside = before?.what === 'removed' ? before.left : undefined;
      return [paint.green(`+ ${showSide(row.right, beside, removed, paint)}`)];
    }
  }
}

/**
 * Shows an entry. Where one of the other side reads alike, what differs is told; where the one beside
 * it has other words by the same speaker, those that differ stand out.
 */
function showSide(
  place: DiffPlace,
  beside: DiffPlace | undefined,
  others: ReadonlyMap<string, DiffPlace>,
  paint: Paint,
): string {
  const plain = pc.createColors(false);
  const reading = readingOf(place);
  const isBeside = beside !== undefined && readingOf(beside) === reading;
  const alike = isBeside ? beside : others.get(reading);
  if (alike !== undefined) {
    const apart = tellApart(place, alike);
    return `${showPlace(place, plain)}${apart === '' ? '' : `  ${apart}`}`;
  }
  const [here, there] = [place.moment, beside?.moment];
  if (here?.what !== 'said' || there?.what !== 'said' || here.role !== there.role) {
    return showPlace(place, plain);
  }
  const changes = diffWordsWithSpace(visible(there.text), visible(here.text));
  const text = changes
    .filter(({ removed }) => !removed)
    .map(({ added, value }) => (added ? paint.inverse(value) : value))
    .join('');
  const empty = { ...place, moment: { ...here, text: '' } };
  return `${showPlace(empty, plain)}${text}`;
}

function showPlace({ line, moment, entry }: DiffPlace, paint: Paint): string {
  const told = moment === undefined ? entry.event : showMoment(moment, paint);
  return `${paint.dim(String(line).padStart(5))}  ${told}`;
}
