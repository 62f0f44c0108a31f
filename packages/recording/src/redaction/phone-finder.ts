/*
 * Candidates are digits, in figures, numerals and words of any of the languages alike, read as one
 * stream of groups that remembers where each came from. Who judges them is the library's metadata
 * for the countries in question, the plus, and the numbers that are known from fields. What is
 * taken is what leaves the fewest digits: the longest that begins and ends where a number can.
 */
import { choosePhones } from './choose-phones.js';
import type { FoundPhone } from './choose-phones.js';
import { CONTEXT } from './judge-span.js';
import type { Part } from './judge-span.js';
import { findOthers } from './other-numbers.js';
import type { PhoneJudge } from './phone-judge.js';
import { readDigits } from './read-digits.js';
import type { Group, Run, Stretch } from './read-digits.js';
import { toAsciiDigits } from './to-ascii-digits.js';
import { withoutMarkup } from './without-markup.js';

/**
 * Makes the finder of phone numbers in running text, as machines write them. It gives them in the
 * order in which they stand there, in a time that grows with the length of the text and no faster.
 *
 * Between two numbers that it gives, and before the first and behind the last, it finds no other,
 * not even when it is given that part of the text alone.
 */
export function createPhoneFinder(judge: PhoneJudge): (text: string) => readonly FoundPhone[] {
  /** Finds what stands in a part of a stretch, where nothing was found yet. */
  const findBetween = (
    text: string,
    stretch: Stretch,
    from: number,
    to: number,
  ): readonly FoundPhone[] => {
    const [start, end] = [Math.max(stretch.start, from), Math.min(stretch.end, to)];
    const fewest = judge.toFewest();
    if (end - start < fewest) return NONE;
    const isAll = start === stretch.start && end === stretch.end;
    const part = { text, from, to };
    const found: FoundPhone[] = [];
    for (const { runs } of isAll ? [stretch] : readDigits(text, fewest, start, end))
      for (const run of runs)
        for (const rest of withoutOthers(part, run)) found.push(...choosePhones(part, rest, judge));
    return found;
  };

  return (written) => {
    const plain = OTHER_SCRIPTS.test(written) ? toAsciiDigits(written) : written;
    const text = MAY_BE_MARKED_UP.test(plain) ? withoutMarkup(plain) : plain;
    const stretches = readDigits(text, judge.toFewest());
    if (stretches.length === 0) return NONE;
    const pieces = stretches.map((stretch): Piece => ({
      stretch,
      found: [],
      empty: new Set(),
      looks: 0,
    }));
    for (let at = 0; at < pieces.length;) {
      const piece = pieces[at] as Piece;
      const { stretch, empty } = piece;
      const found: FoundPhone[] = [];
      const behind = toStartBehind(pieces, at, text.length);
      let from = Math.max(toEndBefore(pieces, at), stretch.start - CONTEXT);
      for (let index = 0; index <= piece.found.length; index += 1) {
        const next = piece.found[index];
        const to = next?.start ?? Math.min(behind, stretch.end + CONTEXT);
        const key = from * PLACES + to;
        if (!empty.has(key)) {
          const between = findBetween(text, stretch, from, to);
          if (between.length === 0) empty.add(key);
          else found.push(...between);
        }
        if (next !== undefined) found.push(next);
        from = next?.end ?? from;
      }
      const isNew = found.length > piece.found.length;
      piece.found = found;
      piece.looks += 1;
      // Once a number is found, nothing sees it any more: what stands beside it is read again.
      if (!isNew || piece.looks > MOST_LOOKS) at += 1;
      else while (at > 0 && isNear(pieces[at - 1] as Piece, piece)) at -= 1;
    }
    const all = pieces.flatMap(({ found }) => found);
    if (text === written) return all;
    return all.map((phone) => ({ ...phone, start: toCharacter(written, phone.start) }));
  };
}

const NONE: readonly never[] = [];
const MAY_BE_MARKED_UP = /[<&%]/;
const OTHER_SCRIPTS = /[^\0-\u024f\u2000-\u206f]/;

/** No text has so many places. */
const PLACES = 2 ** 30;

/**
 * So often a stretch is read at most: each time, some more of it is a number, for what stands beside
 * it was taken for one. Twice is enough for what people say.
 */
const MOST_LOOKS = 50;

/** A stretch of a text, and the numbers that were found in it so far. */
interface Piece {
  readonly stretch: Stretch;
  found: readonly FoundPhone[];
  /** The parts of it in which there is none. */
  readonly empty: Set<number>;
  looks: number;
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

/** Where the character begins that stands at a place: some digits have two code units. */
function toCharacter(text: string, place: number): number {
  return /[\udc00-\udfff]/.test(text.charAt(place)) ? place - 1 : place;
}
