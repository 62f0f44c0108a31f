import { decodeFrame, liveCallProtocol } from '@livecall/core';
import type { CommandId, Role } from '@livecall/core';
import * as E from 'fp-ts/lib/Either.js';

import { toFrame } from '../format/payload.js';
import { lineOf, toStamp } from '../format/recording.js';
import type { Entry, FrameEntry, Recording } from '../format/recording.js';
import { countWords, estimateTalkMs } from './estimate-talk.js';

/** What one of those who speak has said. */
export interface Talk {
  readonly utterances: number;
  readonly words: number;
  /**
   * How long that took, estimated: a transcript tells when it came and not how long it is. It is
   * 0.4 s a word (150 words a minute), but never more than the time since the utterance before.
   */
  readonly talkMs: number;
}

/** A time in which nobody spoke, as far as can be told. */
export interface Silence {
  /** The recording, as it is named. */
  readonly file: string;
  /** The line of the utterance that ended it. */
  readonly line: number;
  /** When it began. */
  readonly at: number;
  readonly ms: number;
}

/** A connection that was lost, and what came after it. */
export interface Reconnect {
  readonly file: string;
  /** The line in which it was lost. */
  readonly line: number;
  readonly at: number;
  /** 1006 where it was cut. */
  readonly code: number;
  /** Dials that were refused or failed meanwhile. */
  readonly failedDials: number;
  /** How long until a connection was open again; nothing where none was. */
  readonly ms?: number;
}

/** How long several things took. */
export interface Spread {
  readonly count: number;
  readonly p50Ms: number;
  readonly p95Ms: number;
  readonly maxMs: number;
}

/** Frames of one type, either way. */
export interface FrameCount {
  readonly from: 'server' | 'client';
  /** As on the wire; `invalid` for a frame that is no message. */
  readonly type: string;
  readonly count: number;
  readonly bytes: number;
}

/** Where the time of recorded calls went. */
export interface RecordingStats {
  readonly recordings: number;
  readonly durationMs: number;
  readonly talk: Readonly<Record<Role, Talk>>;
  /** Those of at least `silenceMs`, the longest first. */
  readonly silences: readonly Silence[];
  /** From the opening of the first connection to the first utterance, in those that have one. */
  readonly firstWord?: Spread;
  /** From each command to its acknowledgement, all of them and by command. */
  readonly acks: Readonly<Record<string, Spread>>;
  /** Commands that were not acknowledged. */
  readonly unanswered: number;
  readonly reconnects: readonly Reconnect[];
  /** The most frequent first. */
  readonly frames: readonly FrameCount[];
}

/** How the statistics are made. */
export interface StatsOptions {
  /** The shortest silence that counts, in milliseconds. @default 3000 */
  readonly silenceMs?: number;
}

/** Statistics that are made as recordings are read. */
export interface StatsMaker {
  /** Begins the next recording; reports call it by its name. */
  begin(name: string): void;
  take(entry: Entry, line: number): void;
  stats(): RecordingStats;
}

const ROLES = ['assistant', 'other', 'user'] as const;

