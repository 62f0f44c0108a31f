import type { FrameChoice } from './choice.js';
import type { Fault } from './signal.js';
import { strikeFrames } from './strike-frames.js';

/** Loses frames of the server's. */
export function dropFrames(choice: FrameChoice = {}): Fault {
  return strikeFrames(choice, () => []);
}
