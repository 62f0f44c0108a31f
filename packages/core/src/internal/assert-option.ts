type Options = Readonly<Record<string, unknown>>;

/** @throws TypeError for an option that is not what it must be, by its name; one that is not given passes. */
export function assertOptions(
  options: Options,
  must: string,
  fits: (value: never) => boolean,
): void {
  for (const name in options) {
    const value = options[name];
    if (value === undefined || fits(value as never)) continue;
    throw new TypeError(`${name} must be ${must}, not ${toShown(value)}.`);
  }
}

/** @throws TypeError for an option that is none of its choices, by its name. */
export function assertOneOf(options: Options, choices: readonly string[]): void {
  assertOptions(options, `one of ${choices.join(', ')}`, (value) => choices.includes(value));
}

/** @throws TypeError for an option that is given, and is no function, by its name. */
export function assertFunctions(options: Options): void {
  assertOptions(options, 'a function', (value) => typeof value === 'function');
}

/** @throws TypeError for an option that is neither true nor false, by its name. */
export function assertBooleans(options: Options): void {
  assertOptions(options, 'true or false', (value) => typeof value === 'boolean');
}

/** @throws TypeError for a number that is below 0, or none, by its name. */
export function assertNotNegative(options: Options): void {
  assertOptions(options, 'at least 0', (value) => value >= 0);
}

/** What was given, as far as it is short enough to be a slip of the pen, and nothing secret. */
function toShown(value: unknown): string {
  if (typeof value === 'string') {
    return /^[a-z -]{0,20}$/i.test(value) ? `'${value}'` : 'another text';
  }
  return typeof value === 'object' && value !== null ? 'an object' : String(value);
}
