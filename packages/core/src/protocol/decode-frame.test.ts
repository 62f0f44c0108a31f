import { inspect } from 'node:util';

import * as E from 'fp-ts/lib/Either.js';
import { expect, it } from 'vitest';

import { InvalidFrameError } from '../invalid-frame-error.js';
import type { Frame } from '../transport.js';
import { decodeClientFrame, decodeFrame } from './decode-frame.js';
import { liveCallProtocol } from './live-call-protocol.js';

const utf8 = new TextEncoder();

function failureOf(decoded: E.Either<InvalidFrameError, unknown>): InvalidFrameError {
  if (E.isLeft(decoded)) return decoded.left;
  throw new Error('The frame was decoded.');
}

/* Server -> client */

it.each([
  ['{"type":"ack","ackId":"8f0c"}', { type: 'ack', ackId: '8f0c' }],
  [
    '{"type":"event:start","phone":"+12025550100","timestamp":"2026-11-22T09:00:00.010Z"}',
    { type: 'event:start', phone: '+12025550100', timestamp: '2026-11-22T09:00:00.010Z' },
  ],
  [
    '{"type":"event:start","phone":"anonymous","timestamp":"just now"}',
    { type: 'event:start', phone: 'anonymous', timestamp: 'just now' },
  ],
  ['{"type":"event:end","msg":"handed over"}', { type: 'event:end', msg: 'handed over' }],
  [
    '{"type":"event:callEnd","timestamp":"2026-11-22T09:01:00Z"}',
    { type: 'event:callEnd', timestamp: '2026-11-22T09:01:00Z' },
  ],
  [
    '{"type":"transcript","msg":"Who is calling?","role":"assistant"}',
    { type: 'transcript', msg: 'Who is calling?', role: 'assistant' },
  ],
  [
    '{"type":"transcript","msg":"A parcel.","role":"other","offset":null}',
    { type: 'transcript', msg: 'A parcel.', role: 'other', offset: null },
  ],
  [
    '{"type":"transcript","msg":"I take it.","role":"user","offset":12.5}',
    { type: 'transcript', msg: 'I take it.', role: 'user', offset: 12.5 },
  ],
  [
    '{"type":"transcript","msg":"","role":"other","offset":"00:12"}',
    { type: 'transcript', msg: '', role: 'other', offset: '00:12' },
  ],
  [
    '{"type":"error","description":"Could not join"}',
    { type: 'error', description: 'Could not join' },
  ],
])('decodes %s', (frame, message) => {
  expect(decodeFrame(frame)).toStrictEqual(E.right(message));
});

it('keeps the fields of a published type that are not published', () => {
  expect(decodeFrame('{"type":"ack","ackId":"8f0c","latency":{"ms":3},"v":null}')).toStrictEqual(
    E.right({ type: 'ack', ackId: '8f0c', latency: { ms: 3 }, v: null }),
  );
});

it.each(['event:hold', 'Ack', 'ACK', '', 'unknown', 'constructor', 'toString', '__proto__'])(
  'decodes the unpublished type %j as unknown, every field kept',
  (type) => {
    expect(decodeFrame(`{"type":"${type}","since":4,"by":{"role":"user"}}`)).toStrictEqual(
      E.right({ type: 'unknown', received: { type, since: 4, by: { role: 'user' } } }),
    );
  },
);

it('decodes text in a binary frame', () => {
  const frame = '{"type":"transcript","msg":"Grüß Gott 👋","role":"other"}';

  expect(decodeFrame(utf8.encode(frame))).toStrictEqual(
    E.right({ type: 'transcript', msg: 'Grüß Gott 👋', role: 'other' }),
  );
  expect(decodeFrame(Buffer.from(frame))).toStrictEqual(decodeFrame(frame));
});

it.each<[frame: string, path: string, expected: string]>([
  ['{"type":"ack"}', 'ackId', 'string'],
  ['{"type":"ack","ackId":null}', 'ackId', 'string'],
  ['{"type":"ack","ackId":7}', 'ackId', 'string'],
  ['{"type":"event:start","timestamp":"2026-11-22T09:00:00Z"}', 'phone', 'string'],
  ['{"type":"event:start","phone":null,"timestamp":"2026-11-22T09:00:00Z"}', 'phone', 'string'],
  [
    '{"type":"event:start","phone":"+12025550100","timestamp":1795338000010}',
    'timestamp',
    'string',
  ],
  ['{"type":"event:end"}', 'msg', 'string'],
  ['{"type":"event:end","msg":["handed over"]}', 'msg', 'string'],
  ['{"type":"event:callEnd"}', 'timestamp', 'string'],
  ['{"type":"event:callEnd","timestamp":1795338000010}', 'timestamp', 'string'],
  ['{"type":"transcript","role":"user"}', 'msg', 'string'],
  ['{"type":"transcript","msg":{"text":"Hello"},"role":"user"}', 'msg', 'string'],
  ['{"type":"transcript","msg":"Hello"}', 'role', 'Role'],
  ['{"type":"transcript","msg":"Hello","role":"caller"}', 'role', 'Role'],
  ['{"type":"transcript","msg":"Hello","role":"toString"}', 'role', 'Role'],
  ['{"type":"transcript","msg":"Hello","role":null}', 'role', 'Role'],
  ['{"type":"transcript","msg":"Hello","role":"user","offset":true}', 'offset', 'Offset'],
  ['{"type":"transcript","msg":"Hello","role":"user","offset":{"ms":3}}', 'offset', 'Offset'],
  ['{"type":"error"}', 'description', 'string'],
  ['{"type":"error","description":{"code":3}}', 'description', 'string'],
  ['{}', 'type', 'string'],
  ['{"type":null}', 'type', 'string'],
  ['{"type":["ack"],"ackId":"8f0c"}', 'type', 'string'],
  ['{"__proto__":{"type":"ack","ackId":"8f0c"}}', 'type', 'string'],
])('refuses %s for its %s', (frame, path, expected) => {
  const error = failureOf(decodeFrame(frame));

  expect(error).toBeInstanceOf(InvalidFrameError);
  expect(error).toMatchObject({ path, expected, length: frame.length });
  expect(error.message).toBe(
    `An invalid message arrived: \`${path}\` is not of type ${expected}. It was skipped.`,
  );
});

