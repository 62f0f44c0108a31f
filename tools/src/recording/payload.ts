import type { Frame } from '@livecall/core';

import type { FrameEntry } from './recording.js';

/** How a recording holds a frame: readable where that is byte-exact, exact where it is not. */
export type Payload = Pick<FrameEntry, 'json' | 'text' | 'base64'>;

/**
 * Writes a frame as `json` exactly when the JSON gives the same text again, else as `text`, and a
 * binary frame as `base64`.
 *
 * @example
 * import { toPayload } from '@livecall/tools';
 *
 * console.log(JSON.stringify(toPayload('{"type":"ack"}'))); // => {"json":{"type":"ack"}}
 * console.log(JSON.stringify(toPayload('not JSON'))); // => {"text":"not JSON"}
 */
export function toPayload(frame: Frame): Payload {
  if (typeof frame !== 'string') return { base64: Buffer.from(frame).toString('base64') };
  try {
    const json: unknown = JSON.parse(frame);
    return JSON.stringify(json) === frame ? { json } : { text: frame };
  } catch {
    return { text: frame };
  }
}

/**
 * Gives the frame as it crossed the wire.
 *
 * @example
 * import { toFrame } from '@livecall/tools';
 *
 * console.log(toFrame({ json: { type: 'ack' } })); // => {"type":"ack"}
 */
export function toFrame({ json, text, base64 }: Payload): Frame {
  if (text !== undefined) return text;
  if (base64 !== undefined) return Buffer.from(base64, 'base64');
  return JSON.stringify(json);
}
