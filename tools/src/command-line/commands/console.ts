import { statSync } from 'node:fs';

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
  const missing = paths.find((path) => statSync(path, { throwIfNoEntry: false }) === undefined);
  if (missing !== undefined) {
    throw new ExitError(exitCodes.noInput, `${missing}: no such file or folder.`);
  }
  const recordings = createRecordingList(paths.length === 0 ? ['.'] : paths);
  const started = await startConsole({ recordings, port, opensBrowser: open });
  process.stdout.write(`${started.url}\n`);
  say('open the URL in a browser of this machine; Ctrl-C stops it');
  const code = await lastValueFrom(stopped(), { defaultValue: exitCodes.ok });
  await started.stop();
  return code;
}
