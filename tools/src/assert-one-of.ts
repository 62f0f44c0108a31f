/** @throws TypeError for an option that is none of its choices, by its name. */
export function assertOneOf(name: string, value: string, choices: readonly string[]): void {
  if (choices.includes(value)) return;
  throw new TypeError(`${name} must be one of ${choices.join(', ')}, not ${value}.`);
}
