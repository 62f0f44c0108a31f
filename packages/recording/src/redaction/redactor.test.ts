import { decodeFrame, liveCallProtocol } from '@livecall/core';
import type { Frame } from '@livecall/core';
import fc from 'fast-check';
import * as E from 'fp-ts/lib/Either.js';
import { expect, it } from 'vitest';

import { toFrame, toPayload } from '../format/payload.js';
import type { Entry, FrameEntry, Header } from '../format/recording.js';
import { createPhonePseudonyms } from './phone-pseudonyms.js';
import { createRedactor } from './redactor.js';
import type { RedactOptions } from './redactor.js';

/** Redacts lines of one recording. */
function redact(lines: readonly string[], options?: RedactOptions): string[] {
  const { entry } = createRedactor(options);
  return lines.map((line) => JSON.stringify(entry(JSON.parse(line) as Entry)));
}

const toEntry = (frame: Frame, from: 'server' | 'client' = 'server'): FrameEntry => ({
  at: 0,
  event: 'frame',
  from,
  ...toPayload(frame),
});

/** Redacts the frames of one recording. */
function redactFrames(frames: readonly Frame[], options?: RedactOptions): Frame[] {
  const { entry } = createRedactor(options);
  return frames.map((frame) => toFrame(entry(toEntry(frame)) as FrameEntry));
}

it('replaces phone numbers wherever they stand in a recording, by order of first appearance', () => {
  expect(
    redact([
      '{"at":0,"event":"open","status":101}',
      '{"at":1,"event":"frame","from":"server","json":{"type":"event:start","phone":"+442079460958","timestamp":"2026-11-22T09:00:00.001Z"}}',
      '{"at":2,"event":"frame","from":"server","json":{"type":"transcript","msg":"Call me on 415-555-2671.","role":"other","offset":2}}',
      '{"at":3,"event":"frame","from":"server","json":{"type":"event:end","msg":"+44 20 7946 0958 wants (415) 555-2671"}}',
      '{"at":4,"event":"mark","label":"415-555-2672 is the office"}',
      '{"at":5,"event":"frame","from":"server","json":{"type":"error","description":"no route to +14155552672"}}',
      '{"at":6,"event":"close","from":"server","code":4000,"reason":"gone to 415 555 2671"}',
      '{"at":6,"event":"end"}',
    ]),
  ).toEqual([
    '{"at":0,"event":"open","status":101}',
    '{"at":1,"event":"frame","from":"server","json":{"type":"event:start","phone":"+12025550100","timestamp":"2026-11-22T09:00:00.001Z"}}',
    '{"at":2,"event":"frame","from":"server","json":{"type":"transcript","msg":"Call me on 202-555-0101.","role":"other","offset":2}}',
    '{"at":3,"event":"frame","from":"server","json":{"type":"event:end","msg":"+12025550100 wants 202-555-0101"}}',
    '{"at":4,"event":"mark","label":"202-555-0102 is the office"}',
    '{"at":5,"event":"frame","from":"server","json":{"type":"error","description":"no route to +12025550102"}}',
    '{"at":6,"event":"close","from":"server","code":4000,"reason":"gone to 202-555-0101"}',
    '{"at":6,"event":"end"}',
  ]);
});

