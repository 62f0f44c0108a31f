import type { Role } from '@livecall/core';

import { foldText, UNSPACED } from './fold-text.js';
import type { Utterance } from './utterance.js';

/** Where words were found that were said. */
export interface Hit extends Utterance {
  /** The last line of it, where one who said it took several utterances; its text is theirs together. */
  readonly throughLine?: number;
}

/** How words are searched for. */
export interface SearchOptions {
  /** Whether `parcel` is not found in `parcels`. @default false */
  readonly wholeWords?: boolean;
  /** Whose words alone are searched. @default everybody's */
  readonly role?: Role;
}

/** Words to be looked for in what was said. */
export interface Phrase {
  /** A part of it, folded, that is said in one utterance: its longest word. */
  readonly anchor: string;
  /**
   * Finds the phrase where an utterance has a part of it that is its anchor.
   *
   * @param before gives what was said before, the last first
   * @param after gives what was said after
   */
  find(utterance: Utterance, before: Neighbours, after: Neighbours): Hit | undefined;
}

/** What was said around an utterance, asked for only as far as it is needed. */
export type Neighbours = () => Iterable<Utterance>;

/**
 * Makes a phrase of words; case, accents and punctuation are ignored, and it may be said in several
 * utterances, between which others spoke.
 *
 * @throws TypeError where there is no letter and no digit in it
 */
export function createPhrase(
  words: string,
  { wholeWords = false, role }: SearchOptions = {},
): Phrase {
  const folded = foldText(words);
  if (folded === '') throw new TypeError('There is no word in what is to be searched for.');
  const anchor = toAnchor(folded);
  const wanted = wholeWords ? ` ${folded} ` : folded;
  const standsIn = (where: string): boolean => (wholeWords ? ` ${where} ` : where).includes(wanted);
  const cuts = toCuts(folded);
  // Nearly no utterance begins or ends within the phrase: no other is read for the rest of them.
  const mayGoOn = (text: string): boolean =>
    folded.includes(text) ||
    cuts.some(([head, tail]) => text.endsWith(head) || text.startsWith(tail));
  // So much of a neighbour can belong to it.
  const reach = folded.length;

  return {
    anchor,
    find: (utterance, before, after) => {
      if (role !== undefined && utterance.role !== role) return undefined;
      const text = foldText(utterance.text);
      if (standsIn(text)) return utterance;
      if (cuts.length === 0 || !text.includes(anchor) || !mayGoOn(text)) return undefined;
      const sameSpeaker = (neighbours: Neighbours) =>
        takeReach(neighbours(), utterance.role, reach);
      const [earlier, later] = [sameSpeaker(before).reverse(), sameSpeaker(after)];
      return findAcross([...earlier, utterance, ...later], earlier.length, (whole) =>
        standsIn(foldText(whole)),
      );
    },
  };
}

/** The longest word; of words that are written without spaces their first letter, for they can be cut anywhere. */
function toAnchor(folded: string): string {
  const longest = folded
    .split(' ')
    .reduce((before, word) => (word.length > before.length ? word : before));
  return UNSPACED.test(longest) ? (Array.from(longest)[0] ?? longest) : longest;
}

/** Where the phrase may be cut by the end of an utterance: what stands before, and what after. */
function toCuts(folded: string): readonly (readonly [head: string, tail: string])[] {
  const letters = Array.from(folded);
  return letters.flatMap((letter, index) => {
    const head = letters.slice(0, index).join('');
    if (letter === ' ') return [[head, letters.slice(index + 1).join('')] as const];
    const isCut = UNSPACED.test(letter) && UNSPACED.test(letters[index - 1] ?? '');
    return isCut ? [[head, letters.slice(index).join('')] as const] : [];
  });
}

function takeReach(neighbours: Iterable<Utterance>, role: Role, reach: number): Utterance[] {
  const taken: Utterance[] = [];
  let length = 0;
  for (const neighbour of neighbours) {
    if (neighbour.role !== role) continue;
    taken.push(neighbour);
    length += foldText(neighbour.text).length;
    if (length >= reach) break;
  }
  return taken;
}

/** Finds the fewest utterances, the one at `anchor` among them, that have the phrase together. */
function findAcross(
  utterances: readonly Utterance[],
  anchor: number,
  stands: (text: string) => boolean,
): Hit | undefined {
  for (let count = 2; count <= utterances.length; count += 1) {
    for (let from = Math.max(0, anchor - count + 1); from <= anchor; from += 1) {
      const some = utterances.slice(from, from + count);
      const [first, last] = [some.at(0), some.at(-1)];
      if (first === undefined || last === undefined || some.length < count) continue;
      const text = toText(some);
      // What stands in fewer of them is no place of its own.
      const isShorter = stands(toText(some.slice(1))) || stands(toText(some.slice(0, -1)));
      if (!isShorter && stands(text)) return { ...first, text, throughLine: last.line };
    }
  }
  return undefined;
}

function toText(utterances: readonly Utterance[]): string {
  return utterances.map(({ text }) => text).join(' ');
}
