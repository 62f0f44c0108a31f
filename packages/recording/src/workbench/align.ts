import { diffArrays } from 'diff';

/** So many items in a row that both lists have, or that only one of them has. */
export interface Run {
  readonly what: 'same' | 'removed' | 'added';
  readonly count: number;
}

/** With more to take out and to put in, the shortest way is looked for no longer: it takes their square. */
const MOST_EDITS = 1_000;
/** The same between two anchors, of which there may be thousands. */
const MOST_EDITS_BETWEEN = 100;

/**
 * Aligns two lists in the fewest steps. Where these are thousands, by the items that stand once in
 * each, in the same order, and by steps or by both ends between them: two long calls that have
 * little in common take seconds, where the fewest steps would take hours.
 */
export function align(left: readonly string[], right: readonly string[]): readonly Run[] {
  const exact = alignExactly(left, right, MOST_EDITS);
  if (exact !== undefined) return exact;
  const runs: Run[] = [];
  let [leftFrom, rightFrom] = [0, 0];
  const takeUntil = (leftTo: number, rightTo: number) => {
    const [ours, theirs] = [left.slice(leftFrom, leftTo), right.slice(rightFrom, rightTo)];
    runs.push(...(alignExactly(ours, theirs, MOST_EDITS_BETWEEN) ?? alignEnds(ours, theirs)));
  };
  for (const [ours, theirs] of findAnchors(left, right)) {
    takeUntil(ours, theirs);
    runs.push({ what: 'same', count: 1 });
    [leftFrom, rightFrom] = [ours + 1, theirs + 1];
  }
  takeUntil(left.length, right.length);
  return runs;
}

function alignExactly(
  left: readonly string[],
  right: readonly string[],
  maxEditLength: number,
): readonly Run[] | undefined {
  return diffArrays([...left], [...right], { maxEditLength })?.map(({ added, removed, count }) => ({
    what: removed ? 'removed' : added ? 'added' : 'same',
    count,
  }));
}

/** What they begin and end with alike; all between is another. */
function alignEnds(left: readonly string[], right: readonly string[]): readonly Run[] {
  const shorter = Math.min(left.length, right.length);
  let before = 0;
  while (before < shorter && left[before] === right[before]) before += 1;
  let after = 0;
  while (after < shorter - before && left.at(-1 - after) === right.at(-1 - after)) after += 1;
  const runs: readonly Run[] = [
    { what: 'same', count: before },
    { what: 'removed', count: left.length - before - after },
    { what: 'added', count: right.length - before - after },
    { what: 'same', count: after },
  ];
  return runs.filter(({ count }) => count > 0);
}

/** The places of what stands once in each list: as many as are in the same order in both. */
function findAnchors(
  left: readonly string[],
  right: readonly string[],
): readonly (readonly [left: number, right: number])[] {
  const ours = placesOfUnique(left);
  const theirs = placesOfUnique(right);
  const pairs = [...ours].flatMap(([item, at]) => {
    const other = theirs.get(item);
    return other === undefined ? [] : [{ at, other }];
  });
  // The longest rising run of the others' places: of each length, the one that ends first.
  interface Link {
    readonly at: number;
    readonly other: number;
    readonly before: Link | undefined;
  }
  const ends: Link[] = [];
  for (const { at, other } of pairs) {
    let [from, to] = [0, ends.length];
    while (from < to) {
      const middle = (from + to) >> 1;
      if ((ends[middle]?.other ?? Infinity) < other) from = middle + 1;
      else to = middle;
    }
    ends[from] = { at, other, before: ends[from - 1] };
  }
  const anchors: (readonly [number, number])[] = [];
  for (let link = ends.at(-1); link !== undefined; link = link.before) {
    anchors.push([link.at, link.other]);
  }
  return anchors.reverse();
}

/** Of each item that stands in a list once, where; in their order. */
function placesOfUnique(list: readonly string[]): ReadonlyMap<string, number> {
  const places = new Map<string, number>();
  const repeated = new Set<string>();
  list.forEach((item, at) => {
    if (places.has(item)) repeated.add(item);
    else places.set(item, at);
  });
  for (const item of repeated) places.delete(item);
  return places;
}
