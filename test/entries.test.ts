import { LONGEST_TIMER_MS } from '@livecall/core/internal';
import * as tools from '@livecall/tools';
import * as replays from '@livecall/tools/replay';
import { expect, it } from 'vitest';

import * as ofFleet from '../packages/fleet/src/command-line/exit-error.js';
import * as ofTools from '../tools/src/command-line/exit-error.js';
import { toTime } from '../tools/src/command-line/to-time.js';

/* What two lists say, which cannot be one: each names its own things in its own order. */

it('has all of @livecall/tools/replay in @livecall/tools, and the same', () => {
  expect(tools).toMatchObject(replays);
});

it('takes a time of an option as long as a timer can wait, and no longer', () => {
  expect(toTime(`${LONGEST_TIMER_MS}ms`)).toBe(LONGEST_TIMER_MS);
  expect(() => toTime(`${LONGEST_TIMER_MS + 1}ms`)).toThrow('It should be a time');
});

it('ends livecall-fleet as livecall ends, where both can end so', () => {
  const { badInput, ...others } = ofFleet.exitCodes;
  expect(ofTools.exitCodes).toMatchObject(others);
  // What is bad is a call's id there, and a recording here: EX_DATAERR.
  expect(badInput).toBe(ofTools.exitCodes.badRecording);
});
