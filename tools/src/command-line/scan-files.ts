import { statSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { Worker } from 'node:worker_threads';

import { createScanner } from './scan-task.js';
import type { Scanned, ScanFindings, ScanTask, TaskOf } from './scan-task.js';

/** With less than that, it is over before another thread has begun. */
const WORTH_THREADS_BYTES = 64 * 1024 * 1024;
/** What a thread is given at once: some milliseconds of work. */
const BATCH_BYTES = 4 * 1024 * 1024;
const BATCH_FILES = 64;
/** How many batches a thread may be ahead of what was taken. */
const AHEAD = 8;

/**
 * Looks into many files, on all cores where that pays, and gives what was found as it is found, in
 * the order of the files.
 */
export async function* scanFiles<K extends ScanTask['kind']>(
  paths: readonly string[],
  task: TaskOf<K>,
): AsyncGenerator<readonly Scanned<ScanFindings[K]>[]> {
  const sizes = paths.map((path) => statSync(path, { throwIfNoEntry: false })?.size ?? 0);
  const batches = toBatches(paths, sizes);
  const bytes = sizes.reduce((sum, size) => sum + size, 0);
  const threads = Math.min(availableParallelism(), batches.length);
  if (bytes < WORTH_THREADS_BYTES || threads < 2) {
    const scan = createScanner<K>(task);
    for (const batch of batches) {
      yield batch.map(scan);
      // Who shows it may be waiting for its turn.
      await new Promise(setImmediate);
    }
    return;
  }
  yield* scanInThreads<ScanFindings[K]>(batches, task, threads);
}

function toBatches(
  paths: readonly string[],
  sizes: readonly number[],
): readonly (readonly string[])[] {
  const batches: string[][] = [];
  let [batch, bytes]: [string[], number] = [[], 0];
  paths.forEach((path, index) => {
    batch.push(path);
    bytes += sizes[index] ?? 0;
    if (bytes < BATCH_BYTES && batch.length < BATCH_FILES) return;
    batches.push(batch);
    [batch, bytes] = [[], 0];
  });
  return batch.length === 0 ? batches : [...batches, batch];
}

async function* scanInThreads<T>(
  batches: readonly (readonly string[])[],
  task: ScanTask,
  threads: number,
): AsyncGenerator<readonly Scanned<T>[]> {
  const done = new Map<number, readonly Scanned<T>[]>();
  let [given, taken] = [0, 0];
  let failure: { readonly cause: unknown } | undefined;
  let wake = () => {
    // Nobody waits yet.
  };
  const idle: Worker[] = [];
  const giveOut = () => {
    while (idle.length > 0 && given < batches.length && given < taken + threads * AHEAD) {
      const worker = idle.pop();
      const index = given++;
      worker?.once('message', (scanned: readonly Scanned<T>[]) => {
        done.set(index, scanned);
        idle.push(worker);
        giveOut();
        wake();
      });
      worker?.postMessage(batches[index]);
    }
  };
  const workers = Array.from({ length: threads }, () => {
    const worker = new Worker(new URL('scan-worker.js', import.meta.url), { workerData: task });
    worker.on('error', (cause) => {
      failure = { cause };
      wake();
    });
    idle.push(worker);
    return worker;
  });

  try {
    giveOut();
    while (taken < batches.length) {
      const next = done.get(taken);
      if (next !== undefined) {
        done.delete(taken++);
        giveOut();
        yield next;
        continue;
      }
      await new Promise<void>((resolve) => {
        wake = resolve;
        if (failure !== undefined) resolve();
      });
      if (failure !== undefined) throw failure.cause;
    }
  } finally {
    await Promise.all(workers.map((worker) => worker.terminate()));
  }
}
