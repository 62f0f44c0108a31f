import { statSync } from 'node:fs';
import type { Stats } from 'node:fs';

/**
 * What is known of a path; nothing where there is nothing, and where the system does not tell: a
 * folder on the way that may not be entered or is a file, links that lead round in a circle, a name
 * that is too long. Who reads it then says why it cannot be read.
 */
export function tryStat(path: string): Stats | undefined {
  try {
    return statSync(path);
  } catch {
    return undefined;
  }
}
