import { lazily } from './lazily.js';
import { findCue } from './number-cues.js';
import { isCard, isCounting, isDate, isOfCode, isOfOther } from './other-numbers.js';
import type { Judgement, PhoneJudge } from './phone-judge.js';
import type { Group, Run } from './read-digits.js';
import { Gap } from './scan-digits.js';
import { takeBack } from './take-back.js';
import type { TakenBack } from './take-back.js';

/** A part of a text; what stands outside of it is not looked at. */
export interface Part {
  readonly text: string;
  readonly from: number;
  readonly to: number;
}

/** So far around its digits a number's words and marks are looked for. */
export const CONTEXT = 64;

/** What one run is judged by. */
export interface Question {
  readonly part: Part;
  readonly run: Run;
  readonly judge: PhoneJudge;
  readonly toCue: () => ReturnType<typeof findCue>;
}

export function toQuestion(part: Part, run: Run, judge: PhoneJudge): Question {
  return { part, run, judge, toCue: lazily(() => toCueOf(part, run)) };
}

/** Groups that may be a number, from one of a run to another. */
interface Span {
  readonly from: number;
  readonly to: number;
  /** All their digits; `undefined` where they are too many for one number. */
  readonly digits: string | undefined;
  /** What divides them most. */
  readonly inner: Gap;
  /** Before which of them something is taken back. */
  readonly correction: number | undefined;
  readonly isEnded: boolean;
  readonly isLeadingOut: () => boolean;
  readonly mustBeShaped: boolean;
}

/** What groups are judged to be. */
interface JudgedSpan extends TakenBack {
  /** The library knows nothing behind that plus but a number that begins within. */
  readonly isAround: boolean;
}

/** Judges groups of a run: as they are, put right where something is taken back, or said twice. */
export function judgeSpan(question: Question, span: Span): JudgedSpan | undefined {
  const { run, judge } = question;
  const { from, to, digits, inner, correction, isEnded, isLeadingOut, mustBeShaped } = span;
  const isWhole = from === 0 && to === run.length - 1;
  if (correction !== undefined && isEnded) {
    const taken = takeBack(run, from, correction, to, judge.lengths, (groups, rest) =>
      judge.mayBe(rest) || groups[0]?.hasPlus === true
        ? judgeGroups(question, groups, rest, isWhole)
        : undefined,
    );
    if (taken !== undefined) return { ...taken, isAround: false };
  }
  const { hasPlus } = run[from] as Group;
  if (digits === undefined || (correction !== undefined && run[correction]?.hasPlus))
    return undefined;
  const groups = lazily(() => run.slice(from, to + 1));
  if (!hasPlus && !isWhole) {
    if (!judge.lengths.has(digits.length) && !isLeadingOut()) return undefined;
    if (!mayBe(question, digits, mustBeShaped, () => toLengths(groups()))) return undefined;
  }
  const judged =
    judgeGroups(question, groups(), digits, isWhole, inner) ??
    (isWhole && !hasPlus ? findRepeated(question, digits) : undefined);
  if (judged === undefined) return undefined;
  const isCounted = !hasPlus && isCounting(run, from, to) && question.toCue() !== 'phone';
  if (isCounted) return undefined;
  const inside = hasPlus && judged.rank === 1 ? findInside(question, from, to) : undefined;
  return { judged: inside ?? judged, hasPlus, isAround: inside !== undefined };
}

/**
 * Judges a plus and digits that the library knows no number of, but one that begins within: what
 * stands before that is the plus's, and does not stay. `+52 1 55 …` was one number with it, once.
 */
function findInside(question: Question, from: number, to: number): Judgement | undefined {
  const { run } = question;
  const toDigits = (start: number, end: number) =>
    run
      .slice(start, end)
      .map(({ digits }) => digits)
      .join('');
  for (let at = from + 1; at <= to; at += 1) {
    const rest = toDigits(at, to + 1);
    const judged = judgeGroups(question, run.slice(at, to + 1), rest, false);
    if (judged === undefined || judged.rank === 1) continue;
    const before = toDigits(from, at);
    const code = judged.number.slice(1, judged.number.endsWith(rest) ? -rest.length : undefined);
    const number = before.startsWith(code) ? judged.number : `+${before}${rest}`;
    return { number, rank: 1, isShaped: false };
  }
  return undefined;
}

