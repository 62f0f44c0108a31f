import { loadRecording, readLines } from '@livecall/recording/reader';
import type { Recording } from '@livecall/recording/format';
import { decodeLines } from '@livecall/recording/format';

import { sayWaiting } from './say-waiting.js';

/** What an input is called. */
export function nameInput(path: string): string {
  return path === '-' ? 'standard input' : path;
}

/** Reads the lines of a recording, of standard input for `-`. */
export function readInput(path: string): ReturnType<typeof readLines> {
  if (path === '-') sayWaiting('a recording');
  return path === '-' ? decodeLines(nameInput(path), () => process.stdin) : readLines(path);
}

/** Reads a recording as a whole, from standard input for `-`. */
export async function loadInput(path: string): Promise<Recording> {
  if (path !== '-') return loadRecording(path);
  const { toRecording } = await import('@livecall/recording/internal');
  return toRecording(nameInput(path), readInput(path));
}
