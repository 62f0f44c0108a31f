import { isDeepStrictEqual } from 'node:util';

import { endCall, joinCall, liveCallProtocol } from '@livecall/core';
import type { AnyProtocol, ClientMessage, CommandId, Frame } from '@livecall/core';
import { toFrame } from '@livecall/recording/format';
import type { Recording } from '@livecall/recording/format';
import { diffArrays } from 'diff';
import * as E from 'fp-ts/lib/Either.js';

import { serverOf } from './server-of.js';

/** What `expect.extend` takes of a matcher, in vitest and in Jest. */
export interface Verdict {
  readonly pass: boolean;
  readonly message: () => string;
}

/** A frame that a client is to send: a command's type, or any frame with its fields; a command's id aside. */
export type SentFrame = ClientMessage['type'] | Readonly<Record<string, unknown>>;

/**
 * Passes when the client has sent exactly these frames, in this order.
 *
 * @param subject the call or the server of `openReplay`, or any replay
 * @throws TypeError for anything else, and for a text that is no command's type
 * @example
 * import { lastValueFrom } from 'rxjs';
 * import { expect } from 'vitest';
 * import { test } from '@livecall/tools/vitest';
 *
 * test('joins once', async ({ replayed }) => {
 *   const { call } = await replayed('recordings/joined-call.ndjson');
 *   call.connect();
 *   await lastValueFrom(call.joinCall({ whenNotOpen: 'wait' }));
 *   expect(call).toHaveSent(['client:joinCall']);
 * });
 */
export function toHaveSent(subject: unknown, expected: readonly SentFrame[]): Verdict {
  if (!Array.isArray(expected)) throw new TypeError('toHaveSent takes a list of frames.');
  return compare('toHaveSent', subject, (protocol) =>
    expected.map((frame: SentFrame) => toExpected(frame, protocol)),
  );
}

/**
 * Passes when the client has sent exactly what the recorded client sent, in its order, ids aside.
 *
 * @param subject the call or the server of `openReplay`, or any replay
 * @throws TypeError for anything else
 * @example
 * import { lastValueFrom } from 'rxjs';
 * import { expect } from 'vitest';
 * import { test } from '@livecall/tools/vitest';
 *
 * test('sends what was recorded', async ({ replayed }) => {
 *   const { call, recording } = await replayed('recordings/joined-call.ndjson');
 *   call.connect();
 *   await lastValueFrom(call.joinCall({ whenNotOpen: 'wait' }));
 *   expect(call).toHaveFollowed(recording);
 * });
 */
export function toHaveFollowed(subject: unknown, recording: Recording): Verdict {
  const frames = recording.entries.flatMap((entry) =>
    entry.event === 'frame' && entry.from === 'client' ? [toFrame(entry)] : [],
  );
  return compare('toHaveFollowed', subject, () => frames);
}

/** A frame that is to be sent: a command, where it is one once it has an id. */
function toExpected(frame: SentFrame, protocol: AnyProtocol): Frame {
  const fields = typeof frame === 'string' ? { type: frame } : frame;
  // Of a protocol that is not known what its commands are: whether it is one, is seen by its frame.
  const encode = protocol.encode as (command: object, id: CommandId) => Frame;
  const command = encode(fields, protocol.createId(1));
  if (E.isRight(protocol.decodeCommand(command))) return command;
  if (typeof frame === 'string') throw new TypeError(toAdvice(frame, protocol));
  return JSON.stringify(fields);
}

const LIVE_CALL_TYPES: readonly string[] = [joinCall.type, endCall.type];

/** In a type that is none, a typo would read as a client that sent something else, or pass with `not`. */
function toAdvice(type: string, protocol: AnyProtocol): string {
  const known = protocol === liveCallProtocol ? LIVE_CALL_TYPES : [];
  const meant = known.find((each) => toStem(each) === toStem(type));
  const those = known.length === 0 ? '' : `there are ${known.join(' and ')}; `;
  const hint =
    meant === undefined
      ? `${those}another frame is given with its fields, { type: … }`
      : `did you mean '${meant}'?`;
  return `toHaveSent: '${type}' is no command's type; ${hint}`;
}

/** What is left of a type that is written a little otherwise. */
function toStem(type: string): string {
  return type
    .replace(/^.*:/, '')
    .replace(/[^a-z]/gi, '')
    .toLowerCase();
}

/** The matchers for `expect.extend`; `@livecall/tools/vitest` has done so already. */
export const matchers = { toHaveSent, toHaveFollowed };

function compare(
  matcher: string,
  subject: unknown,
  toFrames: (protocol: AnyProtocol) => readonly Frame[],
): Verdict {
  const server = serverOf(subject);
  if (server === undefined) {
    throw new TypeError(`${matcher} needs the call or the server of a replay.`);
  }
  const { protocol = liveCallProtocol } = server;
  const toSent = (frame: Frame) => describeSent(frame, protocol);
  const wanted = toFrames(protocol).map(toSent);
  const changes = diffArrays(wanted, server.received().map(toSent), {
    comparator: (left, right) => isDeepStrictEqual(left.content, right.content),
  });
  const pass = changes.every(({ added, removed }) => !added && !removed);
  return {
    pass,
    message: () => {
      if (pass) return `The client was not to send this:\n${show(wanted, ' ')}`;
      const lines = changes.map(({ added, removed, value }) =>
        show(value, added ? '+' : removed ? '-' : ' '),
      );
      return `The client sent something else (- expected, + sent):\n${lines.join('\n')}`;
    },
  };
}

/** A frame as it is compared, and as it is shown: nothing of what it may hold. */
interface Sent {
  readonly content: unknown;
  readonly shown: string;
}

function show(frames: readonly Sent[], sign: string): string {
  return frames.length === 0
    ? `${sign} nothing`
    : frames.map(({ shown }) => `${sign} ${shown}`).join('\n');
}

function describeSent(frame: Frame, protocol: AnyProtocol): Sent {
  const decoded = protocol.decodeCommand(frame);
  if (E.isLeft(decoded)) {
    const unit = typeof frame === 'string' ? 'characters' : 'bytes';
    return {
      content: { invalid: toContent(frame) },
      shown: `an invalid frame of ${frame.length} ${unit}`,
    };
  }
  const { type, content } = decoded.right;
  const names = Object.keys(content).flatMap((name) =>
    content[name] === type ? [] : [`${name}: …`],
  );
  return {
    content: { command: content },
    shown: names.length === 0 ? type : `${type} {${names.join(', ')}}`,
  };
}

/** What is no command is compared as JSON where it is some, else to the byte. */
function toContent(frame: Frame): unknown {
  if (typeof frame !== 'string') return Buffer.from(frame);
  try {
    return JSON.parse(frame);
  } catch {
    return frame;
  }
}
