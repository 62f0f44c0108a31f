import { decodeFrame, liveCallProtocol } from '@livecall/core';
import type { ClientMessage } from '@livecall/core';
import * as E from 'fp-ts/lib/Either.js';

import { toFrame } from '../format/payload.js';
import type { Entry, FrameEntry, Header, Recording } from '../format/recording.js';
import { toUtterance } from './utterance.js';

/** How what was recorded came to its end. */
export type Outcome =
  | { readonly how: 'ended' }
  /** The client left; the call went on, as far as is known. */
  | { readonly how: 'left' }
  | { readonly how: 'closed'; readonly code: number }
  /** Without a close, 1006. */
  | { readonly how: 'cut' }
  | { readonly how: 'refused'; readonly status: number }
  | { readonly how: 'failed'; readonly reason: string }
  /** There is no end: the recorder died, or writes still. */
  | { readonly how: 'incomplete' }
  /** Nothing was dialled. */
  | { readonly how: 'nothing' };

/** A recording in a line. */
export interface RecordingSummary {
  readonly title?: string;
  /** When the first dial was, as the header has it. */
  readonly recordedAt: string;
  /** From the first dial to the last thing that is recorded. */
  readonly durationMs: number;
  readonly outcome: Outcome;
  /** What the caller's number was said to be, or what stands for it. */
  readonly phone?: string;
  /** How many dials were let in. */
  readonly connections: number;
  readonly utterances: number;
  /** What the client asked for, in order. */
  readonly commands: readonly ClientMessage['type'][];
}

/** A summary that is made as a recording is read. */
export interface SummaryMaker {
  take(entry: Entry): void;
  /** Takes so many utterances that were counted already, the last of them at `at`. */
  takeUtterances(count: number, at: number): void;
  summary(): RecordingSummary;
}

/** Makes the summary of one recording, entry by entry. */
export function createSummary({ recordedAt, title }: Header): SummaryMaker {
  let durationMs = 0;
  let outcome: Outcome = { how: 'nothing' };
  let phone: string | undefined;
  let isEnded = false;
  let hasCallEnded = false;
  let connections = 0;
  let utterances = 0;
  const commands: ClientMessage['type'][] = [];

  const takeFrame = (entry: FrameEntry) => {
    if (toUtterance(entry, 0) !== undefined) {
      utterances += 1;
      return;
    }
    const frame = toFrame(entry);
    if (entry.from === 'client') {
      const asked = liveCallProtocol.decodeCommand(frame);
      if (E.isRight(asked)) commands.push(asked.right.type as ClientMessage['type']);
      return;
    }
    const heard = decodeFrame(frame);
    if (E.isLeft(heard)) return;
    if (heard.right.type === 'event:start') phone ??= heard.right.phone;
    if (heard.right.type === 'event:callEnd') hasCallEnded = true;
  };

  return {
    take: (entry) => {
      durationMs = Math.max(durationMs, entry.at);
      switch (entry.event) {
        case 'open':
          connections += 1;
          break;
        case 'refused':
          outcome = { how: 'refused', status: entry.status };
          break;
        case 'failed':
          outcome = { how: 'failed', reason: entry.code ?? entry.reason };
          break;
        case 'frame':
          takeFrame(entry);
          break;
        case 'close':
          outcome =
            entry.code === 1006
              ? { how: 'cut' }
              : entry.from === 'client'
                ? { how: 'left' }
                : { how: 'closed', code: entry.code };
          break;
        case 'end':
          isEnded = true;
          break;
        case 'mark':
        case 'unknown':
      }
    },
    takeUtterances: (count, at) => {
      utterances += count;
      durationMs = Math.max(durationMs, at);
    },
    summary: () => ({
      ...(title !== undefined && { title }),
      recordedAt,
      durationMs,
      outcome: hasCallEnded ? { how: 'ended' } : isEnded ? outcome : { how: 'incomplete' },
      ...(phone !== undefined && { phone }),
      connections,
      utterances,
      commands,
    }),
  };
}

/**
 * Says of a recording what a line has room for.
 *
 * @example
 * import { loadRecording, summarizeRecording } from '@livecall/recording';
 *
 * const { outcome, utterances } = summarizeRecording(
 *   await loadRecording('recordings/joined-call.ndjson'),
 * );
 * console.log(outcome.how, utterances); // => ended 6
 */
export function summarizeRecording({ header, entries }: Recording): RecordingSummary {
  const maker = createSummary(header);
  for (const entry of entries) maker.take(entry);
  return maker.summary();
}
