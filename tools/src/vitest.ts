import { expect, test as base } from 'vitest';

import type { Recording } from './recording/recording.js';
import { matchers } from './testing/matchers.js';
import type { SentFrame } from './testing/matchers.js';
import { openReplay } from './testing/open-replay.js';
import type { OpenedReplay, OpenReplayOptions } from './testing/open-replay.js';

export type { SentFrame } from './testing/matchers.js';
export type { OpenedReplay, OpenReplayOptions } from './testing/open-replay.js';

declare module 'vitest' {
  // Its type parameter has to be written as vitest writes it.
  // eslint-disable-next-line @typescript-eslint/no-explicit-any
  interface Matchers<T = any> {
    /** Passes when the client has sent exactly these frames, in this order. */
    toHaveSent(expected: readonly SentFrame[]): T;
    /** Passes when the client has sent exactly what the recorded client sent, in its order. */
    toHaveFollowed(recording: Recording): T;
  }
}

expect.extend(matchers);

/** Opens a recording for the test that asks for it. @see openReplay */
export type ReplayedFixture = <const O extends OpenReplayOptions>(
  recording: string | Recording,
  options?: O,
) => Promise<Omit<OpenedReplay<O>, 'finish' | 'close' | typeof Symbol.asyncDispose>>;

/** Less than vitest gives a test, so that it is the replay that says what it waited for. */
const WAIT_MS = 4_000;

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
  replayed: async ({ task }, use) => {
    const opened: OpenedReplay[] = [];
    await use(async (recording, options) => {
      const replay = await openReplay(recording, { waitMs: WAIT_MS, ...options } as typeof options);
      opened.push(replay);
      return replay;
    });
    // A test that has failed already has said what there is to say.
    const hasFailed = task.result?.state === 'fail';
    const endings = opened.map(({ finish, close }) => (hasFailed ? close() : finish()));
    await Promise.allSettled(endings);
    await Promise.all(endings);
  },
});

/** The same, by its other name. */
export const it = test;
