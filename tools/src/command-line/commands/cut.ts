import { cutRecording } from '@livecall/recording';
import type { RedactOptions } from '@livecall/recording';
import type { Recording } from '@livecall/recording/format';

import { showDuration } from '../../duration.js';
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
  assertPiece(recording, from, to);
  const piece = cutRecording(recording, { fromMs: from, toMs: to });
  await writeRecording(piece.recording, out, redactOptions);
  for (const warning of recording.warnings ?? []) say(warning);
  for (const note of piece.notes) say(`${nameInput(path)}: ${note}`);
  if (out !== '-') say(`cut ${piece.recording.entries.length} entries of ${path} to ${out}`);
  return exitCodes.ok;
}

/** In times as a person writes them; `cutRecording` says it in milliseconds. */
function assertPiece({ entries }: Recording, from: number, to: number): void {
  const lastAt = entries.at(-1)?.at ?? 0;
  if (from >= to) {
    const [begins, ends] = [from, to].map(showDuration);
    throw new ExitError(
      exitCodes.usage,
      `A cut ends after it begins, and --from is ${begins}, --to ${ends}.`,
    );
  }
  if (from <= lastAt) return;
  const [ends, begins] = [lastAt, from].map(showDuration);
  throw new ExitError(
    exitCodes.usage,
    `The recording ends at ${ends}, and --from is ${begins}, behind that.`,
  );
}
