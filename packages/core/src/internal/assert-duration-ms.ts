import { assertOptions } from './assert-option.js';

/** The longest a timer can wait; Node takes anything longer, `Infinity` included, for 1 ms. */
export const LONGEST_TIMER_MS = 2 ** 31 - 1;

/**
 * Looks at durations by their names; what is not given is left at its default.
 *
 * @throws TypeError for one that no timer can wait, by its name
 */
export function assertDurationMs(
  options: Readonly<Record<string, number | undefined>>,
  leastMs = 0,
): void {
  const must = `from ${leastMs} to ${LONGEST_TIMER_MS} milliseconds`;
  assertOptions(options, must, (ms: number) => ms >= leastMs && ms <= LONGEST_TIMER_MS);
}
