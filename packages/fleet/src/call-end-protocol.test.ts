import { liveCallProtocol } from '@livecall/core';
import type { Frame } from '@livecall/core';
import * as fc from 'fast-check';
import { expect, it } from 'vitest';

import { callEndProtocol } from './call-end-protocol.js';

const isEnd = (protocol: Pick<typeof callEndProtocol, 'decode'>, frame: Frame) => {
  const heard = protocol.decode(frame);
  return heard._tag === 'Right' && heard.right.isEnd;
};

const END = '{"type":"event:callEnd","timestamp":"2026-11-22T09:00:00.000Z"}';

it.each<[what: string, frame: Frame, is: boolean]>([
  ['the end', END, true],
  ['the end in bytes', Buffer.from(END), true],
  ['the end with an escape', END.replace('callEnd', String.raw`c\u0061llEnd`), true],
  ['the end among other fields', END.replace('{', '{ "msg": "\\"", '), true],
  ['a message without the fields of an end', '{"type":"event:callEnd"}', false],
  ['words', '{"type":"transcript","role":"other","msg":"callEnd"}', false],
  ['no JSON', 'callEnd', false],
])('tells whether it is the end: %s', (_what, frame, is) => {
  expect(isEnd(callEndProtocol, frame)).toBe(is);
});

it('hears the same ends as who decodes every frame', () => {
  const escaped = fc
    .array(fc.nat(END.length), { maxLength: 3 })
    .map((places) =>
      Array.from(END, (character, at) =>
        places.includes(at) && /\w/.test(character)
          ? `\\u00${character.charCodeAt(0).toString(16)}`
          : character,
      ).join(''),
    );
  const frame = fc.oneof(
    escaped,
    escaped.map((text): Frame => Buffer.from(text)),
    fc.json(),
    fc.string(),
    fc
      .tuple(fc.constantFrom('event:callEnd', 'transcript'), fc.jsonValue())
      .map(([type, more]) => JSON.stringify({ type, more, timestamp: more })),
  );
  fc.assert(
    fc.property(frame, (said) => {
      expect(isEnd(callEndProtocol, said)).toBe(isEnd(liveCallProtocol, said));
    }),
  );
});
