import { liveCallProtocol } from '@livecall/core';
import type { ClientMessage } from '@livecall/core';
import { tellMessage } from '@livecall/core/internal';
import type { Told } from '@livecall/core/internal';
import * as E from 'fp-ts/lib/Either.js';

import { toFrame } from './format/payload.js';
import { toStamp } from './format/recording.js';
import type { Entry, FrameEntry } from './format/recording.js';
import { frameProblem } from './frame-problem.js';

/** One thing that happened in a call, as a person would tell it. `at` is in milliseconds since the first dial. */
export type Moment = { readonly at: number } & (
  | Told
  | { readonly what: 'connected'; readonly connection: number }
  | { readonly what: 'refused'; readonly status: number }
  | { readonly what: 'not connected'; readonly reason: string }
  | { readonly what: 'asked'; readonly command: CommandType }
  | {
      readonly what: 'acknowledged';
      readonly command: CommandType | 'unknown';
      readonly afterMs?: number;
    }
  | { readonly what: 'invalid frame'; readonly from: 'server' | 'client'; readonly problem: string }
  | {
      readonly what: 'closed';
      readonly by: 'server' | 'client';
      readonly code: number;
      readonly reason: string;
    }
  | { readonly what: 'mark'; readonly label: string }
);

type CommandType = ClientMessage['type'];

/**
 * Makes the narrator of one recording of a live call; it remembers which command an ack is for.
 *
 * @example
 * import { createNarrator, scenario } from '@livecall/recording/format';
 *
 * const narrate = createNarrator();
 * const told = scenario().callEnd().toRecording().entries.map(narrate);
 * console.log(told[1]?.what); // => call ended
 */
export function createNarrator(): (entry: Entry) => Moment | undefined {
  const asked = new Map<string, { readonly type: CommandType; readonly at: number }>();
  let connection = 0;

  function tellAck(at: number, id: string): Moment {
    const command = asked.get(id);
    return command === undefined
      ? { at, what: 'acknowledged', command: 'unknown' }
      : { at, what: 'acknowledged', command: command.type, afterMs: toStamp(at - command.at) };
  }

  function tellFrame(at: number, entry: FrameEntry): Moment {
    const { from } = entry;
    const frame = toFrame(entry);
    if (from === 'server') {
      const heard = liveCallProtocol.decode(frame);
      if (E.isLeft(heard)) {
        return { at, what: 'invalid frame', from, problem: frameProblem(heard.left) };
      }
      const { message } = heard.right;
      return message.type === 'ack' ? tellAck(at, message.ackId) : { at, ...tellMessage(message) };
    }
    const command = liveCallProtocol.decodeCommand(frame);
    if (E.isLeft(command)) {
      return { at, what: 'invalid frame', from, problem: frameProblem(command.left) };
    }
    // A live call's commands are these, and their ids are texts.
    const { id, type } = command.right as { readonly id: string; readonly type: CommandType };
    asked.set(id, { type, at });
    return { at, what: 'asked', command: type };
  }

  return (entry) => {
    const { at } = entry;
    switch (entry.event) {
      case 'open':
        connection += 1;
        return { at, what: 'connected', connection };
      case 'refused':
        return { at, what: 'refused', status: entry.status };
      case 'failed':
        return { at, what: 'not connected', reason: entry.code ?? entry.reason };
      case 'frame':
        return tellFrame(at, entry);
      case 'close':
        return { at, what: 'closed', by: entry.from, code: entry.code, reason: entry.reason };
      case 'mark':
        return { at, what: 'mark', label: entry.label };
      case 'end':
      case 'unknown':
        return undefined;
    }
  };
}
