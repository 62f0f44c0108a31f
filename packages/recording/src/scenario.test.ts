import fc from 'fast-check';
import { expect, it } from 'vitest';

import { parseRecording } from './format/parse-recording.js';
import { ack, scenario } from './scenario.js';
import type { Scenario } from './scenario.js';

/** The lines of a scenario after its header, without the end. */
const toLines = (call: Scenario) => call.toNdjson().split('\n').slice(1, -2);

it('writes a call as the text of a recording', () => {
  const call = scenario({
    title: 'a courier asks for a slot',
    recordedAt: '2026-11-22T09:00:00Z',
    endpoint: 'wss://calls.example/live',
  })
    .open({ after: 38.2 })
    .start({ after: 14.7, phone: '+12025550107' })
    .assistant('Who is calling, please?', { after: 357.1, offset: 0 })
    .caller('Harbour Couriers.', { after: 770.4, offset: 'b' })
    .screeningEnd('The caller has given a name.', { after: 122.3 })
    .onJoin(ack({ after: 71.2 }), { after: 397.3 })
    .subscriber('Hello.', { after: 329.7, offset: null })
    .mark('a word of thanks', { after: 1 })
    .error('busy', { after: 9 })
    .onEnd([ack(), { toFrame: (id) => ({ type: 'event:note', id }) }], { after: 10 })
    .callEnd({ after: 549.4 })
    .close(1000, { after: 10.7, reason: 'bye' });

  expect(call.toNdjson()).toBe(
    [
      '{"livecall":1,"recordedAt":"2026-11-22T09:00:00.000Z","endpoint":"wss://calls.example/live","redacted":["credentials","phones"],"title":"a courier asks for a slot"}',
      '{"at":38.2,"event":"open","status":101}',
      '{"at":52.9,"event":"frame","from":"server","json":{"type":"event:start","phone":"+12025550107","timestamp":"2026-11-22T09:00:00.052Z"}}',
      '{"at":410,"event":"frame","from":"server","json":{"type":"transcript","msg":"Who is calling, please?","role":"assistant","offset":0}}',
      '{"at":1180.4,"event":"frame","from":"server","json":{"type":"transcript","msg":"Harbour Couriers.","role":"other","offset":"b"}}',
      '{"at":1302.7,"event":"frame","from":"server","json":{"type":"event:end","msg":"The caller has given a name."}}',
      '{"at":1700,"event":"frame","from":"client","json":{"type":"client:joinCall","id":"00000000-0000-4000-8000-000000000001"}}',
      '{"at":1771.2,"event":"frame","from":"server","json":{"type":"ack","ackId":"00000000-0000-4000-8000-000000000001"}}',
      '{"at":2100.9,"event":"frame","from":"server","json":{"type":"transcript","msg":"Hello.","role":"user","offset":null}}',
      '{"at":2101.9,"event":"mark","label":"a word of thanks"}',
      '{"at":2110.9,"event":"frame","from":"server","json":{"type":"error","description":"busy"}}',
      '{"at":2120.9,"event":"frame","from":"client","json":{"type":"client:endCall","id":"00000000-0000-4000-8000-000000000002"}}',
      '{"at":2120.9,"event":"frame","from":"server","json":{"type":"ack","ackId":"00000000-0000-4000-8000-000000000002"}}',
      '{"at":2120.9,"event":"frame","from":"server","json":{"type":"event:note","id":"00000000-0000-4000-8000-000000000002"}}',
      '{"at":2670.3,"event":"frame","from":"server","json":{"type":"event:callEnd","timestamp":"2026-11-22T09:00:02.670Z"}}',
      '{"at":2681,"event":"close","from":"server","code":1000,"reason":"bye"}',
      '{"at":2681,"event":"end"}',
      '',
    ].join('\n'),
  );
});

