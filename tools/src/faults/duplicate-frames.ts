import type { Frame } from '@livecall/core';
import { assertWhole } from '@livecall/core/internal';

import type { Fault } from './create-fault.js';
import { assertFaultOptions } from './fault-options.js';
import type { FrameChoice } from './frame-choice.js';
import { strikeFrames } from './strike-frames.js';

/** Which frames are repeated, and how often. */
export interface DuplicateFramesOptions extends FrameChoice {
  /** How often each is sent in all, at most 1000 times. @default 2 */
  readonly times?: number;
}

/**
 * Sends frames of the server's more than once, one right after the other.
 *
 * @throws TypeError for an option that cannot be
 * @example
 * import { duplicateFrames } from '@livecall/tools';
 *
 * const twice = duplicateFrames({ type: 'event:callEnd' });
 */
export function duplicateFrames(options: DuplicateFramesOptions = {}): Fault {
  assertFaultOptions('duplicate', options);
  const { times = 2 } = options;
  assertWhole({ times }, 1, 1_000);
  return strikeFrames('duplicate', options, (frame) => Array<Frame>(times).fill(frame));
}
