import type { Stats } from 'node:fs';

import { hasWriter, knowsWriters } from './has-writer.js';
import { tryStat } from './try-stat.js';

/** What was known of a recording's file before it was read; nothing of standard input. */
export function lookAt(path: string): Stats | undefined {
  return path === '-' ? undefined : tryStat(path);
}

/**
 * Says why a recording that was read has no end: whether its recorder died, or is writing still.
 *
 * @param before as {@link lookAt} gave it before the file was read
 */
export function whyNoEnd(path: string, before: Stats | undefined): 'died' | 'writing' | 'either' {
  const after = lookAt(path);
  if (before === undefined || after === undefined) return 'died';
  if (before.size !== after.size || before.mtimeMs !== after.mtimeMs) return 'writing';
  if (hasWriter(after)) return 'writing';
  return knowsWriters ? 'died' : 'either';
}
