/*
 * Candidates are digits, in figures, numerals and words of any of the languages alike, read as one
 * stream of groups that remembers where each came from. Who judges them is the library's metadata
 * for the countries in question, the plus, and the numbers that are known from fields. What is
 * taken is what leaves the fewest digits: the longest that begins and ends where a number can.
 */
import { findCue } from './number-cues.js';
import { findOthers, isCard, isCounting, isOfCode, isOfOther } from './other-numbers.js';
import { LONGEST } from './phone-judge.js';
import type { Judgement, PhoneJudge } from './phone-judge.js';
import { Gap, readDigits } from './read-digits.js';
import type { Group, Run, Stretch } from './read-digits.js';
import { toAsciiDigits } from './to-ascii-digits.js';

/** A phone number in a text, and where it stands there. */
export interface FoundPhone {
  readonly start: number;
  readonly end: number;
  /** In E.164; the seven digits alone where it was written without its area code. */
  readonly number: string;
  /** It begins with a plus, written or said. */
  readonly hasPlus: boolean;
}

/** So far around its digits a number's words and marks are looked for. */
const CONTEXT = 64;

/**
 * Makes the finder of phone numbers in running text, as machines write them. It gives them in the
 * order in which they stand there, in a time that grows with the length of the text and no faster.
 *
 * Between two numbers that it gives, and before the first and behind the last, it finds no other,
 * not even when it is given that part of the text alone.
 */
export function createPhoneFinder(judge: PhoneJudge): (text: string) => readonly FoundPhone[] {
  const { fewest } = judge;

  const findBetween = (
    text: string,
    stretch: Stretch,
    from: number,
    to: number,
  ): readonly FoundPhone[] => {
    const [start, end] = [Math.max(stretch.start, from), Math.min(stretch.end, to)];
    if (end - start < fewest) return NONE;
    const isAll = start === stretch.start && end === stretch.end;
    return (isAll ? [stretch] : readDigits(text, fewest, start, end)).flatMap(({ runs }) =>
      runs.flatMap((run) => findInRun({ text, from, to }, run, judge)),
    );
  };

  return (written) => {
    const text = OTHER_SCRIPTS.test(written) ? toAsciiDigits(written) : written;
    const pieces = readDigits(text, fewest).map((stretch): Piece => ({ stretch, found: [] }));
    for (let at = 0; at < pieces.length;) {
      const piece = pieces[at] as Piece;
      const { stretch, found } = piece;
      const ends = [toEndBefore(pieces, at), ...found.map(({ end }) => end)];
      const behind = toStartBehind(pieces, at, text.length);
      piece.found = ends.flatMap((end, index) => {
        const next = found[index];
        const between = findBetween(text, stretch, end, next?.start ?? behind);
        return next === undefined ? between : [...between, next];
      });
      // Once a number is found, nothing sees it any more: what stands beside it is read again.
      if (piece.found.length === found.length) at += 1;
      else while (at > 0 && isNear(pieces[at - 1] as Piece, piece)) at -= 1;
    }
    return pieces.flatMap(({ found }) =>
      found.map((phone) => ({ ...phone, start: toCharacter(written, phone.start) })),
    );
  };
}

const NONE: readonly never[] = [];
const OTHER_SCRIPTS = /[^\0-\u024f\u2000-\u206f]/;

/** A stretch of a text, and the numbers that were found in it so far. */
interface Piece {
  readonly stretch: Stretch;
  found: readonly FoundPhone[];
}

const isNear = ({ stretch: before }: Piece, { stretch }: Piece): boolean =>
  before.end > stretch.start - CONTEXT;

/** Where the last number ends before a piece, as far as that can matter. */
function toEndBefore(pieces: readonly Piece[], at: number): number {
  const piece = pieces[at] as Piece;
  for (let before = at - 1; before >= 0; before -= 1) {
    const other = pieces[before] as Piece;
    const last = other.found.at(-1);
    if (last !== undefined) return last.end;
    if (!isNear(other, piece)) return 0;
  }
  return 0;
}

/** Where the first number begins behind a piece, as far as that can matter. */
function toStartBehind(pieces: readonly Piece[], at: number, length: number): number {
  const piece = pieces[at] as Piece;
  for (let behind = at + 1; behind < pieces.length; behind += 1) {
    const other = pieces[behind] as Piece;
    if (other.found[0] !== undefined) return other.found[0].start;
    if (!isNear(piece, other)) return length;
  }
  return length;
}

/** A part of a text; what stands outside of it is not looked at. */
interface Part {
  readonly text: string;
  readonly from: number;
  readonly to: number;
}

function findInRun(part: Part, run: Run, judge: PhoneJudge): readonly FoundPhone[] {
  return withoutOthers(part, run).flatMap((rest) => choose(part, rest, judge));
}

