import type { RedactOptions } from '@livecall/recording';

import { exitCodes } from '../exit-error.js';
import { redactFile } from '../redact-file.js';
import { say } from '../say.js';
import { writeText } from '../write-recording.js';

/** What `livecall redact` was called with. */
export type RedactFlags = RedactOptions;

/** `livecall redact IN OUT`: writes a recording anew, without what should not stand in it. */
export async function runRedact(path: string, out: string, flags: RedactFlags): Promise<number> {
  await writeText(await redactFile(path, flags), out);
  if (out !== '-') say(`redacted ${path} to ${out}`);
  return exitCodes.ok;
}
