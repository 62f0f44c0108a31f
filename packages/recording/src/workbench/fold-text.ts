/**
 * Folds a text for a search that ignores case, accents and punctuation: small letters without marks,
 * words divided by one space. What languages write without spaces (Chinese, Japanese, Thai …) has
 * none here either, so that it is found across the end of an utterance.
 *
 * @example
 * import { foldText } from '@livecall/recording';
 *
 * console.log(foldText('Zu Händen von Frau Øzgür, 2. Stock!')); // => zu handen von frau ozgur 2 stock
 */
export function foldText(text: string): string {
  return isPlain(text) ? foldPlain(text) : foldAny(text);
}

const isPlain = (text: string): boolean => /^[\n -~]*$/.test(text);

function foldPlain(text: string): string {
  return text
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, ' ')
    .trim();
}

/** Letters that are not a letter and a mark to Unicode, and are to whoever has no such key. */
const PLAIN_FORMS: Readonly<Record<string, string>> = {
  æ: 'ae',
  œ: 'oe',
  ß: 'ss',
  ø: 'o',
  ł: 'l',
  đ: 'd',
  ħ: 'h',
  ŧ: 't',
  ı: 'i',
  ς: 'σ',
};

/** Accents, the vowel points of Arabic and Hebrew, and what takes no room at all. */
const MARKS =
  // Said one by one: next to each other they would look like one.
  /[\u0300-\u036f]|[\u0591-\u05bd]|[\u05bf\u05c1\u05c2\u05c4\u05c5\u05c7]|[\u064b-\u0652]|\u0670|[\u1ab0-\u1aff]|[\u1dc0-\u1dff]|[\u20d0-\u20ff]|[\u00ad\u200b\u2060\ufeff]|\u200c|\u200d/g;

const SCRIPTS = String.raw`\p{sc=Han}\p{sc=Hiragana}\p{sc=Katakana}\p{sc=Thai}\p{sc=Lao}\p{sc=Khmer}\p{sc=Myanmar}`;
/** A letter of those that are written without spaces between the words. */
export const UNSPACED = new RegExp(`[${SCRIPTS}]`, 'u');
const BETWEEN_UNSPACED = new RegExp(`(?<=[${SCRIPTS}]) (?=[${SCRIPTS}])`, 'gu');

function foldAny(text: string): string {
  return foldMarks(text)
    .replace(/[^\p{L}\p{N}\p{M}]+/gu, ' ')
    .replace(BETWEEN_UNSPACED, '')
    .trim();
}

/** Folds letters alone, and divides no words. */
export function foldMarks(text: string): string {
  return (
    text
      .normalize('NFKD')
      .toLowerCase()
      .replace(MARKS, '')
      .replace(/[æœßøłđħŧıς]/g, (letter) => PLAIN_FORMS[letter] ?? letter)
      // Korean syllables, Japanese voiced sounds: no accents.
      .normalize('NFKC')
  );
}
