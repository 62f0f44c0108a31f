import type { Frame } from '@livecall/core';

import { fromBase64, toBase64 } from './base64.js';
import type { FrameEntry } from './recording.js';

/** How a recording holds a frame: readable where that is byte-exact, exact where it is not. */
export type Payload = Pick<FrameEntry, 'json' | 'text' | 'base64'>;

/**
 * Writes a frame as `json` exactly when the JSON gives the same text again, else as `text`, and a
 * binary frame as `base64`.
 *
 * @example
 * import { toPayload } from '@livecall/recording';
 *
 * console.log(JSON.stringify(toPayload('{"type":"ack"}'))); // => {"json":{"type":"ack"}}
 * console.log(JSON.stringify(toPayload('not JSON'))); // => {"text":"not JSON"}
 */
export function toPayload(frame: Frame): Payload {
  if (typeof frame !== 'string') return { base64: toBase64(frame) };
  try {
    const json: unknown = JSON.parse(frame);
    return isPlain(frame, json) || JSON.stringify(json) === frame ? { json } : { text: frame };
  } catch {
    return { text: frame };
  }
}

const WORDS = String.raw`"[^"\\\x00-\x1f\ud800-\udfff]*"`;
const NUMBER = String.raw`(?:0|-?[1-9]\d{0,8})(?:\.\d{0,5}[1-9])?`;
const FIELD = String.raw`"[A-Za-z_]\w*":(?:${WORDS}|${NUMBER}|true|false|null)`;
const PLAIN = new RegExp(`^\\{${FIELD}(?:,${FIELD})*\\}$`);

/** In a longer one the regular expression would take much memory. */
const LONGEST_PLAIN = 10_000;

/**
 * Whether the text of an object is seen at a glance to be what JSON writes, as that of nearly every
 * message is: names and words without an escape, numbers that are short, and no name twice. To
 * write it again takes five times as long.
 */
function isPlain(text: string, json: unknown): boolean {
  return (
    text.length <= LONGEST_PLAIN &&
    PLAIN.test(text) &&
    Object.keys(json as object).length === countNames(text)
  );
}

/** One more for each value that begins with a colon. */
function countNames(text: string): number {
  let count = 0;
  for (let at = text.indexOf('":'); at !== -1; at = text.indexOf('":', at + 2)) count += 1;
  return count;
}

/**
 * Gives the frame as it crossed the wire.
 *
 * @example
 * import { toFrame } from '@livecall/recording';
 *
 * console.log(toFrame({ json: { type: 'ack' } })); // => {"type":"ack"}
 */
export function toFrame({ json, text, base64 }: Payload): Frame {
  if (text !== undefined) return text;
  if (base64 !== undefined) return fromBase64(base64);
  return JSON.stringify(json);
}
