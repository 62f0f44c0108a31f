import { errorCode } from '../error-code.js';

/** The system's code of an error, `ENOENT` for one; `unknown` where it has none. */
export function systemCode(error: unknown): string {
  return errorCode(error) ?? 'unknown';
}
