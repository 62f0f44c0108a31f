import { catchError, defer, from, isObservable, map, of, take, throwIfEmpty } from 'rxjs';
import type { Observable } from 'rxjs';

import { TokenUnavailableError } from './errors.js';

/** Why a token is asked for. */
export interface TokenRequest {
  /** `unauthorized` when the dial before was answered 401: a cached token will not do. */
  readonly reason: 'connect' | 'unauthorized';
}

/**
 * A token, or a function that gives one, asked anew for every dial. Of an Observable the first
 * value counts.
 */
export type Token =
  string | ((request: TokenRequest) => string | PromiseLike<string> | Observable<string>);

/**
 * Tells whether a token is one that a header can carry: visible ASCII, no spaces.
 *
 * @see RFC 9110 §5.5, which has no place for controls in a field value
 * @example
 * import { isUsableToken } from '@livecall/core';
 *
 * console.log(isUsableToken('eyJh'), isUsableToken('eyJh\n')); // => true false
 */
export function isUsableToken(token: unknown): token is string {
  return typeof token === 'string' && /^[\x21-\x7e]+$/.test(token);
}

/** @throws TypeError when `token` is neither a function nor a string that can be sent. */
export function assertToken(name: TokenUnavailableError['token'], token: Token): void {
  if (typeof token === 'function' || isUsableToken(token)) return;
  throw new TypeError(
    `${name} must be a non-empty string without spaces or line ends, or a function that gives one.`,
  );
}

/** Asks for the token; synchronous when its source is. Errors with `TokenUnavailableError`. */
export function askToken(
  name: TokenUnavailableError['token'],
  token: Token,
  request: TokenRequest,
): Observable<string> {
  return defer(() => {
    const given = typeof token === 'function' ? token(request) : token;
    return typeof given === 'string' ? of(given) : isObservable(given) ? given : from(given);
  }).pipe(
    take(1),
    throwIfEmpty(),
    map((given) => {
      if (!isUsableToken(given)) throw new TokenUnavailableError(name);
      return given;
    }),
    catchError((error: unknown) => {
      throw error instanceof TokenUnavailableError ? error : new TokenUnavailableError(name, error);
    }),
  );
}
