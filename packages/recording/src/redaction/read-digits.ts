import { LANGUAGES } from './number-word-rows.js';
import { readNumber } from './read-number.js';
import { Gap, MOST_IN_A_ROW, scanDigits } from './scan-digits.js';
import type { Token } from './scan-digits.js';

/** Digits that are written, or said, as one. */
export interface Group {
  readonly digits: string;
  readonly start: number;
  readonly end: number;
  readonly isSpoken: boolean;
  readonly hasPlus: boolean;
  /** What divides them from those before; the first has none. */
  readonly gap: Gap;
}

/** Digits one after the other, with nothing between them that belongs to no number. */
export type Run = readonly Group[];

/** A part of a text in which one language is spoken, and its runs. */
export interface Stretch {
  readonly start: number;
  readonly end: number;
  readonly runs: readonly Run[];
}

/**
 * Reads the digits of a text, in figures, words and numerals alike, as one stream that remembers
 * where each came from; it is divided where something stands that no number is divided by.
 *
 * Only runs of enough digits are given, and one look is all that a text without them takes.
 *
 * @param text its digits from 0 to 9
 */
export function readDigits(
  text: string,
  fewest: number,
  from = 0,
  to = text.length,
): readonly Stretch[] {
  const stretches = scanDigits(text, fewest, from, to);
  return stretches.length === 0
    ? NONE
    : stretches.map((tokens) => ({
        start: tokens[0]?.start ?? from,
        end: tokens.at(-1)?.end ?? to,
        runs: toRuns(tokens, fewest),
      }));
}

const NONE: readonly never[] = [];

/** Reads the words of a stretch in its language, and the numbers that are made of several words. */
function toRuns(tokens: readonly Token[], fewest: number): readonly Run[] {
  const language = toLanguage(tokens);
  const runs: Group[][] = [];
  let run: Group[] = [];
  let gap: Gap = Gap.None;
  let plus: Token | undefined;
  /** Before which groups a point is said. */
  let points: number[] = [];
  const end = () => {
    for (const part of atPoints(run, points)) {
      const size = count(part);
      if (size > MOST_IN_A_ROW) runs.push(...withoutRecitals(part, fewest));
      else if (size >= fewest) runs.push(part);
    }
    run = [];
    points = [];
  };
  const widen = (to: Gap) => {
    if (to > gap) gap = to;
  };

  for (let at = 0; at < tokens.length;) {
    const token = tokens[at] as Token;
    const kind = token.word?.meanings[language]?.kind;
    widen(token.gap);
    const said = readNumber(tokens, at, language);
    if (said !== undefined) {
      const hasPlus = plus !== undefined && token.gap <= Gap.Space;
      const last = tokens[said.to] as Token;
      run.push({
        digits: said.digits,
        start: hasPlus ? (plus as Token).start : token.start,
        end: last.end,
        isSpoken: token.word !== undefined || token.isNumeral,
        hasPlus,
        gap,
      });
      at = said.to + 1;
      gap = Gap.None;
      plus = undefined;
      continue;
    }
    plus = kind === 'plus' ? token : undefined;
    // `double`, and no digit yet, is said between two as well.
    if (kind === 'and' || kind === 'times') widen(Gap.And);
    else if (kind === 'filler') widen(Gap.Filler);
    else if (kind === 'point') {
      widen(Gap.Mark);
      points.push(run.length);
    } else if (kind === 'correction') widen(Gap.Correction);
    else if (kind !== 'plus') end();
    at += 1;
  }
  end();
  return runs;
}

/**
 * Divides a run at the points that are no phone number's: one between two pauses is a decimal's, and
 * those between long parts are several decimals'; of an address of the net or a version, all are.
 */
function atPoints(run: Group[], all: readonly number[]): readonly Group[][] {
  if (all.length === 0) return [run];
  const points = new Set(all.filter((at) => at > 0 && at < run.length));
  if (points.size === 0) return [run];
  const parts: Group[][] = [[]];
  /** What is said between two pauses, at its points. */
  let clause: Group[][] = [[]];
  const end = () => {
    const numbers = clause.map((part) => part.map(({ digits }) => digits).join(''));
    const isPhone = clause.length === 1 || mayBeAtPoints(numbers);
    for (const [at, part] of clause.entries()) {
      if (at > 0 && !isPhone) parts.push([]);
      parts.at(-1)?.push(...part);
    }
    clause = [[]];
  };
  for (const [at, group] of run.entries()) {
    if (points.has(at)) clause.push([]);
    else if (group.gap === Gap.Pause || group.gap === Gap.Correction) end();
    clause.at(-1)?.push(group);
  }
  end();
  return parts;
}

/** `415.555.2671`, but not `3.14`, `192.168.1.20`, `131.0.6778.204` or `37.7749 122.4194` */
function mayBeAtPoints(parts: readonly string[]): boolean {
  const isAddress = parts.length === 4 && parts.every((part) => Number(part) <= MOST_IN_A_BYTE);
  return (
    parts.length > 2 &&
    !isAddress &&
    parts.slice(1, -1).every((part) => part !== '0' && part.length <= MOST_BETWEEN_POINTS)
  );
}
const MOST_IN_A_BYTE = 255;
const MOST_BETWEEN_POINTS = 4;

/** What is left of a run where so much is said in one breath that no numbers are told apart. */
function withoutRecitals(run: Run, fewest: number): Group[][] {
  const breaths: Group[][] = [];
  for (const group of run) {
    if (breaths.length === 0 || group.gap >= Gap.Pause || !isPlain(group)) breaths.push([group]);
    else breaths.at(-1)?.push(group);
  }
  const rests: Group[][] = [[]];
  for (const breath of breaths) {
    if (count(breath) > MOST_IN_A_ROW) rests.push([]);
    else rests.at(-1)?.push(...breath);
  }
  return rests.filter((rest) => count(rest) >= fewest);
}

/** Whether it is one of the digits that somebody says one by one, or may be. */
export const isPlain = ({ digits, isSpoken }: Group): boolean => isSpoken || digits.length < 2;

function count(run: Run): number {
  return run.reduce((sum, { digits }) => sum + digits.length, 0);
}

/** The language that has most of the words; the last of all, which is none, where there are none. */
function toLanguage(tokens: readonly Token[]): number {
  const votes = LANGUAGES.map(() => 0);
  for (const { word } of tokens) {
    if (word === undefined) continue;
    for (let at = 0; at < votes.length; at += 1) (votes[at] as number) += word.votes[at] as number;
  }
  const most = Math.max(...votes);
  return most < 1 ? LANGUAGES.length : votes.indexOf(most);
}
