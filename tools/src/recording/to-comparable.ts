import { decodeClientFrame } from '@livecall/core';
import * as E from 'fp-ts/lib/Either.js';

import { toFrame, toPayload } from './payload.js';
import type { FrameEntry, Recording } from './recording.js';

/** A recording without what differs from run to run. */
export interface Comparable {
  /** Without `recordedAt` and `endpoint`. */
  readonly header: object;
  /** Without `at`. */
  readonly entries: readonly object[];
}

/**
 * Takes out of a recording what differs from run to run, so that two recordings of one call are
 * equal: `recordedAt`, the endpoint, all times, the commands' ids, which are numbered by order of
 * appearance, and what replays as nothing: marks and unknown entries.
 *
 * @example
 * import { deepEqual } from 'node:assert/strict';
 * import { loadRecording, toComparable } from '@livecall/tools';
 *
 * const [first, second] = await Promise.all(['1.ndjson', '2.ndjson'].map(loadRecording));
 * if (first && second) deepEqual(toComparable(first), toComparable(second));
 */
export function toComparable(recording: Recording): Comparable {
  const { recordedAt, endpoint, ...header } = recording.header;
  const ids = new Map<string, string>();

  const withoutIds = (entry: FrameEntry): object => {
    const { at, json, text, base64, ...rest } = entry;
    const frame = toFrame(entry);
    const command = entry.from === 'client' ? decodeClientFrame(frame) : undefined;
    if (command !== undefined && E.isRight(command)) {
      ids.set(command.right.id, `id-${ids.size + 1}`);
    }
    const numbered = (content: string): string =>
      [...ids].reduce(
        (replaced, [id, number]) => replaced.replaceAll(JSON.stringify(id), JSON.stringify(number)),
        content,
      );
    if (typeof frame === 'string') return { ...rest, ...toPayload(numbered(frame)) };
    // Read as latin1, bytes stay what they are.
    const bytes = numbered(Buffer.from(frame).toString('latin1'));
    return { ...rest, ...toPayload(Buffer.from(bytes, 'latin1')) };
  };

  return {
    header,
    entries: recording.entries.flatMap((entry) => {
      if (entry.event === 'frame') return [withoutIds(entry)];
      if (entry.event === 'mark' || entry.event === 'unknown') return [];
      const { at, ...rest } = entry;
      return [rest];
    }),
  };
}
