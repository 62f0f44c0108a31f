import { decodeFrame, liveCallProtocol } from '@livecall/core';
import type { CommandId } from '@livecall/core';
import * as E from 'fp-ts/lib/Either.js';

import { toFrame } from '../format/payload.js';
import { lineOf, toStamp } from '../format/recording.js';
import type { Entry, Recording } from '../format/recording.js';

/** Which piece of a recording is cut out, in milliseconds since its first dial. */
export interface CutOptions {
  /** @default 0 */
  readonly fromMs?: number;
  /** @default Infinity */
  readonly toMs?: number;
}

/** A piece of a recording, which is a recording. */
export interface Cut {
  readonly recording: Recording;
  /** What had to be left out or put in for that, in words, with the lines of the whole recording. */
  readonly notes: readonly string[];
}

/**
 * Cuts a piece out of a recording so that it replays: a connection that was open stands open at its
 * beginning, with the `event:start` that was heard on it, and is left by the client at its end; a
 * command and its acknowledgement are both in it, or neither. A mark says from where it is.
 *
 * @throws TypeError where there is nothing between the two
 * @example
 * import { cutRecording, loadRecording } from '@livecall/recording';
 *
 * const whole = await loadRecording('recordings/joined-call.ndjson');
 * const { recording, notes } = cutRecording(whole, { fromMs: 2_000, toMs: 3_000 });
 * console.log(recording.entries.length, notes.length); // => 10 2
 */
export function cutRecording(
  { name, header, entries }: Recording,
  { fromMs = 0, toMs = Infinity }: CutOptions = {},
): Cut {
  const lastAt = entries.at(-1)?.at ?? 0;
  if (!(fromMs >= 0 && fromMs < toMs)) throw new TypeError('A cut ends after it begins.');
  if (fromMs > lastAt) {
    throw new TypeError(`The recording ends at ${lastAt} ms, before the ${fromMs} ms of the cut.`);
  }
  const isIn = ({ at }: Entry): boolean => at >= fromMs && at <= toMs;
  const before = findOpenAt(entries, fromMs);
  const halves = findHalves(entries, isIn);
  const kept = entries.filter(
    (entry, index) => isIn(entry) && entry.event !== 'end' && !halves.has(index),
  );
  const rebase = (entry: Entry): Entry => withAt(entry, toStamp(Math.max(0, entry.at - fromMs)));
  const cutEntries: Entry[] = [
    ...(before.open === undefined ? [] : [before.open]),
    ...(before.start === undefined ? [] : [before.start]),
    ...kept,
  ].map(rebase);
  const endAt = toStamp(Math.min(toMs, lastAt) - fromMs);
  const isOpen = cutEntries.findLast(({ event }) => event === 'open' || event === 'close');
  const [begins, ends] = [fromMs, Math.min(toMs, lastAt)].map(toWritten);
  const label = `cut: from ${begins} to ${ends} of a recording`;
  const recordedAt = Date.parse(header.recordedAt);

  return {
    recording: {
      name,
      header: {
        ...header,
        ...(!Number.isNaN(recordedAt) && {
          recordedAt: new Date(recordedAt + fromMs).toISOString(),
        }),
      },
      entries: [
        { at: 0, event: 'mark', label },
        ...cutEntries,
        ...(isOpen?.event === 'open'
          ? [{ at: endAt, event: 'close', from: 'client', code: 1000, reason: '' } as const]
          : []),
        { at: endAt, event: 'end' },
      ],
    },
    notes: [
      ...(before.open === undefined
        ? []
        : [
            `the connection was open already: it opens at the cut's beginning${before.start === undefined ? '' : ', with its event:start'}`,
          ]),
      ...[...halves].map(([index, what]) => `line ${lineOf(index)} is left out: ${what}`),
      ...(isOpen?.event === 'open' ? ['the client leaves it at its end'] : []),
    ],
  };
}

/** A time as it is written for `livecall cut`, in full: `250ms`, `2.7s`, `1m30.5s`. */
function toWritten(ms: number): string {
  const whole = toStamp(ms);
  if (whole > 0 && whole < 1_000) return `${whole}ms`;
  const [hours, minutes] = [Math.floor(whole / 3_600_000), Math.floor(whole / 60_000) % 60];
  const seconds = Math.round((whole % 60_000) * 1_000) / 1_000_000;
  const parts = [
    ...(hours > 0 ? [`${hours}h`] : []),
    ...(minutes > 0 ? [`${minutes}m`] : []),
    ...(seconds > 0 ? [`${seconds}s`] : []),
  ];
  return parts.join('') || '0s';
}

/** What had happened on the connection that is open at a time. */
function findOpenAt(
  entries: readonly Entry[],
  fromMs: number,
): { readonly open?: Entry; readonly start?: Entry } {
  let found: { open?: Entry; start?: Entry } = {};
  let start: Entry | undefined;
  for (const entry of entries) {
    if (entry.at >= fromMs) break;
    if (entry.event === 'open') found = { open: entry };
    if (entry.event === 'close') found = {};
    if (isCallStart(entry)) start = entry;
  }
  // What the platform says of the call it may say once, on the first connection.
  return found.open === undefined || start === undefined ? found : { ...found, start };
}

function isCallStart(entry: Entry): boolean {
  if (entry.event !== 'frame' || entry.from !== 'server') return false;
  const decoded = decodeFrame(toFrame(entry));
  return E.isRight(decoded) && decoded.right.type === 'event:start';
}

/** Commands and acknowledgements of which the other one is not in the cut, by index, and why. */
function findHalves(
  entries: readonly Entry[],
  isIn: (entry: Entry) => boolean,
): ReadonlyMap<number, string> {
  const asked = new Map<CommandId, number>();
  const halves = new Map<number, string>();
  entries.forEach((entry, index) => {
    if (entry.event !== 'frame') return;
    if (entry.from === 'client') {
      const command = liveCallProtocol.decodeCommand(toFrame(entry));
      if (E.isRight(command)) asked.set(command.right.id, index);
      return;
    }
    const decoded = decodeFrame(toFrame(entry));
    if (E.isLeft(decoded) || decoded.right.type !== 'ack') return;
    const askedAt = asked.get(decoded.right.ackId);
    const command = askedAt === undefined ? undefined : entries[askedAt];
    if (askedAt === undefined || command === undefined) return;
    if (isIn(entry) && !isIn(command)) {
      halves.set(index, `the ack of a command before the cut, in line ${lineOf(askedAt)}`);
    }
    if (isIn(command) && !isIn(entry)) {
      halves.set(askedAt, `a command whose ack, in line ${lineOf(index)}, is behind the cut`);
    }
  });
  return halves;
}

function withAt(entry: Entry, at: number): Entry {
  return entry.event === 'unknown'
    ? { ...entry, at, read: { ...entry.read, at } }
    : { ...entry, at };
}
