import { InvalidArgumentError } from 'commander';

const DAY_MS = 86_400_000;
const DATE =
  /^(?<day>\d{4}-\d\d-\d\d)(?<time>T\d\d:\d\d(?::\d\d(?:\.\d+)?)?(?<zone>Z|[+-]\d\d:\d\d)?)?$/i;

/**
 * Reads a date, or a date and a time, as milliseconds since the epoch: of a day, its beginning. What
 * names no zone is UTC, as the list shows it, on whatever machine.
 */
export function toDate(text: string): number {
  const { day = '', time, zone } = DATE.exec(text)?.groups ?? {};
  const isUtc = time !== undefined && zone === undefined;
  const date = isDay(day) ? Date.parse(isUtc ? `${text}Z` : text) : NaN;
  if (!Number.isNaN(date)) return date;
  throw new InvalidArgumentError('It should be a date such as 2026-01-31 or 2026-01-31T12:00Z.');
}

/** Whether its month has that day: the 31st of February is taken for one of March elsewhere. */
function isDay(day: string): boolean {
  const at = Date.parse(day);
  return !Number.isNaN(at) && new Date(at).toISOString().startsWith(day);
}

/** The same, but of a day its end: until the 31st is the 31st, too. */
export function toLastDate(text: string): number {
  const date = toDate(text);
  return text.includes('T') || text.includes('t') ? date : date + DAY_MS - 1;
}
