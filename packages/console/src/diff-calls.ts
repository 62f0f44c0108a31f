import { diffArrays, diffWordsWithSpace } from 'diff';

import type { Row } from './call.js';
import { describeMoment } from './describe-moment.js';

/** A piece of what was said, and whether only this side has it. */
export interface Piece {
  readonly text: string;
  readonly isOwn: boolean;
}

/** One side of a line of the comparison. */
export interface Side {
  readonly row: Row;
  readonly pieces: readonly Piece[];
}

/** A line of a comparison: the same on both sides, changed, or on one side alone. */
export interface Compared {
  readonly kind: 'same' | 'changed' | 'left' | 'right';
  readonly left?: Side;
  readonly right?: Side;
}

/** What takes longer is compared line by line, as they stand. */
const PATIENCE_MS = 3_000;

/** Compares what happened in two calls, in order, whenever it happened. */
export function diffCalls(left: readonly Row[], right: readonly Row[]): readonly Compared[] {
  const parts = diffArrays(left.map(toKey), right.map(toKey), { timeout: PATIENCE_MS });
  if (parts === undefined) return pair(left, right);
  const compared: Compared[] = [];
  let [lefts, rights] = [0, 0];
  let removed: readonly Row[] = [];
  const settle = (added: readonly Row[]) => {
    compared.push(...pair(removed, added));
    removed = [];
  };
  for (const part of parts) {
    if (part.removed) {
      settle([]);
      removed = left.slice(lefts, (lefts += part.count));
    } else if (part.added) {
      settle(right.slice(rights, (rights += part.count)));
    } else {
      settle([]);
      for (let count = 0; count < part.count; count += 1) {
        const [one, other] = [left[lefts++], right[rights++]];
        if (one === undefined || other === undefined) continue;
        compared.push({ kind: 'same', left: toSide(one), right: toSide(other) });
      }
    }
  }
  settle([]);
  return compared;
}

/** Where the differences of a comparison begin: the first line of each run of them. */
export function differencesOf(compared: readonly Compared[]): readonly number[] {
  return compared.flatMap(({ kind }, index) =>
    kind !== 'same' && (compared[index - 1]?.kind ?? 'same') === 'same' ? [index] : [],
  );
}

/** What one side has in the place of what the other has: what is of a kind stands side by side. */
function pair(lefts: readonly Row[], rights: readonly Row[]): Compared[] {
  const compared: Compared[] = [];
  const others = [...rights];
  for (const left of lefts) {
    const place = others.findIndex((right) => toKind(right) === toKind(left));
    if (place === -1) {
      compared.push({ kind: 'left', left: toSide(left) });
      continue;
    }
    for (const right of others.splice(0, place))
      compared.push({ kind: 'right', right: toSide(right) });
    const [right] = others.splice(0, 1);
    if (right === undefined) continue;
    compared.push(
      toKey(left) === toKey(right)
        ? { kind: 'same', left: toSide(left), right: toSide(right) }
        : toChanged(left, right),
    );
  }
  for (const right of others) compared.push({ kind: 'right', right: toSide(right) });
  return compared;
}

/** Of what has less in common than this, the words that happen to be in both say nothing. */
const LEAST_IN_COMMON = 0.4;

function toChanged(left: Row, right: Row): Compared {
  const [one, other] = [toText(left), toText(right)];
  const parts = diffWordsWithSpace(one, other);
  const common = parts
    .filter(({ added, removed }) => !added && !removed)
    .reduce((length, { value }) => length + value.trim().length, 0);
  if (common < LEAST_IN_COMMON * Math.max(one.length, other.length)) {
    return { kind: 'changed', left: toSide(left, true), right: toSide(right, true) };
  }
  const of = (others: 'added' | 'removed', own: 'added' | 'removed'): readonly Piece[] =>
    parts.filter((part) => !part[others]).map((part) => ({ text: part.value, isOwn: part[own] }));
  return {
    kind: 'changed',
    left: { row: left, pieces: of('added', 'removed') },
    right: { row: right, pieces: of('removed', 'added') },
  };
}

function toSide(row: Row, isOwn = false): Side {
  return { row, pieces: [{ text: toText(row), isOwn }] };
}

function toText({ moment }: Row): string {
  // How long an ack took differs from call to call.
  if (moment.what === 'acknowledged') return `Acknowledged: ${moment.command}`;
  const { text, detail } = describeMoment(moment);
  return detail === undefined ? text : `${text}: ${detail}`;
}

function toKind({ moment }: Row): string {
  return moment.what === 'said' ? moment.role : moment.what;
}

function toKey(row: Row): string {
  return `${toKind(row)} ${toText(row)}`;
}
