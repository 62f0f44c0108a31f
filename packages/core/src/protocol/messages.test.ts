import { expect, it } from 'vitest';

import { isOptional } from '../field.js';
import type { AnyMessage } from '../message.js';
import { clientMessages } from './commands.js';
import { isE164, serverMessages, toDate } from './messages.js';
import type { ServerMessage } from './messages.js';

it('knows each message by the type that it bears', () => {
  for (const [type, message] of Object.entries(serverMessages)) expect(message.type).toBe(type);
});

it('declares last what may be missing, of which its codec speaks last', () => {
  const messages: readonly AnyMessage[] = Object.values({ ...serverMessages, ...clientMessages });
  for (const { fields } of messages) {
    const areOptional = fields.map(([, field]) => isOptional(field));
    expect(areOptional).toEqual([...areOptional].sort());
  }
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
