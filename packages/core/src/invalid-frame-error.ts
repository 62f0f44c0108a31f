import { TaggedError } from './tagged-error.js';
import type { Frame } from './transport.js';

/** A frame is not a message of the protocol. The call goes on. */
export class InvalidFrameError extends TaggedError<'InvalidFrameError'> {
  /** Where in the message it is wrong, `role` for one; empty for the frame as a whole. */
  declare readonly path: string;
  /** What should stand there. */
  declare readonly expected: string;
  /** The frame's length, in characters when it is text, in bytes when binary. */
  declare readonly length: number;
  /** The frame itself; not enumerable. */
  declare readonly frame: Frame;

  constructor(frame: Frame, expected: string, path = '') {
    const what = path
      ? `\`${path}\` is not of type ${expected}`
      : `a frame of ${frame.length} ${typeof frame === 'string' ? 'characters' : 'bytes'} is not ${expected}`;
    super(
      'InvalidFrameError',
      `An invalid message arrived: ${what}. It was skipped.`,
      { path, expected, length: frame.length },
      { frame },
    );
  }
}
