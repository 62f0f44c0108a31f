/** What a replay closes with as soon as its client departs from the recording: a code of livecall's own. */
export const DIVERGED = 4999;

/** From 1000 on. */
const meanings: readonly (string | undefined)[] = [
  'normal closure',
  'going away',
  'protocol error',
  'unsupported data',
  undefined,
  'no code given',
  'cut without a close',
  'invalid payload',
  'policy violation',
  'message too big',
  'extension missing',
  'server error',
  'service restart',
  'try again later',
  'bad gateway',
  'TLS failure',
];

/**
 * A close code with what it means, where that is known.
 *
 * @example
 * import { nameCloseCode } from '@livecall/core';
 *
 * console.log(nameCloseCode(1009)); // => 1009 (message too big)
 */
export function nameCloseCode(code: number): string {
  const meaning =
    code === DIVERGED ? 'the client departed from the recording' : meanings[code - 1000];
  return meaning === undefined ? `${code}` : `${code} (${meaning})`;
}
