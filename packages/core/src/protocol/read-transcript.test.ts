import * as fc from 'fast-check';
import { expect, it } from 'vitest';

import { toServerMessage } from './decode-frame.js';
import { readTranscript } from './read-transcript.js';

const HOLD = '{"type":"event:hold"}';
const SAID = '{"type":"transcript","msg":"Who is calling?","role":"assistant","offset":3}';
const ESCAPED = '{"type":"transcript","msg":"A \\"parcel\\".","role":"other","offset":4}';

/** Whatever was read before: it looks again by now. */
function readAnew(frame: string) {
  for (let n = 0; n < 100; n += 1) readTranscript(HOLD);
  return readTranscript(frame);
}

/** The long way. */
function readLong(frame: string): unknown {
  try {
    return toServerMessage(JSON.parse(frame));
  } catch {
    return undefined;
  }
}

const transcript = fc.record(
  {
    type: fc.constantFrom('transcript', 'transcripts', 'ack'),
    msg: fc.string({ unit: 'binary' }),
    role: fc.constantFrom('assistant', 'other', 'user', 'caller', ''),
    offset: fc.oneof(fc.nat(), fc.double(), fc.string(), fc.constant(null), fc.constant(-0)),
    more: fc.boolean(),
  },
  { requiredKeys: ['type', 'msg', 'role'], noNullPrototype: true },
);

it.each([
  SAID,
  '{"type":"transcript","msg":"","role":"user"}',
  '{"type":"transcript","msg":"Grüße, \u{1f4e6}\ud800\u2028","role":"other","offset":-12.50}',
  '{"type":"transcript","msg":"a }, b","role":"other","offset":0}',
])('reads %s', (frame) => {
  expect(readAnew(frame)).toStrictEqual(JSON.parse(frame));
});

it.each([
  ESCAPED,
  '{"type":"transcript","msg":"a\nb","role":"other"}',
  '{"type":"transcript","msg":"a\u0000b","role":"other"}',
  '{"type":"transcript","msg":"a","role":"caller"}',
  '{"type":"transcript","msg":"a","role":"other","offset":03}',
  '{"type":"transcript","msg":"a","role":"other","offset":3.}',
  '{"type":"transcript","msg":"a","role":"other","offset":-}',
  '{"type":"transcript","msg":"a","role":"other"}\n',
  '\ufeff{"type":"transcript","msg":"a","role":"other"}',
])('leaves %j to the long way', (frame) => {
  expect(readAnew(frame)).toBeUndefined();
});

it('reads what the long way does, the order of its fields included', () => {
  const punctuation = fc.constantFrom(...'"\\{}:,[]0123eE.+- \n\t\u0000a');
  const written = fc.tuple(
    transcript.map((message) => JSON.stringify(message)),
    fc.array(fc.tuple(fc.nat(), punctuation, fc.boolean()), { maxLength: 2 }),
  );
  fc.assert(
    fc.property(written, ([text, slips]) => {
      const frame = slips.reduce((wire, [where, sign, isMore]) => {
        const at = where % wire.length;
        return wire.slice(0, at) + sign + wire.slice(isMore ? at : at + 1);
      }, text);
      const read = readAnew(frame);
      if (read === undefined) return;
      const long = readLong(frame);
      expect(read).toStrictEqual(long);
      expect(Object.keys(read)).toEqual(Object.keys(long as object));
    }),
    { numRuns: 2_000 },
  );
});

it('looks at no frame for a while after a transcript that is written otherwise', () => {
  expect(readAnew(ESCAPED)).toBeUndefined();
  expect(readTranscript(SAID)).toBeUndefined();
  expect(readAnew(HOLD)).toBeUndefined();
  expect(readTranscript(SAID)).toBeDefined();
});
