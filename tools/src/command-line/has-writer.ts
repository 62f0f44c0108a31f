import { constants, readdirSync, readFileSync, statSync } from 'node:fs';
import type { Stats } from 'node:fs';

/** Whether the system tells who has which file open; only Linux does. */
export const knowsWriters = process.platform === 'linux';

/**
 * Whether a process that can be seen has a file open to write, as a recorder in a quiet call has.
 * Recorders in other containers, on other machines and of other users are not seen.
 */
export function hasWriter({ dev, ino }: Pick<Stats, 'dev' | 'ino'>): boolean {
  return list('/proc')
    .filter((name) => /^\d+$/.test(name))
    .flatMap((pid) => list(`/proc/${pid}/fd`).map((name) => [pid, name] as const))
    .some(([pid, name]) => {
      try {
        const opened = statSync(`/proc/${pid}/fd/${name}`);
        if (opened.dev !== dev || opened.ino !== ino) return false;
        const info = readFileSync(`/proc/${pid}/fdinfo/${name}`, 'utf8');
        const flags = parseInt(/^flags:\s*([0-7]+)$/m.exec(info)?.[1] ?? '0', 8);
        return (flags & (constants.O_WRONLY | constants.O_RDWR)) !== 0;
      } catch {
        // It was closed meanwhile, or is somebody else's.
        return false;
      }
    });
}

function list(folder: string): readonly string[] {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}
