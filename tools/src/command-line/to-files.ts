import { readdirSync, realpathSync, statSync } from 'node:fs';
import type { Dirent } from 'node:fs';
import { join, sep } from 'node:path';

import { exitCodes, ExitError } from './exit-error.js';
import { say } from './say.js';

/**
 * The files that are meant: every file, every `*.ndjson` of every folder, and `-`, standard input.
 * A link in a folder that leads out of it is left out: who serves a folder serves what is in it.
 */
export function toFiles(paths: readonly string[]): readonly string[] {
  return paths.flatMap((path) => {
    if (path === '-' || !statSync(path, { throwIfNoEntry: false })?.isDirectory()) return [path];
    const found = readdirSync(path, { withFileTypes: true })
      .filter(({ name }) => name.endsWith('.ndjson'))
      .filter((entry) => !leadsOut(path, entry))
      .map(({ name }) => name);
    if (found.length > 0) return found.sort().map((name) => join(path, name));
    throw new ExitError(
      exitCodes.noInput,
      `${path}: there is no recording (*.ndjson) in this folder.`,
    );
  });
}

function leadsOut(folder: string, entry: Dirent): boolean {
  if (!entry.isSymbolicLink()) return false;
  const path = join(folder, entry.name);
  try {
    if (realpathSync(path).startsWith(`${realpathSync(folder)}${sep}`)) return false;
  } catch {
    // A link to nowhere is a file that cannot be read, and is told of as one.
    return false;
  }
  say(`${path}: left out, since it is a link out of the folder; name it by itself to have it`);
  return true;
}
