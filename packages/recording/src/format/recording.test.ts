import fc from 'fast-check';
import * as E from 'fp-ts/lib/Either.js';
import { expect, it } from 'vitest';

import { Entry, FrameEntry, Header, isComplete, lineOf, toStamp } from './recording.js';
import type { Recording } from './recording.js';

const decode = (line: string) => Entry.decode(JSON.parse(line));

const recordingOf = (...lines: readonly string[]): Recording => ({
  name: 'call',
  header: { livecall: 1, recordedAt: '2026-11-22T09:00:00.000Z' },
  entries: lines.map((line) => {
    const decoded = decode(line);
    if (E.isLeft(decoded)) throw new Error(`no entry: ${line}`);
    return decoded.right;
  }),
});

it.each([
  '{"at":0,"event":"open","status":101}',
  '{"at":12.345,"event":"refused","status":503}',
  '{"at":12,"event":"refused","status":429,"retryAfterMs":2000}',
  '{"at":12,"event":"failed","reason":"timeout"}',
  '{"at":12,"event":"failed","reason":"aborted"}',
  '{"at":12,"event":"failed","reason":"unreachable","code":"ECONNREFUSED"}',
  '{"at":12,"event":"frame","from":"server","json":{"type":"ack","ackId":"8f0c"}}',
  '{"at":12,"event":"frame","from":"server","json":null}',
  '{"at":12,"event":"frame","from":"client","text":""}',
  '{"at":12,"event":"frame","from":"client","base64":"AP/+gA=="}',
  '{"at":12,"event":"close","from":"server","code":1006,"reason":""}',
  '{"at":12,"event":"close","from":"client","code":1000,"reason":"bye"}',
  '{"at":12,"event":"mark","label":"the caller hangs up"}',
  '{"at":12,"event":"end"}',
])('reads and writes %s', (line) => {
  const decoded = decode(line);

  expect(decoded).toEqual(E.right(JSON.parse(line)));
  expect(JSON.stringify(Entry.encode(E.toUnion(decoded) as Entry))).toBe(line);
  expect(Entry.is(JSON.parse(line))).toBe(true);
});

it('keeps keys that it does not know', () => {
  const line = '{"at":0,"event":"open","status":101,"server":"calls-3","tls":{"version":1.3}}';

  expect(decode(line)).toEqual(E.right(JSON.parse(line)));
});

it('keeps an event that it does not know, as it was read', () => {
  const line = '{"at":3,"event":"ping","from":"server","bytes":4}';
  const read = { at: 3, event: 'ping', from: 'server', bytes: 4 };
  const decoded = decode(line);

  expect(decoded).toEqual(E.right({ at: 3, event: 'unknown', read }));
  expect(JSON.stringify(Entry.encode(E.toUnion(decoded) as Entry))).toBe(line);
});

it.each([
  '5',
  'null',
  '[]',
  '{}',
  '{"event":"end"}',
  '{"at":0}',
  '{"at":0,"event":1}',
  '{"at":"0","event":"end"}',
  '{"at":-0.001,"event":"end"}',
  '{"at":1e999,"event":"end"}',
  '{"at":-1,"event":"ping"}',
  '{"at":0,"event":"open"}',
  '{"at":0,"event":"open","status":200}',
  '{"at":0,"event":"refused"}',
  '{"at":0,"event":"refused","status":"401"}',
  '{"at":0,"event":"refused","status":429,"retryAfterMs":"2"}',
  '{"at":0,"event":"failed"}',
  '{"at":0,"event":"failed","reason":"lost"}',
  '{"at":0,"event":"failed","reason":"unreachable","code":61}',
  '{"at":0,"event":"frame","from":"server"}',
  '{"at":0,"event":"frame","json":{}}',
  '{"at":0,"event":"frame","from":"proxy","json":{}}',
  '{"at":0,"event":"frame","from":"server","json":{},"text":"{}"}',
  '{"at":0,"event":"frame","from":"server","text":"","base64":""}',
  '{"at":0,"event":"frame","from":"server","text":{}}',
  '{"at":0,"event":"frame","from":"server","base64":null}',
  '{"at":0,"event":"close","code":1000,"reason":""}',
  '{"at":0,"event":"close","from":"server","reason":""}',
  '{"at":0,"event":"close","from":"server","code":1000}',
  '{"at":0,"event":"mark"}',
])('refuses %s', (line) => {
  expect(E.isLeft(decode(line))).toBe(true);
  expect(Entry.is(JSON.parse(line))).toBe(false);
});

