import { showDivergence } from '../replay/divergence.js';
import type { Divergence } from '../replay/divergence.js';

/** A test over a recording departed from it, or left something open. */
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
    super(`The client departed from ${recording}:\n${lines.map((line) => `  ${line}`).join('\n')}`);
    this.divergences = divergences;
  }
}
