import type { Frame } from '@livecall/core';

import type { RecordedDial } from './recorded-dial.js';

/** What a client may send beyond what the recorded one did; of that, `loose` takes any amount. */
const MAX_EXTRA_SIZE = 1024 * 1024;

/** What a frame takes of the memory, roughly: it is not only its characters. */
function toSize(frame: Frame): number {
  return frame.length + 64;
}

/** What the client of a replay has sent, on all connections, in order. */
export interface ReceivedFrames {
  /** Keeps a frame; `false` where there have been too many, and it is not kept. */
  hear(frame: Frame): boolean;
  all(): readonly Frame[];
  /** Grows with each frame, whether it is kept or not. */
  size(): number;
}

/** Keeps what a client sends, in bounds: a MiB beyond what the recorded one did. */
export function keepReceivedFrames(dials: readonly RecordedDial[]): ReceivedFrames {
  const maxSize = dials
    .flatMap((dial) => (dial.kind === 'open' ? dial.clientFrames : []))
    .reduce((size, { frame }) => size + toSize(frame), MAX_EXTRA_SIZE);
  const received: Frame[] = [];
  let receivedSize = 0;
  return {
    hear(frame) {
      receivedSize += toSize(frame);
      const isKept = receivedSize <= maxSize;
      if (isKept) received.push(frame);
      return isKept;
    },
    all: () => [...received],
    size: () => receivedSize,
  };
}
