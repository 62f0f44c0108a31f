import { liveCallProtocol } from '@livecall/core';
import fc from 'fast-check';
import { expect, it } from 'vitest';

import { toPayload } from '../format/payload.js';
import type { Entry, Header } from '../format/recording.js';
import { createFirstLook } from './first-look.js';
import { createLeakFinder } from './leak-finder.js';
import { createNumberWords } from './number-words.js';
import { createRecordingLines } from './recording-lines.js';
import { createRedactor } from './redactor.js';
import { createSecrets } from './secrets.js';

const { holds } = liveCallProtocol;
const passes = createFirstLook({ holds, toFewest: () => 7 });

const id = '00000000-0000-4000-8000-000000000001';
const token = 's3cret/t0ken';
const plain = fc.constantFrom(
  ...['the', 'call', 'Ümlaut', "it's", ', ', '…', '– “so”', 'öffnen', 'ﬀ', 'ß'],
);
/** In seven languages, alone and as many as a number has. */
const numberWord = fc.constantFrom(...createNumberWords().keys());
const telling = fc.oneof(
  numberWord,
  fc.array(numberWord, { minLength: 4, maxLength: 10 }).map((words) => words.join(' ')),
  fc.constantFrom(
    'four one five, five double five, two six seven oh',
    'cuatro uno cinco cinco cinco cinco dos seis siete uno',
    'vier eins fünf fünf fünf fünf zwei sechs sieben eins',
    'quatre un cinq cinq cinq cinq deux six sept un',
    'quatro um cinco cinco cinco cinco dois seis sete um',
    'quattro uno cinque cinque cinque cinque due sei sette uno',
    '四一五五五五二六七一',
  ),
  fc.constantFrom('oh', 'double five', 'uh', 'sorry', 'plus', 'point'),
  fc.constantFrom('4', '11', '415 555', '+', '2026-11-22T09:00:00.010Z', '12.5', id),
  fc.constantFrom(
    '415 555 2671',
    '5552671',
    '+49 30 901820',
    '110',
    '٤١٥٥٥٥٢٦٧١',
    '415&nbsp;555-2671',
  ),
  fc.constantFrom('bearer ', 'token ', 'token: ', 'secret', 'password', '?key=', '://me:', '@'),
  fc.constantFrom('aK9x7Qm2Zt', 'eyJhbGciOi.eyJzdWIi.c2ln', 'Cookie: ', 'sid=12345678', token),
  fc.constantFrom('"', '\\', '\n', '\u2028', '\ud83d', '🙂', '、', ':', ',', '{', '}', '\u0001'),
  fc.string({ unit: 'binary', maxLength: 3 }),
);
const text = fc
  .array(fc.oneof({ weight: 8, arbitrary: plain }, telling), { maxLength: 6 })
  .chain((parts) => fc.constantFrom(' ', ' ', ' ', '').map((gap) => parts.join(gap)));
const published = fc.oneof(
  fc.record({ type: fc.constant('transcript'), msg: text, role: text, offset: fc.nat() }),
  fc.record({ type: fc.constant('ack'), ackId: fc.oneof(fc.uuid(), text) }),
  fc.record({ type: fc.constant('event:callEnd'), timestamp: fc.constantFrom(id, '415-555-2671') }),
  fc.record({ id: fc.uuid(), type: fc.constant('client:endCall') }),
  fc.record({ type: fc.constant('event:start'), phone: fc.constantFrom('110', '+14155552671') }),
);
const name = fc.oneof(
  { weight: 6, arbitrary: fc.constantFrom('type', 'msg', 'role', 'offset', 'ackId', 'a', 'A') },
  fc.constantFrom('secret', 'accessKey', 'phone', 'callerPhone', '__proto__', 'constructor'),
  fc.constantFrom('4155552671', '', 'caller_number', 'thousand'),
  text,
);
const value = fc.oneof(
  { weight: 6, arbitrary: text },
  fc.nat(9_999_999),
  fc.constantFrom(4_155_552_671, -1, 0, 1.5, 1e21, 123456789012345, true, null, [], {}),
);
/** As JSON writes it, and nearly so: a name twice, white space, digits that begin with zero. */
const frame = fc.oneof(
  { weight: 2, arbitrary: published.map((of) => JSON.stringify(of)) },
  {
    weight: 2,
    arbitrary: fc.dictionary(name, value, { maxKeys: 5 }).map((of) => JSON.stringify(of)),
  },
  fc
    .array(
      fc.tuple(
        name.map((of) => JSON.stringify(of)),
        fc.oneof(
          value.map((of) => JSON.stringify(of)),
          text.map((of) => `"${of}"`),
          fc.constantFrom('', '00', '012', '1e3', ' 1', '1 ', '0.50', '"', 'nul', 'nulls'),
        ),
      ),
      { maxLength: 4 },
    )
    .map((fields) => `{${fields.map((field) => field.join(':')).join(',')}}`),
  text,
);

const toEntry = (said: string): Entry => ({
  at: 1,
  event: 'frame',
  from: 'server',
  ...toPayload(said),
});

