import { liveCallProtocol } from '@livecall/core';
import { parseRecording } from '@livecall/recording';
import fc from 'fast-check';
import { expect, it, vi } from 'vitest';

import { toClientFrame, toRecordedDials } from './recorded-dial.js';
import type { RecordedDial } from './recorded-dial.js';

const HEADER = '{"livecall":1,"recordedAt":"2026-11-22T09:00:00.000Z"}';
const OPEN = '{"at":0,"event":"open","status":101}';
const CLOSE = '{"at":0,"event":"close","from":"server","code":1000,"reason":""}';
const DROP = '{"at":0,"event":"close","from":"server","code":1006,"reason":""}';
const START = toServer('{"type":"event:start","phone":"anonymous","timestamp":""}');
const TRANSCRIPT = toServer('{"type":"transcript","msg":"Hello?","role":"other"}');
const CALL_END = toServer('{"type":"event:callEnd","timestamp":""}');
const JOIN = toClient('{"type":"client:joinCall","id":"j"}');
const END_CALL = toClient('{"type":"client:endCall","id":"e"}');

function toServer(json: string): string {
  return `{"at":0,"event":"frame","from":"server","json":${json}}`;
}

function toClient(json: string): string {
  return `{"at":0,"event":"frame","from":"client","json":${json}}`;
}

const toAck = (id: string) => toServer(`{"type":"ack","ackId":"${id}"}`);

/** The dials of a recording with these lines from the second on. */
async function read(...lines: readonly string[]): Promise<readonly RecordedDial[]> {
  return toRecordedDials(await parseRecording('call', [HEADER, ...lines].join('\n')));
}

/** Of each server frame its line, and the line of its gate. */
function toGates(
  dial: RecordedDial | undefined,
): readonly (readonly [number, number | undefined])[] {
  if (dial?.kind !== 'open') throw new Error('The dial did not open.');
  return dial.serverFrames.map(({ index, gate }) => [index + 2, gate && gate.index + 2]);
}

it('reads dials in their order, with their entries', async () => {
  const refused = '{"at":0,"event":"refused","status":503,"retryAfterMs":10}';
  const failed = '{"at":0,"event":"failed","reason":"unreachable","code":"ECONNREFUSED"}';
  const mark = '{"at":0,"event":"mark","label":"again"}';
  const dials = await read(mark, refused, failed, OPEN, START, mark, JOIN, DROP, OPEN, CLOSE);

  expect(dials).toEqual([
    { kind: 'refused', index: 1, entry: JSON.parse(refused) as unknown },
    { kind: 'failed', index: 2, entry: JSON.parse(failed) as unknown, tookMs: 0 },
    {
      kind: 'open',
      index: 3,
      serverFrames: [
        {
          index: 4,
          frame: '{"type":"event:start","phone":"anonymous","timestamp":""}',
          gate: undefined,
        },
      ],
      clientFrames: [
        {
          index: 6,
          frame: '{"type":"client:joinCall","id":"j"}',
          type: 'client:joinCall',
          asked: { type: 'client:joinCall', id: 'j', content: { type: 'client:joinCall' } },
        },
      ],
      close: { from: 'server', code: 1006, reason: '', index: 7 },
    },
    {
      kind: 'open',
      index: 8,
      serverFrames: [],
      clientFrames: [],
      close: { from: 'server', code: 1000, reason: '', index: 9 },
    },
  ]);
});

it('reads no dials where there are none', async () => {
  expect(await read()).toEqual([]);
  expect(await read('{"at":0,"event":"end"}')).toEqual([]);
});

it('reads a recording once, and each anew that was made of it', async () => {
  const lines = [HEADER, OPEN, START, TRANSCRIPT, CLOSE].join('\n');
  const recording = await parseRecording('call', lines);
  const shorter = { ...recording, entries: recording.entries.toSpliced(1, 1) };

  expect(toRecordedDials(recording)).toBe(toRecordedDials({ ...recording, name: 'again' }));
  expect(toGates(toRecordedDials(recording)[0])).toHaveLength(2);
  expect(toGates(toRecordedDials(shorter)[0])).toHaveLength(1);
});

it('ends a connection whose recorder died as a cut, where the recording stops', async () => {
  const [dial] = await read(OPEN, START, TRANSCRIPT);

  expect(dial).toMatchObject({ close: { from: 'server', code: 1006, reason: '', index: 2 } });
});

it('gives an ack its own command for a gate, and nothing else of what follows', async () => {
  const [dial] = await read(OPEN, START, JOIN, TRANSCRIPT, toAck('j'), TRANSCRIPT, CALL_END, CLOSE);

  expect(toGates(dial)).toEqual([
    [3, undefined],
    [5, undefined],
    [6, 4],
    [7, undefined],
    [8, undefined],
  ]);
});

it('gives each ack of several its own', async () => {
  const [dial] = await read(OPEN, JOIN, END_CALL, toAck('e'), toAck('j'), toAck('j'), CLOSE);

  expect(toGates(dial)).toEqual([
    [5, 4],
    [6, 3],
    [7, 3],
  ]);
});

it('gives an ack for no command above no gate', async () => {
  const [dial] = await read(OPEN, toAck('j'), JOIN, toAck('other'), CLOSE);

  expect(toGates(dial)).toEqual([
    [3, undefined],
    [5, undefined],
  ]);
});

