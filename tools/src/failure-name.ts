import { types } from 'node:util';

/**
 * The name of what was thrown, which says nothing that must not stand in a log. In a test runner that
 * gives each test a realm of its own, errors of Node's are no `Error` of that realm's.
 */
export function failureName(failure: unknown): string {
  return types.isNativeError(failure) ? failure.name : typeof failure;
}
