import type { Said, UtteranceLog as PackedLog, Utterance } from '../utterance-log.js';

/**
 * The newest utterances of a call, as a list: of the one call of a page nothing is gained by packing
 * them. The same property test holds it.
 */
export class UtteranceLog implements Pick<PackedLog, 'add' | 'newest'> {
  readonly #most: number;
  /** Up to twice as many as are wanted. */
  #said: Utterance[] = [];

  constructor(most: number) {
    this.#most = most;
  }

  add({ connection, at, message: { role, msg, offset } }: Said): void {
    this.#said.push({ role, text: msg, offset, connection, at });
    if (this.#said.length >= 2 * this.#most) this.#said = this.newest();
  }

  newest(): Utterance[] {
    return this.#said.slice(Math.max(0, this.#said.length - this.#most));
  }
}
