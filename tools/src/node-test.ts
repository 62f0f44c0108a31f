import { test as base } from 'node:test';
import type { TestContext, TestOptions } from 'node:test';

import { withReplays } from './testing/replay-scope.js';
import type { ReplayedFixture } from './testing/replay-scope.js';

export type { OpenedReplay, OpenReplayOptions } from './testing/opened-replay.js';
export type { ReplayedFixture } from './testing/replay-scope.js';

/** The body of a test; its context comes second. */
export type ReplayTestBody = (
  fixtures: { readonly replayed: ReplayedFixture },
  t: TestContext,
) => unknown;

/** The `test` of node:test, for bodies that want `replayed`. */
export interface ReplayTest {
  (name: string, body: ReplayTestBody): Promise<void>;
  (name: string, options: TestOptions, body: ReplayTestBody): Promise<void>;
}

/**
 * The `test` of node:test, with `replayed`: opens a recording, and when the test is over sees that
 * the client has followed it to its end. What is open then is closed.
 *
 * @see docs/testing.md#jest-and-nodetest
 * @example
 * import { test } from '@livecall/tools/node-test';
 *
 * test('joins the call', async ({ replayed }) => {
 *   const { call } = await replayed('recordings/joined-call.ndjson');
 * });
 */
export const test: ReplayTest = async (
  name: string,
  ...rest: [ReplayTestBody] | [TestOptions, ReplayTestBody]
) => {
  const [options, body] = rest.length === 1 ? [{}, rest[0]] : rest;
  await base(
    name,
    options,
    withReplays((fixtures, t: TestContext) => body(fixtures, t)),
  );
};

/** The same, by its other name. */
export const it = test;