it('needs no words of its own for the common call', () => {
  expect(scenario().start().callEnd().toNdjson()).toBe(
    [
      '{"livecall":1,"recordedAt":"2026-01-01T00:00:00.000Z","endpoint":"wss://calls.example/ws/v1/liveCalls","redacted":["credentials","phones"]}',
      '{"at":0,"event":"open","status":101}',
      '{"at":0,"event":"frame","from":"server","json":{"type":"event:start","phone":"+12025550100","timestamp":"2026-01-01T00:00:00.000Z"}}',
      '{"at":0,"event":"frame","from":"server","json":{"type":"event:callEnd","timestamp":"2026-01-01T00:00:00.000Z"}}',
      '{"at":0,"event":"close","from":"server","code":1000,"reason":""}',
      '{"at":0,"event":"end"}',
      '',
    ].join('\n'),
  );
});

it.each([
  ['refuses', scenario().refuse(404, { after: 3 }), ['{"at":3,"event":"refused","status":404}']],
  [
    'refuses for a while',
    scenario().refuse(503, { retryAfterMs: 0 }),
    ['{"at":0,"event":"refused","status":503,"retryAfterMs":0}'],
  ],
  [
    'fails',
    scenario().fail('timeout', { after: 9 }).fail('unreachable'),
    [
      '{"at":9,"event":"failed","reason":"timeout"}',
      '{"at":9,"event":"failed","reason":"unreachable"}',
    ],
  ],
  [
    'is dropped and dialled again',
    scenario()
      .open()
      .drop(undefined, { after: 5 })
      .refuse(503)
      .open({ after: 2 })
      .drop(1012)
      .open(),
    [
      '{"at":0,"event":"open","status":101}',
      '{"at":5,"event":"close","from":"server","code":1006,"reason":""}',
      '{"at":5,"event":"refused","status":503}',
      '{"at":7,"event":"open","status":101}',
      '{"at":7,"event":"close","from":"server","code":1012,"reason":""}',
      '{"at":7,"event":"open","status":101}',
      '{"at":7,"event":"close","from":"server","code":1000,"reason":""}',
    ],
  ],
  [
    'is hung up on',
    scenario().hangUp({ after: 4 }),
    [
      '{"at":0,"event":"open","status":101}',
      '{"at":4,"event":"close","from":"client","code":1000,"reason":""}',
    ],
  ],
  ['has only a mark', scenario().mark('here'), ['{"at":0,"event":"mark","label":"here"}']],
  [
    'joins without an answer',
    scenario().onJoin(),
    [
      '{"at":0,"event":"open","status":101}',
      '{"at":0,"event":"frame","from":"client","json":{"type":"client:joinCall","id":"00000000-0000-4000-8000-000000000001"}}',
      '{"at":0,"event":"close","from":"server","code":1000,"reason":""}',
    ],
  ],
  [
    'has an ack for another command',
    scenario().onEnd(ack({ ackId: 'other', after: 2 })),
    [
      '{"at":0,"event":"open","status":101}',
      '{"at":0,"event":"frame","from":"client","json":{"type":"client:endCall","id":"00000000-0000-4000-8000-000000000001"}}',
      '{"at":2,"event":"frame","from":"server","json":{"type":"ack","ackId":"other"}}',
      '{"at":2,"event":"close","from":"server","code":1000,"reason":""}',
    ],
  ],
  [
    'sends frames as they are',
    scenario()
      .send({ type: 'event:hold' })
      .send('{ "type": "event:hold" }')
      .send(Uint8Array.of(0, 255))
      .onFrame('hello', { after: 1 })
      .onFrame({ type: 'client:wave' })
      .onFrame(Uint8Array.of(1)),
    [
      '{"at":0,"event":"open","status":101}',
      '{"at":0,"event":"frame","from":"server","json":{"type":"event:hold"}}',
      '{"at":0,"event":"frame","from":"server","text":"{ \\"type\\": \\"event:hold\\" }"}',
      '{"at":0,"event":"frame","from":"server","base64":"AP8="}',
      '{"at":1,"event":"frame","from":"client","text":"hello"}',
      '{"at":1,"event":"frame","from":"client","json":{"type":"client:wave"}}',
      '{"at":1,"event":"frame","from":"client","base64":"AQ=="}',
      '{"at":1,"event":"close","from":"server","code":1000,"reason":""}',
    ],
  ],
])('writes a call that %s', (_what, call, lines) => {
  expect(toLines(call)).toEqual(lines);
});

