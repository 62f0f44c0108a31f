import { showDivergence } from '../replay/divergence.js';
import { showAround } from '../replay/locate-divergence.js';
import type { Divergence } from '../replay/divergence.js';

/** A test over a recording departed from it, left something open, or had a fault that never struck. */
export class DivergedError extends Error {
  readonly _tag = 'DivergedError';
  override readonly name = 'DivergedError';
  /** Where it departed; none where something was left open. */
  readonly divergences: readonly Divergence[];

  /**
   * @param recording its name
   * @param stillOpen what was left open, in words
   */
  constructor(recording: string, divergences: readonly Divergence[], stillOpen?: string) {
    const lines = [
      ...divergences.map(showDivergence),
      ...(stillOpen === undefined ? [] : [stillOpen]),
    ];
    const hasFollowed =
      stillOpen === undefined && divergences.every(({ kind }) => kind === 'unstruck');
    const what = hasFollowed
      ? `The client followed ${recording}, but what was to go wrong did not`
      : `The client departed from ${recording}`;
    const around = divergences.map(showAround).find((rows) => rows.length > 0) ?? [];
    const shown = [...lines, ...around.map((row) => `  ${row}`)];
    super(`${what}:\n${shown.map((line) => `  ${line}`).join('\n')}`);
    this.divergences = divergences;
  }
}