it.each([
  '{"at":0,"event":"frame","from":"server","json":{"type":"event:start","phone":"anonymous","timestamp":"2026-11-22T09:00:00Z"}}',
  '{"at":0,"event":"frame","from":"server","json":{"type":"event:start","phone":"","timestamp":"2026-11-22T09:00:00Z"}}',
  '{"at":0,"event":"frame","from":"server","json":{"type":"event:start","phone":null}}',
  '{"at":0,"event":"frame","from":"client","json":{"type":"client:joinCall","id":"4155552671"}}',
  '{"at":0,"event":"frame","from":"server","json":{"type":"ack","ackId":"+14155552671"}}',
  '{"at":0,"event":"frame","from":"server","json":{"type":"event:callEnd","timestamp":"4155552671"}}',
  '{"at":0,"event":"frame","from":"server","json":{"type":"transcript","msg":"","role":"user","offset":"4155552671"}}',
  '{"at":0,"event":"frame","from":"server","json":{"type":"transcript","msg":"two two five","role":"user","offset":4155552671}}',
  '{"at":0,"event":"frame","from":"server","text":"{ \\"type\\": \\"ack\\",  \\"ackId\\": \\"8f0c\\" }"}',
  '{"at":0,"event":"frame","from":"server","text":"{\\"type\\":\\"transcript\\",\\"msg\\":\\"cut off"}',
  '{"at":0,"event":"frame","from":"server","text":""}',
  '{"at":0,"event":"frame","from":"server","base64":"AP/+gA=="}',
  '{"at":0,"event":"frame","from":"server","base64":""}',
  '{"at":0,"event":"refused","status":401}',
  '{"at":0,"event":"failed","reason":"unreachable","code":"ECONNREFUSED"}',
])('keeps %s as it is', (line) => {
  expect(redact([line])).toEqual([line]);
});

