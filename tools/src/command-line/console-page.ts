import { readFileSync } from 'node:fs';

import { exitCodes, ExitError } from './exit-error.js';

/** A page in two parts, between which a recording can stand. */
export interface ConsolePage {
  readonly before: string;
  readonly after: string;
}

/** Where the recording goes: before the script that looks for it. */
const SCRIPT = '<script type="module">';

/** Reads the page that is built beside the command line: one file, with all that it needs in it. */
export function readConsolePage(): ConsolePage {
  let page: string;
  try {
    page = readFileSync(new URL('../../dist/console.html', import.meta.url), 'utf8');
  } catch (cause) {
    throw new ExitError(
      exitCodes.noInput,
      'The page is not built; in the repository, npm run setup does it.',
      { cause },
    );
  }
  const place = page.indexOf(SCRIPT);
  return { before: page.slice(0, place), after: page.slice(place) };
}
