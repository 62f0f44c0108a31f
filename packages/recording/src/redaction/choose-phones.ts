import { findCue } from './number-cues.js';
import { isCard, isCounting, isOfCode, isOfOther } from './other-numbers.js';
import { LONGEST } from './phone-judge.js';
import type { Judgement, PhoneJudge } from './phone-judge.js';
import { isPlain } from './read-digits.js';
import type { Group, Run } from './read-digits.js';
import { Gap } from './scan-digits.js';
import { takeBack } from './take-back.js';
import type { TakenBack } from './take-back.js';

/** A phone number in a text, and where it stands there. */
export interface FoundPhone {
  readonly start: number;
  readonly end: number;
  /** In E.164; the seven digits alone where it was written without its area code. */
  readonly number: string;
  /** It begins with a plus, written or said. */
  readonly hasPlus: boolean;
}

/** A part of a text; what stands outside of it is not looked at. */
export interface Part {
  readonly text: string;
  readonly from: number;
  readonly to: number;
}

/** So far around its digits a number's words and marks are looked for. */
export const CONTEXT = 64;

/** Numbers that were chosen among the groups up to one of them, and how good that is. */
interface Choice {
  /** How many digits they take. */
  readonly taken: number;
  readonly count: number;
  readonly rank: number;
  readonly last?: FoundPhone;
  readonly before?: Choice;
}
const NOTHING: Choice = { taken: 0, count: 0, rank: 0 };

function better(one: Choice | undefined, other: Choice | undefined): Choice | undefined {
  if (one === undefined || other === undefined) return one ?? other;
  if (one.taken !== other.taken) return one.taken > other.taken ? one : other;
  if (one.count !== other.count) return one.count < other.count ? one : other;
  return one.rank >= other.rank ? one : other;
}

/** What one run is judged by. */
interface Question {
  readonly part: Part;
  readonly run: Run;
  readonly judge: PhoneJudge;
  readonly toCue: () => ReturnType<typeof findCue>;
}

/**
 * Chooses among all the candidates of a run. Each begins and ends where it is kept apart: at an end
 * of the run, at a pause, where more divides it than divides its own groups, where another begins
 * or ends.
 */