it.each([
  [
    'of an unknown message, however deep',
    '{"type":"event:transfer","to":{"phone":"+14155552671","list":[{"phone":"4155552671"},"415-555-2672"]}}',
    '{"type":"event:transfer","to":{"phone":"+12025550100","list":[{"phone":"+12025550100"},"202-555-0101"]}}',
  ],
  [
    'of a list',
    '{"type":"event:start","phone":["+14155552671","+14155552672","anonymous"]}',
    '{"type":"event:start","phone":["+12025550100","+12025550101","anonymous"]}',
  ],
  [
    'that is a number',
    '{"phone":14155552671,"extension":17}',
    '{"phone":12025550100,"extension":17}',
  ],
  [
    'under __proto__',
    '{"__proto__":{"phone":"+14155552671"},"constructor":"415-555-2672"}',
    '{"__proto__":{"phone":"+12025550100"},"constructor":"202-555-0101"}',
  ],
  [
    'within a field that holds words elsewhere',
    '{"type":"event:x","role":{"phone":"+14155552671"},"id":["+14155552672"]}',
    '{"type":"event:x","role":{"phone":"+12025550100"},"id":["+12025550101"]}',
  ],
  [
    'in fields that are published elsewhere only',
    '{"type":"event:start","id":"+14155552671","role":"415-555-2671","to":{"type":"415-555-2672","ackId":"4155552672"}}',
    '{"type":"event:start","id":"+12025550100","role":"202-555-0100","to":{"type":"202-555-0101","ackId":"202-555-0101"}}',
  ],
  [
    'in the fields and the type of a message that is not published',
    '{"type":"event:to +14155552671","id":"+14155552672","offset":"415-555-2671","timestamp":"4155552671"}',
    '{"type":"event:to +12025550100","id":"+12025550101","offset":"202-555-0100","timestamp":"202-555-0100"}',
  ],
  [
    'that is a number of JSON, whatever it is called',
    '{"callerNumber":14155552671,"list":[4155552671,17,5371.2],"at":1795338000000}',
    '{"callerNumber":12025550100,"list":[12025550100,17,5371.2],"at":1795338000000}',
  ],
  [
    'that is spelled in an array',
    '{"phone":["4","1","5","5","5","5","2","6","7","1"],"to":{"phone":[4,1,5,5,5,5,2,6,7,2]}}',
    '{"phone":["+12025550100"],"to":{"phone":[12025550101]}}',
  ],
  [
    'that stands there in groups',
    '{"list":[{"phone":["+1","415","555-2671"]},{"phone":["415",555,"2671"]},{"phone":["112","911"]}]}',
    '{"list":[{"phone":["+12025550100"]},{"phone":["+12025550100"]},{"phone":["112","911"]}]}',
  ],
  [
    'in an object that is a phone',
    '{"phone":{"id":"+14155552671","national":"4155552671","local":"555 2671","type":"mobile","n":2}}',
    '{"phone":{"id":"+12025550100","national":"+12025550100","local":"+12025550100","type":"mobile","n":2}}',
  ],
  [
    'in words, in numerals, or in both',
    '{"list":[{"phone":"four one five, five five five, two six seven one"},{"phone":"四一五五五五二六七一"},{"phone":"plus one 415 555 two six seven one"},{"phone":"one line"}]}',
    '{"list":[{"phone":"+12025550100"},{"phone":"+12025550100"},{"phone":"+12025550100"},{"phone":"one line"}]}',
  ],
  [
    'that is a number of JSON within a phone',
    '{"phone":{"number":7301884},"to":{"phone":{"line":"2671"}},"list":[{"phone":{"a":{"b":["730-1885"]}}}]}',
    '{"phone":{"number":12025550100},"to":{"phone":{"line":"+12025550101"}},"list":[{"phone":{"a":{"b":["+12025550102"]}}}]}',
  ],
  [
    'in words within a phone',
    '{"phone":{"said":"four one five five five five two six seven one","by":"one of them"}}',
    '{"phone":{"said":"+12025550100","by":"one of them"}}',
  ],
  [
    'whose parts stand in several fields, where one of them becomes all of it',
    '{"list":[{"phone":{"country":1,"area":"415","exchange":"555","line":"2671"}},{"phone":{"local":5552671,"area":415}},{"phone":{"cc":"+1","rest":[415,5552671]}}]}',
    '{"list":[{"phone":{"country":0,"area":"","exchange":"","line":"+12025550100"}},{"phone":{"local":12025550100,"area":0}},{"phone":{"cc":"","rest":[0,12025550100]}}]}',
  ],
  [
    'whose parts stand in each of several objects',
    '{"phone":[{"area":"415","local":"5552671"},{"area":"212","local":"5552672"}]}',
    '{"phone":[{"area":"","local":"+12025550100"},{"area":"","local":"+12025550101"}]}',
  ],
  [
    'that an array has in groups, or in words',
    '{"list":[{"phone":["73","01","89","3"]},{"phone":[4,1,5,5]},{"phone":["four one five","555","two six seven one"]}]}',
    '{"list":[{"phone":["+12025550100"]},{"phone":[12025550101]},{"phone":["+12025550102"]}]}',
  ],
  [
    'that is whole beside few digits of something else, or beside another',
    '{"list":[{"phone":{"number":4155552671,"x":1,"ext":"12"}},{"phone":{"ext":"2671","number":"7301884"}}]}',
    '{"list":[{"phone":{"number":12025550100,"x":1,"ext":"12"}},{"phone":{"ext":"+12025550101","number":"+12025550102"}}]}',
  ],
  [
    'within a phone, where a name stands twice',
    '{"phone":{"number":7301884,"to":["2671"]},"x":1,"x":2671}',
    '{"phone":{"number":12025550100,"to":["+12025550101"]},"x":1,"x":2671}',
  ],
  [
    'of a field that is published, under a name that stands twice',
    '{"type":"ack","ackId":"+14155552671","ackId":"+14155552671","x":{"ackId":"+14155552672"}}',
    '{"type":"ack","ackId":"+14155552671","ackId":"+14155552671","x":{"ackId":"+12025550100"}}',
  ],
  ['of JSON that is a string', '"415-555-2671"', '"202-555-0100"'],
  [
    'of JSON with white space',
    '{ "type": "event:start", "phone": "+14155552671" }',
    '{"type":"event:start","phone":"+12025550100"}',
  ],
  ['of text that is no JSON', '{"phone":"+14155552671', '{"phone":"+12025550100'],
])('replaces the number %s', (_what, frame, redacted) => {
  expect(redactFrames([frame])).toEqual([redacted]);
});

