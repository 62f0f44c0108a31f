/** The longest a timer can wait; Node takes anything longer, `Infinity` included, for 1 ms. */
const LONGEST_MS = 2 ** 31 - 1;

/** Numbers by their names; what is not given is left at its default. */
type Numbers = Readonly<Record<string, number | undefined>>;

/** @throws TypeError for a number that is not whole, or out of bounds, by its name. */
export function assertWhole(numbers: Numbers, least: number, most = Number.MAX_SAFE_INTEGER): void {
  for (const [name, value] of Object.entries(numbers)) {
    if (value === undefined) continue;
    if (Number.isInteger(value) && value >= least && value <= most) continue;
    const bounds =
      most === Number.MAX_SAFE_INTEGER ? `of at least ${least}` : `from ${least} to ${most}`;
    throw new TypeError(`${name} must be a whole number ${bounds}, not ${value}.`);
  }
}

/** @throws TypeError for a number that is no duration a timer can wait, by its name. */
export function assertDurationMs(numbers: Numbers): void {
  for (const [name, ms] of Object.entries(numbers)) {
    if (ms === undefined || (ms >= 0 && ms <= LONGEST_MS)) continue;
    throw new TypeError(`${name} must be from 0 to ${LONGEST_MS} milliseconds, not ${ms}.`);
  }
}
