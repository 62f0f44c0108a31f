import { liveCallProtocol } from '@livecall/core';
import type { AnyProtocol, CommandId, Frame } from '@livecall/core';
import * as E from 'fp-ts/lib/Either.js';

import { toFrame, toPayload } from './format/payload.js';
import type { FrameEntry, Recording } from './format/recording.js';

/** A recording without what differs from run to run. */
export interface Comparable {
  /** Without `recordedAt` and `endpoint`. */
  readonly header: object;
  /** Without `at`. */
  readonly entries: readonly object[];
}

/** How a recording is made comparable. */
export interface ComparableOptions {
  /** What is said in the recording: which frames are commands, and where their ids stand. @default liveCallProtocol */
  readonly protocol?: AnyProtocol;
}

/**
 * Takes out of a recording what differs from run to run, so that two recordings of one call are
 * equal: `recordedAt`, the endpoint, all times, the commands' ids, which are numbered by order of
 * appearance, and what replays as nothing: marks and unknown entries.
 *
 * @example
 * import { deepEqual } from 'node:assert/strict';
 * import { loadRecording, toComparable } from '@livecall/recording';
 *
 * const [first, second] = await Promise.all(['1.ndjson', '2.ndjson'].map(loadRecording));
 * if (first && second) deepEqual(toComparable(first), toComparable(second));
 */
export function toComparable(
  recording: Recording,
  { protocol = liveCallProtocol }: ComparableOptions = {},
): Comparable {
  const { recordedAt, endpoint, ...header } = recording.header;
  const ids = new Map<CommandId, string>();

  const readdress = (frame: Frame, pairs: readonly (readonly [CommandId, string])[]) =>
    pairs.reduce((readdressed, [id, to]) => protocol.readdress(readdressed, id, to), frame);
  const number = (frame: Frame): Frame => {
    const pairs = [...ids];
    // An app may number its ids alike, from 0 for one: what was numbered is not to be numbered again.
    if (!pairs.some(([id, to]) => id !== to && /^id-\d+$/.test(String(id)))) {
      return readdress(frame, pairs);
    }
    const aside = pairs.map(([id, to]) => [id, `${ASIDE}${to}`] as const);
    return readdress(
      readdress(frame, aside),
      aside.map(([, to]) => [to, to.slice(ASIDE.length)]),
    );
  };

  const withoutIds = (entry: FrameEntry): object => {
    const { at, json, text, base64, ...rest } = entry;
    const frame = toFrame(entry);
    const command = entry.from === 'client' ? protocol.decodeCommand(frame) : undefined;
    // Sent twice with one id, it is one: the next would have its number otherwise.
    if (command !== undefined && E.isRight(command) && !ids.has(command.right.id)) {
      ids.set(command.right.id, `id-${ids.size + 1}`);
    }
    return { ...rest, ...toPayload(number(frame)) };
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

/** Of private use: no id begins so. */
const ASIDE = '\ue000';
