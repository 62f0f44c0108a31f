import { closeSync, fstatSync, openSync, readSync } from 'node:fs';

import { hasWriter } from './has-writer.js';

const CHUNK_BYTES = 64 * 1024;
const LOOK_EVERY_MS = 100;
/** To see who writes takes some milliseconds. */
const LOOK_FOR_WRITER_EVERY = 10;

/**
 * Reads a file that grows: to its end, and what comes there, until `stop` aborts, or whoever was
 * writing into it has closed it (on Linux, where that can be seen).
 */
export async function* followFile(path: string, stop: AbortSignal): AsyncGenerator<Buffer> {
  const descriptor = openSync(path, 'r');
  const chunk = Buffer.alloc(CHUNK_BYTES);
  let hadWriter = false;
  let isLast = false;
  try {
    for (let looks = 0; !stop.aborted;) {
      const read = readSync(descriptor, chunk, 0, CHUNK_BYTES, null);
      if (read > 0) {
        yield Buffer.from(chunk.subarray(0, read));
        continue;
      }
      if (isLast) return;
      if (looks++ % LOOK_FOR_WRITER_EVERY === 0) {
        const isWritten = hasWriter(fstatSync(descriptor));
        // Its last words may have come since it was read.
        isLast = hadWriter && !isWritten;
        hadWriter ||= isWritten;
        if (isLast) continue;
      }
      await pause(LOOK_EVERY_MS, stop);
    }
  } finally {
    closeSync(descriptor);
  }
}

/** Waits, unless it is stopped. */
export function pause(ms: number, stop: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (stop.aborted) {
      resolve();
      return;
    }
    const done = () => {
      clearTimeout(timer);
      stop.removeEventListener('abort', done);
      resolve();
    };
    const timer = setTimeout(done, ms);
    stop.addEventListener('abort', done);
  });
}
