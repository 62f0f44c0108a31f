import { runInNewContext } from 'node:vm';

import { expect, it } from 'vitest';

import { toWire } from './to-wire.js';

const bytes = new Uint8Array([0, 255]);
const ofAnotherRealm = runInNewContext('new Uint8Array([0, 255])') as Uint8Array;

it.each([
  ['text', '{ "a" : 1 }', '{ "a" : 1 }'],
  ['no text', '', ''],
  ['bytes', bytes, bytes],
  ['bytes of another realm', ofAnotherRealm, ofAnotherRealm],
  ['an object', { type: 'ack', ackId: '8f0c' }, '{"type":"ack","ackId":"8f0c"}'],
  ['an array', [1], '[1]'],
])('writes %s as it crosses the wire', (_what, frame, wire) => {
  expect(toWire(frame)).toBe(wire);
});
