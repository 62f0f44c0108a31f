import { foldMarks } from './fold-text.js';

/**
 * Makes a regular expression for the bytes of UTF-8, read as latin1, that finds every place where a
 * word may stand in any case and with any accents: never too few, now and then too many.
 *
 * @param word folded, without a space
 */
export function toBytePattern(word: string): RegExp {
  const forms = toForms();
  const letters = Array.from(word, (letter) => {
    const ways = [letter, ...(forms.ofOne.get(letter) ?? [])];
    return `(?:${ways.map(toBytes).map(escape).join('|')})`;
  });
  // A letter that stands for several may hold the beginning of the word, or its end.
  const several = forms.ofSeveral
    .filter(({ folded }) => Array.from(folded).some((letter) => word.includes(letter)))
    .map(({ form }) => escape(toBytes(form)));
  return new RegExp([letters.join(MARKS), ...several].join('|'), 'g');
}

/** Combining accents, vowel points, and what takes no room: whatever `foldMarks` drops, and more. */
const MARKS = String.raw`(?:\xcc[\x80-\xbf]|\xcd[\x80-\xaf]|\xc2\xad|[\xd6\xd7\xd9][\x80-\xbf]|\xe1[\xaa\xab\xb7][\x80-\xbf]|\xe2\x80[\x8b-\x8d]|\xe2\x81\xa0|\xe2\x83[\x90-\xbf]|\xef\xbb\xbf)*`;

interface Forms {
  /** The characters that fold to one letter, by that letter. */
  readonly ofOne: ReadonlyMap<string, readonly string[]>;
  /** Those that fold to several. */
  readonly ofSeveral: readonly { readonly form: string; readonly folded: string }[];
}

/** Where letters stand that fold to others, with marks or without. */
const RANGES = [
  [0x41, 0x5a],
  [0xaa, 0x587],
  [0x1e00, 0x1fff],
  [0x2070, 0x24ff],
  [0x2c00, 0x2dff],
  [0x3200, 0x33ff],
  [0xa640, 0xa7ff],
  [0xf900, 0xffef],
  [0x1d400, 0x1d7ff],
  [0x1f100, 0x1f1ff],
  [0x2f800, 0x2fa1f],
] as const;

let known: Forms | undefined;

/** What folds to what is the same for every search. */
function toForms(): Forms {
  if (known !== undefined) return known;
  const ofOne = new Map<string, string[]>();
  const ofSeveral: { form: string; folded: string }[] = [];
  for (const [first, last] of RANGES) {
    for (let code = first; code <= last; code += 1) {
      const form = String.fromCodePoint(code);
      const folded = foldMarks(form);
      if (folded === form || folded === '') continue;
      if (Array.from(folded).length > 1) ofSeveral.push({ form, folded });
      else if (ofOne.get(folded)?.push(form) === undefined) ofOne.set(folded, [form]);
    }
  }
  return (known = { ofOne, ofSeveral });
}

function toBytes(text: string): string {
  return Buffer.from(text).toString('latin1');
}

function escape(bytes: string): string {
  return bytes.replace(
    /[^a-zA-Z0-9]/g,
    (byte) => `\\x${byte.charCodeAt(0).toString(16).padStart(2, '0')}`,
  );
}
