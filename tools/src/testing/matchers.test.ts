import type { Connection, Frame } from '@livecall/core';
import { ack, scenario } from '@livecall/recording';
import { expect, it } from 'vitest';

import { replay } from '../replay/replay.js';
import { matchers, toHaveFollowed, toHaveSent } from './matchers.js';
import type { SentFrame, Verdict } from './matchers.js';

const JOIN = '{"type":"client:joinCall","id":"1"}';
const END = '{"type":"client:endCall","id":"2"}';

/** What was heard of a client that sent these frames. */
const heard = (...frames: readonly Frame[]) => ({ received: () => frames });

/** What a matcher shows of a failure; nothing where it passes. */
const complain = ({ pass, message }: Verdict) => (pass ? undefined : message());

it.each<[what: string, expected: readonly SentFrame[], sent: readonly Frame[]]>([
  ['nothing', [], []],
  [
    'commands by their types, whatever their ids',
    ['client:joinCall', 'client:endCall'],
    [JOIN, END],
  ],
  ['a command twice', ['client:joinCall', 'client:joinCall'], [JOIN, JOIN]],
  ['a command by its fields', [{ type: 'client:joinCall' }], [JOIN]],
  ['a command by its fields and any id', [{ type: 'client:joinCall', id: '7' }], [JOIN]],
  [
    'further fields, in any order and of any depth',
    [{ type: 'client:endCall', why: { by: 'user', at: [1, 2] }, hard: true }],
    ['{"hard":true,"why":{"at":[1,2],"by":"user"},"id":"2","type":"client:endCall"}'],
  ],
  ['a command in bytes', ['client:joinCall'], [Buffer.from(JOIN)]],
  ['a frame that is no command', [{ type: 'hold', for: 3 }], ['{ "for": 3, "type": "hold" }']],
])('takes as sent: %s', (_what, expected, sent) => {
  expect(complain(toHaveSent(heard(...sent), expected))).toBeUndefined();
});

it.each<[what: string, expected: readonly SentFrame[], sent: readonly Frame[]]>([
  ['a command without its id', ['client:joinCall'], ['{"type":"client:joinCall"}']],
  [
    'another depth',
    [{ type: 'client:endCall', why: { at: 1 } }],
    [`${END.slice(0, -1)},"why":{}}`],
  ],
  ['a further field', ['client:endCall'], [`${END.slice(0, -1)},"hard":true}`]],
  ['an id that counts', [{ type: 'hold', id: 1 }], ['{"type":"hold","id":2}']],
  ['what looks like it', ['client:joinCall'], ['{"command":{"type":"client:joinCall"}}']],
  ['bytes that are no text', [{ type: 'hold' }], [Uint8Array.of(0xff)]],
])('does not take as sent: %s', (_what, expected, sent) => {
  expect(toHaveSent(heard(...sent), expected).pass).toBe(false);
});

it('shows an order that is wrong', () => {
  const verdict = toHaveSent(heard(END, JOIN), ['client:joinCall', 'client:endCall']);

  expect(complain(verdict)).toMatchInlineSnapshot(`
    "The client sent something else (- expected, + sent):
    - client:joinCall
      client:endCall
    + client:joinCall"
  `);
});

it('shows one too many', () => {
  const verdict = toHaveSent(heard(JOIN, JOIN, END), ['client:joinCall', 'client:endCall']);

  expect(complain(verdict)).toMatchInlineSnapshot(`
    "The client sent something else (- expected, + sent):
      client:joinCall
    + client:joinCall
      client:endCall"
  `);
});

it('shows one that is missing', () => {
  const verdict = toHaveSent(heard(JOIN), ['client:joinCall', 'client:endCall']);

  expect(complain(verdict)).toMatchInlineSnapshot(`
    "The client sent something else (- expected, + sent):
      client:joinCall
    - client:endCall"
  `);
});

it('shows a client that was to be silent, and one that was', () => {
  expect(complain(toHaveSent(heard(JOIN), []))).toMatchInlineSnapshot(`
    "The client sent something else (- expected, + sent):
    + client:joinCall"
  `);
  expect(complain(toHaveSent(heard(), ['client:joinCall']))).toMatchInlineSnapshot(`
    "The client sent something else (- expected, + sent):
    - client:joinCall"
  `);
});

it('shows an invalid frame by its length alone', () => {
  const words = 'Marta, +12025550100';
  const sent = [JOIN, words, Buffer.from(`${words}\xff`), `{"type":"client:${words}","id":"1"}`];
  const verdict = toHaveSent(heard(...sent), ['client:joinCall', { type: words }]);

  expect(complain(verdict)).toMatchInlineSnapshot(`
    "The client sent something else (- expected, + sent):
      client:joinCall
    - an invalid frame of 30 characters
    + an invalid frame of 19 characters
    + an invalid frame of 21 bytes
    + an invalid frame of 46 characters"
  `);
});

