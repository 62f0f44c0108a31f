import { availableParallelism } from 'node:os';
import { Worker } from 'node:worker_threads';

import { createScanner } from './scan-task.js';
import type { Scanned, ScanFindings, ScanTask, TaskOf } from './scan-task.js';
import { tryStat } from './try-stat.js';

/** With less than that, it is over before another thread has begun. */
const WORTH_THREADS_BYTES = 64 * 1024 * 1024;
/** What a thread is given at once: some milliseconds of work. */
const BATCH_BYTES = 4 * 1024 * 1024;
const BATCH_FILES = 64;
/** How many batches a thread may be ahead of what was taken. */
const AHEAD = 8;
/** How many batches another thread has at once, so that it does not wait while this one looks. */
const QUEUED = 3;

/**
 * Looks into many files, on all cores where that pays, and gives what was found as it is found, in
 * the order of the files.
 */
export async function* scanFiles<K extends ScanTask['kind']>(
  paths: readonly string[],
  task: TaskOf<K>,
): AsyncGenerator<readonly Scanned<ScanFindings[K]>[]> {
  const sizes = paths.map((path) => tryStat(path)?.size ?? 0);
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
  yield* scanInThreads<K>(batches, task, threads);
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

/**
 * This thread looks into files as well as the others: it has loaded already what each of those has to
 * load first, and would wait for them.
 */
async function* scanInThreads<K extends ScanTask['kind']>(
  batches: readonly (readonly string[])[],
  task: TaskOf<K>,
  threads: number,
): AsyncGenerator<readonly Scanned<ScanFindings[K]>[]> {
  type Result = readonly Scanned<ScanFindings[K]>[];
  const scan = createScanner<K>(task);
  const done = new Map<number, Result>();
  let [given, taken] = [0, 0];
  let failure: { readonly cause: unknown } | undefined;
  let wake = () => {
    // Nobody waits yet.
  };
  const mayGive = () => given < batches.length && given < taken + threads * AHEAD;
  const giveOut = (worker: Worker) => {
    if (!mayGive()) return false;
    worker.postMessage([given, batches[given]]);
    given += 1;
    return true;
  };
  const waiting = new Map<Worker, number>();
  const giveAll = () => {
    for (const [worker, count] of waiting) {
      let left = count;
      while (left > 0 && giveOut(worker)) left -= 1;
      waiting.set(worker, left);
    }
  };
  const workers = Array.from({ length: threads - 1 }, () => {
    const worker = new Worker(new URL('scan-worker.js', import.meta.url), { workerData: task });
    worker.on('error', (cause) => {
      failure = { cause };
      wake();
    });
    worker.on('message', ([index, scanned]: readonly [number, Result]) => {
      done.set(index, scanned);
      waiting.set(worker, (waiting.get(worker) ?? 0) + 1);
      giveAll();
      wake();
    });
    waiting.set(worker, QUEUED);
    return worker;
  });

  try {
    while (taken < batches.length) {
      giveAll();
      const next = done.get(taken);
      if (next !== undefined) {
        done.delete(taken);
        taken += 1;
        yield next;
        continue;
      }
      if (mayGive()) {
        const index = given;
        given += 1;
        done.set(index, batches[index]?.map(scan) ?? []);
        // What the others have found meanwhile.
        await new Promise(setImmediate);
      } else {
        await new Promise<void>((resolve) => {
          wake = resolve;
          if (failure !== undefined) resolve();
        });
      }
      if (failure !== undefined) throw failure.cause;
    }
  } finally {
    await Promise.all(workers.map((worker) => worker.terminate()));
  }
}
