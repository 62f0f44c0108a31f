import fc from 'fast-check';
import { expect, it } from 'vitest';

import { toFrame, toPayload } from './payload.js';

it.each([
  '{"type":"transcript","msg":"Who is calling, please?","role":"assistant","offset":0}',
  '{"type":"ack","ackId":"8f0c","unknown":[1,2.5,null,true,{}]}',
  '{"b":1,"a":2}',
  '{"__proto__":1}',
  '{"type":"transcript","msg":"señal 🙂 \\n \\"quoted\\"","role":"other"}',
  '[]',
  'null',
  'true',
  '7',
  '1e+21',
  '"text"',
])('writes %s as json', (frame) => {
  expect(toPayload(frame)).toEqual({ json: JSON.parse(frame) as unknown });
});

it.each([
  ['nothing', ''],
  ['what is no JSON', 'not JSON at all'],
  ['what is cut off', '{"type":"transcript","msg":"cut off'],
  ['white space', '{ "type": "ack", "ackId": "8f0c" }'],
  ['a line end', '{"type":"ack","ackId":"8f0c"}\n'],
  ['a key that stands there twice', '{"type":"ack","type":"ack","ackId":"8f0c"}'],
  ['keys that come in another order', '{"type":"ack","1":2}'],
  ['a number in other words', '{"offset":1.0}'],
  ['a number that does not fit', '{"offset":12345678901234567890}'],
  ['minus zero', '-0'],
  ['an escape that need not be', '{"msg":"\\u0041"}'],
  ['a slash that is escaped', '{"msg":"\\/"}'],
  ['half a character', '"\ud83d"'],
  ['a byte order mark', '\ufeff{}'],
])('writes %s as text', (_what, frame) => {
  expect(toPayload(frame)).toEqual({ text: frame });
});

it('keeps JSON that is nested deeper than the stack', () => {
  const frame = '['.repeat(500_000) + ']'.repeat(500_000);

  // As text, where JSON.stringify needs the stack: until Node 26.
  expect(toFrame(toPayload(frame)) === frame).toBe(true);
});

it.each([
  ['no bytes', new Uint8Array(), ''],
  ['bytes', Uint8Array.of(0x00, 0xff, 0xfe, 0x80), 'AP/+gA=='],
  ['JSON in a binary frame', new TextEncoder().encode('{}'), 'e30='],
])('writes %s as base64', (_what, frame, base64) => {
  expect(toPayload(frame)).toEqual({ base64 });
  expect(toFrame({ base64 })).toEqual(Buffer.from(frame));
});

it('writes the bytes of a view, not those around it', () => {
  expect(toPayload(Uint8Array.of(1, 2, 3, 4).subarray(1, 3))).toEqual({ base64: 'AgM=' });
});

it.each([
  [{ json: { type: 'ack', ackId: '8f0c' } }, '{"type":"ack","ackId":"8f0c"}'],
  [{ json: null }, 'null'],
  [{ text: '' }, ''],
  [{ text: '{ }' }, '{ }'],
])('reads %j', (payload, frame) => {
  expect(toFrame(payload)).toBe(frame);
});

it('gives every text back as it was, and as json exactly when that is JSON in one way', () => {
  const text = fc.oneof(
    fc.json({ maxDepth: 2 }),
    fc.json({ maxDepth: 2 }).map((json) => json.replace(',', ', ')),
    fc.jsonValue({ maxDepth: 2 }).map((value) => JSON.stringify(value, null, 2)),
    fc.string({ unit: 'binary' }),
    fc.string({ unit: fc.constantFrom('{', '}', '"', ':', ',', '\\', '1', 'e', '\ud83d') }),
  );
  fc.assert(
    fc.property(text, (frame) => {
      const payload = toPayload(frame);

      expect(toFrame(payload)).toBe(frame);
      expect(Object.keys(payload)).toEqual([isCanonical(frame) ? 'json' : 'text']);
    }),
  );
});

it('sees no text at a glance that JSON writes in another way', () => {
  const plain = fc.constantFrom(
    '"a b"',
    '":"',
    '"señal"',
    '0',
    '7',
    '-1.5',
    '0.25',
    'true',
    'null',
  );
  const odd = fc.constantFrom(
    ...['"🙂"', '"\ud83d"', '"\\n"', '"\\u0041"', '"\\/"', '"\x7f"', '{}', '[1]', '{"a":0}'],
    ...['-0', '1.0', '0.10', '1e3', '1E21', '0.000001', '0.0000001', '123456789.123456'],
    ...['12345678901234567', '1234567890123456789', '0.1234567890123456789'],
  );
  const name = fc.constantFrom('"a"', '"b"', '"c"', '"d_1"', '"__proto__"', '"toJSON"');
  const oddName = fc.constantFrom('"1"', '"é"', '""', '"\\u0061"', '"a:"');
  const field = fc.oneof(
    { weight: 6, arbitrary: fc.tuple(name, plain) },
    { weight: 1, arbitrary: fc.tuple(name, odd) },
    { weight: 1, arbitrary: fc.tuple(oddName, plain) },
  );
  const text = fc
    .tuple(fc.array(field, { maxLength: 5 }), fc.constantFrom(',', ',', ',', ', '))
    .map(([fields, comma]) => `{${fields.map((pair) => pair.join(':')).join(comma)}}`);
  fc.assert(
    fc.property(text, (frame) => {
      expect(Object.keys(toPayload(frame))).toEqual([isCanonical(frame) ? 'json' : 'text']);
    }),
  );
});

it('gives every sequence of bytes back as it was', () => {
  fc.assert(
    fc.property(fc.uint8Array(), (frame) => {
      const payload = toPayload(frame);

      expect(Object.keys(payload)).toEqual(['base64']);
      expect(new Uint8Array(toFrame(payload) as Uint8Array)).toEqual(frame);
    }),
  );
});

it('gives every frame back though its payload crossed a line of a file', () => {
  const frame = fc.oneof(fc.json(), fc.string({ unit: 'binary' }), fc.uint8Array());
  fc.assert(
    fc.property(frame, (written) => {
      const read = toFrame(JSON.parse(JSON.stringify(toPayload(written))) as object);

      expect(Buffer.from(read)).toEqual(Buffer.from(written));
    }),
  );
});

function isCanonical(text: string): boolean {
  try {
    return JSON.stringify(JSON.parse(text)) === text;
  } catch {
    return false;
  }
}
