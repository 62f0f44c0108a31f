import { rowAt } from './call.js';

/** How a call is played. */
export interface Play {
  /** How many times faster than it was. */
  readonly speed: number;
  /** Whether what is longer than two seconds without anything is cut to that. */
  readonly skipsSilence: boolean;
}

const LONGEST_SILENCE_MS = 2_000;

/** Where the position is after so many milliseconds of playing; never beyond the call's end. */
export function playOn(
  rows: readonly { readonly at: number }[],
  { at, elapsedMs, endAt }: { at: number; elapsedMs: number; endAt: number },
  { speed, skipsSilence }: Play,
): number {
  const played = at + elapsedMs * speed;
  if (!skipsSilence) return Math.min(played, endAt);
  const index = rowAt(rows, at);
  const next = rows[index + 1]?.at ?? endAt;
  const since = rows[index]?.at ?? 0;
  const isSilent = next - since > LONGEST_SILENCE_MS && played > since + LONGEST_SILENCE_MS / 2;
  return Math.min(isSilent ? Math.max(played, next - LONGEST_SILENCE_MS / 2) : played, endAt);
}