it('replaces the numbers in a binary frame that holds JSON', () => {
  const frame = Buffer.from('{"type":"event:start","phone":"+14155552671","timestamp":"señal"}');
  const redacted = '{"type":"event:start","phone":"+12025550100","timestamp":"señal"}';

  expect(redactFrames([frame])).toEqual([Buffer.from(redacted)]);
});

it('replaces the numbers in a binary frame that holds text', () => {
  expect(redactFrames([Buffer.from('call 415-555-2671')])).toEqual([
    Buffer.from('call 202-555-0100'),
  ]);
});

it('replaces the numbers in bytes that are no text, and keeps the bytes around them', () => {
  const around = (phone: string) => Buffer.from(`\xff call ${phone} \x00\xe9`, 'latin1');

  expect(redactFrames([around('415-555-2671')])).toEqual([around('202-555-0100')]);
});

it.each([
  [
    'a key',
    '{"at":0,"event":"frame","from":"server","json":{"+14155552671":{"415-555-2671":1,"(415) 555-2671":2}}}',
    '{"at":0,"event":"frame","from":"server","json":{"+12025550100":{"202-555-0100":1,"202-555-0100 ":2}}}',
  ],
  [
    'a key that then is as one before it, which stays',
    '{"at":0,"event":"frame","from":"server","json":{"x":0,"202-555-0100":1,"(202) 555-0100":2}}',
    '{"at":0,"event":"frame","from":"server","json":{"x":0,"202-555-0100":1,"202-555-0100 ":2}}',
  ],
  [
    'the first value of a key that stands twice',
    '{"at":0,"event":"frame","from":"server","text":"{\\"phone\\":\\"+14155552671\\",\\"phone\\":\\"\\"}"}',
    '{"at":0,"event":"frame","from":"server","text":"{\\"phone\\":\\"+12025550100\\",\\"phone\\":\\"\\"}"}',
  ],
  [
    'a key that is not known',
    '{"at":0,"event":"frame","from":"server","by":"415-555-2671","json":{}}',
    '{"at":0,"event":"frame","from":"server","by":"202-555-0100","json":{}}',
  ],
])('replaces the numbers in %s', (_what, line, redacted) => {
  expect(redact([line])).toEqual([redacted]);
});

it('replaces the numbers in an event that is not known, and in a key of the header', () => {
  const { entry, header } = createRedactor();
  const read = { at: 0, event: 'transfer', to: { phone: '4155552671' }, why: '415-555-2671' };
  const known = { livecall: 1 as const, recordedAt: '2026-11-22T09:00:00.000Z' };

  expect(entry({ at: 0, event: 'unknown', read })).toEqual({
    at: 0,
    event: 'unknown',
    read: { at: 0, event: 'transfer', to: { phone: '+12025550100' }, why: '202-555-0100' },
  });
  expect(header({ ...known, ...{ note: '415-555-2671' } })).toMatchObject({ note: '202-555-0100' });
});

it.each([
  '{"at":0,"event":"open","status":101}',
  '{"at":0,"event":"frame","from":"server","json":{"type":"transcript","msg":"hello","list":[{}]}}',
  '{"at":0,"event":"frame","from":"server","text":"not JSON"}',
  '{"at":0,"event":"frame","from":"server","base64":"AP/+gA=="}',
])('gives %s itself, since there is nothing in it', (line) => {
  const entry = JSON.parse(line) as Entry;

  expect(createRedactor().entry(entry)).toBe(entry);
});

it('keeps keys of an entry that it does not know', () => {
  const line = '{"at":0,"event":"frame","from":"server","bytes":4,"json":{}}';

  expect(redact([line])).toEqual([line]);
});

it('does not change the entry that it is given', () => {
  const entry = toEntry('{"type":"event:start","phone":"+14155552671","timestamp":""}');
  const before = structuredClone(entry);
  createRedactor().entry(entry);

  expect(entry).toEqual(before);
});

