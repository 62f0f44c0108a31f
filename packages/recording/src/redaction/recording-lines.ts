import type { Frame } from '@livecall/core';

import { toPayload } from '../format/payload.js';
import { Entry } from '../format/recording.js';
import type { FrameEntry, Header } from '../format/recording.js';
import { createPhoneMemory } from './phone-memory.js';
import { sharedRedactor } from './redactor.js';
import type { RedactOptions, Redactor } from './redactor.js';
import { createSecrets } from './secrets.js';
import type { Secrets } from './secrets.js';
import { toSafeLine } from './to-safe-line.js';

/** Writes one recording, each line with its line end. */
export interface RecordingLines {
  header(header: Header): string;
  /** Writes an entry, or, in the place of one that is nested too deep to be followed, a mark. */
  entry(entry: Entry): string;
  /**
   * Writes a frame as `entry` would its entry, which nearly always need not be made.
   */
  frame(at: number, from: FrameEntry['from'], frame: Frame): string;
}

/** What is taken out of the lines. */
export interface RecordingLinesOptions extends RedactOptions {
  /** The tokens in use, which are searched for in every line. */
  readonly secrets?: Secrets;
}

/**
 * Makes the lines of one recording. Every line of every recording comes from here: there is no
 * other way to disk.
 */
export function createRecordingLines(options: RecordingLinesOptions = {}): RecordingLines {
  return new Lines(options);
}

/** A class for the reason that `record` has one. */
class Lines implements RecordingLines {
  readonly #secrets: Secrets;
  readonly #shared: Redactor;
  readonly #memory = createPhoneMemory();

  constructor({ secrets = createSecrets(), ...redactOptions }: RecordingLinesOptions) {
    this.#secrets = secrets;
    this.#shared = sharedRedactor(redactOptions);
  }

  header(header: Header): string {
    return toSafeLine(() => this.#redactor.header(header), this.#secrets);
  }

  entry(entry: Entry): string {
    try {
      return toSafeLine(() => Entry.encode(this.#redactor.entry(entry)) as object, this.#secrets);
    } catch {
      return toMark(entry, this.#secrets);
    }
  }

  frame(at: number, from: FrameEntry['from'], frame: Frame): string {
    const secrets = this.#secrets;
    if (typeof frame === 'string' && this.#redactor.passes(frame)) {
      if (secrets.conceal(frame) === frame) return toLineAsItCame(at, from, frame);
    }
    const event = 'frame';
    try {
      const payload = toPayload(frame);
      const redacted = this.#redactor.payload(payload);
      const isAsItCame = typeof frame === 'string' && 'json' in payload && redacted === payload;
      return toSafeLine(
        () => ({ at, event, from, ...redacted }),
        secrets,
        isAsItCame ? { line: toLineAsItCame(at, from, frame), content: frame } : undefined,
      );
    } catch {
      return toMark({ at, event }, secrets);
    }
  }

  /** Nothing else is redacted until a line is made. */
  get #redactor(): Redactor {
    this.#shared.recall(this.#memory);
    return this.#shared;
  }
}

/** JSON can be nested deeper than the stack is. */
const toMark = ({ at, event }: Pick<Entry, 'at' | 'event'>, secrets: Secrets): string =>
  toSafeLine(() => ({ at, event: 'mark', label: `left out: a ${event} nested too deep` }), secrets);

/** What is JSON in one way need not be written again. */
const toLineAsItCame = (at: number, from: FrameEntry['from'], json: string): string =>
  `{"at":${at},"event":"frame","from":"${from}","json":${json}}\n`;
