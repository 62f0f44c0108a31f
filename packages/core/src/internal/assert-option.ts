/** @throws TypeError for an option that is none of its choices, by its name. */
export function assertOneOf(name: string, value: unknown, choices: readonly string[]): void {
  if (choices.some((choice) => choice === value)) return;
  throw new TypeError(`${name} must be one of ${choices.join(', ')}, not ${toShown(value)}.`);
}

/** @throws TypeError for an option that is given, and is no function, by its name. */
export function assertFunctions(options: Readonly<Record<string, unknown>>): void {
  for (const [name, value] of Object.entries(options)) {
    if (value === undefined || typeof value === 'function') continue;
    throw new TypeError(`${name} must be a function, not ${toShown(value)}.`);
  }
}

/** @throws TypeError for an option that is neither true nor false, by its name. */
export function assertBooleans(options: Readonly<Record<string, unknown>>): void {
  for (const [name, value] of Object.entries(options)) {
    if (typeof value === 'boolean') continue;
    throw new TypeError(`${name} must be true or false, not ${toShown(value)}.`);
  }
}

/** @throws TypeError for a number that is below 0, or none, by its name. */
export function assertNotNegative(options: Readonly<Record<string, number>>): void {
  for (const [name, value] of Object.entries(options)) {
    if (value >= 0) continue;
    throw new TypeError(`${name} must be at least 0, not ${value}.`);
  }
}

/** What was given, as far as it is short enough to be a slip of the pen, and nothing secret. */
function toShown(value: unknown): string {
  if (typeof value === 'string') {
    return /^[a-z -]{0,20}$/i.test(value) ? `'${value}'` : 'another text';
  }
  return typeof value === 'object' && value !== null ? 'an object' : String(value);
}
