import { readdirSync } from 'node:fs';
import type { Dirent } from 'node:fs';
import { basename, join, relative } from 'node:path';

import { tryStat } from '../command-line/try-stat.js';

/** A recording's file, and what it is called in the list. */
export interface FoundRecording {
  readonly path: string;
  readonly name: string;
}

/**
 * Finds the recordings that are meant: each file, and every `*.ndjson` below each folder. Links are
 * not followed, and what begins with a dot is passed over.
 */
export function findRecordings(paths: readonly string[]): readonly FoundRecording[] {
  return paths.flatMap((path) => {
    const isFolder = tryStat(path)?.isDirectory() === true;
    return isFolder ? findBelow(path, path) : [{ path, name: basename(path) }];
  });
}

function findBelow(folder: string, root: string): readonly FoundRecording[] {
  return listFolder(folder)
    .filter(({ name }) => !name.startsWith('.') && name !== 'node_modules')
    .toSorted((one, other) => (one.name < other.name ? -1 : 1))
    .flatMap((entry) => {
      const path = join(folder, entry.name);
      if (entry.isDirectory()) return findBelow(path, root);
      const isRecording = entry.isFile() && entry.name.endsWith('.ndjson');
      return isRecording ? [{ path, name: relative(root, path) }] : [];
    });
}

/** A folder that may not be read, or was taken away meanwhile, keeps nobody from the others. */
function listFolder(folder: string): readonly Dirent[] {
  try {
    return readdirSync(folder, { withFileTypes: true });
  } catch {
    return [];
  }
}
