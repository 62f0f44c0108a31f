import { judgeSpan, toQuestion } from './judge-span.js';
import type { Part } from './judge-span.js';
import { lazily } from './lazily.js';
import { LONGEST } from './phone-judge.js';
import type { PhoneJudge } from './phone-judge.js';
import { isPlain } from './read-digits.js';
import type { Group, Run } from './read-digits.js';
import { Gap } from './scan-digits.js';

/** A phone number in a text, and where it stands there. */
export interface FoundPhone {
  readonly start: number;
  readonly end: number;
  /** In E.164; the seven digits alone where it was written without its area code. */
  readonly number: string;
  /** It begins with a plus, written or said. */
  readonly hasPlus: boolean;
}

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

/**
 * Chooses among all the candidates of a run. Each begins and ends where it is kept apart: at an end
 * of the run, at a pause, where more divides it than divides its own groups, where another begins
 * or ends.
 */
export function choosePhones(part: Part, run: Run, judge: PhoneJudge): readonly FoundPhone[] {
  const [fewest, most] = [judge.toFewest(), judge.toMost()];
  const size = run.length;
  /** The best up to a group, whatever stands right before that. */
  const any: (Choice | undefined)[] = [NOTHING];
  /** The best of which the last number ends right before a group … */
  const touching: (Choice | undefined)[] = [];
  /** … and must be followed by one. */
  const pending: (Choice | undefined)[] = [];
  const question = toQuestion(part, run, judge);
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
      if (length > most && !mayBeLonger && !first.hasPlus && !isLeadingOut()) break;
      const isBegun = isApart || first.gap > inner;
      const before = isBegun ? free : beside;
      if (before === undefined && isPlain(first)) break;
      if (length < fewest) continue;
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
      const { judged, hasPlus, isAround } = found;
      const isShaped = judged.isShaped || (hasPlus && judged.rank === 3);
      if (before === undefined && !(isShaped && (isEnded || first.gap === Gap.Space))) continue;
      const { number, rank } = judged;
      const start = toStart(part, run, from, last.end, number);
      // A 1 that stays is not taken.
      const covered = length - (start > first.start ? 1 : 0);
      const choice: Choice = {
        taken: prior.taken + covered * (rank > 1 || length < 9 || isAround ? 1 : 0.5),
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

/** Whether a group is one of many that nothing tells apart. */
function isAmong(run: Run, at: number, { toFewest }: PhoneJudge): boolean {
  const [group, next] = [run[at] as Group, run[at + 1]];
  return group.digits.length < toFewest() && (next === undefined || next.gap >= group.gap);
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
