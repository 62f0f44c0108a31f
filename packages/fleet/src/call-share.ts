import { monotonicNow } from '@livecall/core/internal';

/** What a worker hears of how many calls the others have. */
export interface CallShare {
  /** Another worker has begun with a call, and has so many now. */
  hear(calls: number): void;
  /** Milliseconds to wait before the next call is asked for, for who has so many. */
  pauseMs(own: number): number;
}

/**
 * Whoever has many calls asks for the next one a little later than who has few, a millisecond a call:
 * or the one that is quickest would have most of what is enqueued at once.
 */
const MOST_PAUSE_MS = 25;
/** So much for each call more than who has fewest, and begins with calls right now. */
const MS_A_CALL_MORE = 2;
const LONGEST_PAUSE_MS = 150;
/** Who has had fewest counts anew after so long, and is no reason to wait after so long. */
const FEWEST_FOR_MS = 250;
const HEARD_FOR_MS = 1_000;

/**
 * Has calls go to who has fewest. What a dead worker had is given to whoever asks, and each worker
 * asks about as often: so the oldest of four, having been there for every death, had 200 of 500 calls.
 * While one with fewer calls takes some, those with more ask later; where there is none, nobody waits.
 */
export function createCallShare(now: () => number = monotonicNow): CallShare {
  let fewest = Infinity;
  let heardAt = -Infinity;
  return {
    hear: (calls) => {
      if (calls > fewest && now() - heardAt < FEWEST_FOR_MS) return;
      fewest = calls;
      heardAt = now();
    },
    pauseMs: (own) => {
      const more = now() - heardAt < HEARD_FOR_MS ? Math.max(0, own - fewest) : 0;
      return Math.max(
        Math.min(own, MOST_PAUSE_MS),
        Math.min(more * MS_A_CALL_MORE, LONGEST_PAUSE_MS),
      );
    },
  };
}
