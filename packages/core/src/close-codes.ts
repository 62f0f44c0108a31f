/** What a replay closes with as soon as its client departs from the recording: a code of livecall's own. */
export const DIVERGED = 4999;

/**
 * Whether a close frame can carry a code (RFC 6455 §7.4). The others say what is known where none
 * came: nothing (1005), a cut (1006), no TLS (1015).
 */
export function isSendable(code: number): boolean {
  const isUnsaid = code === 1004 || code === 1005 || code === 1006;
  return (code >= 1000 && code <= 1014 && !isUnsaid) || (code >= 3000 && code <= 4999);
}

/** As much of a reason as a close frame has room for, whole characters of it (RFC 6455 §5.5). */
export function cutReason(reason: string): string {
  const bytes = new TextEncoder().encode(reason).subarray(0, 123);
  return new TextDecoder().decode(bytes, { stream: true });
}

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
