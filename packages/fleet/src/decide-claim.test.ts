import { expect, it } from 'vitest';

import { decideClaim } from './decide-claim.js';
import type { Claimant } from './decide-claim.js';
import type { LastOfCall } from './last-of-call.js';

const claimant: Claimant = {
  jobNumber: 17,
  delivered: 1,
  isLeaseValid: true,
  claimId: 'mine',
  claiming: undefined,
};

const last = (job: number, nth: number, of: { claim?: string; isEnd?: boolean } = {}) =>
  ({
    sequence: 40,
    id: { run: { job, nth }, number: 3 },
    isEnd: of.isEnd ?? false,
    isClaim: (claim) => claim === of.claim,
  }) satisfies LastOfCall;

const take = (nth: number, after: number) => ({
  kind: 'take',
  run: { job: 17, nth },
  after,
});

it('takes a call of which there is nothing as its first run', () => {
  expect(decideClaim(undefined, claimant)).toEqual(take(1, 0));
});

it('takes a call as the run behind the last one, and behind its last message', () => {
  expect(decideClaim(last(17, 4), claimant)).toEqual(take(5, 40));
});

it('takes a call of an earlier job as a first run, whether or not it had ended', () => {
  expect(decideClaim(last(16, 4), claimant)).toEqual(take(1, 40));
  expect(decideClaim(last(16, 4, { isEnd: true }), claimant)).toEqual(take(1, 40));
});

it('takes a call behind a message of somebody else', () => {
  expect(decideClaim({ ...last(17, 4), id: undefined }, claimant)).toEqual(take(1, 40));
});

it('numbers a run by the delivery where the stream has lost what there was', () => {
  expect(decideClaim(undefined, { ...claimant, delivered: 9 })).toEqual(take(9, 0));
});

it('has a call whose header was stored, and the acknowledgement lost', () => {
  const claiming = { job: 17, nth: 5 };
  expect(decideClaim(last(17, 5, { claim: 'mine' }), { ...claimant, claiming })).toEqual({
    kind: 'ours',
    run: claiming,
    sequence: 40,
  });
});

it('takes a call behind a run of the same number that another worker has claimed', () => {
  const claiming = { job: 17, nth: 5 };
  expect(decideClaim(last(17, 5, { claim: 'theirs' }), { ...claimant, claiming })).toEqual(
    take(6, 40),
  );
});

it('leaves a call to a later job, which it has slept through', () => {
  const asleep = { ...claimant, isLeaseValid: false };
  expect(decideClaim(last(18, 1), asleep)).toEqual({ kind: 'superseded' });
});

it('goes on behind the jobs of a queue that was made anew, and counts from less', () => {
  const behind = { kind: 'take', run: { job: 90, nth: 5 }, after: 40 };
  expect(decideClaim(last(90, 4), claimant)).toEqual(behind);
  expect(decideClaim(last(90, 4, { isEnd: true }), claimant)).toEqual(behind);
});

it('finds a call over whose worker died before it could say so to the queue', () => {
  expect(decideClaim(last(17, 4, { isEnd: true }), claimant)).toEqual({ kind: 'ended' });
});

it('leaves a call that was begun with while the worker slept', () => {
  const asleep = { ...claimant, delivered: 3, isLeaseValid: false };
  expect(decideClaim(last(17, 4), asleep)).toEqual({ kind: 'superseded' });
});

it('takes a call with which nobody has begun, though the lease is over', () => {
  const asleep = { ...claimant, delivered: 4, isLeaseValid: false };
  expect(decideClaim(last(17, 4), asleep)).toEqual(take(5, 40));
  expect(decideClaim(undefined, asleep)).toEqual(take(4, 0));
});
