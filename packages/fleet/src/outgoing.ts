/** Whose lines they are: what is held, fenced or dropped together. */
export interface Owner {
  readonly subject: string;
  /** Names its n-th message: what is sent twice under one id is stored once. */
  idOf(number: number): string;
  /** Asked right before each message is sent, each time; with `false` all waits for `fence`. */
  mayGo(): boolean;
  /** The broker has so many more lines on disk. */
  onStored(lines: number): void;
  /** Somebody else may have published where it was fenced; all waits for `fence`. */
  onDoubt(): void;
}

/** One message for a call's subject; whenever it is sent again, it is the same. */
export interface Outgoing {
  readonly owner: Owner;
  /** Its place among its owner's. */
  readonly number: number;
  /** Lines with their line ends, or a part of one. */
  readonly payload: Uint8Array;
  /** How many lines end in it. */
  readonly lines: number;
}

/** More in one message makes it no cheaper, and who waits for it waits longer. */
const MOST_TOGETHER = 64 * 2 ** 10;

/**
 * Takes the next message from the front of what waits: as many lines as go together, or the beginning
 * of one that is longer than a message may be, of which the rest stays in its place.
 *
 * @param largest what a message may be, in bytes
 */
export function takeMessage(
  waiting: Uint8Array[],
  largest: number,
): Pick<Outgoing, 'payload' | 'lines'> | undefined {
  const [first] = waiting;
  if (first === undefined) return undefined;
  if (first.length > largest) {
    waiting[0] = first.subarray(largest);
    return { payload: first.subarray(0, largest), lines: 0 };
  }
  let size = first.length;
  let lines = 1;
  for (; lines < waiting.length; lines += 1) {
    const { length = 0 } = waiting[lines] ?? {};
    if (size + length > Math.min(largest, MOST_TOGETHER)) break;
    size += length;
  }
  if (lines === 1) {
    waiting.shift();
    return { payload: first, lines };
  }
  return { payload: Buffer.concat(waiting.splice(0, lines), size), lines };
}
