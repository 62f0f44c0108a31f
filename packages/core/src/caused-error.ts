import { toPlainFields } from './plain-fields.js';
import { TaggedError } from './tagged-error.js';

/**
 * An error that holds others, its cause for one. It alone makes them plain: what a page loads to
 * decode a frame would be a sixth more with it.
 */
export class CausedError<Tag extends string> extends TaggedError<Tag> {
  override toJSON(): object {
    return toPlainFields(this);
  }
}