/** What is left of a run when dates, amounts and the like are taken out. */
function withoutOthers({ text, from, to }: Part, run: Run): readonly Run[] {
  if (run.every(({ isSpoken }) => isSpoken)) return [run];
  const [first, last] = [run[0] as Group, run.at(-1) as Group];
  const start = Math.max(from, first.start - CONTEXT);
  const others = findOthers(text.slice(start, Math.min(to, last.end + CONTEXT)));
  if (others.length === 0) return [run];
  const rests: Group[][] = [[]];
  let place = 0;
  for (const group of run) {
    while ((others[place]?.[1] ?? Infinity) + start <= group.start) place += 1;
    if ((others[place]?.[0] ?? Infinity) + start < group.end) rests.push([]);
    else rests.at(-1)?.push(group);
  }
  return rests.filter(({ length }) => length > 0);
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
function choose(part: Part, run: Run, judge: PhoneJudge): readonly FoundPhone[] {
  const size = run.length;
  /** The best up to a group, whatever stands right before that. */
  const any: (Choice | undefined)[] = [NOTHING];
  /** The best of which the last number ends right before a group … */
  const touching: (Choice | undefined)[] = [];
  /** … and must be followed by one. */
  const pending: (Choice | undefined)[] = [];
  const toCue = lazily(() => toCueOf(part, run));
  const all = run.map(({ digits }) => digits).join('');
  const places = [0];
  for (const { digits } of run) places.push((places.at(-1) as number) + digits.length);

  for (let from = 0; from < size; from += 1) {
    const first = run[from] as Group;
    any[from + 1] = better(any[from + 1], any[from]);
    const isApart = from === 0 || isApartBefore(part, run, from) || isBehindOne(run, from);
    const beside = better(touching[from], pending[from]);
    const free = better(any[from], pending[from]) as Choice;
    const place = places[from] as number;
    let length = 0;
    let isLeadingOut: boolean | undefined;
    let inner: Gap = Gap.None;
    for (let to = from; to < size; to += 1) {
      const last = run[to] as Group;
      if (to > from) {
        if (last.hasPlus) break;
        inner = Math.max(inner, last.gap) as Gap;
      }
      length += last.digits.length;
      if (length > LONGEST) break;
      const isBegun = isApart || first.gap > inner;
      const before = isBegun ? free : beside;
      // What is grouped as a number only is begins where it likes, but not each of the digits.
      if (before === undefined && (first.digits.length < 2 || first.isSpoken)) break;
      if (length < judge.fewest) continue;
      const next = run[to + 1];
      const isEnded = next === undefined || next.gap > inner || isApartBefore(part, run, to + 1);
      if (!isEnded && next.gap < inner) continue;
      const isWhole = from === 0 && next === undefined;
      const isJudged = first.hasPlus || isWhole;
      if (!isJudged && !judge.lengths.has(length)) {
        isLeadingOut ??= judge.leadsOut(all.slice(place, place + LONGEST));
        if (!isLeadingOut) continue;
      }
      const digits = all.slice(place, place + length);
      if (!isJudged && !judge.mayBe(digits)) continue;
      const judged = judgeGroups(part, run, from, to, digits, inner, toCue, judge);
      if (judged === undefined) continue;
      const isShaped = judged.isShaped || (first.hasPlus && judged.rank === 3);
      if (before === undefined && !(isShaped && (isEnded || first.gap === Gap.Space))) continue;
      const { number, rank } = judged;
      const start = toStart(part, run, from, last.end, number);
      // A 1 that stays is not taken.
      const covered = digits.length - (start > first.start ? 1 : 0);
      const choice: Choice = {
        taken: (before ?? free).taken + covered * (rank > 1 || digits.length < 9 ? 1 : 0.5),
        count: (before ?? free).count + 1,
        rank: (before ?? free).rank + rank + (judged.isShaped ? 0.5 : 0) - inner / 10,
        last: { start, end: last.end, number, hasPlus: first.hasPlus },
        before: before ?? free,
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

/** Whether a number can begin with a group, or end before it, whatever it is. */
function isApartBefore({ text }: Part, run: Run, at: number): boolean {
  const { start, gap, hasPlus } = run[at] as Group;
  return gap >= Gap.Pause || hasPlus || text[start - 1] === '(';
}

/** `press 1 415-555-2671` */
function isBehindOne(run: Run, at: number): boolean {
  const { digits, gap, hasPlus } = run[at - 1] as Group;
  return digits.length === 1 && !hasPlus && (at === 1 || gap >= Gap.Pause);
}

/** `415-555-2671`, `(415) 555 2671` */
const MARKED = /\d\p{Pd}\d|\)/u;

function judgeGroups(
  { text, from, to }: Part,
  run: Run,
  first: number,
  last: number,
  digits: string,
  inner: Gap,
  toCue: () => ReturnType<typeof findCue>,
  judge: PhoneJudge,
): Judgement | undefined {
  const groups = run.slice(first, last + 1);
  const { start, hasPlus } = groups[0] as Group;
  const { end } = groups.at(-1) as Group;
  const isSpoken = groups.some((group) => group.isSpoken);
  const isMarked = !isSpoken && MARKED.test(text.slice(start, end));
  const judged = judge.judge({
    digits,
    hasPlus,
    lengths: groups.map((group) => group.digits.length),
    isSpoken,
    isMarked,
    isWhole: first === 0 && last === run.length - 1,
    toCue,
  });
  if (judged === undefined) return undefined;
  // What the library does not know goes on over no pause.
  if (hasPlus && judged.rank === 1 && inner >= Gap.Pause) return undefined;
  if (hasPlus) return judged;
  // Beside words that are digits, there are others.
  const isFirst = first === 0 || !isSpoken;
  const isLast = last === run.length - 1 || !isSpoken;
  const before = isFirst ? text.slice(Math.max(from, start - CONTEXT / 4), start) : '';
  const after = isLast ? text.slice(end, Math.min(to, end + CONTEXT / 4)) : '';
  if (isOfOther(before, after)) return undefined;
  if (!(judged.isShaped && isMarked) && isOfCode(before)) return undefined;
  if (groups.length === 1 && isCard(digits)) return undefined;
  return isCounting(run, first, last) && toCue() !== 'phone' ? undefined : judged;
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

/** Where the character begins that stands at a place: some digits have two code units. */
function toCharacter(text: string, place: number): number {
  return /[\udc00-\udfff]/.test(text.charAt(place)) ? place - 1 : place;
}
