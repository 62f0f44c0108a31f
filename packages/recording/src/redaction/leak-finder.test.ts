import { expect, it } from 'vitest';

import { parseRecording } from '../format/parse-recording.js';
import { createLeakFinder } from './leak-finder.js';

const jwt = 'eyJhbGciOiJub25lIn0.eyJzdWIiOiJjYW5hcnktc3Vic2NyaWJlciJ9.Y2FuYXJ5LXNpZ25hdHVyZQ';
const PHONE = 'a phone number, though the header says that they were replaced';
const WORDS = 'words, though the header says that they were masked';

const toFrame = (json: object) => JSON.stringify({ at: 0, event: 'frame', from: 'server', json });
const toSaid = (msg: string) => toFrame({ type: 'transcript', msg, role: 'other' });
const toBase64 = (text: string) =>
  JSON.stringify({
    at: 0,
    event: 'frame',
    from: 'server',
    base64: Buffer.from(text).toString('base64'),
  });

/** Looks for leaks in a recording with one frame. */
async function findIn(
  line: string,
  redacted: readonly string[] = ['credentials', 'phones'],
  defaultCountry?: string,
): Promise<readonly string[]> {
  const header = { livecall: 1, recordedAt: '2026-11-22T09:00:00Z', redacted };
  const text = [JSON.stringify(header), '{"at":0,"event":"open","status":101}', line, ''].join(
    '\n',
  );
  const recording = await parseRecording('call', text);
  const find = createLeakFinder(defaultCountry === undefined ? {} : { defaultCountry });
  return [
    ...find({ kind: 'header', line: 1, header: recording.header }),
    ...recording.entries.flatMap((entry, index) => find({ kind: 'entry', line: index + 2, entry })),
  ];
}

it.each([
  ['a JWT', toSaid(`it is ${jwt}`), ['a JWT']],
  ['a JWT in a key', toFrame({ [jwt]: 1 }), ['a JWT']],
  ['a JWT in bytes', toBase64(`\u0001\u0002${jwt}`), ['a JWT']],
  [
    'a JWT in an event that is not known',
    JSON.stringify({ at: 0, event: 'x', of: jwt }),
    ['a JWT'],
  ],
  ['a bearer token', toSaid('Bearer s3cr3t-t0ken'), ['a bearer token']],
  ['a spoken number', toSaid('call 415-555-2671'), [PHONE]],
  ['a number in a field', toFrame({ type: 'event:start', phone: '1234' }), [PHONE]],
  ['a number in bytes', toBase64('call 415-555-2671'), [PHONE]],
  [
    'a number beside a frame',
    toFrame({ type: 'ack' }).replace('"json"', '"heardBy":"+14155552671","json"'),
    [PHONE],
  ],
  ['a number in a mark', JSON.stringify({ at: 0, event: 'mark', label: '+442079460958' }), [PHONE]],
])('finds %s', async (_what, line, found) => {
  expect(await findIn(line)).toEqual(found);
});

it.each([
  ['a fictional number', toSaid('call 202-555-0142 or (212) 555-0100')],
  ['a fictional number in a field', toFrame({ type: 'event:start', phone: '+13125550199' })],
  ['a withheld number', toFrame({ type: 'event:start', phone: 'anonymous' })],
  ['an id', toFrame({ type: 'ack', ackId: '4155552671' })],
])('passes over %s', async (_what, line) => {
  expect(await findIn(line)).toEqual([]);
});

it('looks for no more than the header says', async () => {
  const line = toSaid('call 415-555-2671');

  expect(await findIn(line, ['credentials'])).toEqual([]);
  expect(await findIn(line, ['transcripts'])).toEqual([WORDS]);
  expect(await findIn(toSaid('xxxx xxx-xxx-xxxx'), ['phones', 'transcripts'])).toEqual([]);
});

it('finds the national numbers of another country', async () => {
  const line = toSaid('call 020 7946 0958');

  expect(await findIn(line)).toEqual([]);
  expect(await findIn(line, ['phones'], 'GB')).toEqual([PHONE]);
});

it('finds what stands in the header', () => {
  const header = { livecall: 1, recordedAt: '', redacted: ['phones'], title: '415-555-2671 calls' };
  const find = createLeakFinder();

  expect(find({ kind: 'header', line: 1, header: { ...header, livecall: 1 } })).toEqual([PHONE]);
  expect(find({ kind: 'header', line: 1, header: { livecall: 1, recordedAt: jwt } })).toEqual([
    'a JWT',
  ]);
  expect(find({ kind: 'torn', line: 2 })).toEqual([]);
});
