import { createNarrator } from '../narrator.js';
import type { Moment } from '../narrator.js';
import { lineOf, toStamp } from '../format/recording.js';
import type { Entry, Recording } from '../format/recording.js';
import { toComparable } from '../to-comparable.js';
import { align } from './align.js';
import { foldText } from './fold-text.js';

/** What is compared besides what happened. */
export interface DiffOptions {
  /** Whether the ids of commands are to be the same. @default false */
  readonly ids?: boolean;
  /**
   * By how many milliseconds the same may have happened earlier or later, counted from what happened
   * before it. @default Infinity
   */
  readonly timesMs?: number;
}

/** An entry as a difference shows it. */
export interface DiffPlace {
  /** The line of its file. */
  readonly line: number;
  readonly entry: Entry;
  /** What is compared of it: without times, and with the ids of commands numbered, unless asked for. */
  readonly compared: object;
  /** How it would be told. */
  readonly moment: Moment | undefined;
}

/** Entries of two recordings, aligned. */
export type DiffRow =
  | { readonly what: 'same'; readonly left: DiffPlace; readonly right: DiffPlace }
  /** The same, `byMs` later or, below zero, earlier. */
  | {
      readonly what: 'moved';
      readonly left: DiffPlace;
      readonly right: DiffPlace;
      readonly byMs: number;
    }
  | { readonly what: 'removed'; readonly left: DiffPlace }
  | { readonly what: 'added'; readonly right: DiffPlace };

/** Where two recordings part. */
export interface RecordingDiff {
  readonly isSame: boolean;
  /** In the order of the calls; what one has in the place of the other's stands first. */
  readonly rows: readonly DiffRow[];
  /**
   * Fields of the headers that differ, but for what says of when, where, how and under which title it
   * was recorded: `recordedAt`, `endpoint`, `redacted`, `title`.
   */
  readonly header: readonly string[];
}

/**
 * Aligns two recordings by what happened in them. Times, and with them the `timestamp` and
 * `offset` of messages, the ids of commands, marks and unknown entries are no differences.
 *
 * @example
 * import { diffRecordings, scenario } from '@livecall/recording';
 *
 * const said = scenario().start().caller('Hello?');
 * const { isSame, rows } = diffRecordings(
 *   said.callEnd().toRecording(),
 *   scenario().start().caller('Hello?', { after: 70 }).hangUp().toRecording(),
 * );
 * console.log(isSame, rows.map(({ what }) => what).join(' ')); // => false same same same removed removed added same
 */
export function diffRecordings(
  left: Recording,
  right: Recording,
  { ids = false, timesMs = Infinity }: DiffOptions = {},
): RecordingDiff {
  const [ours, theirs] = [toPlaces(left, ids), toPlaces(right, ids)];
  const rows: DiffRow[] = [];
  let [leftIndex, rightIndex] = [0, 0];
  let lastPair: { readonly left: DiffPlace; readonly right: DiffPlace } | undefined;

  const takePair = (pair: { readonly left: DiffPlace; readonly right: DiffPlace }) => {
    const since = (side: 'left' | 'right') =>
      pair[side].entry.at - (lastPair?.[side].entry.at ?? 0);
    const byMs = toStamp(since('right') - since('left'));
    rows.push(
      Math.abs(byMs) > timesMs ? { what: 'moved', ...pair, byMs } : { what: 'same', ...pair },
    );
    lastPair = pair;
  };
  const runs = align(
    ours.map(({ content }) => content),
    theirs.map(({ content }) => content),
  );
  let [removedHere, addedHere]: [DiffPlace[], DiffPlace[]] = [[], []];
  const flush = () => {
    // Not spread: there may be more of them than a call can have arguments.
    for (const row of toAlternate(removedHere, addedHere)) rows.push(row);
    [removedHere, addedHere] = [[], []];
  };
  for (const { what, count } of runs) {
    const [added, removed] = [what === 'added', what === 'removed'];
    for (let left = count; left > 0; left -= 1) {
      const [one, other] = [ours[leftIndex]?.place, theirs[rightIndex]?.place];
      if (!added) leftIndex += 1;
      if (!removed) rightIndex += 1;
      if (removed && one) removedHere.push(one);
      else if (added && other) addedHere.push(other);
      else if (one && other) {
        flush();
        takePair({ left: one, right: other });
      }
    }
  }
  flush();
  const header = differingFields(toComparable(left).header, toComparable(right).header).filter(
    (field) => !OF_THE_FILE.has(field),
  );
  return {
    isSame: header.length === 0 && rows.every(({ what }) => what === 'same'),
    rows,
    header,
  };
}

