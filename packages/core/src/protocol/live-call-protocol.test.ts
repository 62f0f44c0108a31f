import fc from 'fast-check';
import * as E from 'fp-ts/lib/Either.js';
import { expect, it, onTestFinished, vi } from 'vitest';

import { InvalidFrameError } from '../invalid-frame-error.js';
import { isAnswerTo } from '../protocol.js';
import type { AnyProtocol, Heard } from '../protocol.js';
import type { Frame } from '../transport.js';
import { clientMessages, endCall, joinCall } from './commands.js';
import { decodeClientFrame, decodeFrame } from './decode-frame.js';
import { liveCallProtocol } from './live-call-protocol.js';
import { serverMessages } from './messages.js';

const {
  acknowledge,
  createId,
  decode,
  decodeCommand,
  decodeJson,
  encode,
  holds,
  isEndingClose,
  readdress,
} = liveCallProtocol;
const bytesOf = (text: string) => new TextEncoder().encode(text);

/* decode */

const NOTHING = { isKnown: true, isEnd: false, answers: undefined, reports: undefined };

it.each<[frame: string, heard: Omit<Heard<unknown>, 'message'>]>([
  [
    '{"type":"ack","ackId":"8f0c"}',
    { ...NOTHING, type: 'ack', answers: { by: 'ack', id: '8f0c' } },
  ],
  [
    '{"type":"event:start","phone":"+12025550100","timestamp":"2026-11-22T09:00:00Z"}',
    { ...NOTHING, type: 'event:start' },
  ],
  ['{"type":"event:end","msg":"handed over"}', { ...NOTHING, type: 'event:end' }],
  [
    '{"type":"event:callEnd","timestamp":"2026-11-22T09:01:00Z"}',
    {
      ...NOTHING,
      type: 'event:callEnd',
      isEnd: true,
      answers: { by: 'callEnd', type: 'client:endCall' },
    },
  ],
  ['{"type":"transcript","msg":"A parcel.","role":"other"}', { ...NOTHING, type: 'transcript' }],
  [
    '{"type":"error","description":"Could not join"}',
    { ...NOTHING, type: 'error', reports: 'Could not join' },
  ],
  ['{"type":"event:hold","since":4}', { ...NOTHING, type: 'event:hold', isKnown: false }],
  ['{"type":"unknown"}', { ...NOTHING, type: 'unknown', isKnown: false }],
])('understands %s', (frame, heard) => {
  const message = E.toUnion(decodeFrame(frame));

  expect(decode(frame)).toStrictEqual(E.right({ message, ...heard }));
  expect(decode(bytesOf(frame))).toStrictEqual(decode(frame));
});

it.each<Frame>(['', '[]', '{"type":"ack"}', Uint8Array.of(0xff)])(
  'does not understand %j, and says why',
  (frame) => {
    const decoded = decode(frame);

    expect(E.isLeft(decoded) && decoded.left).toBeInstanceOf(InvalidFrameError);
    expect(decoded).toEqual(decodeFrame(frame));
  },
);

it('understands JSON as it does the frame that holds it', () => {
  const json = fc.oneof(
    fc.jsonValue(),
    fc.record({
      type: fc.oneof(fc.constantFrom(...Object.keys(serverMessages)), fc.string()),
      ackId: fc.oneof(fc.string(), fc.jsonValue()),
      msg: fc.oneof(fc.string(), fc.jsonValue()),
      role: fc.constantFrom('other', 'caller'),
      timestamp: fc.oneof(fc.string(), fc.jsonValue()),
    }),
  );
  const seen = { understood: 0, not: 0 };
  fc.assert(
    fc.property(json, (value) => {
      const decoded = decode(JSON.stringify(value));
      const heard = decodeJson?.(JSON.parse(JSON.stringify(value)));
      seen[heard === undefined ? 'not' : 'understood'] += 1;

      expect(heard).toStrictEqual(E.isRight(decoded) ? decoded.right : undefined);
    }),
  );

  expect(seen.understood).toBeGreaterThan(20);
  expect(seen.not).toBeGreaterThan(20);
});

/* Commands */

it('writes a command under its id, and nothing of it is lost', () => {
  const command = { ...joinCall, as: 'guest' };

  expect(encode(joinCall, '8f0c')).toBe('{"type":"client:joinCall","id":"8f0c"}');
  expect(encode(endCall, '"\\')).toBe('{"type":"client:endCall","id":"\\"\\\\"}');
  expect(encode(command, '8f0c')).toBe('{"type":"client:joinCall","as":"guest","id":"8f0c"}');
});

it.each([joinCall, endCall])('understands the $type that it wrote', (command) => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), (id) => {
      expect(decodeCommand(encode(command, id))).toStrictEqual(
        E.right({ type: command.type, id, content: { type: command.type } }),
      );
    }),
  );
});

it('keeps the unpublished fields of a command, its id apart', () => {
  expect(
    decodeCommand(bytesOf('{"id":"8f0c","why":{"id":"spam"},"type":"client:endCall"}')),
  ).toStrictEqual(
    E.right({
      type: 'client:endCall',
      id: '8f0c',
      content: { why: { id: 'spam' }, type: 'client:endCall' },
    }),
  );
});

it.each(['join', '[]', '{"type":"client:joinCall","id":7}', '{"type":"ack","ackId":"8f0c"}'])(
  'understands no command in %s, and says why',
  (frame) => {
    expect(decodeCommand(frame)).toEqual(decodeClientFrame(frame));
    expect(E.isLeft(decodeCommand(frame))).toBe(true);
  },
);

