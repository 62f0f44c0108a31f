import { isSupportedCountry } from 'libphonenumber-js';

import { exitCodes, ExitError } from './exit-error.js';

/** Refuses what is no country, before anything is read, dialled or written. */
export function assertCountries(codes: string | readonly string[] = []): void {
  const all = typeof codes === 'string' ? [codes] : codes;
  if (all.every((code) => isSupportedCountry(code))) return;
  throw new ExitError(
    exitCodes.usage,
    `--default-country should be a country's two letters, GB for one.`,
  );
}