it.each([
  ['', 'JSON'],
  ['Hello', 'JSON'],
  ['{"type":"ack"', 'JSON'],
  ['{"type":"ack","ackId":"8f0c"}{}', 'JSON'],
  ['[]', 'ServerMessage'],
  ['[{"type":"ack","ackId":"8f0c"}]', 'ServerMessage'],
  ['null', 'ServerMessage'],
  ['42', 'ServerMessage'],
  ['"ack"', 'ServerMessage'],
])('refuses %j, which is not %s', (frame, expected) => {
  const error = failureOf(decodeFrame(frame));

  expect(error).toMatchObject({ path: '', expected, length: frame.length });
  expect(error.message).toBe(
    `An invalid message arrived: a frame of ${frame.length} characters is not ${expected}. It was skipped.`,
  );
});

it('refuses a binary frame that is not UTF-8', () => {
  // A lone continuation byte inside of a string: lenient decoding would let it pass.
  const frame = Buffer.from('{"type":"ack","ackId":"\x80"}', 'latin1');
  const error = failureOf(decodeFrame(frame));

  expect(error).toMatchObject({ path: '', expected: 'JSON', length: 26 });
  expect(error.message).toContain('a frame of 26 bytes is not JSON');
});

it('decodes the next frame after one it refused', () => {
  decodeFrame(Uint8Array.of(0xf0, 0x9f));

  expect(decodeFrame(utf8.encode('{"type":"ack","ackId":"8f0c"}'))).toStrictEqual(
    E.right({ type: 'ack', ackId: '8f0c' }),
  );
});

it.each<Frame>([
  '{"type":"transcript","msg":"my PIN is 4711","role":"4711"}',
  '{"type":"transcript","msg":"my PIN is 4711","role":"user","offset":["4711"]}',
  '{"type":"event:start","phone":["4711"],"timestamp":"4711"}',
  '{"type":"error","description":["4711"]}',
  '{"type":["4711"]}',
  '["4711"]',
  '"4711"',
  'my PIN is 4711',
  '{"4711',
  utf8.encode('my PIN is 4711'),
])('keeps what was said out of the error for %s', (frame) => {
  const error = failureOf(decodeFrame(frame));

  for (const shown of [
    error.message,
    error.stack,
    String(error),
    JSON.stringify(error),
    inspect(error, { depth: Infinity }),
  ]) {
    expect(shown).not.toContain('4711');
    expect(shown).not.toContain('52, 55, 49, 49');
    expect(shown).not.toContain('34 37 31 31');
  }
  expect(error.cause).toBeUndefined();
  expect(Object.keys(error)).not.toContain('frame');
  expect(error.frame).toBe(frame);
});

/* Client -> server */

it.each(['client:joinCall', 'client:endCall'] as const)('decodes the %s it encoded', (type) => {
  const id = '"\\ \u2028 é';

  expect(decodeClientFrame(liveCallProtocol.encode({ type }, id))).toStrictEqual(
    E.right({ type, id }),
  );
});

it('keeps the unpublished fields of a client', () => {
  expect(decodeClientFrame('{"type":"client:endCall","id":"8f0c","why":"spam"}')).toStrictEqual(
    E.right({ type: 'client:endCall', id: '8f0c', why: 'spam' }),
  );
});

it.each<[frame: string, path: string, expected: string]>([
  ['{"type":"client:joinCall"}', 'id', 'string'],
  ['{"type":"client:endCall","id":7}', 'id', 'string'],
  ['{"type":"client:hold","id":"8f0c"}', '', 'ClientMessage'],
  ['{"type":"ack","ackId":"8f0c"}', '', 'ClientMessage'],
  ['{"id":"8f0c"}', '', 'ClientMessage'],
  ['[]', '', 'ClientMessage'],
  ['join', '', 'JSON'],
])('refuses %s from a client', (frame, path, expected) => {
  expect(failureOf(decodeClientFrame(frame))).toMatchObject({
    path,
    expected,
    length: frame.length,
  });
});