it('says in the header what was taken out, and takes it out of the title', () => {
  const header: Header = {
    livecall: 1,
    recordedAt: '2026-11-22T09:00:00.000Z',
    endpoint: 'wss://calls.example/ws/v1/liveCalls',
    redacted: [],
    title: '415-555-2671 calls',
  };

  expect(createRedactor().header(header)).toEqual({
    ...header,
    redacted: ['phones'],
    title: '202-555-0100 calls',
  });
  expect(createRedactor({ keepPhones: true }).header(header)).toEqual({
    ...header,
    redacted: [],
  });
});

it('masks the words of the call if it is told to, and nothing else', () => {
  expect(
    redact(
      [
        '{"at":1,"event":"frame","from":"server","json":{"type":"event:start","phone":"+442079460958","timestamp":"2026-11-22T09:00:00.001Z"}}',
        '{"at":2,"event":"frame","from":"server","json":{"type":"transcript","msg":"Hi, call 415-555-2671.","role":"other","offset":2,"words":["Hi",{"call":0.2}]}}',
        '{"at":3,"event":"frame","from":"server","json":{"type":"event:end","msg":"Marta wants it"}}',
        '{"at":4,"event":"frame","from":"server","json":{"type":"error","description":"no route to +14155552671"}}',
        '{"at":5,"event":"frame","from":"server","json":{"type":"summary","text":"a courier"}}',
        '{"at":6,"event":"frame","from":"server","text":"{\\"msg\\":\\"cut off"}',
        '{"at":7,"event":"frame","from":"client","json":{"type":"client:joinCall","id":"8f0c"}}',
        '{"at":8,"event":"mark","label":"the caller hangs up"}',
        '{"at":9,"event":"close","from":"server","code":1000,"reason":"done"}',
      ],
      { maskTranscripts: true },
    ),
  ).toEqual([
    '{"at":1,"event":"frame","from":"server","json":{"type":"event:start","phone":"+12025550100","timestamp":"2026-11-22T09:00:00.001Z"}}',
    '{"at":2,"event":"frame","from":"server","json":{"type":"transcript","msg":"xx, xxxx xxx-xxx-xxxx.","role":"other","offset":2,"words":["xx",{"call":0.2}]}}',
    '{"at":3,"event":"frame","from":"server","json":{"type":"event:end","msg":"xxxxx xxxxx xx"}}',
    '{"at":4,"event":"frame","from":"server","json":{"type":"error","description":"no route to +12025550101"}}',
    '{"at":5,"event":"frame","from":"server","json":{"type":"summary","text":"x xxxxxxx"}}',
    '{"at":6,"event":"frame","from":"server","text":"{\\"xxx\\":\\"xxx xxx"}',
    '{"at":7,"event":"frame","from":"client","json":{"type":"client:joinCall","id":"8f0c"}}',
    '{"at":8,"event":"mark","label":"the caller hangs up"}',
    '{"at":9,"event":"close","from":"server","code":1000,"reason":"done"}',
  ]);
});

it('says in the header what was taken out before, too', () => {
  const toHeader = (redacted: readonly string[], options?: RedactOptions) =>
    createRedactor(options).header({ livecall: 1, recordedAt: '', redacted }).redacted;

  expect(toHeader(['credentials', 'phones', 'names'], { keepPhones: true })).toEqual([
    'credentials',
    'phones',
    'names',
  ]);
  expect(toHeader([], { maskTranscripts: true })).toEqual(['phones', 'transcripts']);
});

it('recognises the national numbers of the country that it is told', () => {
  const line =
    '{"at":1,"event":"frame","from":"server","json":{"type":"event:start","phone":"020 7946 0958","timestamp":""}}';

  expect(
    redact([line, line.replace('020 7946 0958', '+442079460958')], { defaultCountry: 'GB' }),
  ).toEqual(Array(2).fill(line.replace('020 7946 0958', '+12025550100')));
});

it('keeps the parts of a phone number as they are if it is told to', () => {
  const frame = '{"phone":{"area":415,"local":"5552671"}}';

  expect(redactFrames([frame], { keepPhones: true })).toEqual([frame]);
});