it('shows further fields by their names alone', () => {
  const sent = '{"type":"client:endCall","id":"2","phone":"+12025550100","hard":true}';
  const verdict = toHaveSent(heard(sent), [{ type: 'client:endCall', phone: '+12025550101' }]);

  expect(complain(verdict)).toMatchInlineSnapshot(`
    "The client sent something else (- expected, + sent):
    - client:endCall {phone: …}
    + client:endCall {phone: …, hard: …}"
  `);
});

it('says what was not to be sent', () => {
  const verdict = toHaveSent(heard(JOIN, END), ['client:joinCall', 'client:endCall']);

  expect(verdict.pass).toBe(true);
  expect(verdict.message()).toMatchInlineSnapshot(`
    "The client was not to send this:
      client:joinCall
      client:endCall"
  `);
  expect(toHaveSent(heard(), []).message()).toMatchInlineSnapshot(`
    "The client was not to send this:
      nothing"
  `);
});

const recording = scenario()
  .start()
  .onJoin(ack())
  .onFrame('not a command')
  .onEnd(ack())
  .drop()
  .open()
  .onJoin(ack())
  .toRecording('call.ndjson');

it('compares with what was recorded, on all connections', () => {
  const sent = [JOIN, 'not a command', END, JOIN];

  expect(complain(toHaveFollowed(heard(...sent), recording))).toBeUndefined();
  expect(complain(toHaveFollowed(heard(JOIN, END, 'not a command', JOIN), recording)))
    .toMatchInlineSnapshot(`
    "The client sent something else (- expected, + sent):
      client:joinCall
    - an invalid frame of 13 characters
      client:endCall
    + an invalid frame of 13 characters
      client:joinCall"
  `);
  expect(complain(toHaveFollowed(heard(JOIN, 'no command at', END), recording)))
    .toMatchInlineSnapshot(`
    "The client sent something else (- expected, + sent):
      client:joinCall
    - an invalid frame of 13 characters
    + an invalid frame of 13 characters
      client:endCall
    - client:joinCall"
  `);
  expect(complain(toHaveFollowed(heard(), scenario().start().toRecording()))).toBeUndefined();
});

it('compares what is no command to the byte', () => {
  const recorded = scenario().start().onFrame(Uint8Array.of(0, 1)).toRecording();

  expect(toHaveFollowed(heard(Uint8Array.of(0, 1)), recorded).pass).toBe(true);
  expect(toHaveFollowed(heard(Uint8Array.of(0, 2)), recorded).pass).toBe(false);
});

it('is a matcher of expect, over a replay', () => {
  expect.extend(matchers);
  const fake = replay(recording, { pace: 'manual', match: 'loose' });
  let connection: Connection | undefined;
  fake.subscribe((opened) => (connection = opened));
  fake.step();
  connection?.send(JOIN);
  // The types are tested with the fixture, which declares them for vitest.
  const expectFake = () =>
    expect(fake) as unknown as Record<'toHaveSent' | 'toHaveFollowed', (expected: unknown) => void>;

  expectFake().toHaveSent(['client:joinCall']);
  expect(() => {
    expectFake().toHaveSent([]);
  }).toThrow('The client sent something else (- expected, + sent):\n+ client:joinCall');
  expect(() => {
    expectFake().toHaveFollowed(recording);
  }).toThrow('- client:endCall');
});

it('needs something that hears a client', () => {
  expect(() => toHaveSent('call.ndjson', [])).toThrow(
    new TypeError('toHaveSent needs the call or the server of a replay.'),
  );
  expect(() => toHaveFollowed({}, recording)).toThrow(
    new TypeError('toHaveFollowed needs the call or the server of a replay.'),
  );
});

it.each([
  ['joinCall', "toHaveSent: 'joinCall' is no command's type; did you mean 'client:joinCall'?"],
  [
    'client:end-call',
    "toHaveSent: 'client:end-call' is no command's type; did you mean 'client:endCall'?",
  ],
  [
    'hold',
    "toHaveSent: 'hold' is no command's type; there are client:joinCall and client:endCall; another frame is given with its fields, { type: … }",
  ],
])('says of %j that it is no type, whether it is asked for or not', (type, message) => {
  expect(() => toHaveSent(heard(JOIN), [type as 'client:joinCall'])).toThrow(
    new TypeError(message),
  );
});

it('takes a list alone', () => {
  expect(() => toHaveSent(heard(JOIN), 'client:joinCall' as never)).toThrow(
    new TypeError('toHaveSent takes a list of frames.'),
  );
});