it('refuses NaN as a time', () => {
  expect(E.isLeft(Entry.decode({ at: NaN, event: 'end' }))).toBe(true);
});

it.each([
  '{"livecall":1,"recordedAt":"2026-11-22T09:00:00.000Z"}',
  '{"livecall":1,"recordedAt":"2026-11-22T09:00:00.000Z","endpoint":"wss://calls.example/ws/v1/liveCalls","redacted":["credentials","phones"],"title":"a courier"}',
  '{"livecall":1,"recordedAt":"","recorder":"livecall 0.1.0"}',
])('reads the header %s', (line) => {
  expect(Header.decode(JSON.parse(line))).toEqual(E.right(JSON.parse(line)));
});

it.each([
  '{"livecall":1}',
  '{"livecall":2,"recordedAt":""}',
  '{"livecall":"1","recordedAt":""}',
  '{"livecall":1,"recordedAt":0}',
  '{"livecall":1,"recordedAt":"","endpoint":null}',
  '{"livecall":1,"recordedAt":"","redacted":"phones"}',
  '{"livecall":1,"recordedAt":"","title":7}',
])('refuses the header %s', (line) => {
  expect(E.isLeft(Header.decode(JSON.parse(line)))).toBe(true);
});

it.each([
  [false, []],
  [false, ['{"at":0,"event":"open","status":101}']],
  [false, ['{"at":0,"event":"refused","status":404}']],
  [true, ['{"at":0,"event":"refused","status":404}', '{"at":0,"event":"end"}']],
])('says %s to whether the recorder got to write the end of %j', (expected, lines) => {
  expect(isComplete(recordingOf(...lines))).toBe(expected);
});

it('counts lines from 1, the header before the entries', () => {
  expect([0, 1, 2].map(lineOf)).toEqual([2, 3, 4]);
});

it.each([
  [0, 0],
  [12.3456, 12.346],
  [12.3454, 12.345],
  [0.1 + 0.2, 0.3],
  [5371.2 + 1e-9, 5371.2],
])('stamps %d as %d', (ms, stamp) => {
  expect(toStamp(ms)).toBe(stamp);
});

it('stamps any time with three decimals at most, and never out of order', () => {
  const time = fc.double({ min: 0, max: 1e10, noNaN: true });
  fc.assert(
    fc.property(time, time, (a, b) => {
      expect(String(toStamp(a))).toMatch(/^\d+(\.\d{1,3})?$/);
      expect(toStamp(Math.min(a, b))).toBeLessThanOrEqual(toStamp(Math.max(a, b)));
    }),
  );
});

it('reads a frame as its codec does, by whatever way', () => {
  const any = fc.constantFrom<unknown>(null, undefined, '', 'server', 0, -1, Infinity, {}, []);
  const frame = fc.record(
    {
      at: fc.oneof(fc.nat(), any),
      event: fc.oneof({ weight: 9, arbitrary: fc.constant('frame') }, any),
      from: fc.oneof(fc.constantFrom('server', 'client'), any),
      json: fc.oneof(fc.jsonValue(), any),
      text: fc.oneof(fc.string(), any),
      base64: fc.oneof(fc.base64String(), any),
      note: any,
    },
    { requiredKeys: ['event'] },
  );
  fc.assert(
    fc.property(frame, (value) => {
      if (value.event !== 'frame') return;
      expect(Entry.is(value)).toBe(FrameEntry.is(value));
      const decoded = Entry.decode(value);
      if (decoded._tag === 'Right') expect(decoded.right).toEqual(value);
    }),
  );
});
