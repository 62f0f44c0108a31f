import { getHeapStatistics } from 'node:v8';

/**
 * Bytes that `work` allocates on the heap, by its best of some runs: whatever else allocates, adds.
 *
 * The process runs with a young generation that does not grow or shrink (`STEADY_HEAP`), and `work`
 * must fit into it.
 */
export function heapBytes(work, runs = 5) {
  const deltas = Array.from({ length: runs }, () => {
    globalThis.gc?.();
    const before = getHeapStatistics().used_heap_size;
    work();
    return getHeapStatistics().used_heap_size - before;
  });
  return Math.min(...deltas.filter((delta) => delta > 0));
}

/** Bytes that are still there after a collection, of what `work` has made and returns. */
export function keptBytes(work) {
  collect();
  const before = getHeapStatistics().used_heap_size;
  const kept = work();
  collect();
  const bytes = getHeapStatistics().used_heap_size - before;
  return { kept, bytes };
}

/** Twice: what the first collection finalizes goes with the second. */
function collect() {
  globalThis.gc?.();
  globalThis.gc?.();
}

/** Node's flags for a process in which `heapBytes` is used; 16 MiB is where Node ends up by itself. */
export const STEADY_HEAP = ['--expose-gc', '--min-semi-space-size=16'];
