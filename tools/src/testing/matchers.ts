import { decodeClientFrame } from '@livecall/core';
import type { Frame } from '@livecall/core';
import { diffArrays } from 'diff';
import * as E from 'fp-ts/lib/Either.js';

import { toFrame } from '../recording/payload.js';
import type { Recording } from '../recording/recording.js';
import { serverOf } from './server-of.js';

/** What `expect.extend` takes of a matcher, in vitest and in Jest. */
export interface Verdict {
  readonly pass: boolean;
  readonly message: () => string;
}

/** A frame that a client is to send: a command's type, or any frame with its fields, ids aside. */
export type SentFrame = string | Readonly<Record<string, unknown>>;

/**
 * Passes when the client has sent exactly these frames, in this order.
 *
 * @param subject a call of `openReplay`, a replay, or a server
 * @example
 * expect(call).toHaveSent(['client:joinCall', 'client:endCall']);
 */
export function toHaveSent(subject: unknown, expected: readonly SentFrame[]): Verdict {
  return compare('toHaveSent', subject, expected.map(toExpected));
}

/**
 * Passes when the client has sent exactly what the recorded client sent, in its order, ids aside.
 *
 * @param subject a call of `openReplay`, a replay, or a server
 * @example
 * expect(call).toHaveFollowed(await loadRecording('recordings/joined-call.ndjson'));
 */
export function toHaveFollowed(subject: unknown, recording: Recording): Verdict {
  const frames = recording.entries.flatMap((entry) =>
    entry.event === 'frame' && entry.from === 'client' ? [toFrame(entry)] : [],
  );
  return compare('toHaveFollowed', subject, frames.map(toSent));
}

/** The matchers for `expect.extend`; `@livecall/tools/vitest` has done so already. */
export const matchers = { toHaveSent, toHaveFollowed };

/** A frame as it is compared, and as it is shown: what is no command may hold anything. */
interface Comparable {
  readonly content: string;
  readonly shown: string;
}

function compare(matcher: string, subject: unknown, expected: readonly Comparable[]): Verdict {
  const server = serverOf(subject);
  if (server === undefined) {
    throw new TypeError(`${matcher} needs a call of openReplay, a replay or a server.`);
  }
  const changes = diffArrays([...expected], server.received().map(toSent), {
    comparator: (left, right) => left.content === right.content,
  });
  const pass = changes.every(({ added, removed }) => !added && !removed);
  return {
    pass,
    message: () => {
      if (pass) return `The client was not to send this:\n${show(expected, ' ')}`;
      const lines = changes.map(({ added, removed, value }) =>
        show(value, added ? '+' : removed ? '-' : ' '),
      );
      return `The client sent something else (- expected, + sent):\n${lines.join('\n')}`;
    },
  };
}

function show(frames: readonly Comparable[], sign: string): string {
  return frames.length === 0
    ? `${sign} nothing`
    : frames.map(({ shown }) => `${sign} ${shown}`).join('\n');
}

function toSent(frame: Frame): Comparable {
  const text = typeof frame === 'string' ? frame : Buffer.from(frame).toString();
  return E.isRight(decodeClientFrame(frame))
    ? toExpected(JSON.parse(text) as Readonly<Record<string, unknown>>)
    : { content: text, shown: `an invalid frame of ${frame.length}` };
}

function toExpected(frame: SentFrame): Comparable {
  const { id, ...fields } = typeof frame === 'string' ? { type: frame } : frame;
  const content = JSON.stringify(fields, Object.keys(fields).sort());
  return { content, shown: Object.keys(fields).length === 1 ? String(fields['type']) : content };
}
