import { isError } from './is-error.js';

/*
 * No message, enumerable field or cause of livecall's errors holds a token, a phone number or what
 * was said in a call. What only the server worded (a close reason, an error's description) and the
 * frame of an `InvalidFrameError` are there to be read, but not enumerable: `console.log`,
 * `JSON.stringify` and the loggers pass them by.
 */

/** An error that is told apart by its `_tag`, whichever copy of the package made it. */
export class TaggedError<Tag extends string> extends Error {
  declare readonly _tag: Tag;

  /**
   * @param shown its fields
   * @param hidden what can be read, and stands in no log: what is defined so is not enumerable
   */
  constructor(
    tag: Tag,
    message: string,
    shown: object,
    hidden?: Readonly<Record<string, unknown>>,
  ) {
    super(message);
    this._tag = tag;
    this.name = tag;
    Object.assign(this, shown);
    for (const field in hidden) Object.defineProperty(this, field, { value: hidden[field] });
  }

  /** What `JSON.stringify` writes: the plain form, as of {@link toPlainError}. */
  toJSON(): object {
    return Object.assign({ message: this.message }, this);
  }
}

/** What kind of thing was thrown, in a word that gives nothing away. */
export function nameOf(failure: unknown): string {
  return isError(failure) ? failure.name : typeof failure;
}
