import { lineOf } from './recording.js';
import type { Recording } from './recording.js';

/** Where the author of a scenario wrote an entry. */
export interface WrittenAt {
  /** The step, counted from 1. */
  readonly step: number;
  /** The step's name, `onJoin` for one. */
  readonly verb: string;
  /** `file:line` of it, where that is known. */
  readonly at: string | undefined;
}

/** A scenario says where its entries were written; what is read from a file has lines. */
const authors = new WeakMap<Recording['entries'], (index: number) => WrittenAt | undefined>();

/** Remembers who can say where the entries of a recording were written. */
export function rememberAuthor(
  entries: Recording['entries'],
  toWrittenAt: (index: number) => WrittenAt | undefined,
): void {
  authors.set(entries, toWrittenAt);
}

/**
 * Names the place of an entry: `file:line`; of a scenario that is no file, where its author wrote
 * the step, or which step it is.
 *
 * @example
 * import { loadRecording } from '@livecall/recording';
 * import { toEntryPlace } from '@livecall/recording/format';
 *
 * const recording = await loadRecording('recordings/joined-call.ndjson');
 * console.log(toEntryPlace(recording, 0)); // => recordings/joined-call.ndjson:2
 */
export function toEntryPlace({ name, entries }: Recording, index: number): string {
  const written = authors.get(entries)?.(index);
  if (written === undefined) return `${name}:${lineOf(index)}`;
  const step = `step ${written.step}, ${written.verb}`;
  return written.at === undefined ? `${name}, ${step}` : `${written.at} (${step})`;
}

/**
 * Names the entry where the recording is known: `line 9`, `step 3`.
 *
 * @example
 * import { scenario, toEntrySpot } from '@livecall/recording/format';
 *
 * console.log(toEntrySpot(scenario().start().toRecording(), 0)); // => step 1
 */
export function toEntrySpot({ entries }: Recording, index: number): string {
  const written = authors.get(entries)?.(index);
  return written === undefined ? `line ${lineOf(index)}` : `step ${written.step}`;
}