it('keeps phone numbers if it is told to', () => {
  const lines = [
    '{"at":1,"event":"frame","from":"server","json":{"type":"event:start","phone":"+442079460958","timestamp":""}}',
    '{"at":2,"event":"frame","from":"server","json":{"type":"transcript","msg":"Call 415-555-2671.","role":"other"}}',
    '{"at":4,"event":"mark","label":"415-555-2672"}',
    '{"at":6,"event":"close","from":"server","code":4000,"reason":"415 555 2671"}',
  ];

  expect(redact(lines, { keepPhones: true })).toEqual(lines);
});

it('finds a number that a field had, however it is written and said from then on', () => {
  const frames = [
    '{"type":"event:start","phone":"+4930901820","timestamp":""}',
    '{"type":"transcript","role":"other","msg":"030 901820, or three zero nine zero one eight two zero"}',
  ];

  expect(redactFrames(frames)[1]).toBe(
    '{"type":"transcript","role":"other","msg":"202-555-0100, or 202-555-0100"}',
  );
});

it('recognises the national numbers of several countries', () => {
  const frame =
    '{"msg":"0151 62596589, 01 58858 123 or four one five five five five two six seven one"}';

  expect(redactFrames([frame], { defaultCountry: ['DE', 'AT', 'US'] })).toEqual([
    '{"msg":"202-555-0100, 202-555-0101 or 202-555-0102"}',
  ]);
});

it('keeps bytes that are no text no text when it masks them', () => {
  const bytes = Buffer.from('{"type":"transcript","role":"user","msg":"se\xf1al"}', 'latin1');
  const masked = redactFrames([bytes], { maskTranscripts: true });

  expect(E.isLeft(decodeFrame(bytes))).toBe(true);
  expect(masked).toEqual([
    Buffer.from('{"type":"transcript","role":"user","msg":"xx\xffxx"}', 'latin1'),
  ]);
  expect(redactFrames(masked, { maskTranscripts: true })).toEqual(masked);
});

it('keeps the type of a message that is not published when it masks it', () => {
  expect(
    redactFrames(['{"type":"summary","id":"of Marta","text":"a courier"}'], {
      maskTranscripts: true,
    }),
  ).toEqual(['{"type":"summary","id":"xx xxxxx","text":"x xxxxxxx"}']);
});

/* Whatever the frames */

const spoken = fc.constantFrom('+14155552671', '415-555-2672', '+442079460958', '(415) 555-2673');
const phone = fc.oneof(spoken, fc.constantFrom('anonymous', '', '911', '1234'), fc.string());
const text = fc
  .array(fc.oneof(spoken, fc.constantFrom('call', 'señal', '"', 'at 9,', 'or', '-')))
  .map((words) => words.join(' '));
const id = fc.oneof(fc.uuid(), fc.constantFrom('4155552671', '+14155552671'));
const extra = fc.dictionary(
  fc.constantFrom(
    'phone',
    'x',
    '__proto__',
    'list',
    '+14155552671',
    '(415) 555-2671',
    '4155552671',
    '4155552672',
    '4199992670',
    '5',
  ),
  fc.oneof(fc.jsonValue(), text, fc.record({ phone: spoken })),
);

const message = fc.oneof(
  fc.record({ type: fc.constant('event:start'), phone, timestamp: fc.string() }),
  fc.record({
    type: fc.constant('transcript'),
    msg: text,
    role: fc.constantFrom('assistant', 'other', 'user', 'narrator'),
    offset: fc.oneof(fc.double(), fc.string(), fc.constant(null)),
  }),
  fc.record({ type: fc.constant('event:end'), msg: text }),
  fc.record({ type: fc.constant('event:callEnd'), timestamp: fc.oneof(fc.string(), fc.nat()) }),
  fc.record({ type: fc.constant('ack'), ackId: id }),
  fc.record({ type: fc.constant('error'), description: text }),
  fc.record({ type: fc.constantFrom('client:joinCall', 'client:endCall'), id }),
  fc.record({ type: fc.oneof(fc.string(), fc.nat()), phone: fc.jsonValue(), msg: text }),
);
const frame: fc.Arbitrary<Frame> = fc
  .tuple(message, extra, fc.constantFrom(0, 1), fc.boolean())
  .map(([fields, more, indent, isBinary]) => {
    const json = JSON.stringify({ ...more, ...fields }, null, indent);
    return isBinary ? Buffer.from(json) : json;
  });

