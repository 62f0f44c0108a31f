import { setImmediate } from 'node:timers/promises';

/** As many frames as one read of a busy socket has. */
const FRAMES_A_TURN = 20;

/** Hands frames over as a socket does: some in one turn of the event loop, then the next turn. */
export async function inTurns(frames, take) {
  for (let at = 0; at < frames.length; at += FRAMES_A_TURN) {
    if (at > 0) await setImmediate();
    for (const frame of frames.slice(at, at + FRAMES_A_TURN)) take(frame);
  }
}
