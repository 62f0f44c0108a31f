import { addGermanCompounds, addItalianCompounds } from './compound-words.js';
import type { NumberWord, WordKind } from './number-word.js';
import { LANGUAGES, ROWS } from './number-word-rows.js';

/** A word, in the languages that have it. */
export interface KnownWord {
  /** What it means where one of the languages is spoken; where none is, as the last. */
  readonly meanings: readonly NumberWord[];
  /** How much it tells that one of the languages is spoken. */
  readonly votes: readonly number[];
  /** How many digits it stands for at most. */
  readonly weight: number;
  /** Whether a number can begin with it. */
  readonly canBegin: boolean;
}

/** Every word that is known, with what it means in each of the languages. */
export function createNumberWords(): ReadonlyMap<string, KnownWord> {
  const all = LANGUAGES.map(toWords);
  const words = new Set(all.flatMap((meanings) => [...meanings.keys()]));
  return new Map(
    [...words].map((word) => [word, toKnownWord(all.map((meanings) => meanings.get(word)))]),
  );
}

function toWords(language: (typeof LANGUAGES)[number]): ReadonlyMap<string, NumberWord> {
  const words = new Map<string, NumberWord>();
  for (const [kind, list, from = 0, step = 1] of ROWS[language]) {
    list.split(' ').forEach((variants, place) => {
      for (const variant of variants.split('|')) {
        const word = variant.replace('*', '');
        if (words.has(word)) continue;
        words.set(word, { kind, value: from + place * step, isCommon: word !== variant });
      }
    });
  }
  if (language === 'de') addGermanCompounds(words);
  if (language === 'it') addItalianCompounds(words);
  return words;
}

const NOTHING: NumberWord = { kind: 'other', value: 0, isCommon: true };

/** A word of another language is what it is there, unless it is an ordinary one. */
export function toKnownWord(meanings: readonly (NumberWord | undefined)[]): KnownWord {
  const known = meanings.filter((meaning) => meaning !== undefined);
  const elsewhere =
    known.find(({ isCommon }) => !isCommon) ?? known.find(({ kind }) => !isDigits(kind)) ?? NOTHING;
  return {
    meanings: [...meanings.map((meaning) => meaning ?? elsewhere), elsewhere],
    // What is said anyhow counts little.
    votes: meanings.map((meaning) => (meaning === undefined ? 0 : meaning.isCommon ? 0.1 : 1)),
    weight: Math.max(
      ...known.map(({ kind, value }) =>
        kind === 'times' ? value : isDigits(kind) ? String(value).length : 0,
      ),
    ),
    canBegin: known.some(({ kind }) => isDigits(kind) || kind === 'plus'),
  };
}

/** Whether it stands for digits. */
export function isDigits(kind: WordKind): boolean {
  return !['and', 'plus', 'filler', 'point', 'correction', 'other'].includes(kind);
}
