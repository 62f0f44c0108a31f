/** Whose a message is: what is held, fenced or dropped together. */
export interface Owner {
  readonly subject: string;
  /** Asked right before each is sent, each time; with `false` all of them wait for `fence`. */
  mayGo(): boolean;
  /** The broker has one more on disk. */
  onStored(): void;
  /** Somebody else has published where it was fenced; all of them wait for `fence`. */
  onConflict(): void;
}

/** One message for a call's subject. */
export interface Outgoing {
  readonly owner: Owner;
  /** Tells it from all others: what is sent twice is stored once. */
  readonly id: string;
  /** Its place among its owner's. */
  readonly number: number;
  readonly payload: Uint8Array;
  /** Whether the next message goes on with the same entry. */
  readonly hasMore: boolean;
}

/** What one owner has to say. */
export interface Lane {
  held: Outgoing[];
  /** The sequence behind which the next one is to stand; nothing while its owner is in doubt. */
  after: number | undefined;
  inFlight: number;
  /** Whether it has too much to say for one round trip each, and how much of that waits. */
  isBursting: boolean;
  waiting: number;
}

/** So many wait for the one before them; with more, they go side by side. */
export const BURST = 8;

/** The lanes of an outbox. */
export interface Lanes {
  readonly all: ReadonlyMap<Owner, Lane>;
  /** Makes it where there is none. */
  of(owner: Owner): Lane;
  /** Keeps it in its place, until its owner's lane goes on. */
  hold(message: Outgoing): Lane;
  remove(owner: Owner): void;
}

/** Makes them. */
export function createLanes(): Lanes {
  const all = new Map<Owner, Lane>();
  const of = (owner: Owner): Lane => {
    const known = all.get(owner);
    if (known !== undefined) return known;
    const lane = { held: [], after: undefined, inFlight: 0, isBursting: false, waiting: 0 };
    all.set(owner, lane);
    return lane;
  };
  return {
    all,
    of,
    hold: (message) => {
      const lane = of(message.owner);
      const isLast = (lane.held.at(-1)?.number ?? 0) < message.number;
      lane.held.push(message);
      if (!isLast) lane.held.sort((x, y) => x.number - y.number);
      return lane;
    },
    remove: (owner) => {
      all.delete(owner);
    },
  };
}

/** Until it is fenced again. */
export function doubt(lane: Lane): void {
  lane.after = undefined;
  lane.isBursting = false;
}