export function choosePhones(part: Part, run: Run, judge: PhoneJudge): readonly FoundPhone[] {
  const size = run.length;
  /** The best up to a group, whatever stands right before that. */
  const any: (Choice | undefined)[] = [NOTHING];
  /** The best of which the last number ends right before a group … */
  const touching: (Choice | undefined)[] = [];
  /** … and must be followed by one. */
  const pending: (Choice | undefined)[] = [];
  const question: Question = { part, run, judge, toCue: lazily(() => toCueOf(part, run)) };
  let all = '';
  const places: number[] = [];
  for (const { digits } of run) {
    places.push(all.length);
    all += digits;
  }

  const isCorrected = run.some(({ gap }) => gap === Gap.Correction);

  for (let from = 0; from < size; from += 1) {
    const first = run[from] as Group;
    const mayBeLonger = isCorrected || (from === 0 && all.length <= LONGEST);
    any[from + 1] = better(any[from + 1], any[from]);
    const isApart = from === 0 || isApartBefore(part, run, from) || isBehindOne(run, from);
    const beside = better(touching[from], pending[from]);
    // What is grouped as a number only is begins where it likes, but not each of the digits.
    if (!isApart && beside === undefined && isPlain(first) && isAmong(run, from, judge)) continue;
    const free = better(any[from], pending[from]) as Choice;
    const place = places[from] as number;
    let length = 0;
    const isLeadingOut = lazily(() => judge.leadsOut(all.slice(place, place + LONGEST)));
    let inner: Gap = Gap.None;
    let correction: number | undefined;
    for (let to = from; to < size; to += 1) {
      const last = run[to] as Group;
      if (to > from) {
        if (last.gap === Gap.Correction) correction = to;
        else if (last.hasPlus) break;
        inner = Math.max(inner, last.gap) as Gap;
      }
      length += last.digits.length;
      const back = correction === undefined ? 0 : (places[correction] as number) - place;
      if (length - back > LONGEST || back > LONGEST) break;
      if (length > judge.most && !mayBeLonger && !first.hasPlus && !isLeadingOut()) break;
      const isBegun = isApart || first.gap > inner;
      const before = isBegun ? free : beside;
      if (before === undefined && isPlain(first)) break;
      if (length < judge.fewest) continue;
      const next = run[to + 1];
      const isEnded = next === undefined || next.gap > inner || isApartBefore(part, run, to + 1);
      if (!isEnded && next.gap < inner) continue;
      const prior = before ?? free;

      const found = judgeSpan(question, {
        ...{ from, to, inner, correction, isEnded, isLeadingOut },
        digits: length > LONGEST ? undefined : all.slice(place, place + length),
        mustBeShaped: before === undefined,
      });
      if (found === undefined) continue;
      const { hasPlus } = found;
      const inside =
        hasPlus && found.judged.rank === 1 && length <= LONGEST
          ? findInside(question, from, to)
          : undefined;
      const judged = inside ?? found.judged;
      const isShaped = judged.isShaped || (hasPlus && judged.rank === 3);
      if (before === undefined && !(isShaped && (isEnded || first.gap === Gap.Space))) continue;
      const { number, rank } = judged;
      const start = toStart(part, run, from, last.end, number);
      // A 1 that stays is not taken.
      const covered = length - (start > first.start ? 1 : 0);
      const choice: Choice = {
        taken: prior.taken + covered * (rank > 1 || length < 9 || inside !== undefined ? 1 : 0.5),
        count: prior.count + 1,
        rank: prior.rank + rank + (judged.isShaped ? 0.5 : 0) - inner / 10,
        last: { start, end: last.end, number, hasPlus },
        before: prior,
      };
      if (isEnded || (isShaped && (isBegun || next.gap === Gap.Space))) {
        touching[to + 1] = better(choice, touching[to + 1]);
        any[to + 1] = better(choice, any[to + 1]);
      } else pending[to + 1] = better(choice, pending[to + 1]);
    }
  }
  const chosen: FoundPhone[] = [];
  for (let choice = any[size]; choice?.last !== undefined; choice = choice.before) {
    chosen.push(choice.last);
  }
  return chosen.reverse();
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

function judgeSpan(question: Question, span: Span): TakenBack | undefined {
  const { run, judge } = question;
  const { from, to, digits, inner, correction, isEnded, isLeadingOut, mustBeShaped } = span;
  const isWhole = from === 0 && to === run.length - 1;
  if (correction !== undefined && isEnded) {
    const taken = takeBack(run, from, correction, to, judge.lengths, (groups, rest) =>
      judge.mayBe(rest) || groups[0]?.hasPlus === true
        ? judgeGroups(question, groups, rest, isWhole)
        : undefined,
    );
    if (taken !== undefined) return taken;
  }
  const { hasPlus } = run[from] as Group;
  if (digits === undefined || (correction !== undefined && run[correction]?.hasPlus))
    return undefined;
  const groups = lazily(() => run.slice(from, to + 1));
  if (!hasPlus && !isWhole) {
    if (!judge.lengths.has(digits.length) && !isLeadingOut()) return undefined;
    if (!mayBe(question, digits, mustBeShaped, () => toLengths(groups()))) return undefined;
  }
  const judged = judgeGroups(question, groups(), digits, isWhole, inner);
  if (judged === undefined) return undefined;
  const isCounted = !hasPlus && isCounting(run, from, to) && question.toCue() !== 'phone';
  return isCounted ? undefined : { judged, hasPlus };
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

function lazily<A>(make: () => A): () => A {
  let made: { readonly value: A } | undefined;
  return () => (made ??= { value: make() }).value;
}

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

/** Whether a group is one of many that nothing tells apart. */
function isAmong(run: Run, at: number, { fewest }: PhoneJudge): boolean {
  const [group, next] = [run[at] as Group, run[at + 1]];
  return group.digits.length < fewest && (next === undefined || next.gap >= group.gap);
}

/** Whether a number can begin with a group, or end before it, whatever it is. */
function isApartBefore({ text }: Part, run: Run, at: number): boolean {
  const { start, gap, hasPlus } = run[at] as Group;
  return gap >= Gap.And || hasPlus || text[start - 1] === '(';
}

/** `press 1 415-555-2671` */
function isBehindOne(run: Run, at: number): boolean {
  const { digits, gap, hasPlus } = run[at - 1] as Group;
  return digits.length === 1 && !hasPlus && (at === 1 || gap >= Gap.And);
}

/** `415-555-2671`, `(415) 555 2671` */
const MARKED = /\d\p{Pd}\d|\)/u;

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
  if (isOfOther(before, after)) return undefined;
  if (!(judged.isShaped && isMarked) && isOfCode(before)) return undefined;
  return groups.length === 1 && isCard(digits) ? undefined : judged;
}

/**
 * Where a number begins: with the parenthesis that it closes, and behind a 1 that stands apart. It
 * is the 1 of `press 1 855-228-4781` as well as that of `1-855-228-4781`; either way it stays, and is
 * read with what replaces the number, or not, with no difference.
 */
function toStart({ text, from }: Part, run: Run, at: number, end: number, number: string): number {
  const group = run[at] as Group;
  const next = run[at + 1];
  const isApart =
    group.digits === '1' && !group.hasPlus && !group.isSpoken && number.startsWith('+1');
  const { start } = isApart && next !== undefined ? next : group;
  const isOpened =
    start > from && text[start - 1] === '(' && /^[^(]*\)/.test(text.slice(start, end));
  return isOpened ? start - 1 : start;
}
