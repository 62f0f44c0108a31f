import { open } from 'node:fs/promises';

import { defer, firstValueFrom, fromEvent, of, race, timer } from 'rxjs';
import type { Observable } from 'rxjs';

/** How often a file is looked at for more: nobody sees a shorter delay, and it costs next to nothing. */
const LOOK_EVERY_MS = 200;
const CHUNK_BYTES = 256 * 1024;

/**
 * Reads a file to its end, and what is written behind that from then on, until it is aborted.
 *
 * It is looked at, not watched: what the system tells of files differs, and is nothing on some disks.
 *
 * @param look$ emits when the file is to be looked at again; subscribed anew for each look
 */
export async function* followFile(
  path: string,
  {
    signal,
    look$ = timer(LOOK_EVERY_MS),
  }: { readonly signal: AbortSignal; readonly look$?: Observable<unknown> },
): AsyncGenerator<Uint8Array> {
  const file = await open(path, 'r');
  try {
    while (!signal.aborted) {
      const buffer = new Uint8Array(CHUNK_BYTES);
      // The position is kept by the descriptor.
      const { bytesRead } = await file.read(buffer, 0, CHUNK_BYTES, null);
      if (bytesRead > 0) yield buffer.subarray(0, bytesRead);
      else await firstValueFrom(race(look$, toAborted(signal)), { defaultValue: undefined });
    }
  } finally {
    await file.close();
  }
}

/** Emits once it is aborted, at once where it is. */
function toAborted(signal: AbortSignal): Observable<unknown> {
  return defer(() => (signal.aborted ? of(undefined) : fromEvent(signal, 'abort')));
}
