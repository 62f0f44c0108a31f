import { InvalidArgumentError } from 'commander';

import { parseDuration } from '../duration.js';

/** As `LONGEST_TIMER_MS`, which `livecall --help` would wait for: it comes with RxJS. A test holds the two alike. */
const LONGEST_MS = 2 ** 31 - 1;

/** Reads the time of an option, which is in milliseconds then. */
export function toTime(text: string): number {
  const ms = parseDuration(text);
  if (ms !== undefined && ms <= LONGEST_MS) return ms;
  throw new InvalidArgumentError('It should be a time such as 90s, 1m30s or 250ms.');
}

/** The same, for what takes a moment at least. */
export function toPatience(text: string): number {
  const ms = toTime(text);
  if (ms >= 1) return ms;
  throw new InvalidArgumentError('It should be 1ms or more.');
}
