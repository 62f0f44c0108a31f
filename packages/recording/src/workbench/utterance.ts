import { decodeFrame } from '@livecall/core';
import type { Role } from '@livecall/core';
import { Transcript } from '@livecall/core/codecs';
import * as E from 'fp-ts/lib/Either.js';

import { toFrame } from '../format/payload.js';
import { Entry } from '../format/recording.js';

/** What somebody said, and where a recording has it. */
export interface Utterance {
  /** The line of its file, counted from 1. */
  readonly line: number;
  /** Milliseconds since the first dial. */
  readonly at: number;
  /** `other` is the caller, `user` the subscriber. */
  readonly role: Role;
  readonly text: string;
}

/** Takes an entry for what somebody said, where it is that. */
export function toUtterance(entry: Entry, line: number): Utterance | undefined {
  if (entry.event !== 'frame' || entry.from !== 'server') return undefined;
  // Nearly every line is one, and is read as JSON already.
  if (Transcript.is(entry.json)) {
    return { line, at: entry.at, role: entry.json.role, text: entry.json.msg };
  }
  if (entry.text === undefined && entry.base64 === undefined) return undefined;
  const decoded = decodeFrame(toFrame(entry));
  if (E.isLeft(decoded) || decoded.right.type !== 'transcript') return undefined;
  const { role, msg } = decoded.right;
  return { line, at: entry.at, role, text: msg };
}

/** Takes a line as it stands in a file for what somebody said; what is no entry is nothing. */
export function parseUtterance(text: string, line: number): Utterance | undefined {
  try {
    const entry = Entry.decode(JSON.parse(text));
    return E.isRight(entry) ? toUtterance(entry.right, line) : undefined;
  } catch {
    return undefined;
  }
}
