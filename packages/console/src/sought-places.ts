import { findWords } from '@livecall/recording/format';
import type { WordPlace } from '@livecall/recording/format';

import type { Row } from './call.js';

/** Words that are searched for, and the lines of a call's file in which they were found. */
export interface Sought {
  readonly words: string;
  readonly lines: readonly (readonly [from: number, through: number])[];
}

/** Where what is searched for stands in a call. */
export interface SoughtPlaces {
  /** The places in the words of a row. */
  readonly inRow: ReadonlyMap<number, readonly WordPlace[]>;
  /** The row in which each place begins, in order. */
  readonly rows: readonly number[];
}

/** Finds in a call's rows what a search has found in its file. */
export function toSoughtPlaces(rows: readonly Row[], { words, lines }: Sought): SoughtPlaces {
  const inRow = new Map<number, readonly WordPlace[]>();
  const begins: number[] = [];
  for (const [from, through] of lines) {
    const first = rowOfLine(rows, from);
    const role = roleOf(rows[first]);
    // A call that grows may not be read as far as that.
    if (role === undefined || rows[first]?.line !== from) continue;
    const own: number[] = [];
    for (let row = first; (rows[row]?.line ?? Infinity) <= through; row += 1) {
      // Between what one says, others speak.
      if (roleOf(rows[row]) === role) own.push(row);
    }
    const texts = own.map((row) => textOf(rows[row]));
    begins.push(first);
    for (const [index, places] of findWords(texts, words).entries()) {
      const row = own[index];
      if (row !== undefined) inRow.set(row, merge([...(inRow.get(row) ?? []), ...places]));
    }
  }
  return { inRow, rows: begins };
}

/** The first row at or behind a line. */
function rowOfLine(rows: readonly Row[], line: number): number {
  let [low, high] = [0, rows.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((rows[middle]?.line ?? Infinity) < line) low = middle + 1;
    else high = middle;
  }
  return low;
}

function roleOf(row: Row | undefined): string | undefined {
  return row?.moment.what === 'said' ? row.moment.role : undefined;
}

function textOf(row: Row | undefined): string {
  return row?.moment.what === 'said' ? row.moment.text : '';
}

/** In order, and none within another. */
function merge(places: readonly WordPlace[]): readonly WordPlace[] {
  const merged: WordPlace[] = [];
  for (const [from, to] of [...places].sort(([one], [other]) => one - other)) {
    const before = merged.at(-1);
    if (before !== undefined && from <= before[1]) {
      merged[merged.length - 1] = [before[0], Math.max(before[1], to)];
    } else {
      merged.push([from, to]);
    }
  }
  return merged;
}
