import type { Frame } from '../transport.js';

/** A frame as it crosses the wire: text and bytes, of whichever realm, as they are, an object as JSON. */
export function toWire(frame: Frame | object): Frame {
  return typeof frame === 'string' || isBytes(frame) ? frame : JSON.stringify(frame);
}

/** In a test runner that gives each test a realm of its own, what Node gives is no `Uint8Array` of that realm's. */
function isBytes(value: object): value is Uint8Array {
  return Object.prototype.toString.call(value) === '[object Uint8Array]';
}
