import { readDigits } from './read-digits.js';
import { toAsciiDigits } from './to-ascii-digits.js';

/** The digits of a text, in figures, numerals and words alike. */
export function toAllDigits(written: string): string {
  const runs = readDigits(toAsciiDigits(written), 1).flatMap((stretch) => stretch.runs);
  return runs.map((run) => run.map(({ digits }) => digits).join('')).join('');
}

/**
 * Whether a text is a number and nothing else, or a part of one, in figures or in words. Of what holds
 * a pseudonym, only one as a field has it is: the rest was redacted as a text, and is one still.
 */
export function isAllDigits(written: string): boolean {
  if (HOLDS_A_PSEUDONYM.test(written)) return PSEUDONYM_OF_A_FIELD.test(written);
  const text = toAsciiDigits(written);
  if (FIGURES.test(text)) return /\d/.test(text) && text.replace(/\D/g, '').length <= LONGEST;
  const groups = readDigits(text, 1).flatMap(({ runs }) => runs.flat());
  let rest = text;
  for (const { start, end } of groups.toReversed()) rest = rest.slice(0, start) + rest.slice(end);
  const length = groups.reduce((sum, { digits }) => sum + digits.length, 0);
  return length > 0 && length <= LONGEST && !/[\p{L}\p{N}+]/u.test(rest);
}

const FIGURES = /^\s*\+?[\d\s()./-]*$/;
const HOLDS_A_PSEUDONYM = /[2-9]\d\d(?:55501|-555-01)\d\d/;
const PSEUDONYM_OF_A_FIELD = /^\+?1[2-9]\d\d55501\d\d$/;
/** What leads out of a country, and the longest number. */
const LONGEST = 18;

/**
 * Joins a number whose parts stand in several fields of an object that is a phone's, or in a list:
 * the longest part becomes all of it, the others hold nothing any more. What is whole in itself, or
 * is more than one number, stays as it is; the same value where nothing is joined.
 *
 * @param isKept whether a number stays
 */
export function joinPieces(value: unknown, isKept: (phone: string) => boolean): unknown {
  if (typeof value !== 'object' || value === null) return value;
  const pieces = toPieces(value);
  const joined = join(pieces.map(toDigits));
  if (joined === undefined) return mapValues(value, (item) => joinPieces(item, isKept));
  const hasPlus = typeof pieces[0] === 'string' && pieces[0].trim().startsWith('+');
  const longest = pieces.reduce<Piece>(
    (most, piece) => (toDigits(piece).length >= toDigits(most).length ? piece : most),
    '',
  );
  const at = pieces.lastIndexOf(longest);
  const text = (hasPlus ? '+' : '') + joined;
  if (isKept(text)) return value;
  // A list of nothing else is the number, spelled.
  if (Array.isArray(value) && value.every(isPiece))
    return [typeof value[0] === 'number' ? Number(joined) : text];
  let place = -1;
  const put = (item: unknown): unknown => {
    if (typeof item === 'object' && item !== null) return mapValues(item, put);
    if (!isPiece(item)) return item;
    place += 1;
    if (typeof item === 'number') return place === at ? Number(joined) : 0;
    return place === at ? text : '';
  };
  return put(value);
}

type Piece = string | number;

const toDigits = (piece: Piece): string =>
  typeof piece === 'number' ? String(piece) : toAllDigits(piece);

const isPiece = (value: unknown): value is Piece =>
  typeof value === 'number'
    ? Number.isSafeInteger(value) && value >= 0
    : typeof value === 'string' && isAllDigits(value);

/** What is a number or a part of one, in the order in which it stands there, however deep. */
function toPieces(value: unknown): readonly Piece[] {
  if (isPiece(value)) return [value];
  if (typeof value !== 'object' || value === null) return [];
  return Object.values(value).flatMap(toPieces);
}

/** So many digits need no other part … */
const FEWEST_WHOLE = 10;
/** … and fewer are a number without its area code at least. */
const FEWEST_LOCAL = 7;
const AREA_DIGITS = 3;
const FEWEST_SPELLED = 4;

/** The one number that parts make; `undefined` where they are several, or one is whole without them. */
function join(parts: readonly string[]): string | undefined {
  const joined = parts.join('');
  if (parts.length < 2 || joined.length > LONGEST || /^0*$/.test(joined)) return undefined;
  if (parts.every(({ length }) => length === 1))
    return joined.length >= FEWEST_SPELLED ? joined : undefined;
  if (joined.length < FEWEST_LOCAL) return undefined;
  const [local, ...more] = parts.filter(({ length }) => length >= FEWEST_LOCAL);
  if (local === undefined) return joined;
  if (more.length > 0 || local.length >= FEWEST_WHOLE) return undefined;
  // Codes stand before it, and a zero begins one; of what stands behind, an area code has its length.
  const at = parts.indexOf(local);
  const [before, behind] = [parts.slice(0, at), parts.slice(at + 1)];
  const areCodes =
    before.every((part) => part.length <= AREA_DIGITS || part.startsWith('0')) &&
    behind.every(({ length }) => length === AREA_DIGITS);
  return areCodes ? [...before, ...behind, local].join('') : undefined;
}

function mapValues(value: object, map: (item: unknown) => unknown): unknown {
  if (Array.isArray(value)) {
    const items = value.map(map);
    return items.every((item, at) => item === value[at]) ? value : items;
  }
  const fields = Object.entries(value).map(([key, item]) => [key, map(item)] as const);
  const isSame = fields.every(
    ([key, item]) => item === (value as Readonly<Record<string, unknown>>)[key],
  );
  // `fromEntries` defines its properties: a field called __proto__ stays a field.
  return isSame ? value : Object.fromEntries(fields);
}
