import type { Recording } from '@livecall/recording/format';
import { expect, test as base } from 'vitest';

import { matchers } from './testing/matchers.js';
import type { SentFrame } from './testing/matchers.js';
import { createReplayScope } from './testing/replay-scope.js';
import type { ReplayedFixture } from './testing/replay-scope.js';

export type { SentFrame } from './testing/matchers.js';
export type { OpenedReplay, OpenReplayOptions } from './testing/opened-replay.js';
export type { ReplayedFixture } from './testing/replay-scope.js';

declare module 'vitest' {
  // Its type parameter has to be written as vitest writes it.
  // eslint-disable-next-line @typescript-eslint/no-explicit-any, @typescript-eslint/no-unused-vars
  interface Matchers<T = any> {
    /** Passes when the client has sent exactly these frames, in this order. */
    toHaveSent(expected: readonly SentFrame[]): void;
    /** Passes when the client has sent exactly what the recorded client sent, in its order. */
    toHaveFollowed(recording: Recording): void;
  }
}

expect.extend(matchers);

/**
 * vitest's `test`, with `replayed`: opens a recording, and when the test is over sees that the
 * client has followed it to its end. What is open then is closed.
 *
 * @see docs/testing.md
 * @example
 * import { expect } from 'vitest';
 * import { test } from '@livecall/tools/vitest';
 *
 * test('joins the call', async ({ replayed }) => {
 *   const { call } = await replayed('recordings/joined-call.ndjson');
 * });
 */
export const test = base.extend<{ replayed: ReplayedFixture }>({
  replayed: async ({ task, onTestFinished }, use) => {
    const scope = createReplayScope();
    // Not behind `use`: vitest reports what is thrown there twice.
    onTestFinished(async () => {
      const { state, errors = [] } = task.result ?? {};
      await scope.end(state === 'pass' ? undefined : errors);
    });
    await use(scope.replayed);
  },
});

/** The same, by its other name. */
export const it = test;