it('lets nothing pass that the recorder writes in another way', () => {
  let passed = 0;
  let count = 0;
  const options = fc.constantFrom({}, { defaultCountry: ['DE', 'FR'] }, { keepPhones: true });
  fc.assert(
    fc.property(fc.array(frame, { maxLength: 8 }), options, (said, redactOptions) => {
      const all = { ...redactOptions, secrets: createSecrets([token]) };
      // What a field had is a number in what comes after it, however short.
      const asFrames = createRecordingLines(all);
      const asEntries = createRecordingLines(all);
      const redactor = createRedactor(redactOptions);
      for (const each of said) {
        count += 1;
        if (redactor.passes(each)) passed += 1;
        expect(asFrames.frame(1, 'server', each)).toBe(asEntries.entry(toEntry(each)));
      }
    }),
    { numRuns: 150 },
  );
  // Or it says little.
  expect(passed / count).toBeGreaterThan(0.2);
});

it('lets nothing pass that a check names', () => {
  const header: Header = { livecall: 1, recordedAt: '2026-11-22T09:00:00Z', redacted: ['phones'] };
  const options = fc.constantFrom({}, { defaultCountry: ['DE', 'FR'] });
  fc.assert(
    fc.property(fc.array(frame, { maxLength: 8 }), options, (said, redactOptions) => {
      // What a line holds beside the frame is looked at as well.
      const [alone, beside] = [{}, { more: null }].map((more) => {
        const findLeaks = createLeakFinder(redactOptions);
        findLeaks({ kind: 'header', line: 1, header });
        return said.map((each) =>
          findLeaks({ kind: 'entry', line: 2, entry: { ...toEntry(each), ...more } }),
        );
      });
      expect(alone).toEqual(beside);
    }),
    { numRuns: 100 },
  );
});

it.each([
  '{"type":"transcript","msg":"Hello, this is the line of the dentist.","role":"other","offset":3}',
  '{"type":"transcript","msg":"Grüezi, wie geht\'s? – “Gut”…","role":"user","offset":123456}',
  '{"type":"transcript","msg":"The one at 4 – in 3 minutes","role":"other","offset":1764381000000}',
  '{"type":"ack","ackId":"00000000-0000-4000-8000-000000000001"}',
  '{"id":"00000000-0000-4000-8000-000000000001","type":"client:endCall"}',
  '{"type":"event:callEnd","timestamp":"2026-11-22T09:00:00.010Z","offset":null}',
  '{"type":"event:end","msg":"","offset":0}',
])('passes %s', (said) => {
  expect(passes(said)).toBe(true);
});

it.each([
  ['no object', '"hello"'],
  ['an object of nothing', '{}'],
  ['a list', '["hello"]'],
  ['an object in one', '{"type":"a","of":{"type":"b"}}'],
  ['white space', '{"type": "a"}'],
  ['more behind it', '{"type":"a"}\n'],
  ['an end that lacks', '{"type":"a"'],
  ['a text that has no end', '{"type":"a'],
  ['a comma and no field', '{"type":"a",}'],
  ['a name twice', '{"type":"a","type":"b"}'],
  ['a name of digits, which JSON writes first', '{"type":"a","4":"b"}'],
  ['an escape', String.raw`{"type":"\u0061"}`],
  ['a control character', '{"type":"\t"}'],
  ['half a character', '{"type":"\ud83d"}'],
  ['a zero before a number', '{"offset":07}'],
  ['a number that JSON writes in another way', '{"offset":1.0}'],
  ['more digits than JSON keeps', '{"type":"transcript","offset":1234567890123456789}'],
  ['a number as long as one that is called', '{"offset":5552671}'],
  ['a number of an id in a message that has none', '{"type":"transcript","ackId":"5552671"}'],
  ['digits', '{"msg":"555 2671"}'],
  ['digits of another script', '{"msg":"٤"}'],
  ['number words', '{"msg":"Five double five, two six oh 1"}'],
  ['what may be markup', '{"msg":"a&nbsp;b"}'],
  ['a field that holds a number', '{"type":"event:start","phone":"withheld"}'],
  ['a sign of a credential', '{"msg":"the token"}'],
  ['one in an id', '{"type":"ack","ackId":"token 4155552671"}'],
  ['one in a name', '{"apiKey":"abcdefgh"}'],
  ['an equals sign', '{"msg":"a=b"}'],
])('does not pass %s', (_, said) => {
  expect(passes(said)).toBe(false);
});

it('passes no digits once a field had as few', () => {
  const { payload, passes } = createRedactor({ defaultCountry: 'DE' });
  const said = '{"type":"transcript","msg":"It is 2671."}';
  expect(passes(said)).toBe(true);
  payload(toPayload('{"type":"event:start","phone":"2671"}'));
  expect(passes(said)).toBe(false);
});

it('passes all digits where numbers are kept', () => {
  const { passes } = createRedactor({ keepPhones: true });
  expect(passes('{"phone":"+14155552671","msg":"415-555-2671"}')).toBe(true);
  expect(passes('{"phone":"+14155552671","msg":"the token"}')).toBe(false);
});

it('passes no frame whose words are masked', () => {
  expect(createRedactor({ maskTranscripts: true }).passes('{"type":"a"}')).toBe(false);
});
