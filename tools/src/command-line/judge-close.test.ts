import { expect, it } from 'vitest';

import type { Divergence } from '../replay/divergence.js';
import { judgeClose } from './judge-close.js';

const early: Divergence = {
  kind: 'early-close',
  at: 'call.ndjson:7',
  expected: 'the client to stay for transcript',
  actual: 'a close',
};
const missing: Divergence = {
  kind: 'missing',
  at: 'call.ndjson:9',
  expected: 'client:joinCall',
  actual: 'nothing before the client closed',
};

it.each([1000, 1001, 1005])('has nothing against a client that closes with %d', (code) => {
  expect(judgeClose('call.ndjson', [], { code, isOwn: true })).toEqual([]);
});

it.each([1009, 1012, 4999])('has nothing against an echo of %d', (code) => {
  expect(judgeClose('call.ndjson', [], { code, isOwn: false })).toEqual([]);
});

it('has nothing against a client that was cut at the end, or never let in', () => {
  expect(judgeClose('call.ndjson', [], { code: 1006, isOwn: false })).toEqual([]);
  expect(judgeClose('call.ndjson', [], undefined)).toEqual([]);
});

it.each([
  [1009, 'a close with 1009 (a message was too big for it)'],
  [1002, 'a close with 1002 (what it got is no WebSocket to it)'],
  [4001, 'a close with 4001'],
])('tells of a client that was played to the end and closed with %d', (code, actual) => {
  expect(judgeClose('call.ndjson', [], { code, isOwn: true })).toMatchObject([
    { kind: 'unexpected', at: 'call.ndjson', actual },
  ]);
});

it('names the code of an early close, and blames no client for a cut', () => {
  expect(judgeClose('call.ndjson', [early], { code: 1009, isOwn: true })).toEqual([
    { ...early, actual: 'a close with 1009 (a message was too big for it)' },
  ]);
  expect(judgeClose('call.ndjson', [early], { code: 1006, isOwn: false })).toEqual([
    {
      ...early,
      actual: 'a cut without a close (1006), which a proxy in between may have made',
    },
  ]);
  expect(judgeClose('call.ndjson', [missing], { code: 1000, isOwn: true })).toEqual([missing]);
  expect(judgeClose('call.ndjson', [missing], { code: 4001, isOwn: true })).toEqual([
    { ...missing, actual: 'nothing before the client closed with 4001' },
  ]);
});
