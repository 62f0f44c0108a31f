import { accessSync, constants } from 'node:fs';

import { systemCode } from '@livecall/core/internal';
import { lastValueFrom } from 'rxjs';

import { createRecordingList } from '../../console/recording-list.js';
import { exitCodes, ExitError } from '../exit-error.js';
import { say } from '../say.js';
import { startConsole } from '../start-console.js';
import { stopped } from '../stopped.js';

/** What `livecall console` was called with. */
export interface ConsoleFlags {
  readonly port: number;
  readonly open: boolean;
}

/** `livecall console`: a page to look at calls in, until it is stopped. */
export async function runConsole(
  paths: readonly string[],
  { port, open }: ConsoleFlags,
): Promise<number> {
  for (const path of paths) assertReadable(path);
  const recordings = createRecordingList(paths.length === 0 ? ['.'] : paths);
  const started = await startConsole({ recordings, port, opensBrowser: open });
  process.stdout.write(`${started.url}\n`);
  say('open the URL in a browser of this machine; Ctrl-C stops it');
  const code = await lastValueFrom(stopped(), { defaultValue: exitCodes.ok });
  await started.stop();
  return code;
}

/** Says at once what the page would show as nothing at all. */
function assertReadable(path: string): void {
  try {
    accessSync(path, constants.R_OK);
  } catch (cause) {
    const code = systemCode(cause);
    const problem = code === 'ENOENT' ? 'no such file or folder' : `cannot be read (${code})`;
    throw new ExitError(exitCodes.noInput, `${path}: ${problem}.`, { cause });
  }
}
