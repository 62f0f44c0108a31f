import { inspect } from 'node:util';

import type { Recording } from '@livecall/recording/format';
import { expect, test as base } from 'vitest';

import { isWaived } from './faults/watch-fault.js';
import { DivergedError } from './testing/diverged-error.js';
import { matchers } from './testing/matchers.js';
import type { SentFrame } from './testing/matchers.js';
import { openReplay, toJudged } from './testing/open-replay.js';
import type { OpenedReplay, OpenReplayOptions } from './testing/open-replay.js';

export type { SentFrame } from './testing/matchers.js';
export type { OpenedReplay, OpenReplayOptions } from './testing/open-replay.js';

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
  replayed: async ({ task, onTestFinished }, use) => {
    const endings: ((hasPassed: boolean, hasSaidWhere: boolean) => Promise<void>)[] = [];
    // Not behind `use`: vitest reports what is thrown there twice.
    onTestFinished(async () => {
      const { state, errors } = task.result ?? {};
      const hasSaidWhere = inspect(errors, { depth: Infinity }).includes('DivergedError');
      const ended = await Promise.allSettled(
        endings.map((end) => end(state === 'pass', hasSaidWhere)),
      );
      const failures = ended.flatMap((end) =>
        end.status === 'rejected' ? [end.reason as unknown] : [],
      );
      // vitest 3 shows of several their message alone, and of one among them nothing.
      if (failures.length === 1) throw failures[0];
      if (failures.length > 1) throw new AggregateError(failures, failures.map(String).join('\n'));
    });
    await use(async (recording, options) => {
      const opened = await openReplay(recording, { waitMs: WAIT_MS, ...options } as typeof options);
      endings.push(async (hasPassed, hasSaidWhere) => {
        if (hasPassed) return opened.finish();
        // What the client had done before it was cut off may be why the test failed.
        const { faults = [] } = options ?? {};
        const found = opened.server.divergences();
        const departed = toJudged(
          faults.length === 0 ? found : found.filter((each) => !isWaived(each)),
          options ?? {},
        );
        await opened.close();
        if (departed.length > 0 && !hasSaidWhere) {
          throw new DivergedError(opened.recording.name, departed);
        }
      });
      return opened;
    });
  },
});

/** The same, by its other name. */
export const it = test;
