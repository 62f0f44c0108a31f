import type { Divergence } from './replay/divergence.js';
import type { Replay } from './replay/replay.js';

/** The replays that a server has served, for the verdict on its clients. */
export interface ServedReplays {
  /** Takes note of one that a client dials. */
  add(replay: Replay): void;
  /** Lets go of one that is over, when a client has left: nobody may have it but the server. */
  letGo(replay: Replay): void;
  /**
   * Waits for each of them, and gives where the clients departed.
   *
   * @param allClosed waits for the clients: how they close may be a departure, too
   */
  done(allClosed: () => Promise<void>): Promise<readonly Divergence[]>;
}

/** So many replays that ended with a divergence are told of, as of refused handshakes. */
const MAX_DEPARTED = 1_000;

interface Served {
  /** While it may go on. */
  replay: Replay | undefined;
  /** Who gave it may have it dialled again. */
  readonly reference: WeakRef<Replay>;
  /** As it stood when it was let go. */
  divergences: readonly Divergence[];
}

/**
 * Keeps a replay with all that its client sent while it goes on, and its divergences after that;
 * of one that went well, and that nobody else has, nothing.
 */
export function createServedReplays(): ServedReplays {
  const servedOf = new WeakMap<Replay, Served>();
  let served: Served[] = [];
  let sweepAt = 64;

  const sweep = () => {
    let departed = 0;
    served = served.filter(({ replay, reference, divergences }) => {
      if (replay !== undefined || reference.deref() !== undefined) return true;
      if (divergences.length === 0) return false;
      departed += 1;
      return departed <= MAX_DEPARTED;
    });
    sweepAt = Math.max(64, 2 * served.length);
  };

  return {
    add(replay) {
      const known = servedOf.get(replay);
      if (known !== undefined) {
        known.replay = replay;
        return;
      }
      if (served.length >= sweepAt) sweep();
      const one = { replay, reference: new WeakRef(replay), divergences: [] };
      servedOf.set(replay, one);
      served.push(one);
    },
    letGo(replay) {
      const known = servedOf.get(replay);
      if (known === undefined || !replay.isOver()) return;
      known.divergences = replay.divergences();
      known.replay = undefined;
    },
    async done(allClosed) {
      sweep();
      const verdicts = await Promise.all(
        served.map(async ({ replay, reference, divergences }) => {
          const kept$ = replay ?? reference.deref();
          return { kept$, found: (await kept$?.done()) ?? divergences };
        }),
      );
      await allClosed();
      return verdicts.flatMap(({ kept$, found }) => {
        const later = kept$?.divergences() ?? [];
        return later.length === 0 ? found : later;
      });
    },
  };
}
