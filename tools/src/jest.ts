import type { Recording } from '@livecall/recording/format';
import type {} from 'expect';

import { matchers } from './testing/matchers.js';
import type { SentFrame } from './testing/matchers.js';
import { withReplays } from './testing/replay-scope.js';
import type { ReplayedFixture } from './testing/replay-scope.js';

export type { SentFrame } from './testing/matchers.js';
export type { OpenedReplay, OpenReplayOptions } from './testing/opened-replay.js';
export type { ReplayedFixture } from './testing/replay-scope.js';

declare module 'expect' {
  interface Matchers<R extends void | Promise<void>> {
    /** Passes when the client has sent exactly these frames, in this order. */
    toHaveSent(expected: readonly SentFrame[]): R;
    /** Passes when the client has sent exactly what the recorded client sent, in its order. */
    toHaveFollowed(recording: Recording): R;
  }
}

/** The body of a test. */
export type ReplayTestBody = (fixtures: { readonly replayed: ReplayedFixture }) => unknown;

/** Jest's `test`, for bodies that want `replayed`. */
export interface ReplayTest {
  (name: string, body: ReplayTestBody, timeoutMs?: number): void;
  only(name: string, body: ReplayTestBody, timeoutMs?: number): void;
  skip(name: string, body: ReplayTestBody, timeoutMs?: number): void;
}

type JestTest = (name: string, body: () => Promise<void>, timeoutMs?: number) => void;

/** What Jest puts into the files of tests. */
interface JestGlobals {
  readonly test?: JestTest & { readonly only: JestTest; readonly skip: JestTest };
  readonly expect?: { extend(matchers: object): void };
}

const { test: base, expect } = globalThis as JestGlobals;
if (base === undefined || expect === undefined) {
  throw new TypeError(
    '@livecall/tools/jest is for a test that Jest runs, with its globals (`injectGlobals`).',
  );
}
expect.extend(matchers);

const wrap =
  (jestTest: JestTest): JestTest =>
  (name, body, timeoutMs) => {
    jestTest(name, withReplays(body), timeoutMs);
  };

/**
 * Jest's `test`, with `replayed`: opens a recording, and when the test is over sees that the client
 * has followed it to its end. What is open then is closed. The matchers are there, too.
 *
 * @see docs/testing.md#jest-and-nodetest
 * @example
 * import { test } from '@livecall/tools/jest';
 *
 * test('joins the call', async ({ replayed }) => {
 *   const { call } = await replayed('recordings/joined-call.ndjson');
 * });
 */
export const test: ReplayTest = Object.assign(wrap(base) as ReplayTest, {
  only: wrap(base.only) as ReplayTest['only'],
  skip: wrap(base.skip) as ReplayTest['skip'],
});

/** The same, by its other name. */
export const it = test;
