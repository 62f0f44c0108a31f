import { readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';

import { exitCodes, ExitError } from './exit-error.js';

/** The files that are meant: every file, every `*.ndjson` of every folder, and `-`, standard input. */
export function toFiles(paths: readonly string[]): readonly string[] {
  return paths.flatMap((path) => {
    if (path === '-' || !statSync(path, { throwIfNoEntry: false })?.isDirectory()) return [path];
    const found = readdirSync(path).filter((name) => name.endsWith('.ndjson'));
    if (found.length > 0) return found.sort().map((name) => join(path, name));
    throw new ExitError(
      exitCodes.noInput,
      `${path}: there is no recording (*.ndjson) in this folder.`,
    );
  });
}
