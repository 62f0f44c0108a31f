import { types } from 'node:util';

import type { Frame } from '@livecall/core';

/** A frame as it crosses the wire: text and bytes, of whichever realm, as they are, an object as JSON. */
export function toWire(frame: Frame | object): Frame {
  return typeof frame === 'string' || types.isUint8Array(frame) ? frame : JSON.stringify(frame);
}