it('continues one beginning in several ways', () => {
  const beginning = scenario().start();
  const before = beginning.toNdjson();
  const joined = beginning.onJoin(ack());
  const ended = beginning.onEnd(ack());

  expect(beginning.toNdjson()).toBe(before);
  expect(toLines(joined)[2]).toContain(
    '"client:joinCall","id":"00000000-0000-4000-8000-000000000001"',
  );
  expect(toLines(ended)[2]).toContain(
    '"client:endCall","id":"00000000-0000-4000-8000-000000000001"',
  );
  expect(toLines(joined)).toHaveLength(5);
});

it('adds up times without drift', () => {
  const call = Array.from({ length: 1_000 }).reduce<Scenario>(
    (soFar) => soFar.mark('tick', { after: 0.1 }),
    scenario(),
  );

  expect(toLines(call).at(-1)).toBe('{"at":100,"event":"mark","label":"tick"}');
});

it('is called by its title, or as it is asked to be', () => {
  expect(scenario().toRecording().name).toBe('scenario');
  expect(scenario({ title: 'a call' }).toRecording().name).toBe('a call');
  expect(scenario({ title: 'a call' }).toRecording('call.ndjson').name).toBe('call.ndjson');
});

const after = fc.record({ after: fc.double({ min: 0, max: 1e6, noNaN: true }) });
const step = fc.oneof(
  fc.tuple(fc.string(), after).map(
    ([text, at]) =>
      (call: Scenario) =>
        call.caller(text, at),
  ),
  fc.tuple(fc.uint8Array(), after).map(
    ([frame, at]) =>
      (call: Scenario) =>
        call.send(frame, at),
  ),
  fc.tuple(fc.json(), after).map(
    ([frame, at]) =>
      (call: Scenario) =>
        call.send(frame, at),
  ),
  after.map((at) => (call: Scenario) => call.onJoin(ack(at), at)),
  after.map((at) => (call: Scenario) => call.onEnd([], at)),
  after.map((at) => (call: Scenario) => call.callEnd(at)),
  after.map((at) => (call: Scenario) => call.mark('here', at)),
  after.map((at) => (call: Scenario) => call.drop(1006, at).refuse(503).fail('timeout', at)),
);

it('is a recording that reads as it was written, whatever happens in it', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(step), async (steps) => {
      const call = steps.reduce((soFar, add) => add(soFar), scenario({ title: 'any' }));

      expect(await parseRecording('any', call.toNdjson())).toEqual({
        ...call.toRecording(),
        warnings: [],
      });
    }),
  );
});

it.each<[mistake: string, write: () => unknown, message: string]>([
  [
    'a date that is none',
    () => scenario({ recordedAt: 'yesterday' }),
    'recordedAt must be a date, 2026-01-31T12:00:00Z for one.',
  ],
  [
    'a step before the one before it',
    () => scenario().start({ after: -1 }),
    "after must be milliseconds from 0 to a year's, not -1.",
  ],
  [
    'a step at no time',
    () => scenario().caller('hello', { after: NaN }),
    "after must be milliseconds from 0 to a year's, not NaN.",
  ],
  [
    'a dial while the connection before it is open',
    () => scenario().start().refuse(503),
    'A scenario dials anew only after close(), drop() or hangUp().',
  ],
])('refuses %s', (_mistake, write, message) => {
  expect(write).toThrow(new TypeError(message));
});
