import { inspect } from 'node:util';

import type { Recording } from '@livecall/recording/format';

import { isWaived } from '../faults/watch-fault.js';
import { DivergedError } from './diverged-error.js';
import { openReplay, toJudged } from './open-replay.js';
import type { OpenedReplay, OpenReplayOptions } from './opened-replay.js';

/** Opens a recording for the test that asks for it. @see openReplay */
export type ReplayedFixture = <const O extends OpenReplayOptions>(
  recording: string | Recording,
  options?: O,
) => Promise<Omit<OpenedReplay<O>, 'finish' | 'close' | typeof Symbol.asyncDispose>>;

/** What one test has opened, and how it is judged. */
export interface ReplayScope {
  readonly replayed: ReplayedFixture;
  /**
   * Ends what was opened: of a test that has passed with the verdicts, of one that has failed only
   * with where its client had departed before.
   *
   * @param errors why the test has failed; nothing where it has passed
   */
  end(errors?: readonly unknown[]): Promise<void>;
}

/** Less than a runner gives a test, so that it is the replay that says what it waited for. */
const WAIT_MS = 4_000;

/** Makes the scope of one test. */
export function createReplayScope(): ReplayScope {
  const endings: ((errors: readonly unknown[] | undefined) => Promise<void>)[] = [];
  return {
    replayed: async (recording, options) => {
      const opened = await openReplay(recording, { waitMs: WAIT_MS, ...options } as typeof options);
      endings.push(async (errors) => {
        if (errors === undefined) return opened.finish();
        // What the client had done before it was cut off may be why the test failed.
        const { faults = [] } = options ?? {};
        const found = opened.server.divergences();
        const departed = toJudged(
          faults.length === 0 ? found : found.filter((each) => !isWaived(each)),
          options ?? {},
        );
        await opened.close();
        const hasSaidWhere = inspect(errors, { depth: Infinity }).includes('DivergedError');
        if (departed.length > 0 && !hasSaidWhere) {
          throw new DivergedError(opened.recording.name, departed);
        }
      });
      return opened;
    },
    end: async (errors) => {
      const ended = await Promise.allSettled(endings.map((end) => end(errors)));
      const failures = ended.flatMap((end) =>
        end.status === 'rejected' ? [end.reason as unknown] : [],
      );
      // Of several, some runners show their message alone, and of one among them nothing.
      if (failures.length === 1) throw failures[0];
      if (failures.length > 1) throw new AggregateError(failures, failures.map(String).join('\n'));
    },
  };
}

/**
 * Makes the body of a test of one that wants `replayed`: what it has opened is judged when it is
 * over, and where it fails by itself and its client had departed before, that is said with it.
 */
export function withReplays<A extends readonly unknown[]>(
  body: (fixtures: { readonly replayed: ReplayedFixture }, ...args: A) => unknown,
): (...args: A) => Promise<void> {
  return async (...args) => {
    const scope = createReplayScope();
    try {
      await body({ replayed: scope.replayed }, ...args);
    } catch (error) {
      await scope.end([error]).catch((departed: unknown) => {
        throw new AggregateError([error, departed], `${String(error)}\n${String(departed)}`);
      });
      throw error;
    }
    await scope.end();
  };
}
