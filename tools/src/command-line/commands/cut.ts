import { cutRecording } from '@livecall/recording';
import type { Cut, RedactOptions } from '@livecall/recording';

import { assertCountries } from '../assert-countries.js';
import { exitCodes, ExitError } from '../exit-error.js';
import { loadInput, nameInput } from '../read-input.js';
import { say } from '../say.js';
import { writeRecording } from '../write-recording.js';

/** What `livecall cut` was called with. */
export interface CutFlags extends RedactOptions {
  readonly from?: number;
  readonly to?: number;
  readonly out?: string;
}

/** `livecall cut FILE --out FILE`: a piece of a recording, which replays as the whole does. */
export async function runCut(
  path: string,
  { from = 0, to = Infinity, out = '-', ...redactOptions }: CutFlags,
): Promise<number> {
  assertCountries(redactOptions.defaultCountry);
  const recording = await loadInput(path);
  let piece: Cut;
  try {
    piece = cutRecording(recording, { fromMs: from, toMs: to });
  } catch (error) {
    if (!(error instanceof TypeError)) throw error;
    throw new ExitError(exitCodes.usage, error.message);
  }
  await writeRecording(piece.recording, out, redactOptions);
  for (const warning of recording.warnings ?? []) say(warning);
  for (const note of piece.notes) say(`${nameInput(path)}: ${note}`);
  if (out !== '-') say(`cut ${piece.recording.entries.length} entries of ${path} to ${out}`);
  return exitCodes.ok;
}
