import { catchError, defer, map, of, take, throwIfEmpty } from 'rxjs';
import type { Observable } from 'rxjs';

import type { DialRequest } from './dial-request.js';
import { isUsableToken } from './internal/is-usable-token.js';
import { runToken } from './token-run.js';
import type { TokenFunction } from './token-run.js';
import { TokenUnavailableError } from './transport-error.js';

/**
 * A token, or a function that gives one. It is asked anew for every dial, but not while it still
 * runs: who asks meanwhile gets what it gives.
 */
export type Token = string | TokenFunction;

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
  request: DialRequest,
): Observable<string> {
  // It was looked at by `assertToken`; what follows would be a fifth of what a dial allocates.
  if (typeof token === 'string') return of(token);
  return defer(() => runToken(token, request)).pipe(
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
