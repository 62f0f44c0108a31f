import type { Judgement } from './phone-judge.js';
import type { Group, Run } from './read-digits.js';
import { Gap } from './scan-digits.js';

/** Groups that were put right, and what they are then. */
export interface TakenBack {
  readonly judged: Judgement;
  readonly hasPlus: boolean;
}

/** A beginning that is given up has more digits than one, or it is none. */
const FEWEST_BEGUN = 2;
/** Fewer digits behind a whole number may be those of anything: `… 2671, no, two o'clock`. */
const FEWEST_BEHIND_ONE = 3;

/**
 * Puts right what was said wrong within a number: `four one five, no, five one five …` and
 * `four one five five five five, sorry, five five six two six seven one`. What comes behind the
 * correction is the whole number, where it can be that, or takes the place of so much that the whole
 * is one; of several, what differs least from what it replaces.
 *
 * @param at the group that the correction stands before
 * @param lengths how many digits numbers have
 * @param judge says whether groups are a number
 */
export function takeBack(
  run: Run,
  from: number,
  at: number,
  to: number,
  lengths: ReadonlySet<number>,
  judge: (groups: readonly Group[], digits: string) => Judgement | undefined,
): TakenBack | undefined {
  const before = run.slice(from, at);
  const behind = run.slice(at, to + 1);
  const [begun, said] = [toDigits(before), toDigits(behind)];
  const hasPlus = behind[0]?.hasPlus === true;
  const isAnew = begun.length >= FEWEST_BEGUN && begun.length < said.length;
  const whole = isAnew ? judge(behind, said) : undefined;
  const anew = whole && { judged: whole, hasPlus };
  if (hasPlus || (anew !== undefined && anew.judged.rank > 1)) return anew;
  // What was put right before is not looked into again.
  if (before.some(({ gap }, place) => place > 0 && gap === Gap.Correction)) return anew;
  if (said.length < FEWEST_BEHIND_ONE && judge(before, begun) !== undefined) return anew;

  let best: (TakenBack & { readonly likeness: number }) | undefined;
  let kept = begun.length;
  for (let size = before.length - 1; size > 0; size -= 1) {
    kept -= before[size]?.digits.length ?? 0;
    if (!lengths.has(kept + said.length)) continue;
    const likeness = toLikeness(begun.slice(kept), said);
    if (best !== undefined && best.likeness >= likeness) continue;
    const judged = judge([...before.slice(0, size), ...behind], begun.slice(0, kept) + said);
    if (judged !== undefined) best = { judged, hasPlus: before[0]?.hasPlus === true, likeness };
  }
  return best ?? anew;
}

const toDigits = (groups: readonly Group[]): string => groups.map(({ digits }) => digits).join('');

/** How many of the digits that are replaced come again in their places, of one. */
function toLikeness(replaced: string, said: string): number {
  const again = Array.from(replaced).filter((digit, place) => digit === said[place]);
  return again.length / replaced.length;
}
