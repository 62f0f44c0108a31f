/**
 * Tells whether a token is one that a header can carry: visible ASCII, no spaces.
 *
 * @see RFC 9110 §5.5, which has no place for controls in a field value
 * @example
 * import { isUsableToken } from '@livecall/core/internal';
 *
 * console.log(isUsableToken('eyJh'), isUsableToken('eyJh\n')); // => true false
 */
export function isUsableToken(token: unknown): token is string {
  return typeof token === 'string' && /^[\x21-\x7e]+$/.test(token);
}