/** Makes the statistics of recordings, entry by entry; in memory that grows with what is listed alone. */
export function createStats({ silenceMs = 3_000 }: StatsOptions = {}): StatsMaker {
  const finished = { recordings: 0, durationMs: 0, unanswered: 0 };
  const talk: Record<Role, { utterances: number; words: number; talkMs: number }> = {
    assistant: { utterances: 0, words: 0, talkMs: 0 },
    other: { utterances: 0, words: 0, talkMs: 0 },
    user: { utterances: 0, words: 0, talkMs: 0 },
  };
  const silences: Silence[] = [];
  const firstWords: number[] = [];
  const acks = new Map<string, number[]>();
  const reconnects: Reconnect[] = [];
  const frames = new Map<string, { -readonly [K in keyof FrameCount]: FrameCount[K] }>();

  let file = '';
  let durationMs = 0;
  let spokenUntil: number | undefined;
  let openedAt: number | undefined;
  let hasSpoken = false;
  let asked = new Map<CommandId, { readonly type: string; readonly at: number }>();
  let lost: Omit<Reconnect, 'ms'> | undefined;

  const finish = () => {
    finished.durationMs += durationMs;
    finished.unanswered += asked.size;
    if (lost !== undefined && lost.failedDials > 0) reconnects.push(lost);
    [durationMs, spokenUntil, openedAt, hasSpoken, lost] = [
      0,
      undefined,
      undefined,
      false,
      undefined,
    ];
    asked = new Map();
  };
  const count = (from: FrameCount['from'], type: string, bytes: number) => {
    const key = `${from} ${type}`;
    const counted = frames.get(key) ?? { from, type, count: 0, bytes: 0 };
    counted.count += 1;
    counted.bytes += bytes;
    frames.set(key, counted);
  };
  const speak = (role: Role, text: string, at: number, line: number) => {
    const before = spokenUntil ?? openedAt ?? at;
    const talkMs = estimateTalkMs(text, at - before);
    const each = talk[role];
    each.utterances += 1;
    each.words += countWords(text);
    each.talkMs += talkMs;
    const ms = toStamp(at - talkMs - before);
    if (ms >= silenceMs) silences.push({ file, line, at: before, ms });
    if (!hasSpoken && openedAt !== undefined) firstWords.push(toStamp(at - openedAt));
    [hasSpoken, spokenUntil] = [true, at];
  };
  const takeFrame = (entry: FrameEntry, line: number) => {
    const frame = toFrame(entry);
    const bytes = typeof frame === 'string' ? Buffer.byteLength(frame) : frame.byteLength;
    if (entry.from === 'client') {
      const command = liveCallProtocol.decodeCommand(frame);
      count('client', E.isLeft(command) ? 'invalid' : command.right.type, bytes);
      if (E.isRight(command)) {
        asked.set(command.right.id, { type: command.right.type, at: entry.at });
      }
      return;
    }
    const decoded = decodeFrame(frame);
    if (E.isLeft(decoded)) {
      count('server', 'invalid', bytes);
      return;
    }
    const message = decoded.right;
    count('server', message.type === 'unknown' ? message.received.type : message.type, bytes);
    if (message.type === 'transcript') speak(message.role, message.msg, entry.at, line);
    if (message.type !== 'ack') return;
    const command = asked.get(message.ackId);
    if (command === undefined) return;
    asked.delete(message.ackId);
    acks.set(command.type, [...(acks.get(command.type) ?? []), toStamp(entry.at - command.at)]);
  };

  return {
    begin: (name) => {
      finish();
      finished.recordings += 1;
      file = name;
    },
    take: (entry, line) => {
      durationMs = Math.max(durationMs, entry.at);
      switch (entry.event) {
        case 'open':
          openedAt ??= entry.at;
          if (lost !== undefined) reconnects.push({ ...lost, ms: toStamp(entry.at - lost.at) });
          lost = undefined;
          break;
        case 'refused':
        case 'failed':
          if (lost !== undefined) lost = { ...lost, failedDials: lost.failedDials + 1 };
          break;
        case 'close':
          lost = { file, line, at: entry.at, code: entry.code, failedDials: 0 };
          break;
        case 'frame':
          takeFrame(entry, line);
          break;
        default:
      }
    },
    stats: () => {
      finish();
      const all = [...acks.values()].flat();
      return {
        ...finished,
        durationMs: toStamp(finished.durationMs),
        talk: mapRoles((role) => ({ ...talk[role], talkMs: toStamp(talk[role].talkMs) })),
        silences: silences.sort((one, other) => other.ms - one.ms),
        ...(firstWords.length > 0 && { firstWord: toSpread(firstWords) }),
        acks:
          all.length === 0
            ? {}
            : {
                all: toSpread(all),
                ...Object.fromEntries([...acks].map(([type, times]) => [type, toSpread(times)])),
              },
        reconnects,
        frames: [...frames.values()].sort((one, other) => other.count - one.count),
      };
    },
  };
}

function mapRoles<T>(toValue: (role: Role) => T): Readonly<Record<Role, T>> {
  return Object.fromEntries(ROLES.map((role) => [role, toValue(role)])) as Record<Role, T>;
}

/** By nearest rank: each is a time that something took. */
function toSpread(times: readonly number[]): Spread {
  const sorted = [...times].sort((one, other) => one - other);
  const at = (share: number) => sorted[Math.ceil(share * sorted.length) - 1] ?? 0;
  return { count: sorted.length, p50Ms: at(0.5), p95Ms: at(0.95), maxMs: at(1) };
}

/**
 * Says where the time of recorded calls went: who talked, where nobody did, how long commands took.
 *
 * @example
 * import { loadRecording, toStats } from '@livecall/recording';
 *
 * const { acks, talk } = toStats([await loadRecording('recordings/joined-call.ndjson')]);
 * console.log(acks['client:joinCall']?.p50Ms, talk.other.utterances); // => 71.2 3
 */
export function toStats(
  recordings: readonly Recording[],
  options: StatsOptions = {},
): RecordingStats {
  const maker = createStats(options);
  for (const { name, entries } of recordings) {
    maker.begin(name);
    entries.forEach((entry, index) => {
      maker.take(entry, lineOf(index));
    });
  }
  return maker.stats();
}
