import type { AnyProtocol } from '@livecall/core';

import { pushed, triples } from './mask-credentials.js';
import { BEGINS, ENDS, toLetter, toWeight } from './scan-digits.js';

/** What a first look has to know of a recording. */
export interface FirstLookOptions {
  /** What is said in it. */
  readonly holds: AnyProtocol['holds'];
  /** How many digits the shortest number has by now; `Infinity` where numbers are kept. */
  readonly toFewest: () => number;
}

/**
 * Makes what says of a frame's text, by one look at each of its characters, that it is written as
 * JSON.stringify would write it, and that nothing in it is a number or a credential: it goes into a
 * recording as it came. Of any other it says nothing, and it is read.
 *
 * It knows an object of texts and of numbers with fewer digits and number words than a number has,
 * but for the fields that are published to hold none: most of what is said. To read such a one, walk
 * it and look for credentials takes 2.3 times as long.
 */
export function createFirstLook({ holds, toFewest }: FirstLookOptions): (text: string) => boolean {
  const named = holds({});
  const phones = new Set(
    Object.keys(named)
      .filter((name) => named[name] === 'phone')
      .map((name) => toNameHash(name)),
  );

  /** Whether a field is published to hold no number, whatever it looks like. */
  const isPublished = (text: string, name: string): boolean => {
    if ((named[name] ?? 'structure') !== 'structure') return false;
    try {
      return holds(JSON.parse(text) as Readonly<Record<string, unknown>>)[name] === 'structure';
    } catch {
      return false;
    }
  };

  return (text) => {
    const fewest = Math.min(toFewest(), ANY);
    if (text.charCodeAt(0) !== BRACE) return false;
    for (let at = 0, count = 0; count < MOST_NAMES; count += 1) {
      // Behind the brace, or the comma.
      if (text.charCodeAt(at + 1) !== QUOTE) return false;
      const start = at + 2;
      const end = toTextEnd(text, start, fewest);
      if (end === NOT_SURE || text.charCodeAt(end + 1) !== COLON) return false;
      // One that is a number comes first, however it came.
      if (isDigit(text.charCodeAt(start))) return false;
      const name = toNameHash(text, start, end);
      if (fewest < ANY && phones.has(name)) return false;
      for (let before = 0; before < count; before += 1) if (names[before] === name) return false;
      names[count] = name;

      at = toValueEnd(text, end + 2, fewest);
      if (at === NOT_SURE && isPublished(text, text.slice(start, end))) {
        at = toValueEnd(text, end + 2, ANY);
      }
      if (at === NOT_SURE) return false;
      const next = text.charCodeAt(at);
      if (next === END) return at + 1 === text.length;
      if (next !== COMMA) return false;
    }
    return false;
  };
}

const [QUOTE, COMMA, COLON, ZERO, BRACE, END] = Array.from('",:0{}', (character) =>
  character.charCodeAt(0),
) as [number, number, number, number, number, number];

/** An object of more fields is none that a live call has. */
const MOST_NAMES = 12;
/**
 * What the names that were met are hashed to: two that are hashed alike are taken for one. A look is
 * over before the next begins.
 */
const names = new Int32Array(MOST_NAMES);
/** Of more digits, JSON writes some numbers in another way. */
const MOST_DIGITS = 15;
/** More digits than a text has. */
const ANY = 2 ** 30;

const NOT_SURE = -1;

/** Where a text or a number of JSON ends; {@link NOT_SURE} where it may hold so many digits. */
function toValueEnd(text: string, from: number, fewest: number): number {
  if (text.charCodeAt(from) === QUOTE) {
    const end = toTextEnd(text, from + 1, fewest);
    return end === NOT_SURE ? NOT_SURE : end + 1;
  }
  let at = from;
  while (isDigit(text.charCodeAt(at))) at += 1;
  const digits = at - from;
  if (digits === 0) {
    const word = WORDS.find((each) => text.startsWith(each, from));
    return word === undefined ? NOT_SURE : from + word.length;
  }
  const isLong = digits >= fewest || digits > MOST_DIGITS;
  return isLong || (digits > 1 && text.charCodeAt(from) === ZERO) ? NOT_SURE : at;
}

const WORDS = ['null', 'true', 'false'];

const isDigit = (code: number): boolean => code >= 48 && code <= 57;

/** Where the quote stands that ends a text of JSON; {@link NOT_SURE} where it must be looked at closer. */
function toTextEnd(text: string, from: number, fewest: number): number {
  const table = (kinds ??= createKinds());
  let left = fewest;
  let hash = 0;
  let last = 0;
  for (let at = from; at < text.length; at += 1) {
    const code = text.charCodeAt(at);
    const kind = code < KNOWN ? (table[code] as number) : CLOSER;
    if (kind > BEGINS) hash = (Math.imul(hash, 31) + kind) | 0;
    else {
      left -= toWeight(hash) + kind - ENDS;
      if (left <= 0 || kind === CLOSER) return NOT_SURE;
      if (code === QUOTE) return at;
      hash = 0;
    }
    last = pushed(last, code);
    if (triples[last] === 1) return NOT_SURE;
  }
  return NOT_SURE;
}

/** What must be looked at closer. */
const CLOSER = 0;

/** Up to here and no further, there are marks that texts have. */
const KNOWN = 0x2070;
const isKnown = (code: number) => code < 0x250 || (code >= 0x2000 && code < KNOWN);

let kinds: Uint16Array | undefined;

/** JSON escapes some, markup writes others with them, and an equals sign stands in a credential. */
function createKinds(): Uint16Array {
  return Uint16Array.from({ length: KNOWN }, (_, code) =>
    code < 0x20 || !isKnown(code) || '\\<&%='.includes(String.fromCharCode(code))
      ? CLOSER
      : toLetter(code),
  );
}

function toNameHash(text: string, from = 0, to = text.length): number {
  let hash = 0;
  for (let at = from; at < to; at += 1) hash = (Math.imul(hash, 31) + text.charCodeAt(at)) | 0;
  return hash;
}
