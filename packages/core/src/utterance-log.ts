import type { Offset, Role } from './protocol/messages.js';

/** Something that was said. */
export interface Utterance {
  /** Who said it. */
  readonly role: Role;
  /** What was said. */
  readonly text: string;
  /** As the server sent it; its unit is not published. */
  readonly offset: Offset;
  /** Which connection it came on: between two of different numbers, something may have been missed. */
  readonly connection: number;
  /** When it arrived, in milliseconds since the epoch. */
  readonly at: number;
}

/** So many transcripts are kept as one text. */
const BLOCK = 64;

/** What was said, and where and when it arrived. */
export interface Said {
  readonly connection: number;
  readonly at: number;
  readonly message: { readonly msg: string; readonly role: Role; readonly offset?: Offset };
}

/**
 * The newest utterances of a call. A transcript is kept as it came, in JSON, and made an utterance
 * when somebody asks for it: what a call keeps is copied twice by the collector, and it is the number
 * of objects that costs. One of each frame was a third of all that a frame took; of a text of 64 it
 * is a tenth. Who asks after each frame, as `call$` does, has it made of the message at once.
 *
 * A property test holds it to a plain list, which is what a page has (`browser/utterance-log.ts`).
 */
export class UtteranceLog {
  readonly #most: number;
  /** What is made already, up to twice as many as are wanted. */
  #made: Utterance[] = NONE;
  /** What came since. */
  #blocks: Block[] = NONE;
  #inBlocks = 0;
  #isAskedFor = false;

  constructor(most: number) {
    this.#most = most;
  }

  /** @param json the frame, where it was text */
  add(said: Said, json = JSON.stringify(said.message)): void {
    if (this.#most === 0) return;
    if (this.#isAskedFor) {
      this.#isAskedFor = false;
      this.#make([toUtterance(said)]);
      return;
    }
    let block = this.#blocks[this.#blocks.length - 1];
    if (block?.add(json, said.connection, said.at) !== true) {
      this.#letGo();
      block = new Block(said.connection, said.at);
      this.#blocks = this.#blocks.concat(block);
      block.add(json, said.connection, said.at);
    }
    this.#inBlocks += 1;
  }

  /** The newest, as a list of its own. */
  newest(): readonly Utterance[] {
    for (const block of this.#blocks) this.#make(block.toUtterances());
    this.#blocks = NONE;
    this.#inBlocks = 0;
    this.#isAskedFor = true;
    return this.#newest();
  }

  #newest(): Utterance[] {
    // Not `slice(-most)`: of 0 that is all of them.
    return this.#made.slice(Math.max(0, this.#made.length - this.#most));
  }

  #make(utterances: readonly Utterance[]): void {
    if (this.#made === NONE) this.#made = [];
    this.#made.push(...utterances);
    if (this.#made.length >= 2 * this.#most) this.#made = this.#newest();
  }

  /** Of what nobody will get, whole blocks. */
  #letGo(): void {
    if (this.#inBlocks < this.#most) return;
    this.#made = NONE;
    let first = this.#blocks[0];
    while (first !== undefined && this.#inBlocks - first.length >= this.#most) {
      this.#inBlocks -= first.length;
      this.#blocks = this.#blocks.slice(1);
      first = this.#blocks[0];
    }
  }
}

const NONE: never[] = [];

/** Transcripts of one connection, that came one after the other. */
class Block {
  readonly #connection: number;
  readonly #startedAt: number;
  length = 0;
  /**
   * A frame, and how many milliseconds after the first of the block it came, and so on; as one text
   * once it is full.
   */
  #parts: (string | number)[] = [];

  constructor(connection: number, startedAt: number) {
    this.#connection = connection;
    this.#startedAt = startedAt;
  }

  /** Says whether it could be taken: it is full, of another connection, or time is not exact. */
  add(json: string, connection: number, at: number): boolean {
    const sinceMs = at - this.#startedAt;
    if (
      this.length === BLOCK ||
      connection !== this.#connection ||
      this.#startedAt + sinceMs !== at
    ) {
      return false;
    }
    this.#parts.push(json, sinceMs);
    this.length += 1;
    if (this.length === BLOCK) this.#parts = [this.#parts.join()];
    return true;
  }

  toUtterances(): readonly Utterance[] {
    const all = JSON.parse(`[${this.#parts.join()}]`) as [Said['message'], number];
    return Array.from({ length: this.length }, (_, n) =>
      toUtterance({
        connection: this.#connection,
        at: this.#startedAt + (all[2 * n + 1] as number),
        message: all[2 * n] as Said['message'],
      }),
    );
  }
}

function toUtterance({ connection, at, message: { role, msg, offset } }: Said): Utterance {
  // V8 cuts a text out of its frame, and so keeps all of that: this one has its own.
  return { role, text: ` ${msg}`.slice(1), offset, connection, at };
}
