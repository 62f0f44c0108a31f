import { liveCallProtocol } from '@livecall/core';
import type { AnyProtocol, Frame } from '@livecall/core';
import { assertWhole } from '@livecall/core/internal';

import type { FaultReport } from './create-fault.js';
import { typeOf } from './place.js';
import { seededRandom } from './seeded-random.js';

/** Which of the server's frames a fault strikes; all of them when nothing is given. */
export interface FrameChoice {
  /** On which dial, counted from 1; on every one when it is not given. */
  readonly dial?: number;
  /** The n-th of those that the other options choose from, counted from 1 on each dial. */
  readonly nth?: number;
  /** Messages of this type, `transcript` for one. */
  readonly type?: string;
  /** What share of them, drawn at random: from 0, none, to 1, all. @default 1 */
  readonly share?: number;
  /** What the draw starts from. The same seed strikes the same frames. @default 1 */
  readonly seed?: number;
  /** What is said in the call: of which type a message is. @default liveCallProtocol */
  readonly protocol?: AnyProtocol;
}

/** @throws TypeError for a `dial`, an `nth` or a `share` that cannot be. */
export function assertFrameChoice({ dial, nth, share = 1 }: FrameChoice): void {
  assertWhole({ dial, nth }, 1);
  if (!(share >= 0 && share <= 1)) throw new TypeError(`share must be from 0 to 1, not ${share}.`);
}

/** What there must be for a fault to strike, in words. */
export function toNeeded({ dial, nth, type }: FrameChoice): string {
  const what = nth === undefined ? (type ?? 'a frame') : `${type ?? 'frame'} ${nth}`;
  return dial === undefined ? what : `${what} on dial ${dial}`;
}

/** Says of each frame of one dial, in order, whether it is struck. */
export function chooseFrames(
  { dial, nth, type, share = 1, seed = 1, protocol = liveCallProtocol }: FrameChoice,
  current: number,
  report?: FaultReport,
): (frame: Frame) => boolean {
  const random = seededRandom(seed + current);
  let candidates = 0;
  return (frame) => {
    if (dial !== undefined && dial !== current) return false;
    if (type !== undefined && typeOf(frame, protocol) !== type) return false;
    candidates += 1;
    const isDrawn = random() < share;
    if (nth !== undefined && nth !== candidates) return false;
    if (!isDrawn) report?.spared();
    return isDrawn;
  };
}
