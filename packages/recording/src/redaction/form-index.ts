/** Where a form stands in a text: from `start` on, up to `end`. */
export interface Found {
  readonly start: number;
  readonly end: number;
}

/** Strings that are searched for all at once, in a time that hardly depends on how many there are. */
export interface FormIndex {
  /** Adds one, of at least {@link BEGINNING} characters; a shorter one is not found. */
  add(form: string): void;
  /** What of a text belongs to any of them, in order; where two overlap, it is one find. */
  find(text: string): readonly Found[];
}

/** No form is shorter than a token that is searched for. */
export const BEGINNING = 8;

/** For each beginning so many bits: with 16, a frame was looked at closer in four places, with these in one. */
const BITS_EACH = 64;

const NO_BITS = new Int32Array(0);
const NONE: readonly never[] = [];

/** The forms that begin alike, as the tokens of one issuer do. */
interface Bucket {
  /** Sorted by their characters. */
  readonly forms: string[];
  /** For each of them, which other is the longest that it begins with; -1 for none. */
  parents: readonly number[] | undefined;
}

/**
 * Makes an index of forms by how they begin. A hash of the last characters rolls over the text, and
 * a table of bits says of nearly every place that none begins there (as Rabin and Karp did, 1987);
 * what is left is looked up. Among those that begin alike, the longest that stands there is found by
 * bisection.
 */
export function createFormIndex(): FormIndex {
  return new Forms();
}

/** A class for the reason that `record` has one. */
class Forms implements FormIndex {
  readonly #buckets = new Map<string, Bucket>();
  /** Packed: of thousands of calls, each byte that a frame is looked through with is far away. */
  #bits = NO_BITS;

  add(form: string): void {
    if (form.length < BEGINNING) return;
    const buckets = this.#buckets;
    const beginning = form.slice(0, BEGINNING);
    const bucket = buckets.get(beginning);
    if (bucket !== undefined) {
      insert(form, bucket);
      return;
    }
    buckets.set(beginning, { forms: [form], parents: undefined });
    if (buckets.size * BITS_EACH <= this.#bits.length * 32) {
      mark(this.#bits, beginning);
      return;
    }
    this.#bits = new Int32Array(2 ** Math.ceil(Math.log2(buckets.size * BITS_EACH * 2)) / 32);
    for (const each of buckets.keys()) mark(this.#bits, each);
  }

  find(text: string): readonly Found[] {
    const bits = this.#bits;
    if (bits.length === 0 || text.length < BEGINNING) return NONE;
    let found: Found[] | undefined;
    let hash = hashOf(text);
    for (let end = BEGINNING; ; end += 1) {
      if (isMarked(bits, hash)) {
        const start = end - BEGINNING;
        const bucket = this.#buckets.get(text.slice(start, end));
        const length = bucket === undefined ? 0 : longestAt(text, start, bucket);
        if (length > 0) add((found ??= []), { start, end: start + length });
      }
      if (end >= text.length) return found ?? NONE;
      hash = roll(hash, text.charCodeAt(end));
    }
  }
}

/** The first bits of a hash are its place in the table: of those, each of its characters has a say. */
const toPlace = (bits: Int32Array, hash: number): number =>
  hash >>> Math.clz32(bits.length * 32 - 1);

function isMarked(bits: Int32Array, hash: number): boolean {
  const place = toPlace(bits, hash);
  return (((bits[place >>> 5] as number) >>> (place & 31)) & 1) === 1;
}

function mark(bits: Int32Array, beginning: string): void {
  const place = toPlace(bits, hashOf(beginning));
  bits[place >>> 5] = (bits[place >>> 5] as number) | (1 << (place & 31));
}

/** The hash of the first characters of a text. */
function hashOf(text: string): number {
  let hash = 0;
  for (let index = 0; index < BEGINNING; index += 1) hash = roll(hash, text.charCodeAt(index));
  return hash;
}

const SPREAD = 0x9e_37_79_b1;
/** Of 32 bits: with the eighth character after it, one has been pushed out. */
const BITS_A_CHARACTER = 32 / BEGINNING;

/** The hash of as many characters, one further on. */
const roll = (hash: number, newest: number): number =>
  ((hash << BITS_A_CHARACTER) + Math.imul(newest, SPREAD)) | 0;

function add(found: Found[], next: Found): void {
  const last = found.at(-1);
  if (last === undefined || next.start >= last.end) found.push(next);
  else if (next.end > last.end) found[found.length - 1] = { start: last.start, end: next.end };
}

function insert(form: string, bucket: Bucket): void {
  const index = countUpTo(bucket.forms, (known) => known <= form);
  if (bucket.forms[index - 1] === form) return;
  bucket.forms.splice(index, 0, form);
  bucket.parents = undefined;
}

/** The length of the longest form that stands at `start`; 0 for none. */
function longestAt(text: string, start: number, bucket: Bucket): number {
  const { forms } = bucket;
  bucket.parents ??= toParents(forms);
  // The last that does not come after the text is one that stands there, or begins with those that do.
  let index = countUpTo(forms, (form) => form <= text.slice(start, start + form.length)) - 1;
  for (; index >= 0; index = bucket.parents[index] ?? -1) {
    const form = forms[index] ?? '';
    if (text.startsWith(form, start)) return form.length;
  }
  return 0;
}

/** How many come first for which something holds that holds for no other. */
function countUpTo(forms: readonly string[], holds: (form: string) => boolean): number {
  let from = 0;
  let to = forms.length;
  while (from < to) {
    const middle = (from + to) >>> 1;
    if (holds(forms[middle] ?? '')) from = middle + 1;
    else to = middle;
  }
  return from;
}

function toParents(forms: readonly string[]): readonly number[] {
  const open: number[] = [];
  return forms.map((form, index) => {
    while (open.length > 0 && !form.startsWith(forms[open.at(-1) ?? 0] ?? '')) open.pop();
    const parent = open.at(-1) ?? -1;
    open.push(index);
    return parent;
  });
}