it('gives an ack the last of the commands with its id', async () => {
  const [dial] = await read(OPEN, JOIN, toAck('j'), JOIN, toAck('j'), CLOSE);

  expect(toGates(dial)).toEqual([
    [4, 3],
    [6, 5],
  ]);
});

it('gives event:callEnd the last client:endCall before it', async () => {
  const again = toClient('{"type":"client:endCall","id":"f"}');
  const [dial] = await read(OPEN, END_CALL, again, JOIN, CALL_END, CLOSE);

  expect(toGates(dial)).toEqual([[6, 4]]);
});

it('gives event:callEnd no gate where the call was not ended by the client', async () => {
  const [dial] = await read(OPEN, JOIN, toAck('j'), CALL_END, END_CALL, CLOSE);

  expect(toGates(dial).at(-1)).toEqual([5, undefined]);
});

it('knows commands of the connection before', async () => {
  const [, second] = await read(OPEN, JOIN, END_CALL, DROP, OPEN, toAck('j'), CALL_END, CLOSE);

  expect(toGates(second)).toEqual([
    [7, 3],
    [8, 4],
  ]);
});

it('knows an ack in a binary frame, and a command in one', async () => {
  const toBase64 = (json: string) => `"base64":"${Buffer.from(json).toString('base64')}"`;
  const join = toBase64('{"type":"client:joinCall","id":"j"}');
  const ack = toBase64('{"type":"ack","ackId":"j"}');
  const [dial] = await read(
    OPEN,
    `{"at":0,"event":"frame","from":"client",${join}}`,
    `{"at":0,"event":"frame","from":"server",${ack}}`,
    CLOSE,
  );

  expect(toGates(dial)).toEqual([[4, 3]]);
});

it.each([
  '{"type":"ack"}',
  '{"type":"error","description":"client:joinCall failed"}',
  '{"type":"event:end","msg":"j"}',
  '{"type":"event:hold","ackId":"j"}',
])('gives %s no gate, whatever was sent before', async (json) => {
  const [dial] = await read(OPEN, JOIN, END_CALL, toServer(json), CLOSE);

  expect(toGates(dial)).toEqual([[5, undefined]]);
});

it('gives a message the same gate whether the recording has it as JSON or as text', async () => {
  const message = fc.record(
    {
      type: fc.constantFrom('ack', 'event:callEnd', 'event:end', 'transcript', 'client:endCall', 1),
      ackId: fc.constantFrom('j', 'e', 'other', null),
      timestamp: fc.constantFrom('', 0),
    },
    { requiredKeys: [] },
  );
  const json = fc.oneof(message, fc.array(message), fc.jsonValue()).map((u) => JSON.stringify(u));
  await fc.assert(
    fc.asyncProperty(fc.array(json), async (messages) => {
      const toText = (text: string) =>
        `{"at":0,"event":"frame","from":"server","text":${JSON.stringify(text)}}`;
      const [asJson] = await read(OPEN, JOIN, END_CALL, ...messages.map(toServer));
      const [asText] = await read(OPEN, JOIN, END_CALL, ...messages.map(toText));

      expect(toGates(asJson)).toEqual(toGates(asText));
    }),
  );
});

it.each([
  ['{"type":"client:joinCall","id":"j"}', 'client:joinCall', 'j'],
  ['{ "type": "client:endCall", "id": "" }', 'client:endCall', ''],
])('says what the client frame %j is', (frame, type, id) => {
  const asked = { type, id, content: { type } };

  expect(toClientFrame(3, frame)).toEqual({ index: 3, frame, type, asked });
});

it.each(['{"type":"client:joinCall"}', '{"type":"client:wave","id":"w"}', 'hello', ''])(
  'takes the client frame %j for no command',
  (frame) => {
    const type = 'invalid';

    expect(toClientFrame(3, frame)).toEqual({ index: 3, frame, type, asked: undefined });
  },
);

it("understands the server's frames only after a command, and reads a recording once a protocol", async () => {
  const decodeJson = vi.fn(liveCallProtocol.decodeJson);
  const protocol = { ...liveCallProtocol, decodeJson };
  const recording = await parseRecording(
    'call',
    [HEADER, OPEN, START, TRANSCRIPT, JOIN, toAck('j'), CLOSE].join('\n'),
  );

  expect(toRecordedDials(recording, protocol)).toBe(toRecordedDials(recording, protocol));
  expect(decodeJson).toHaveBeenCalledTimes(1);
  expect(toRecordedDials(recording)).toEqual(toRecordedDials(recording, protocol));
  expect(toRecordedDials(recording)).not.toBe(toRecordedDials(recording, protocol));
});

it('waits alike for what a protocol reads as JSON, and as frames alone', async () => {
  const { decodeJson: _, ...framesAlone } = liveCallProtocol;
  const recording = await parseRecording(
    'call',
    [HEADER, OPEN, JOIN, toAck('j'), END_CALL, TRANSCRIPT, CALL_END, CLOSE].join('\n'),
  );

  expect(toGates(toRecordedDials(recording, framesAlone)[0])).toEqual(
    toGates(toRecordedDials(recording)[0]),
  );
});
