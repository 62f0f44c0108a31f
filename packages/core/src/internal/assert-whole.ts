/** @throws TypeError for a number that is not whole, or out of bounds, by its name. */
export function assertWhole(
  numbers: Readonly<Record<string, number | undefined>>,
  least: number,
  most = Number.MAX_SAFE_INTEGER,
): void {
  for (const [name, value] of Object.entries(numbers)) {
    if (value === undefined) continue;
    if (Number.isInteger(value) && value >= least && value <= most) continue;
    const bounds =
      most === Number.MAX_SAFE_INTEGER ? `of at least ${least}` : `from ${least} to ${most}`;
    throw new TypeError(`${name} must be a whole number ${bounds}, not ${value}.`);
  }
}
