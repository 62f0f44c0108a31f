import { isSupportedCountry } from 'libphonenumber-js';

import { exitCodes, ExitError } from './exit-error.js';

/** Refuses what is no country, before anything is read or written. */
export function assertCountry(code: string | undefined): void {
  if (code === undefined || isSupportedCountry(code)) return;
  throw new ExitError(
    exitCodes.usage,
    `--default-country should be a country's two letters, GB for one.`,
  );
}
