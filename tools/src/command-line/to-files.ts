import { readdirSync, realpathSync } from 'node:fs';
import type { Dirent } from 'node:fs';
import { join, resolve, sep } from 'node:path';

import { exitCodes, ExitError } from './exit-error.js';
import { say } from './say.js';
import { tryStat } from './try-stat.js';

/** How folders are looked into. */
export interface ToFilesOptions {
  /** Whether into the folders in them, too; else it is said that they are left out. */
  readonly deep?: boolean;
}

/**
 * The files that are meant: every file, every `*.ndjson` of every folder, and `-`, standard input.
 * In a folder, names that begin with a dot are none of them, as a shell has it: other programs keep
 * notes of their own in such. A link in a folder that leads out of it is left out: who serves a
 * folder serves what is in it. A folder that may not be read stands for itself: who reads it says why
 * it cannot be read, and looks into the others.
 */
export function toFiles(
  paths: readonly string[],
  { deep = false }: ToFilesOptions = {},
): readonly string[] {
  return paths.flatMap((path) => {
    if (path === '-' || !isFolder(path)) return [path];
    const found = findIn(path, deep, path);
    if (!deep)
      for (const folder of findLeftOut(path, paths))
        say(`${folder}: left out; name it to have it, too`);
    if (found.length > 0) return found;
    throw new ExitError(
      exitCodes.noInput,
      `${path}: there is no recording (*.ndjson) in this folder.`,
    );
  });
}

function isFolder(path: string): boolean {
  return tryStat(path)?.isDirectory() === true;
}

function tryList(folder: string): Dirent[] | undefined {
  try {
    return readdirSync(folder, { withFileTypes: true });
  } catch {
    return undefined;
  }
}

function findIn(folder: string, deep: boolean, root: string): readonly string[] {
  const entries = tryList(folder);
  if (entries === undefined) return [folder];
  return entries
    .filter(({ name }) => !name.startsWith('.'))
    .sort((one, other) => (one.name < other.name ? -1 : 1))
    .flatMap((entry) => {
      const path = join(folder, entry.name);
      if (entry.isDirectory()) {
        return deep ? findIn(path, deep, root) : [];
      }
      return entry.name.endsWith('.ndjson') && !leadsOut(root, path, entry) ? [path] : [];
    });
}

/** The folders of a folder in which there are recordings of which none is named. */
function findLeftOut(folder: string, named: readonly string[]): readonly string[] {
  return (tryList(folder) ?? [])
    .filter((entry) => entry.isDirectory() && !entry.name.startsWith('.'))
    .map(({ name }) => join(folder, name))
    .filter(
      (path) => !named.some((other) => `${resolve(other)}${sep}`.startsWith(resolve(path) + sep)),
    )
    .filter((path) => findIn(path, true, folder).length > 0);
}

function leadsOut(folder: string, path: string, entry: Dirent): boolean {
  if (!entry.isSymbolicLink()) return false;
  try {
    if (realpathSync(path).startsWith(`${realpathSync(folder)}${sep}`)) return false;
  } catch {
    // A link to nowhere is a file that cannot be read, and is told of as one.
    return false;
  }
  say(`${path}: left out, since it is a link out of the folder; name it by itself to have it`);
  return true;
}
