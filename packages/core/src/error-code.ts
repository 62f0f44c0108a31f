import { isError } from './is-error.js';

/** The code that an error has, a system's `ECONNREFUSED` for one; nothing where it has none that is text. */
export function errorCode(error: unknown): string | undefined {
  const code = isError(error) && 'code' in error ? error.code : undefined;
  return typeof code === 'string' ? code : undefined;
}
