import { isError } from '../is-error.js';

/** The name of what was thrown, which says nothing that must not stand in a log. */
export function failureName(failure: unknown): string {
  return isError(failure) ? failure.name : typeof failure;
}
