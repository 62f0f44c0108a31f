import { expect, it } from 'vitest';

import { joinReports } from './fleet-status.js';
import type { FollowedCall } from './followed-call.js';
import type { Outbox } from './outbox.js';
import { toReports } from './to-reports.js';

const outbox = { unackedBytes: () => 7 } as Outbox;
const callOf = (callId: string) =>
  ({
    callId,
    since: 1,
    run: () => ({ job: 1, nth: 2 }),
    state: () => 'open',
    published: () => 3,
    unacked: () => 0,
  }) as FollowedCall;
const reported = (count: number, id = 'one') => {
  const ids = Array.from({ length: count }, (_, n) => `call-${n}`);
  const calls = new Map(ids.map((callId) => [callId, callOf(callId)]));
  return { id, name: 'w', slots: 500, calls, outbox, troubles: ['full'] };
};

it('says all of it in one message where that is enough', () => {
  const [part = '', ...more] = toReports(reported(2));
  expect(more).toEqual([]);
  expect(joinReports([JSON.parse(part)])).toEqual([
    {
      worker: 'w',
      slots: 500,
      unackedBytes: 7,
      troubles: ['full'],
      calls: ['call-0', 'call-1'].map((callId) => ({
        ...{ callId, run: { job: 1, nth: 2 }, since: 1 },
        ...{ state: 'open', published: 3, unacked: 0 },
      })),
    },
  ]);
});

it('says it in several, none longer than a message may be, which are one report again', () => {
  const parts = toReports(reported(500), 4_096);
  expect(parts.length).toBeGreaterThan(10);
  expect(Math.max(...parts.map((part) => Buffer.byteLength(part)))).toBeLessThanOrEqual(4_096);
  const other = toReports(reported(1, 'other'));
  const read = joinReports([...parts, ...other].map((part): unknown => JSON.parse(part)));
  expect(read.map(({ calls }) => calls.length)).toEqual([500, 1]);
});

it('passes over answers of somebody else', () => {
  const own = toReports(reported(1)).map((part): unknown => JSON.parse(part));
  const foreign = ['words', null, 7, { worker: 'x' }, { ...(own[0] as object), calls: [{}] }];
  expect(joinReports([...foreign, ...own]).map(({ worker }) => worker)).toEqual(['w']);
});
