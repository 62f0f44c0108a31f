import type { Fault } from './create-fault.js';
import { assertFaultOptions } from './fault-options.js';
import type { FrameChoice } from './frame-choice.js';
import { strikeFrames } from './strike-frames.js';

/**
 * Loses frames of the server's.
 *
 * @throws TypeError for an option that cannot be
 * @example
 * import { dropFrames } from '@livecall/tools';
 *
 * const withoutAck = dropFrames({ type: 'ack', nth: 1 });
 */
export function dropFrames(choice: FrameChoice = {}): Fault {
  assertFaultOptions('drop', choice);
  return strikeFrames('drop', choice, () => []);
}