/** Puts side by side what was said in other words, or is told in the same; the rest of the one stands before that of the other. */
function toAlternate(
  removed: readonly DiffPlace[],
  added: readonly DiffPlace[],
): readonly DiffRow[] {
  const rows: DiffRow[] = [];
  let next = 0;
  let waiting: DiffRow[] = [];
  const isAlike = createLikeness();
  for (const left of removed) {
    const ahead = added.slice(next, next + MOST_AHEAD);
    const found = next + ahead.findIndex((right) => isAlike(left, right));
    if (found < next) {
      waiting.push({ what: 'removed', left });
      continue;
    }
    const between = added.slice(next, found).map((right): DiffRow => ({ what: 'added', right }));
    const right = added
      .slice(found, found + 1)
      .map((each): DiffRow => ({ what: 'added', right: each }));
    rows.push(...waiting, ...between, { what: 'removed', left }, ...right);
    [waiting, next] = [[], found + 1];
  }
  const rest = added.slice(next).map((right): DiffRow => ({ what: 'added', right }));
  return [...rows, ...waiting, ...rest];
}

/** What stands further ahead is not taken for what was said in other words. */
const MOST_AHEAD = 64;

/** Makes what says whether the same person said what is half the same, or both would be told in the same words. */
function createLikeness(): (one: DiffPlace, other: DiffPlace) => boolean {
  const known = new Map<string, ReadonlySet<string>>();
  const wordsOf = (text: string): ReadonlySet<string> => {
    const words = known.get(text) ?? new Set(foldText(text).split(' '));
    known.set(text, words);
    return words;
  };
  return (one, other) => {
    const [left, right] = [one.moment, other.moment];
    if (left?.what !== 'said' || right?.what !== 'said') return toTold(one) === toTold(other);
    if (left.role !== right.role) return false;
    const [ours, theirs] = [wordsOf(left.text), wordsOf(right.text)];
    let shared = 0;
    for (const word of ours) if (theirs.has(word)) shared += 1;
    return shared * 2 >= Math.max(ours.size, theirs.size);
  };
}

function toTold({ entry, moment }: DiffPlace): string {
  return moment === undefined
    ? entry.event
    : JSON.stringify({ ...moment, at: undefined, afterMs: undefined });
}

interface Compared {
  /** What is compared, as text. */
  readonly content: string;
  readonly place: DiffPlace;
}

function toPlaces(recording: Recording, ids: boolean): readonly Compared[] {
  const narrate = createNarrator();
  const places = recording.entries.flatMap((entry, index): Omit<DiffPlace, 'compared'>[] => {
    const moment = narrate(entry);
    return entry.event === 'mark' || entry.event === 'unknown'
      ? []
      : [{ line: lineOf(index), entry, moment }];
  });
  const comparable = toComparable(recording).entries;
  return places.map((place, index) => {
    const { at, ...content } = place.entry;
    const compared = withoutTimes(ids ? content : (comparable[index] ?? {}));
    // An ack of another command is another, though both say the same.
    const acknowledged = place.moment?.what === 'acknowledged' ? place.moment.command : '';
    return { content: JSON.stringify(compared) + acknowledged, place: { ...place, compared } };
  });
}

/** Takes out what the platform says of the time. */
function withoutTimes(entry: object): object {
  const isMessage = 'json' in entry && typeof entry.json === 'object' && entry.json !== null;
  if (!isMessage) return entry;
  const { timestamp, offset, ...json } = entry.json as Readonly<Record<string, unknown>>;
  return { ...entry, json };
}

/** What is of the file, and not of the call. */
const OF_THE_FILE: ReadonlySet<string> = new Set(['title', 'redacted']);

function differingFields(left: object, right: object): readonly string[] {
  const fields = new Set([...Object.keys(left), ...Object.keys(right)]);
  const valueOf = (header: object, field: string) =>
    JSON.stringify((header as Readonly<Record<string, unknown>>)[field]);
  return [...fields].filter((field) => valueOf(left, field) !== valueOf(right, field));
}
