import type { Moment } from '@livecall/recording/format';
import pc from 'picocolors';
import { expect, it } from 'vitest';

import { showMoment, showTime } from './show-moment.js';

const plain = pc.createColors(false);
const coloured = pc.createColors(true);

it.each([
  [0, '00:00.000'],
  [0.4, '00:00.000'],
  [38.2, '00:00.038'],
  [999.6, '00:01.000'],
  [12_345, '00:12.345'],
  [59_999.5, '01:00.000'],
  [62_345.678, '01:02.346'],
  [3_599_999.4, '59:59.999'],
  [3_599_999.5, '1:00:00.000'],
  [3_723_004, '1:02:03.004'],
  [360_000_000, '100:00:00.000'],
])('shows %d ms as %s', (ms, expected) => {
  expect(showTime(ms)).toBe(expected);
});

it.each<[moment: Moment, expected: string]>([
  [{ at: 38.2, what: 'connected', connection: 1 }, '00:00.038  connected'],
  [{ at: 9, what: 'connected', connection: 2 }, '00:00.009  connected again (connection 2)'],
  [{ at: 9, what: 'refused', status: 503 }, '00:00.009  refused with 503'],
  [
    { at: 9, what: 'not connected', reason: 'ECONNREFUSED' },
    '00:00.009  not connected (ECONNREFUSED)',
  ],
  [{ at: 9, what: 'call started', phone: '+12025550100' }, '00:00.009  call from +12025550100'],
  [{ at: 9, what: 'call started', phone: 'anonymous' }, '00:00.009  call from anonymous'],
  [{ at: 9, what: 'call started', phone: '' }, '00:00.009  call from a number that is not given'],
  [
    { at: 9, what: 'screening ended', message: 'The caller left a message.' },
    '00:00.009  screening ended · The caller left a message.',
  ],
  [{ at: 9, what: 'call ended' }, '00:00.009  call ended'],
  [{ at: 9, what: 'said', role: 'assistant', text: 'Hello?' }, '00:00.009  assistant   Hello?'],
  [{ at: 9, what: 'said', role: 'other', text: 'Hello?' }, '00:00.009  caller      Hello?'],
  [{ at: 9, what: 'said', role: 'user', text: 'Hello?' }, '00:00.009  subscriber  Hello?'],
  [{ at: 9, what: 'asked', command: 'client:joinCall' }, '00:00.009  → join the call'],
  [{ at: 9, what: 'asked', command: 'client:endCall' }, '00:00.009  → end the call'],
  [
    { at: 9, what: 'acknowledged', command: 'client:joinCall', afterMs: 71.2 },
    '00:00.009  ← acknowledged after 71 ms: join the call',
  ],
  [
    { at: 9, what: 'acknowledged', command: 'unknown' },
    '00:00.009  ← acknowledged: a command that is not in the recording',
  ],
  [{ at: 9, what: 'error reported', description: 'busy' }, '00:00.009  error: busy'],
  [
    { at: 9, what: 'unknown message', type: 'event:hold' },
    '00:00.009  unknown message: event:hold',
  ],
  [
    { at: 9, what: 'invalid frame', from: 'client', problem: 'not JSON' },
    '00:00.009  invalid frame from the client: not JSON',
  ],
  [
    { at: 9, what: 'closed', by: 'server', code: 1000, reason: '' },
    '00:00.009  closed by the server with 1000',
  ],
  [
    { at: 9, what: 'closed', by: 'client', code: 4000, reason: 'had enough' },
    '00:00.009  closed by the client with 4000 · had enough',
  ],
  [{ at: 9, what: 'closed', by: 'server', code: 1006, reason: '' }, '00:00.009  connection cut'],
  [{ at: 9, what: 'mark', label: 'here' }, '00:00.009  # here'],
])('shows %j', (moment, expected) => {
  expect(showMoment(moment, plain)).toBe(expected);
});

it('paints the time and the speaker', () => {
  expect(showMoment({ at: 9, what: 'said', role: 'other', text: 'Hello?' }, coloured)).toBe(
    '\u001b[2m00:00.009\u001b[22m  \u001b[36mcaller    \u001b[39m  Hello?',
  );
});

const NASTY = 'a\u001b[31mb\u001b[0m\rc\nd\u0000e\u202ef\u2066g\u0085h';
const HARMLESS = 'ab c d e f g h';

it.each<Moment>([
  { at: 9, what: 'not connected', reason: NASTY },
  { at: 9, what: 'call started', phone: NASTY },
  { at: 9, what: 'screening ended', message: NASTY },
  { at: 9, what: 'said', role: 'other', text: NASTY },
  { at: 9, what: 'error reported', description: NASTY },
  { at: 9, what: 'unknown message', type: NASTY },
  { at: 9, what: 'closed', by: 'server', code: 1008, reason: NASTY },
  { at: 9, what: 'mark', label: NASTY },
])('lets no control character through to the terminal when it shows that $what', (moment) => {
  const shown = showMoment(moment, plain);

  expect(shown).toContain(HARMLESS);
  expect(shown).not.toMatch(/[\p{Cc}\u202a-\u202e\u2066-\u2069]/u);
});

const said = (text: string): Moment => ({ at: 9, what: 'said', role: 'other', text });

it('goes on below where the words began, at words, where a terminal ends', () => {
  const text = 'I am calling about the delivery, and whether it can be moved to Friday.';

  expect(showMoment(said(text), plain, 60)).toBe(
    [
      '00:00.009  caller      I am calling about the delivery, and',
      '                       whether it can be moved to Friday.',
    ].join('\n'),
  );
});

it('breaks a word that no line has room for, and counts wide letters as two', () => {
  const lines = showMoment(said('日'.repeat(30)), plain, 63).split('\n');

  expect(lines).toEqual([
    `00:00.009  caller      ${'日'.repeat(20)}`,
    `                       ${'日'.repeat(10)}`,
  ]);
});

it.each([
  ['a file', Infinity],
  ['a terminal that is too narrow', 20],
])('stays one line in %s', (_what, columns) => {
  expect(showMoment(said('Hello? '.repeat(50)), plain, columns)).not.toContain('\n');
});