it('gives every command a UUID of its own', () => {
  const ids = Array.from({ length: 100 }, (_, index) => createId(index + 1));

  for (const id of ids) expect(id).toMatch(/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/);
  expect(new Set(ids).size).toBe(100);
});

it('gives them on a page that has no crypto.randomUUID, too', () => {
  vi.stubGlobal('crypto', { getRandomValues: crypto.getRandomValues.bind(crypto) });
  onTestFinished(() => {
    vi.unstubAllGlobals();
  });

  expect(createId(1)).not.toBe(createId(2));
});

it('acknowledges a command so that the answer is found to be its own', () => {
  const asked = { type: 'client:joinCall', id: '8f0c', content: { type: 'client:joinCall' } };
  const frame = acknowledge(asked);
  const heard = decode(frame);

  expect(frame).toBe('{"type":"ack","ackId":"8f0c"}');
  expect(E.isRight(heard) && heard.right.answers && isAnswerTo(heard.right.answers, asked)).toBe(
    true,
  );
});

/* readdress */

it.each<[frame: string, from: string | number, to: string | number, readdressed: string]>([
  ['{"type":"ack","ackId":"a"}', 'a', 'b', '{"type":"ack","ackId":"b"}'],
  ['{"type":"client:joinCall","id":"a"}', 'a', 'b', '{"type":"client:joinCall","id":"b"}'],
  ['{"type":"event:hold","of":["a","aa"]}', 'a', 'b', '{"type":"event:hold","of":["b","aa"]}'],
  ['{ "type" : "ack" , "ackId" : "a" }', 'a', 'b', '{ "type" : "ack" , "ackId" : "b" }'],
  ['{"type":"ack","ackId":"a"}', 'b', 'c', '{"type":"ack","ackId":"a"}'],
  ['{"type":"ack","ackId":"a"}', 'a', '$&$1', '{"type":"ack","ackId":"$&$1"}'],
  ['{"type":"ack","ackId":"a"}', 'a', '"', '{"type":"ack","ackId":"\\""}'],
  ['{"type":"ack","ackId":"ü"}', 'ü', '👋', '{"type":"ack","ackId":"👋"}'],
  ['{"type":"ack","ackId":"a"}', 'a', 'a', '{"type":"ack","ackId":"a"}'],
  // A number is no id of this protocol, and stands in many others.
  ['{"type":"event:hold","at":17,"id":7}', 7, 42, '{"type":"event:hold","at":17,"id":7}'],
])('writes %s, about %j, for %j', (frame, from, to, readdressed) => {
  expect(readdress(frame, from, to)).toBe(readdressed);
  expect(readdress(bytesOf(frame), from, to)).toStrictEqual(bytesOf(readdressed));
});

it('changes nothing of bytes but the id, UTF-8 or not', () => {
  const frame = Uint8Array.of(0xff, ...bytesOf('"ü"'), 0xc3, ...bytesOf('"'), 0xfe);

  expect(readdress(frame, 'ü', 'id-1')).toStrictEqual(
    Uint8Array.of(0xff, ...bytesOf('"id-1"'), 0xc3, ...bytesOf('"'), 0xfe),
  );
});

it('writes back what it readdressed', () => {
  const id = fc.uuid({ version: 4 });
  const text = fc.string({ unit: 'binary' });
  fc.assert(
    fc.property(id, id, text, fc.boolean(), (from, to, msg, isText) => {
      const json = JSON.stringify({ type: 'ack', ackId: from, msg });
      const frame = isText ? json : bytesOf(json);

      expect(readdress(readdress(frame, from, to), to, from)).toStrictEqual(frame);
    }),
  );
});

/* Ends and fields */

it.each([1000, 1001, 1005, 1006, 1011, 4000])('takes no close with %i for the end', (code) => {
  expect(isEndingClose(code)).toBe(false);
});

const TELLING = { phone: 'phone', msg: 'words', description: 'notice' };

it.each([
  ['ack', { type: 'structure', ackId: 'structure' }],
  ['event:start', { type: 'structure', timestamp: 'structure' }],
  ['transcript', { type: 'structure', role: 'structure', offset: 'structure' }],
  ['error', { type: 'structure' }],
  ['client:endCall', { type: 'structure', id: 'structure' }],
  // Whatever it is called, it has no words; and what is structure elsewhere may be anything in it.
  ['event:hold', { type: 'notice' }],
])('says of the fields of %s what they give away', (type, own) => {
  expect(holds({ type })).toEqual({ ...TELLING, ...own });
});

it('means one thing by a name of a field, in every message', () => {
  const all = [...Object.values(serverMessages), ...Object.values(clientMessages)];
  const heldBy = new Map<string, string>();
  for (const [name, field] of all.flatMap((message) => message.fields)) {
    expect([name, field.holds]).toEqual([name, heldBy.get(name) ?? field.holds]);
    heldBy.set(name, field.holds);
  }

  expect(heldBy.size).toBeGreaterThan(5);
});

it('is one of the protocols that any looker-on takes', () => {
  const protocol: AnyProtocol = liveCallProtocol;

  expect(protocol.decode('{"type":"ack","ackId":"8f0c"}')).toEqual(
    E.right(expect.objectContaining({ type: 'ack' })),
  );
});
