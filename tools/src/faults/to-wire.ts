import type { Frame } from '@livecall/core';

/** A frame as it crosses the wire: text and bytes as they are, an object as JSON. */
export function toWire(frame: Frame | object): Frame {
  return typeof frame === 'string' || frame instanceof Uint8Array ? frame : JSON.stringify(frame);
}
