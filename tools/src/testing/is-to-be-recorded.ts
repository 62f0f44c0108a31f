import { existsSync } from 'node:fs';

import type { Transport } from '@livecall/core';
import type { Recording } from '@livecall/recording/format';

/** Whether a test's recording is to be made. */
export function isToBeRecorded(
  source: string | Recording,
  transport: Transport | undefined,
): boolean {
  if (transport === undefined) return false;
  if (typeof source !== 'string') {
    throw new TypeError('recordFrom needs the path of a file, to record into.');
  }
  // A file that cannot be read is not missing.
  return !existsSync(source);
}
