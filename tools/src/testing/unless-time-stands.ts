// Named imports of Node's own module stay what they are when a test fakes the timers.
import { clearTimeout as clearRealTimeout, setTimeout as setRealTimeout } from 'node:timers';

/** Time stands still: what is waited for cannot come, since the timers are a test's own. */
export class TimeStandsStillError extends Error {
  readonly _tag = 'TimeStandsStillError';
  override readonly name = 'TimeStandsStillError';

  /** @param waitedMs real milliseconds in which no timer ran */
  constructor(recording: string, waitedMs: number) {
    super(
      `${recording}: the timers are faked and stood still for ${waitedMs} ms, so the replay has no verdict. ` +
        'Advance them until the call is over, or give them back before the test ends ' +
        '(vi.useRealTimers(), jest.useRealTimers(), mock.timers.reset()).',
    );
  }
}

/**
 * Gives what `work` gives, and rejects where no timer has run for so long in real time: under fake
 * timers that nobody moves, a wait with a bound never ends.
 *
 * @param aliveMs real milliseconds between two looks
 */
export async function unlessTimeStands<A>(
  work: Promise<A>,
  recording: string,
  aliveMs: number,
): Promise<A> {
  let look: NodeJS.Timeout | undefined;
  let probe: NodeJS.Timeout | undefined;
  const standing = new Promise<never>((_resolve, reject) => {
    const watch = () => {
      let hasRun = false;
      // Through the global, as everything that waits does.
      probe = setTimeout(() => {
        hasRun = true;
      }, 0);
      look = setRealTimeout(() => {
        if (hasRun) watch();
        else reject(new TimeStandsStillError(recording, aliveMs));
      }, aliveMs);
    };
    watch();
  });
  try {
    return await Promise.race([work, standing]);
  } finally {
    clearRealTimeout(look);
    clearTimeout(probe);
  }
}
