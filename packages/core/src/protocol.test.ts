import fc from 'fast-check';
import * as E from 'fp-ts/lib/Either.js';
import { expect, it, onTestFinished, vi } from 'vitest';

import {
  Ack,
  CallEnd,
  CallStart,
  ErrorMessage,
  isE164,
  ScreeningEnd,
  ServerMessage,
  toDate,
  Transcript,
  UnknownMessage,
} from './protocol.js';

const codecByType = new Map(
  Object.entries({
    ack: Ack,
    'event:start': CallStart,
    'event:end': ScreeningEnd,
    'event:callEnd': CallEnd,
    transcript: Transcript,
    error: ErrorMessage,
  }),
);

/* Whatever may stand in a field: mostly text, so that many messages are whole. */
const value = fc.oneof(
  { weight: 6, arbitrary: fc.string() },
  { weight: 1, arbitrary: fc.constantFrom(null, undefined, true, 0, -1.5, NaN) },
  { weight: 1, arbitrary: fc.jsonValue() },
);

const role = fc.oneof(
  { weight: 4, arbitrary: fc.constantFrom('assistant', 'other', 'user') },
  { weight: 1, arbitrary: fc.constantFrom('Assistant', 'caller', 'toString', '__proto__') },
  { weight: 1, arbitrary: value },
);

const fieldsWith = (type: fc.Arbitrary<unknown>) =>
  fc.record(
    {
      type,
      ackId: value,
      phone: value,
      timestamp: value,
      msg: value,
      role,
      offset: fc.oneof(fc.integer(), value),
      description: value,
      sentiment: value,
    },
    { noNullPrototype: true, requiredKeys: ['type'] },
  );

it.each([...codecByType])('decodes %s exactly when its own codec holds', (type, codec) => {
  const explain = vi.spyOn(codec, 'validate');
  onTestFinished(() => {
    explain.mockRestore();
  });
  const seen = { whole: 0, broken: 0 };
  fc.assert(
    fc.property(fieldsWith(fc.constant(type)), (fields) => {
      const decoded = ServerMessage.decode(fields);
      seen[codec.is(fields) ? 'whole' : 'broken'] += 1;

      expect(E.isRight(decoded)).toBe(codec.is(fields));
      expect(ServerMessage.is(fields)).toBe(codec.is(fields));
      if (E.isRight(decoded)) expect(decoded.right).toEqual(fields);
    }),
    { numRuns: 500 },
  );

  // The codec itself runs only to explain a failure.
  expect(explain).toHaveBeenCalledTimes(seen.broken);
  // Or the property says nothing.
  expect(seen.whole).toBeGreaterThan(20);
  expect(seen.broken).toBeGreaterThan(20);
});

it('decodes every unpublished type as unknown, with all that was received', () => {
  const type = fc
    .oneof(fc.string(), fc.constantFrom('__proto__', 'constructor', 'toString', 'unknown', 'Ack'))
    .filter((name) => !codecByType.has(name));
  fc.assert(
    fc.property(fieldsWith(type), (received) => {
      const decoded = ServerMessage.decode(received);

      expect(decoded).toEqual(E.right({ type: 'unknown', received }));
      expect(E.isRight(decoded) && ServerMessage.is(decoded.right)).toBe(true);
    }),
  );
});

it('refuses whatever has no type', () => {
  const typeless = fc.oneof(
    fieldsWith(fc.jsonValue().filter((type) => typeof type !== 'string')),
    fc.jsonValue().filter((json) => typeof json !== 'object' || json === null || !('type' in json)),
  );
  fc.assert(
    fc.property(typeless, (json) => {
      expect(E.isLeft(ServerMessage.decode(json))).toBe(true);
    }),
  );
});

it('encodes what it decoded as it was received', () => {
  const type = fc.oneof(fc.constantFrom(...codecByType.keys()), fc.string());
  fc.assert(
    fc.property(fieldsWith(type), (fields) => {
      const decoded = ServerMessage.decode(fields);

      if (E.isRight(decoded)) expect(ServerMessage.encode(decoded.right)).toEqual(fields);
    }),
  );
});

it('names each codec after its type', () => {
  const names = [...codecByType.values(), UnknownMessage, ServerMessage].map(({ name }) => name);

  expect(names).toEqual([
    'Ack',
    'CallStart',
    'ScreeningEnd',
    'CallEnd',
    'Transcript',
    'ErrorMessage',
    'UnknownMessage',
    'ServerMessage',
  ]);
});

it('narrows by type, and is exhaustive', () => {
  const summarize = (message: ServerMessage): string => {
    switch (message.type) {
      case 'ack':
        return message.ackId;
      case 'event:start':
        return message.phone;
      case 'event:callEnd':
        return message.timestamp;
      case 'event:end':
      case 'transcript':
        return message.msg;
      case 'error':
        return message.description;
      case 'unknown':
        return message.received.type;
      default:
        return message satisfies never;
    }
  };

  expect(summarize({ type: 'unknown', received: { type: 'event:hold', since: 4 } })).toBe(
    'event:hold',
  );
});

it.each(['+12025550100', '+442079460000', '+12', '+999999999999999'])(
  'takes %s as E.164',
  (phone) => {
    expect(isE164(phone)).toBe(true);
  },
);

it.each([
  '',
  '+',
  '+1',
  '+02025550100',
  '+1234567890123456',
  '12025550100',
  '0012025550100',
  '+1 202 555 0100',
  '+1-202-555-0100',
  '+12025550100 ',
  '+12025550100\n',
  '+١٢٠٢٥٥٥٠١٠٠',
  'anonymous',
])('does not take %j as E.164', (phone) => {
  expect(isE164(phone)).toBe(false);
});

it.each([
  ['2026-11-22T09:00:00.010Z', 1795338000010],
  ['2026-11-22T09:00:00Z', 1795338000000],
  ['2026-11-22T10:00:00+01:00', 1795338000000],
])('reads the timestamp %s', (timestamp, ms) => {
  expect(toDate(timestamp)?.getTime()).toBe(ms);
});

it.each(['', 'soon', '2026-13-22T09:00:00Z', '2026-11-22T25:00:00Z'])(
  'reads no date from %j',
  (timestamp) => {
    expect(toDate(timestamp)).toBeUndefined();
  },
);
