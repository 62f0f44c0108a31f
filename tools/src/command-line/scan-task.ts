import { RecordingError } from '@livecall/recording/format';
import type { Hit, RecordingSummary, SearchOptions } from '@livecall/recording';
import { createFileSearch, createFileSummary } from '@livecall/recording/internal';

/** What is asked of many files, in words that go to another thread. */
export type ScanTask =
  | { readonly kind: 'list' }
  | { readonly kind: 'search'; readonly words: string; readonly options: SearchOptions };

/** The task of one kind. */
export type TaskOf<K extends ScanTask['kind']> = Extract<ScanTask, { readonly kind: K }>;

/** What is found in one file. */
export interface ScanFindings {
  readonly list: RecordingSummary;
  readonly search: readonly Hit[];
}

/** A file that was looked into: what was found, or why it could not be read. */
export type Scanned<T> =
  | { readonly path: string; readonly found: T }
  | {
      readonly path: string;
      readonly failure: Pick<RecordingError, 'line' | 'problem' | 'kind'>;
    };

/** Makes what looks into one file after the other. */
export function createScanner<K extends ScanTask['kind']>(
  task: TaskOf<K>,
): (path: string) => Scanned<ScanFindings[K]>;
export function createScanner(task: ScanTask): (path: string) => Scanned<unknown> {
  const find =
    task.kind === 'list' ? createFileSummary() : createFileSearch(task.words, task.options);
  return (path) => {
    try {
      return { path, found: find(path) };
    } catch (error) {
      if (!(error instanceof RecordingError)) throw error;
      const { line, problem, kind } = error;
      return { path, failure: { line, problem, kind } };
    }
  };
}
