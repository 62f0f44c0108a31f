import { writeFileSync } from 'node:fs';

import { createFleetKeys } from '../../sealed-tokens.js';
import { exitCodes, ExitError } from '../exit-error.js';
import { say } from '../say.js';

/** `livecall-fleet keys`: makes the keys that tokens are sealed by, two files that did not exist. */
export function runKeys(path: string): number {
  const { privateKey, publicKey } = createFleetKeys();
  writeNew(path, privateKey, 0o600);
  writeNew(`${path}.pub`, publicKey, 0o644);
  say(`${path} is for the workers alone, ${path}.pub for whoever enqueues`);
  return exitCodes.ok;
}

function writeNew(path: string, text: string, mode: number): void {
  try {
    writeFileSync(path, text, { flag: 'wx', mode });
  } catch (cause) {
    const code = (cause as { readonly code?: string }).code ?? 'unknown';
    const why =
      code === 'EEXIST'
        ? 'exists already, and a key is never overwritten; choose another name'
        : `cannot be created (${code})`;
    throw new ExitError(exitCodes.cannotCreate, `${path}: ${why}.`, { cause });
  }
}
