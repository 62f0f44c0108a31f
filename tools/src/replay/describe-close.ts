import { nameCloseCode } from '@livecall/core';

/**
 * A close of a client's in words; without a code where it is not known.
 *
 * @param name says what a code means
 */
export function describeClose(code: number | undefined, name = nameCloseCode): string {
  if (code === undefined) return 'a close';
  return code === 1006
    ? 'a cut without a close (1006), which a proxy in between may have made'
    : `a close with ${name(code)}`;
}
