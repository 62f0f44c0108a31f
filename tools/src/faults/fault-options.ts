/** How the text of an option is read on the command line. */
export type Kind = 'number' | 'time' | 'text' | 'dial' | 'frame' | readonly string[];
export type Kinds = Readonly<Record<string, Kind>>;

const place: Kinds = { dial: 'dial', frames: 'number', after: 'text' };
const choice: Kinds = {
  dial: 'number',
  nth: 'number',
  type: 'text',
  share: 'number',
  seed: 'number',
};
const dials: Kinds = { dial: 'number', times: 'number', afterMs: 'time' };
const garbage = ['bad-json', 'wrong-types', 'unknown-type', 'binary', 'empty'] as const;

/** The options of each fault, by its name on the command line; in a program some take a `protocol`, too. */
export const faultOptions = {
  close: { ...place, code: 'number', reason: 'text' },
  stall: { ...place, ms: 'time' },
  insert: { ...place, frame: 'frame' },
  delay: { dial: 'number', ms: 'time', jitterMs: 'time', seed: 'number' },
  postpone: { ...choice, ms: 'time' },
  drop: choice,
  duplicate: { ...choice, times: 'number' },
  reorder: choice,
  garble: { ...choice, as: garbage },
  replace: { ...choice, frame: 'frame' },
  refuse: { ...dials, status: 'number', retryAfterMs: 'time' },
  fail: { ...dials, reason: ['unreachable', 'timeout'], code: 'text' },
} as const satisfies Readonly<Record<string, Kinds>>;

/** A fault, as it is called on the command line. */
export type FaultName = keyof typeof faultOptions;

/**
 * Refuses an option that the fault does not have: passed over, it would be a fault that strikes
 * elsewhere than was meant.
 *
 * @throws TypeError that names it, and what is most like it
 */
export function assertFaultOptions(name: FaultName, options: object): void {
  const known = [...Object.keys(faultOptions[name]), 'protocol'];
  const unknown = Object.keys(options).find((key) => !known.includes(key));
  if (unknown !== undefined) throw new TypeError(tellUnknownOption(name, unknown));
}

/** Says of an option that there is none, which there are, and which one was most likely meant. */
export function tellUnknownOption(name: FaultName, unknown: string): string {
  const known = Object.keys(faultOptions[name]);
  const meant = findNearest(unknown, known);
  const hint = meant === undefined ? '' : ` Did you mean ${meant}?`;
  return `The fault ${name} has no ${unknown}; it has ${known.join(', ')}.${hint}`;
}

/** The name of which it is a slip of the finger: two letters, swapped for one, or a third of it. */
function findNearest(written: string, names: readonly string[]): string | undefined {
  const [nearest] = names
    .map((name) => ({ name, slips: countSlips(written.toLowerCase(), name.toLowerCase()) }))
    .filter(
      ({ name, slips }) => slips <= (name.length < 3 ? 1 : Math.max(2, Math.ceil(name.length / 3))),
    )
    .sort((one, other) => one.slips - other.slips);
  return nearest?.name;
}

/** How many letters are put in, left out or otherwise (Levenshtein). */
function countSlips(written: string, name: string): number {
  let row = Array.from({ length: name.length + 1 }, (_none, index) => index);
  for (const [index, letter] of Array.from(written).entries()) {
    const next = [index + 1];
    for (const [at, other] of Array.from(name).entries()) {
      const [left = 0, above = 0, before = 0] = [next[at], row[at + 1], row[at]];
      next.push(Math.min(left + 1, above + 1, before + (letter === other ? 0 : 1)));
    }
    row = next;
  }
  return row.at(-1) ?? 0;
}
