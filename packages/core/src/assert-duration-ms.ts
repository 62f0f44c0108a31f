/** The longest a timer can wait; Node takes anything longer, `Infinity` included, for 1 ms. */
const LONGEST_MS = 2 ** 31 - 1;

/** @throws TypeError for an option that is no duration a timer can wait, by its name. */
export function assertDurationMs(options: Readonly<Record<string, number>>, leastMs = 0): void {
  for (const [name, ms] of Object.entries(options)) {
    if (ms >= leastMs && ms <= LONGEST_MS) continue;
    throw new TypeError(
      `${name} must be from ${leastMs} to ${LONGEST_MS} milliseconds, not ${ms}.`,
    );
  }
}
