import type { Frame } from '@livecall/core';
import { toWire } from '@livecall/core/internal';

import type { Fault } from './create-fault.js';
import { assertFaultOptions } from './fault-options.js';
import type { FrameChoice } from './frame-choice.js';
import { strikeFrames } from './strike-frames.js';

/** Which frames are replaced, and by what. */
export interface ReplaceFramesOptions extends FrameChoice {
  /** The frame as it crosses the wire; an object is written as JSON. */
  readonly frame: Frame | object;
}

/**
 * Sends another frame in the place of frames: an `error` instead of an ack, for one.
 *
 * @throws TypeError for an option that cannot be
 * @example
 * import { replaceFrames } from '@livecall/tools';
 *
 * const refused = replaceFrames({
 *   type: 'ack',
 *   frame: { type: 'error', description: 'not now' },
 * });
 */
export function replaceFrames(options: ReplaceFramesOptions): Fault {
  assertFaultOptions('replace', options);
  const wire = toWire(options.frame);
  return strikeFrames('replace', options, () => [wire]);
}
