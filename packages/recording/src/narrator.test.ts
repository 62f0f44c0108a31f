import { expect, it } from 'vitest';

import { Entry } from './format/recording.js';
import { createNarrator } from './narrator.js';
import type { Moment } from './narrator.js';

/** What a narrator makes of the lines of one recording. */
function narrate(...lines: readonly string[]): readonly (Moment | undefined)[] {
  const tell = createNarrator();
  return lines.map((line) => {
    const entry = Entry.decode(JSON.parse(line));
    if (entry._tag === 'Left') throw new Error(`no entry: ${line}`);
    return tell(entry.right);
  });
}

const toServer = (at: number, json: string) =>
  `{"at":${at},"event":"frame","from":"server","json":${json}}`;

it.each<[line: string, moment: Moment]>([
  [
    '{"at":1.5,"event":"refused","status":503,"retryAfterMs":0}',
    { at: 1.5, what: 'refused', status: 503 },
  ],
  [
    '{"at":2,"event":"failed","reason":"timeout"}',
    { at: 2, what: 'not connected', reason: 'timeout' },
  ],
  [
    '{"at":2,"event":"failed","reason":"unreachable","code":"ECONNREFUSED"}',
    { at: 2, what: 'not connected', reason: 'ECONNREFUSED' },
  ],
  [
    toServer(3, '{"type":"event:start","phone":"anonymous","timestamp":""}'),
    { at: 3, what: 'call started', phone: 'anonymous' },
  ],
  [
    toServer(3, '{"type":"event:end","msg":"The caller left a message."}'),
    { at: 3, what: 'screening ended', message: 'The caller left a message.' },
  ],
  [toServer(3, '{"type":"event:callEnd","timestamp":""}'), { at: 3, what: 'call ended' }],
  [
    toServer(3, '{"type":"transcript","msg":"Hello?","role":"other","offset":4}'),
    { at: 3, what: 'said', role: 'other', text: 'Hello?' },
  ],
  [
    toServer(3, '{"type":"error","description":"busy"}'),
    { at: 3, what: 'error reported', description: 'busy' },
  ],
  [
    toServer(3, '{"type":"event:hold","since":4}'),
    { at: 3, what: 'unknown message', type: 'event:hold' },
  ],
  [
    toServer(3, '{"type":"ack","ackId":"8f0c"}'),
    { at: 3, what: 'acknowledged', command: 'unknown' },
  ],
  [
    '{"at":3,"event":"frame","from":"client","json":{"type":"client:endCall","id":"8f0c"}}',
    { at: 3, what: 'asked', command: 'client:endCall' },
  ],
  [
    '{"at":9,"event":"close","from":"server","code":1008,"reason":"terminated"}',
    { at: 9, what: 'closed', by: 'server', code: 1008, reason: 'terminated' },
  ],
  [
    '{"at":9,"event":"close","from":"client","code":1000,"reason":""}',
    { at: 9, what: 'closed', by: 'client', code: 1000, reason: '' },
  ],
  ['{"at":9,"event":"mark","label":"here"}', { at: 9, what: 'mark', label: 'here' }],
])('tells %s', (line, moment) => {
  expect(narrate(line)).toEqual([moment]);
});

it.each(['{"at":9,"event":"end"}', '{"at":9,"event":"ping","bytes":4}'])(
  'has nothing to tell of %s',
  (line) => {
    expect(narrate(line)).toEqual([undefined]);
  },
);

it('counts connections', () => {
  expect(
    narrate(
      '{"at":1,"event":"open","status":101}',
      '{"at":2,"event":"close","from":"server","code":1006,"reason":""}',
      '{"at":3,"event":"refused","status":503}',
      '{"at":4,"event":"open","status":101}',
    ),
  ).toMatchObject([
    { what: 'connected', connection: 1 },
    { what: 'closed' },
    { what: 'refused' },
    { what: 'connected', connection: 2 },
  ]);
});

it('tells which command an ack is for, and how long it took', () => {
  expect(
    narrate(
      '{"at":0.1,"event":"frame","from":"client","json":{"type":"client:joinCall","id":"j"}}',
      '{"at":1,"event":"frame","from":"client","json":{"type":"client:endCall","id":"e"}}',
      toServer(71.3, '{"type":"ack","ackId":"e"}'),
      toServer(80.3, '{"type":"ack","ackId":"j"}'),
      toServer(80.4, '{"type":"ack","ackId":"j"}'),
      toServer(81, '{"type":"ack","ackId":"other"}'),
    ).slice(2),
  ).toEqual([
    { at: 71.3, what: 'acknowledged', command: 'client:endCall', afterMs: 70.3 },
    { at: 80.3, what: 'acknowledged', command: 'client:joinCall', afterMs: 80.2 },
    { at: 80.4, what: 'acknowledged', command: 'client:joinCall', afterMs: 80.3 },
    { at: 81, what: 'acknowledged', command: 'unknown' },
  ]);
});

it.each([
  ['server', '"json":{"type":"transcript","msg":7,"role":"other"}', '`msg` is not of type string'],
  ['server', '"json":{"type":"ack"}', '`ackId` is not of type string'],
  ['server', '"json":{"msg":"no type"}', '`type` is not of type string'],
  ['server', '"json":["an","array"]', 'not a message'],
  ['server', '"text":"{\\"type\\":\\"transcript\\",\\"msg\\":\\"cut off"', 'not JSON'],
  ['server', '"base64":"AP/+gA=="', 'not JSON'],
  ['client', '"text":"hello"', 'not JSON'],
  ['client', '"json":{"type":"client:joinCall"}', '`id` is not of type string'],
] as const)('tells that a frame from the %s is none: %s', (from, payload, problem) => {
  expect(narrate(`{"at":3,"event":"frame","from":"${from}",${payload}}`)).toEqual([
    { at: 3, what: 'invalid frame', from, problem },
  ]);
});

it('reads binary frames that hold messages', () => {
  const base64 = Buffer.from('{"type":"transcript","msg":"Hi","role":"user"}').toString('base64');

  expect(narrate(`{"at":3,"event":"frame","from":"server","base64":"${base64}"}`)).toEqual([
    { at: 3, what: 'said', role: 'user', text: 'Hi' },
  ]);
});