const options = fc.constantFrom<RedactOptions>(
  {},
  { maskTranscripts: true },
  { keepPhones: true, maskTranscripts: true },
  { defaultCountry: 'GB' },
);

const typeOf = (decoded: E.Either<unknown, { readonly type: string }>) =>
  E.isRight(decoded) ? decoded.right.type : 'invalid';

it('keeps the type of every message, and ids and times', () => {
  const kept = (decoded: E.Either<unknown, object>) => {
    const { id, ackId, timestamp, role, offset } = E.isRight(decoded)
      ? (decoded.right as Record<string, unknown>)
      : {};
    return { id, ackId, timestamp, role, offset };
  };
  const { decodeCommand } = liveCallProtocol;
  fc.assert(
    fc.property(fc.array(frame), options, (frames, options) => {
      for (const [index, redacted] of redactFrames(frames, options).entries()) {
        const original = frames[index] ?? '';

        expect(typeOf(decodeFrame(redacted))).toBe(typeOf(decodeFrame(original)));
        expect(typeOf(decodeCommand(redacted))).toBe(typeOf(decodeCommand(original)));
        expect(kept(decodeFrame(redacted))).toEqual(kept(decodeFrame(original)));
        expect(kept(decodeCommand(redacted))).toEqual(kept(decodeCommand(original)));
      }
    }),
  );
});

it('gives distinct callers distinct numbers, and one caller one', () => {
  const caller = fc.nat({ max: 2_000 }).map((n) => `+1415${2_000_000 + n}`);
  fc.assert(
    fc.property(fc.array(caller), (phones) => {
      const redacted = redactFrames(
        phones.map((phone) => JSON.stringify({ type: 'event:start', phone, timestamp: '' })),
      ).map((frame) => (JSON.parse(frame as string) as { phone: string }).phone);

      expect(redacted.map((phone) => redacted.indexOf(phone))).toEqual(
        phones.map((phone) => phones.indexOf(phone)),
      );
    }),
  );
});

it('replaces a number that comes again as one that comes first', () => {
  const number = fc.oneof(phone, fc.constantFrom('555-2671', '4155552671', '٤١٥٥٥٥٢٦٧١'));
  fc.assert(
    fc.property(fc.array(number), (numbers) => {
      const { inField } = createPhonePseudonyms();

      expect(
        redactFrames(numbers.map((number) => JSON.stringify({ phone: number }))).map(
          (frame) => JSON.parse(frame as string) as unknown,
        ),
      ).toEqual(numbers.map((number) => ({ phone: inField(number) })));
    }),
  );
});

it('counts numbers in the order in which they stand, once keys are replaced', () => {
  const line = (json: object) =>
    JSON.stringify({ at: 1, event: 'frame', from: 'server', json: { ...json, type: 'x' } });
  const lines = [line({ 2025550100: '', 4294967294: { phone: '+14155552671' } })];
  const redacted = [line({ '202-555-0100': '', 4294967294: { phone: '+12025550101' } })];

  expect(redact(lines)).toEqual(redacted);
  expect(redact(redacted)).toEqual(redacted);
});

it('changes nothing when it redacts twice', () => {
  fc.assert(
    fc.property(fc.array(frame), options, (frames, options) => {
      const redacted = redactFrames(frames, options);

      expect(redactFrames(redacted, options)).toEqual(redacted);
    }),
  );
});
