import type { ClientClose } from '@livecall/server';

import { describeClose } from '../replay/describe-close.js';
import type { Divergence } from '../replay/divergence.js';
import { relocate } from '../replay/locate-divergence.js';

/** Closes that say that all is well, or nothing (RFC 6455 §7.4.1). */
const CONTENT: ReadonlySet<number> = new Set([1000, 1001, 1005]);

/** What a client complains of by a code (RFC 6455 §7.4.1). */
const complaints: Readonly<Record<number, string>> = {
  1002: 'what it got is no WebSocket to it',
  1003: 'it takes no such data',
  1007: 'a text was no UTF-8 to it',
  1008: 'its policy forbids what it got',
  1009: 'a message was too big for it',
  1010: 'it wants an extension',
  1011: 'it failed itself',
};

/**
 * Judges a client by the code that it closed with, too, which a transport does not hear: one that was
 * played to the end may have complained of what it got, and one that is cut has said nothing.
 *
 * @param name what the recording is called
 * @param close how its connection ended; nothing where it was never let in, or is not over yet
 */
export function judgeClose(
  name: string,
  divergences: readonly Divergence[],
  close: ClientClose | undefined,
): readonly Divergence[] {
  if (close === undefined) return divergences;
  if (divergences.length === 0) {
    const { broke } = close;
    if (broke !== undefined) {
      const expected = 'a client that speaks WebSocket';
      return [{ kind: 'unexpected', at: name, expected, actual: describeBroken(broke) }];
    }
    if (!close.isOwn || CONTENT.has(close.code)) return divergences;
    const expected = 'a client that closes content';
    return [
      { kind: 'unexpected', at: name, expected, actual: describeClose(close.code, nameComplaint) },
    ];
  }
  return divergences.map((divergence) => {
    const { kind, actual } = divergence;
    if (kind === 'early-close') {
      return relocate({ ...divergence, actual: describeEarly(close) }, divergence);
    }
    if (kind !== 'missing' || CONTENT.has(close.code)) return divergence;
    const said = actual.replace(CLOSED, `${CLOSED} with ${nameComplaint(close.code)}`);
    return relocate({ ...divergence, actual: said }, divergence);
  });
}

const CLOSED = 'the client closed';

/** What this side closes with, by what the other broke (RFC 6455 §7.4.1). */
const closedFor: Readonly<Record<string, number>> = {
  WS_ERR_INVALID_UTF8: 1007,
  WS_ERR_UNSUPPORTED_MESSAGE_LENGTH: 1009,
};

function describeBroken(broke: string): string {
  return `what is no WebSocket's (${broke}); it was closed with ${closedFor[broke] ?? 1002} for that`;
}

function describeEarly(close: ClientClose): string {
  if (close.broke !== undefined) return describeBroken(close.broke);
  return describeClose(close.code, nameComplaint);
}

function nameComplaint(code: number): string {
  const complaint = complaints[code];
  return complaint === undefined ? `${code}` : `${code} (${complaint})`;
}
