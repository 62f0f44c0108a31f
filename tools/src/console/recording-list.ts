import type { Stats } from 'node:fs';

import { RecordingError } from '@livecall/recording';
import type { RecordingSummary, SearchOptions } from '@livecall/recording';
import { createFileSearch, createFileSummary } from '@livecall/recording/internal';

import { hasWriter, knowsWriters } from '../command-line/has-writer.js';
import { tryStat } from '../command-line/try-stat.js';
import { findRecordings } from './find-recordings.js';

/** A recording in the list. */
export interface ListedRecording {
  /** What the page asks for it by: no path comes from a page. */
  readonly id: number;
  readonly name: string;
  readonly summary?: RecordingSummary;
  /** Why there is none. */
  readonly problem?: string;
  /** Whether somebody is writing it, as far as that is known. */
  readonly isBeingWritten: boolean;
  /** Of a call that goes on without a recording: there is nothing of it to be read. */
  readonly isUnrecorded?: true;
}

/** Where the words were said that were searched for. */
export interface FoundWords {
  readonly id: number;
  readonly count: number;
  /** From which line of the file to which each of them goes. */
  readonly lines: readonly (readonly [from: number, through: number])[];
  /** The first of them. */
  readonly text: string;
}

/** The recordings of a console. */
export interface RecordingList {
  /** Lists them, as they are now: each is read when it is asked for, and no more often than it changes. */
  list(): Iterable<ListedRecording>;
  /** Throws a TypeError where there is no word. */
  search(words: string, options: SearchOptions): Iterable<FoundWords>;
  /** The file of a recording; nothing where no such was listed. */
  pathOf(id: number): string | undefined;
  /** Adds a file, and gives its id. */
  add(path: string): number;
  /** The id of a file that is in one of the folders, or will be. */
  idOf(path: string): number;
  /** Lists a call that has no file, until it is forgotten. */
  addUnrecorded(name: string): { readonly id: number; forget(): void };
}

/** Makes the list of the recordings that are in files and folders. */
export function createRecordingList(given: readonly string[]): RecordingList {
  const paths = [...given];
  const ids = new Map<string, number>();
  const known = new Map<string, { readonly stamp: string; readonly listed: ListedRecording }>();
  const unrecorded = new Set<ListedRecording>();
  const summarize = createFileSummary();
  let lastId = -1;

  const toId = (path: string): number => {
    const id = ids.get(path) ?? (lastId += 1);
    ids.set(path, id);
    return id;
  };
  const toListed = (path: string, name: string): ListedRecording => {
    const stat = tryStat(path);
    const stamp = `${stat?.size ?? 0}/${stat?.mtimeMs ?? 0}`;
    const before = known.get(path);
    if (before?.stamp === stamp && !before.listed.isBeingWritten) return before.listed;
    const read = trySummary(() => summarize(path));
    const isIncomplete = read.summary?.outcome.how === 'incomplete';
    const isBeingWritten = isIncomplete && stat !== undefined && isWritten(stat);
    const listed = { id: toId(path), name, ...read, isBeingWritten };
    known.set(path, { stamp, listed });
    return listed;
  };

  return {
    list: function* () {
      yield* unrecorded;
      for (const { path, name } of findRecordings(paths)) yield toListed(path, name);
    },
    search: (words, options) => {
      const searchFile = createFileSearch(words, options);
      return (function* () {
        for (const { path } of findRecordings(paths)) {
          try {
            const hits = searchFile(path);
            const [first] = hits;
            if (first === undefined) continue;
            const lines = hits
              .slice(0, 1_000)
              .map(({ line, throughLine = line }) => [line, throughLine] as const);
            yield { id: toId(path), count: hits.length, lines, text: first.text };
          } catch (error) {
            // The list says what is wrong with it.
            if (!(error instanceof RecordingError)) throw error;
          }
        }
      })();
    },
    pathOf: (id) => [...ids].find(([, known]) => known === id)?.[0],
    add: (path) => {
      if (!paths.includes(path)) paths.push(path);
      return toId(path);
    },
    idOf: toId,
    addUnrecorded: (name) => {
      const id = (lastId += 1);
      const listed: ListedRecording = {
        id,
        name,
        problem: 'is not recorded',
        isBeingWritten: true,
        isUnrecorded: true,
      };
      unrecorded.add(listed);
      return { id, forget: () => unrecorded.delete(listed) };
    },
  };
}

/** Where the system does not tell who writes, a minute of silence tells that nobody does. */
function isWritten(stat: Stats): boolean {
  return knowsWriters ? hasWriter(stat) : Date.now() - stat.mtimeMs < 60_000;
}

function trySummary(
  summarize: () => RecordingSummary,
): Pick<ListedRecording, 'summary' | 'problem'> {
  try {
    return { summary: summarize() };
  } catch (error) {
    if (error instanceof RecordingError) return { problem: error.problem };
    throw error;
  }
}
