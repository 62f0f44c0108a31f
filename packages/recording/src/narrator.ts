import { decodeClientFrame, decodeFrame } from '@livecall/core';
import type { ClientMessage, InvalidFrameError, Role, ServerMessage } from '@livecall/core';
import * as E from 'fp-ts/lib/Either.js';

import { toFrame } from './format/payload.js';
import { toStamp } from './format/recording.js';
import type { Entry, FrameEntry } from './format/recording.js';

/** One thing that happened in a call, as a person would tell it. `at` is in milliseconds since the first dial. */
export type Moment = { readonly at: number } & (
  | { readonly what: 'connected'; readonly connection: number }
  | { readonly what: 'refused'; readonly status: number }
  | { readonly what: 'not connected'; readonly reason: string }
  | { readonly what: 'call started'; readonly phone: string }
  | { readonly what: 'screening ended'; readonly message: string }
  | { readonly what: 'call ended' }
  | { readonly what: 'said'; readonly role: Role; readonly text: string }
  | { readonly what: 'asked'; readonly command: ClientMessage['type'] }
  | {
      readonly what: 'acknowledged';
      readonly command: ClientMessage['type'] | 'unknown';
      readonly afterMs?: number;
    }
  | { readonly what: 'error reported'; readonly description: string }
  | { readonly what: 'unknown message'; readonly type: string }
  | { readonly what: 'invalid frame'; readonly from: 'server' | 'client'; readonly problem: string }
  | {
      readonly what: 'closed';
      readonly by: 'server' | 'client';
      readonly code: number;
      readonly reason: string;
    }
  | { readonly what: 'mark'; readonly label: string }
);

/** Makes the narrator of one recording; it remembers which command an ack is for. */
export function createNarrator(): (entry: Entry) => Moment | undefined {
  const asked = new Map<string, { readonly type: ClientMessage['type']; readonly at: number }>();
  let connection = 0;

  function tellServerMessage(at: number, message: ServerMessage): Moment {
    switch (message.type) {
      case 'ack': {
        const command = asked.get(message.ackId);
        return command === undefined
          ? { at, what: 'acknowledged', command: 'unknown' }
          : { at, what: 'acknowledged', command: command.type, afterMs: toStamp(at - command.at) };
      }
      case 'event:start':
        return { at, what: 'call started', phone: message.phone };
      case 'event:end':
        return { at, what: 'screening ended', message: message.msg };
      case 'event:callEnd':
        return { at, what: 'call ended' };
      case 'transcript':
        return { at, what: 'said', role: message.role, text: message.msg };
      case 'error':
        return { at, what: 'error reported', description: message.description };
      case 'unknown':
        return { at, what: 'unknown message', type: message.received.type };
    }
  }

  function tellFrame(at: number, entry: FrameEntry): Moment {
    const { from } = entry;
    const frame = toFrame(entry);
    if (from === 'server') {
      const decoded = decodeFrame(frame);
      return E.isRight(decoded)
        ? tellServerMessage(at, decoded.right)
        : { at, what: 'invalid frame', from, problem: toProblem(decoded.left) };
    }
    const decoded = decodeClientFrame(frame);
    if (E.isLeft(decoded))
      return { at, what: 'invalid frame', from, problem: toProblem(decoded.left) };
    asked.set(decoded.right.id, { type: decoded.right.type, at });
    return { at, what: 'asked', command: decoded.right.type };
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

function toProblem({ path, expected }: InvalidFrameError): string {
  if (path !== '') return `\`${path}\` is not of type ${expected}`;
  return expected === 'JSON' ? 'not JSON' : 'not a message';
}
