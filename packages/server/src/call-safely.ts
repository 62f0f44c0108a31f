import { isPromiseLike } from '@livecall/core/internal';

/**
 * Calls a function of someone else's. What it throws, or rejects with later, is handed on: it ends
 * neither what was going on here nor the process.
 *
 * @returns what it returned; `undefined` where it threw
 */
export function callSafely<A>(call: () => A, onFailure: (failure: unknown) => void): A | undefined {
  try {
    const returned = call();
    if (isPromiseLike(returned)) returned.then(undefined, onFailure);
    return returned;
  } catch (failure) {
    onFailure(failure);
    return undefined;
  }
}
