/** How a client can depart from a recording. @see docs/testing.md#where-a-client-departed */
export type DivergenceKind =
  'handshake' | 'unexpected' | 'mismatch' | 'missing' | 'early-close' | 'unconsumed' | 'unstruck';

/** Where a client departed from the recording; nothing in it was said in the call. */
export interface Divergence {
  /** How it departed. */
  readonly kind: DivergenceKind;
  /** `file:line` of what the recording has there; the file alone where it has nothing, the fault itself. */
  readonly at: string;
  /** What the recording has. */
  readonly expected: string;
  /** What the client did. */
  readonly actual: string;
  /** Where two frames of one type differ: the paths of the fields, `/reason` for one. */
  readonly difference?: readonly string[];
}

/** Whether it says that something was not played, and not that the client did something else. */
export function isUnplayed({ kind }: Divergence): boolean {
  return kind === 'missing' || kind === 'early-close' || kind === 'unconsumed';
}

/** A divergence that is the handshake's; no recording has a line for it. */
export function toHandshakeDivergence({
  expected,
  actual,
}: Pick<Divergence, 'expected' | 'actual'>): Divergence {
  return { kind: 'handshake', at: 'handshake', expected, actual };
}

/** What a client did that dialled once more than was recorded. */
export const FURTHER_DIAL = 'a further one';

/**
 * Whether it says that the client dialled again when the recording was over, as a client does that
 * did not hear of the call's end.
 */
export function isFurtherDial({ kind, actual }: Divergence): boolean {
  return kind === 'unexpected' && actual.startsWith(FURTHER_DIAL);
}

/**
 * Puts a divergence in a line.
 *
 * @example
 * import { showDivergence } from '@livecall/tools';
 *
 * const divergence = { kind: 'mismatch', at: 'call.ndjson:7', expected: 'a', actual: 'b' } as const;
 * console.log(showDivergence(divergence)); // => call.ndjson:7: mismatch: expected a, got b
 */
export function showDivergence({
  kind,
  at,
  expected,
  actual,
  difference = [],
}: Divergence): string {
  const where = difference.length === 0 ? '' : ` (differs at ${difference.join(', ')})`;
  const what = at === kind ? kind : `${at}: ${kind}`;
  return `${what}: expected ${expected}, got ${actual}${where}`;
}
