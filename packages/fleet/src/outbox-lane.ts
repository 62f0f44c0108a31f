import { takeMessage } from './outgoing.js';
import type { Outgoing, Owner } from './outgoing.js';

/** What one owner has to say. */
export interface Lane {
  readonly owner: Owner;
  /** Lines, and the rest of one, that are in no message yet. */
  readonly waiting: Uint8Array[];
  /** The one that is not stored. */
  message: Outgoing | undefined;
  /** The number of its last one: the first is the header, which is not sent from here. */
  number: number;
  /** The sequence behind which the next one is to stand; nothing while its owner is in doubt. */
  after: number | undefined;
  /** What is not stored, in bytes and in lines. */
  bytes: number;
  lines: number;
  sent: Sent | undefined;
}

/** A message that is on its way. */
export interface Sent {
  readonly key: string;
  readonly lane: Lane;
  readonly message: Outgoing;
  /** The sequence behind which alone it may stand. */
  readonly expected: number;
  at: number;
  isRefused: boolean;
}

export function createLane(owner: Owner): Lane {
  return {
    owner,
    waiting: [],
    message: undefined,
    number: 1,
    after: undefined,
    bytes: 0,
    lines: 0,
    sent: undefined,
  };
}

/** The message that is to be sent next: the one that is not stored, as it was, before any other. */
export function nextOf(lane: Lane, largest: number): Outgoing | undefined {
  if (lane.message !== undefined) return lane.message;
  const taken = takeMessage(lane.waiting, largest);
  if (taken === undefined) return undefined;
  lane.number += 1;
  lane.message = { owner: lane.owner, number: lane.number, ...taken };
  return lane.message;
}
