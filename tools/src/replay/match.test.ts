import type { Frame } from '@livecall/core';
import { expect, it } from 'vitest';

import { matchFrame } from './match.js';
import type { MatchLevel } from './match.js';
import { toClientFrame } from './recorded-dial.js';

const JOIN = '{"type":"client:joinCall","id":"recorded"}';
const END = '{"type":"client:endCall","id":"recorded-2"}';
const LIVE_JOIN = '{"type":"client:joinCall","id":"live"}';
const LIVE_END = '{"type":"client:endCall","id":"live-2"}';
const GREETING = '{"type":"client:greet","id":"recorded-3"}';

/** Matches a live frame with those that are awaited, and gives the match with frames for entries. */
function match(level: MatchLevel, awaited: readonly Frame[], live: Frame) {
  const found = matchFrame(
    level,
    awaited.map((frame, index) => toClientFrame(index, frame)),
    toClientFrame(-1, live),
  );
  return 'expected' in found ? { ...found, expected: found.expected.index } : found;
}

/* Every level */

it.each<MatchLevel>(['strict', 'typed', 'loose'])(
  'fits the next recorded frame of the same content, ids aside, when %s',
  (level) => {
    expect(match(level, [JOIN, END], LIVE_JOIN)).toEqual({ kind: 'matched', expected: 0 });
  },
);

it.each<MatchLevel>(['strict', 'typed', 'loose'])(
  'knows nothing like a frame that is no command, when %s and nothing is awaited',
  (level) => {
    expect(match(level, [], 'hello')).toEqual({ kind: 'unexpected' });
  },
);

it.each<MatchLevel>(['strict', 'typed', 'loose'])(
  'fits a frame that is no command to one that was recorded, when %s',
  (level) => {
    expect(match(level, ['hello'], 'hello')).toEqual({ kind: 'matched', expected: 0 });
    expect(match(level, [GREETING], GREETING)).toEqual({ kind: 'matched', expected: 0 });
  },
);

it.each<MatchLevel>(['strict', 'typed', 'loose'])('reads binary frames, too, when %s', (level) => {
  expect(match(level, [JOIN], Buffer.from(LIVE_JOIN))).toEqual({ kind: 'matched', expected: 0 });
  expect(match(level, [Buffer.from(JOIN)], LIVE_JOIN)).toEqual({ kind: 'matched', expected: 0 });
});

/* In order */

it.each<MatchLevel>(['strict', 'typed'])(
  'expects nothing after the last frame, when %s',
  (level) => {
    expect(match(level, [], LIVE_JOIN)).toEqual({ kind: 'unexpected' });
  },
);

it.each<MatchLevel>(['strict', 'typed'])('does not fit a frame out of turn, when %s', (level) => {
  expect(match(level, [JOIN, END], LIVE_END)).toEqual({
    kind: 'mismatch',
    expected: 0,
    difference: [],
  });
  expect(match(level, [JOIN], 'hello')).toEqual({ kind: 'mismatch', expected: 0, difference: [] });
});

/* How closely */

it.each([
  [
    'another field',
    '{"type":"client:joinCall","id":"a"}',
    '{"type":"client:joinCall","id":"b","as":"guest"}',
    ['/as'],
  ],
  [
    'a field less',
    '{"type":"client:joinCall","id":"a","as":"guest"}',
    '{"type":"client:joinCall","id":"b"}',
    ['/as'],
  ],
  [
    'another value',
    '{"type":"client:joinCall","id":"a","as":"guest"}',
    '{"type":"client:joinCall","id":"b","as":"host"}',
    ['/as'],
  ],
  [
    'another type of value',
    '{"type":"client:joinCall","id":"a","as":1}',
    '{"type":"client:joinCall","id":"b","as":"1"}',
    ['/as'],
  ],
  [
    'deep fields',
    '{"type":"client:joinCall","id":"a","party":{"names":["Jo","Ana"],"size":2}}',
    '{"type":"client:joinCall","id":"b","party":{"names":["Jo","Jo"],"size":3,"x":null}}',
    ['/party/names/1', '/party/size', '/party/x'],
  ],
  [
    'a list in the place of an object',
    '{"type":"client:joinCall","id":"a","as":{"0":1}}',
    '{"type":"client:joinCall","id":"b","as":[1]}',
    ['/as'],
  ],
  [
    'an object in the place of nothing',
    '{"type":"client:joinCall","id":"a","as":null}',
    '{"type":"client:joinCall","id":"b","as":{}}',
    ['/as'],
  ],
  [
    'keys that a pointer must escape',
    '{"type":"client:joinCall","id":"a"}',
    '{"type":"client:joinCall","id":"b","a/b~c":1}',
    ['/a~1b~0c'],
  ],
  [
    'an id of something else',
    '{"type":"client:joinCall","id":"a","call":{"id":1}}',
    '{"type":"client:joinCall","id":"b","call":{"id":2}}',
    ['/call/id'],
  ],
])('tells %s apart when strict, and only then', (_what, recorded, live, difference) => {
  expect(match('strict', [recorded], live)).toEqual({ kind: 'mismatch', expected: 0, difference });
  expect(match('typed', [recorded], live)).toEqual({ kind: 'matched', expected: 0 });
  expect(match('loose', [recorded], live)).toEqual({ kind: 'matched', expected: 0 });
});

it.each([
  [
    'the order of keys',
    '{"type":"client:joinCall","id":"a","as":{"x":1,"y":2}}',
    '{"as":{"y":2,"x":1},"id":"b","type":"client:joinCall"}',
  ],
  ['white space', JOIN, '{ "type": "client:joinCall", "id": "live" }\n'],
])('does not mind %s when strict', (_what, recorded, live) => {
  expect(match('strict', [recorded], live)).toEqual({ kind: 'matched', expected: 0 });
});

it('tells frames apart that are no commands when strict', () => {
  const mismatch = { kind: 'mismatch', expected: 0, difference: ['/'] };

  expect(match('strict', ['hello'], 'bye')).toEqual(mismatch);
  expect(match('strict', [Uint8Array.of(1)], Uint8Array.of(2))).toEqual(mismatch);
  expect(match('strict', ['7'], '8')).toEqual(mismatch);
  expect(match('strict', ['["a"]'], '["b"]')).toMatchObject({ difference: ['/0'] });
  expect(match('strict', ['{"type":"client:greet"}'], '{"type":"client:wave"}')).toMatchObject({
    difference: ['/type'],
  });
  expect(match('typed', ['hello'], 'bye')).toEqual({ kind: 'matched', expected: 0 });
});

/* Loosely */

it('fits a command out of turn when loose', () => {
  expect(match('loose', [JOIN, END], LIVE_END)).toEqual({ kind: 'matched', expected: 1 });
});

it('fits the first of two that are alike when loose', () => {
  expect(match('loose', [END, JOIN, JOIN], LIVE_JOIN)).toEqual({ kind: 'matched', expected: 1 });
});

it('takes a command that was never recorded for an extra one when loose', () => {
  const asked = { type: 'client:joinCall', id: 'live', content: { type: 'client:joinCall' } };

  expect(match('loose', [], LIVE_JOIN)).toEqual({ kind: 'extra', asked });
  expect(match('loose', [END], LIVE_JOIN)).toEqual({ kind: 'extra', asked });
});

it('takes no frame for an extra one that could not be acknowledged', () => {
  expect(match('loose', [JOIN], 'hello')).toEqual({ kind: 'unexpected' });
  expect(match('loose', [JOIN], GREETING)).toEqual({ kind: 'unexpected' });
});
