import { basename } from 'node:path';

/** So many recordings are named; of more, it is said how many there are. */
const NAMED = 8;

/** Names recordings in a sentence: all of a few, the first of many. */
export function nameRecordings(names: readonly string[]): string {
  if (names.length <= NAMED) return names.join(', ');
  const rest = names.length - NAMED + 1;
  return `${names.slice(0, NAMED - 1).join(', ')} and ${rest} more`;
}

/**
 * The recording that was meant by a name that is none: with `.ndjson`, a folder, other capitals or
 * without the zeros before a number. Nothing of the name itself, which may be a token.
 */
export function findMeant(name: string, names: readonly string[]): string | undefined {
  const wanted = toComparable(name);
  return names.find((known) => toComparable(known) === wanted);
}

function toComparable(name: string): string {
  return basename(name)
    .replace(/\.ndjson$/i, '')
    .toLowerCase()
    .replace(/(^|\D)0+(?=\d)/g, '$1');
}
