const MONTHS = ['jan', 'feb', 'mar', 'apr', 'may', 'jun', 'jul', 'aug', 'sep', 'oct', 'nov', 'dec'];
const TIME = String.raw`(?<hour>\d\d):(?<minute>\d\d):(?<second>\d\d)`;

/** RFC 9110 §5.6.7: a sender has the first form alone, a recipient takes all three. */
const HTTP_DATES = [
  // Sun, 06 Nov 1994 08:49:37 GMT
  new RegExp(
    String.raw`^[a-z]{3}, (?<day>\d\d) (?<month>[a-z]{3}) (?<year>\d{4}) ${TIME} GMT$`,
    'i',
  ),
  // Sunday, 06-Nov-94 08:49:37 GMT (RFC 850)
  new RegExp(
    String.raw`^[a-z]{6,9}, (?<day>\d\d)-(?<month>[a-z]{3})-(?<year>\d\d) ${TIME} GMT$`,
    'i',
  ),
  // Sun Nov  6 08:49:37 1994 (asctime)
  new RegExp(String.raw`^[a-z]{3} (?<month>[a-z]{3}) (?<day>[ \d]\d) ${TIME} (?<year>\d{4})$`, 'i'),
];

/** The headers of an answer, and when it came by this machine's clock, in ms since 1970. */
export interface Answered {
  readonly retryAfter: string | undefined;
  readonly date: string | undefined;
  readonly nowMs: number;
}

/**
 * How long an answer asks to wait, in whole milliseconds; undefined where it does not, or in a way
 * that RFC 9110 §10.2.3 does not have. A date is reckoned against the answer's own `Date`: the clocks
 * of the two may differ. A fraction of a second, which is out of the grammar but sent, is rounded up.
 *
 * @see PROTOCOL.md#dialling-again
 */
export function toRetryAfterMs({
  retryAfter = '',
  date = '',
  nowMs,
}: Answered): number | undefined {
  const given = retryAfter.trim();
  if (/^\d+(\.\d+)?$/.test(given)) {
    return Math.min(Math.ceil(Number(given)) * 1000, Number.MAX_SAFE_INTEGER);
  }
  const untilMs = parseHttpDate(given, nowMs);
  if (untilMs === undefined) return undefined;
  return Math.max(0, untilMs - (parseHttpDate(date.trim(), nowMs) ?? nowMs));
}

function parseHttpDate(text: string, nowMs: number): number | undefined {
  const fields = HTTP_DATES.map((form) => form.exec(text)?.groups).find(Boolean);
  if (fields === undefined) return undefined;
  const { day = '', month = '', year = '', hour = '', minute = '', second = '' } = fields;
  const monthIndex = MONTHS.indexOf(month.toLowerCase());
  const toMs = (fullYear: number) => {
    const at = new Date(0);
    at.setUTCFullYear(fullYear, monthIndex, Number(day));
    const isDay = at.getUTCMonth() === monthIndex && at.getUTCDate() === Number(day);
    // A leap second is a second, too.
    const isTime = Number(hour) < 24 && Number(minute) < 60 && Number(second) <= 60;
    return isDay && isTime
      ? at.setUTCHours(Number(hour), Number(minute), Number(second))
      : undefined;
  };
  return year.length === 4 ? toMs(Number(year)) : toMs(toFullYear(Number(year), toMs, nowMs));
}

/** Two digits are of this century, unless that is more than 50 years ahead. */
function toFullYear(
  year: number,
  toMs: (fullYear: number) => number | undefined,
  nowMs: number,
): number {
  const now = new Date(nowMs);
  const fullYear = Math.floor(now.getUTCFullYear() / 100) * 100 + year;
  const in50YearsMs = now.setUTCFullYear(now.getUTCFullYear() + 50);
  return (toMs(fullYear) ?? 0) > in50YearsMs ? fullYear - 100 : fullYear;
}
