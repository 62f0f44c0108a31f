import { expect, it } from 'vitest';

import { createCallShare } from './call-share.js';

function createShare() {
  let at = 0;
  const share = createCallShare(() => at);
  return {
    ...share,
    pass: (ms: number) => {
      at += ms;
    },
  };
}

it('waits a little, a millisecond a call, where nobody with fewer is heard of', () => {
  const share = createShare();
  expect([0, 7, 400].map(share.pauseMs)).toEqual([0, 7, 25]);
  share.hear(401);
  expect(share.pauseMs(400)).toBe(25);
});

it('waits longer the more calls it has than who takes some and has fewest', () => {
  const share = createShare();
  share.hear(30);
  share.hear(100);
  expect([30, 60, 90, 400].map(share.pauseMs)).toEqual([25, 60, 120, 150]);
});

it('goes by what that one has by now, and by nothing that is long ago', () => {
  const share = createShare();
  share.hear(30);
  share.pass(250);
  share.hear(90);
  expect(share.pauseMs(110)).toBe(40);
  share.pass(1_000);
  expect(share.pauseMs(100)).toBe(25);
});