/** Judges a number whose beginning was said twice: `four one two four one two eight eight one …`. */
function findRepeated(question: Question, digits: string): Judgement | undefined {
  const { run, judge } = question;
  let size = 0;
  for (const [at, group] of run.entries()) {
    size += group.digits.length;
    const rest = digits.slice(size);
    if (size > MOST_REPEATED || rest.length < size) return undefined;
    if (size < FEWEST_REPEATED || !rest.startsWith(digits.slice(0, size))) continue;
    if (!judge.mayBe(rest) || (run[at + 1]?.gap ?? Gap.And) >= Gap.And) continue;
    const judged = judgeGroups(question, run.slice(at + 1), rest, true);
    if (judged !== undefined) return judged;
  }
  return undefined;
}
const [FEWEST_REPEATED, MOST_REPEATED] = [3, 7];

function toCueOf({ text, from, to }: Part, run: Run): ReturnType<typeof findCue> {
  const [first, last] = [run[0] as Group, run.at(-1) as Group];
  return findCue(
    text.slice(Math.max(from, first.start - CONTEXT), first.start),
    text.slice(last.end, Math.min(to, last.end + CONTEXT / 2)),
  );
}

const toLengths = (groups: readonly Group[]): string =>
  groups.map(({ digits }) => digits.length).join();

/** Whether digits need be judged, which takes long. */
function mayBe(
  { judge, toCue }: Question,
  digits: string,
  mustBeShaped: boolean,
  write: () => string,
): boolean {
  if (!judge.mayBe(digits)) return false;
  if (!mustBeShaped && !judge.isBare(digits)) return true;
  return judge.mayBeShaped(digits, write()) || (!mustBeShaped && toCue() === 'phone');
}

/** `415-555-2671`, `(415) 555 2671` */
const MARKED = /\d\p{Pd}\d|\)/u;

/** What is called stands before `@` in these. */
const CALLED = /\b(?:sips?|tel|sms|im|callto):$/i;

function judgeGroups(
  { part: { text, from, to }, run, judge, toCue }: Question,
  groups: readonly Group[],
  digits: string,
  isWhole: boolean,
  inner: Gap = Gap.None,
): Judgement | undefined {
  const [first, last] = [groups[0] as Group, groups.at(-1) as Group];
  const { start, hasPlus } = first;
  const { end } = last;
  const isSpoken = groups.some((group) => group.isSpoken);
  const isMarked = !isSpoken && MARKED.test(text.slice(start, end));
  const judged = judge.judge({
    digits,
    hasPlus,
    size: groups.length,
    // One by one, they are in no form.
    lengths: groups.length === digits.length ? '' : toLengths(groups),
    isSpoken,
    isMarked,
    isWhole,
    toCue,
  });
  if (judged === undefined) return undefined;
  // What the library does not know goes on over no pause.
  if (hasPlus && judged.rank === 1 && inner >= Gap.Pause) return undefined;
  if (hasPlus) return judged;
  // Beside words that are digits, there are others.
  const isFirst = first === run[0] || !isSpoken;
  const isLast = last === run.at(-1) || !isSpoken;
  const before = isFirst ? text.slice(Math.max(from, start - CONTEXT / 4), start) : '';
  const after = isLast ? text.slice(end, Math.min(to, end + CONTEXT / 4)) : '';
  const isGrouped = judged.isShaped && groups.length > 2;
  const isAddress = after.startsWith('@') && (isGrouped || CALLED.test(before));
  const isOther = isOfOther(
    isGrouped && before.endsWith('@') ? '' : before,
    isAddress ? '' : after,
  );
  if (isOther) return undefined;
  if (!(judged.isShaped && isMarked) && isOfCode(before)) return undefined;
  if (isDate(before, groups)) return undefined;
  return groups.length === 1 && isCard(digits) ? undefined : judged;
}
