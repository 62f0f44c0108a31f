/**
 * The system's code of an error, `ENOENT` for one; `unknown` where it has none. In a test runner that
 * gives each test a realm of its own, errors of the system are no `Error` of that realm's.
 */
export function systemCode(error: unknown): string {
  const code =
    typeof error === 'object' && error !== null && 'code' in error ? error.code : undefined;
  return typeof code === 'string' ? code : 'unknown';
}
