/** What a replay closes with as soon as its client departs from the recording: a code of livecall's own. */
export const DIVERGED = 4999;

const meaningByCode: Readonly<Record<number, string>> = {
  1000: 'normal closure',
  1001: 'going away',
  1002: 'protocol error',
  1003: 'unsupported data',
  1005: 'no code given',
  1006: 'cut without a close',
  1007: 'invalid payload',
  1008: 'policy violation',
  1009: 'message too big',
  1010: 'extension missing',
  1011: 'server error',
  1012: 'service restart',
  1013: 'try again later',
  1014: 'bad gateway',
  1015: 'TLS failure',
  [DIVERGED]: 'the client departed from the recording',
};

/**
 * A close code with what it means, where that is known.
 *
 * @example
 * import { nameCloseCode } from '@livecall/core';
 *
 * console.log(nameCloseCode(1009)); // => 1009 (message too big)
 */
export function nameCloseCode(code: number): string {
  const meaning = meaningByCode[code];
  return meaning === undefined ? `${code}` : `${code} (${meaning})`;
}
