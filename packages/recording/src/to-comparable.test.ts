import { expect, it } from 'vitest';

import { parseRecording } from './format/parse-recording.js';
import { toComparable } from './to-comparable.js';

const HEADER =
  '{"livecall":1,"recordedAt":"2026-11-22T09:00:00.000Z","endpoint":"wss://calls.example/","redacted":["credentials","phones"],"title":"a call"}';

const compare = async (...lines: readonly string[]) =>
  toComparable(await parseRecording('call', lines.join('\n')));

it('leaves out of the header when and where it was recorded, and nothing else', async () => {
  expect((await compare(HEADER)).header).toEqual({
    livecall: 1,
    redacted: ['credentials', 'phones'],
    title: 'a call',
  });
});

it('leaves out when things happened and what replays as nothing', async () => {
  const { entries } = await compare(
    HEADER,
    '{"at":1,"event":"refused","status":503,"retryAfterMs":0}',
    '{"at":2,"event":"open","status":101,"server":"calls-3"}',
    '{"at":3,"event":"frame","from":"server","json":{"type":"event:hold","at":3}}',
    '{"at":4,"event":"mark","label":"here"}',
    '{"at":4,"event":"hold","by":"user"}',
    '{"at":5,"event":"frame","from":"server","text":"{ }"}',
    '{"at":6,"event":"frame","from":"server","base64":"AP/+gA=="}',
    '{"at":7,"event":"close","from":"server","code":1000,"reason":""}',
    '{"at":7,"event":"end"}',
  );

  expect(entries).toEqual([
    { event: 'refused', status: 503, retryAfterMs: 0 },
    { event: 'open', status: 101, server: 'calls-3' },
    { event: 'frame', from: 'server', json: { type: 'event:hold', at: 3 } },
    { event: 'frame', from: 'server', text: '{ }' },
    { event: 'frame', from: 'server', base64: 'AP/+gA==' },
    { event: 'close', from: 'server', code: 1000, reason: '' },
    { event: 'end' },
  ]);
});

/** A call in which two commands are sent and acknowledged, by their ids. */
const toCall = (join: string, end: string): readonly string[] => [
  HEADER,
  '{"at":1,"event":"open","status":101}',
  `{"at":2,"event":"frame","from":"client","json":{"type":"client:joinCall","id":"${join}"}}`,
  `{"at":3,"event":"frame","from":"client","json":{"type":"client:endCall","id":"${end}"}}`,
  `{"at":4,"event":"frame","from":"server","json":{"type":"ack","ackId":"${end}"}}`,
  `{"at":5,"event":"frame","from":"server","text":"{ \\"type\\": \\"ack\\", \\"ackId\\": \\"${join}\\" }"}`,
  `{"at":6,"event":"frame","from":"server","base64":"${Buffer.from(`{"type":"ack","ackId":"${join}"}`).toString('base64')}"}`,
];

it('numbers the ids of commands by order of appearance, wherever they come back', async () => {
  const { entries } = await compare(...toCall('8f0c', '9a1b'));

  expect(entries.slice(1)).toEqual([
    { event: 'frame', from: 'client', json: { type: 'client:joinCall', id: 'id-1' } },
    { event: 'frame', from: 'client', json: { type: 'client:endCall', id: 'id-2' } },
    { event: 'frame', from: 'server', json: { type: 'ack', ackId: 'id-2' } },
    { event: 'frame', from: 'server', text: '{ "type": "ack", "ackId": "id-1" }' },
    {
      event: 'frame',
      from: 'server',
      base64: Buffer.from('{"type":"ack","ackId":"id-1"}').toString('base64'),
    },
  ]);
});

it('is equal for two recordings of one call', async () => {
  expect(await compare(...toCall('8f0c', '9a1b'))).toEqual(await compare(...toCall('x', 'y')));
});

it('is not equal where an ack is for another command', async () => {
  const call = toCall('8f0c', '9a1b');
  const other = call.map((line) => line.replace('"ackId":"9a1b"', '"ackId":"8f0c"'));

  expect(await compare(...other)).not.toEqual(await compare(...call));
});

it('keeps an id that is of no command', async () => {
  const { entries } = await compare(
    HEADER,
    '{"at":1,"event":"open","status":101}',
    '{"at":2,"event":"frame","from":"server","json":{"type":"ack","ackId":"8f0c"}}',
    '{"at":3,"event":"frame","from":"client","text":"hello"}',
  );

  expect(entries.slice(1)).toEqual([
    { event: 'frame', from: 'server', json: { type: 'ack', ackId: '8f0c' } },
    { event: 'frame', from: 'client', text: 'hello' },
  ]);
});

it('numbers the ids of commands once, however they are numbered already', async () => {
  const called = (...ids: readonly string[]) =>
    compare(
      HEADER,
      '{"at":0,"event":"open","status":101}',
      ...ids.map(
        (id) =>
          `{"at":1,"event":"frame","from":"client","json":{"type":"client:joinCall","id":"${id}"}}`,
      ),
      ...ids.map(
        (id) => `{"at":2,"event":"frame","from":"server","json":{"type":"ack","ackId":"${id}"}}`,
      ),
      '{"at":3,"event":"close","from":"client","code":1000,"reason":""}',
      '{"at":3,"event":"end"}',
    );
  const named = await called('a', 'b');

  expect(await called('id-0', 'id-1')).toEqual(named);
  expect(await called('id-2', 'id-1')).toEqual(named);
});

it('gives two commands two ids where another was sent twice with one', async () => {
  const sent = (id: string) =>
    `{"at":1,"event":"frame","from":"client","json":{"type":"client:joinCall","id":"${id}"}}`;
  const { entries } = await compare(
    HEADER,
    '{"at":0,"event":"open","status":101}',
    ...['8f0c', '8f0c', '9a1b'].map(sent),
    '{"at":2,"event":"frame","from":"server","json":{"type":"ack","ackId":"8f0c"}}',
  );

  expect(entries.slice(1)).toMatchObject([
    { json: { id: 'id-1' } },
    { json: { id: 'id-1' } },
    { json: { id: 'id-2' } },
    { json: { ackId: 'id-1' } },
  ]);
});
