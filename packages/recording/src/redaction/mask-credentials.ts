/** What stands in a credential's place. */
export const CONCEALED = '[redacted]';

/** A kind of credential that gives itself away, wherever it comes from. */
interface CredentialShape {
  readonly name: string;
  /**
   * One of these stands in every one of them, in small letters. What begins with a rare letter is
   * looked for the fastest.
   */
  readonly signs: readonly string[];
  /** What stands before it, which stays, and the credential. */
  readonly pattern: RegExp;
}

/*
 * All of them are looked for in texts and in lines of JSON alike: there, a quote and a tab are
 * escaped, as often as a text of JSON stands in another. What repeats is bounded where the search
 * begins anew within it, or a long text takes the square of its length.
 */
const QUOTE = `(?:\\\\{0,15}["'])?`;
/** Bytes are written in base64, which has a plus, but no equals sign before its end. */
const SPACE = '(?:\\\\{0,15}\\s|%20|\\\\{1,15}[tnr])';
const ANY_SPACE = `(?:${SPACE}|\\+)`;
const SCHEME = '(?:bearer|basic|token|dpop|api-?key)';
const TOKEN = '(?:[\\w.~+/=-]|%(?!20)[\\da-f]{2})';
/** With a digit in it, or so long that it is no word. */
const TELLING = `(?:(?=${TOKEN}{0,63}\\d)${TOKEN}{8,}|${TOKEN}{24,})`;
const NAMES =
  '(?:token|secret|passw(?:or)?d|passphrase|bearer|(?:api|access)[-_]?key|authorization)';
const PARAMETERS =
  '(?:token|secret|passw(?:or)?d|jwt|auth|authorization|key|session|sid|signature|sig|credentials?)';

const SHAPES: readonly CredentialShape[] = [
  {
    // Base64url of `{"`, and two parts or, encrypted, four after it (RFC 7519 §3, RFC 7516 §3).
    name: 'a JWT',
    signs: ['yj'],
    pattern: /()(?<![\w-])eyJ[\w-]{5,}(?:\.[\w-]*){2,4}/g,
  },
  {
    // RFC 6750 §2.1; a scheme's case does not matter (RFC 9110 §11.1). Without a digit it would be
    // `bearer certificates`.
    name: 'a bearer token',
    signs: ['beare', 'dpop', 'key'],
    pattern: new RegExp(`((?:bearer|dpop|api-?key)${SPACE}{1,15}${QUOTE})${TELLING}`, 'gi'),
  },
  {
    name: 'a token',
    signs: ['ken'],
    pattern: new RegExp(
      `(token${SPACE}{1,15}${QUOTE})(?=${TOKEN}{0,63}\\d)(?=${TOKEN}{0,63}[a-z])${TOKEN}{8,}`,
      'gi',
    ),
  },
  {
    // RFC 7617 §2: base64 has both cases, and a digit or what fills it up. Else it would be `basic rules`.
    name: 'a basic credential',
    signs: ['basi'],
    pattern:
      /([Bb](?:asic|ASIC)(?:\\{0,15}\s|%20|\\{1,15}[tnr]){1,15})(?=[A-Z\d+/]{0,63}[a-z])(?=[a-z\d+/]{0,63}[A-Z])(?=[A-Za-z+/]{0,255}[\d=])[\w+/]{12,}={0,2}/g,
  },
  {
    name: 'what is named a credential',
    signs: ['ken', 'cret', 'word', 'wd', 'phrase', 'beare', 'key', 'zation'],
    pattern: new RegExp(
      `(${NAMES}${QUOTE}${ANY_SPACE}{0,4}(?:=|%3d|[:=]${ANY_SPACE}{0,4}${QUOTE}(?=(?:bearer|basic|dpop)${ANY_SPACE}|(?:${SCHEME}${ANY_SPACE}{1,15})?${TELLING}))` +
        `${QUOTE}(?:${SCHEME}${ANY_SPACE}{1,15}${QUOTE})?)(?!${SCHEME}${ANY_SPACE})${TOKEN}{8,}`,
      'gi',
    ),
  },
  {
    name: 'a credential in a URL',
    signs: ['='],
    pattern: new RegExp(`([?&][\\w.-]{0,63}${PARAMETERS}=)${TOKEN}{8,}`, 'gi'),
  },
  {
    name: 'a password in a URL',
    signs: ['//'],
    pattern: /(:\/\/[^\s/:@"'\\]{0,63}:)(?!\[redacted\]@)[^\s/@"'\\]{1,255}(?=@)/g,
  },
  {
    name: 'a cookie',
    signs: ['kie'],
    pattern: new RegExp(
      `(cookie${QUOTE}:${SPACE}{0,4}${QUOTE})[\\w.-]{1,63}=[^"'\\\\\\r\\n]{8,}`,
      'gi',
    ),
  },
];

/** Replaces what looks like a credential; the same string where nothing does. */
export function maskCredentials(text: string): string {
  return shapesIn(text).reduce(
    (masked, { pattern }) => masked.replace(pattern, `$1${CONCEALED}`),
    text,
  );
}

/** Names what looks like a credential in a text. */
export function findCredentials(text: string): readonly string[] {
  return shapesIn(text)
    .filter(({ pattern }) => text.search(pattern) !== -1)
    .map(({ name }) => name);
}

/** The shapes that may be in a text: of nearly every line, none is. */
function shapesIn(text: string): readonly CredentialShape[] {
  if (!mayHoldAny(text)) return NONE;
  const small = text.toLowerCase();
  return SHAPES.filter(({ signs }) => signs.some((sign) => small.includes(sign)));
}
const NONE: readonly never[] = [];

/**
 * Whether three characters stand in a text, in any case, that each of the shapes has, or an equals
 * sign: one look at each character takes a third of the time of a look for each of the signs.
 */
function mayHoldAny(text: string): boolean {
  if (text.includes('=')) return true;
  let last = 0;
  for (let at = 0; at < text.length; at += 1) {
    last = pushed(last, text.charCodeAt(at));
    if (triples[last] === 1) return true;
  }
  return false;
}

/** The last five bits of three characters: a letter's are those of its capital. */
export const pushed = (last: number, code: number): number => ((last << 5) | (code & 31)) & 0x7fff;

/** 1 for each of the {@link pushed} characters of which no credential is without one. */
export const triples = new Uint8Array(0x8000);
for (const triple of [
  'eyj',
  'rer',
  'dpo',
  'key',
  'tok',
  'sic',
  'ecr',
  'ssw',
  'ssp',
  'zat',
  '://',
  'kie',
])
  triples[Array.from(triple, (character) => character.charCodeAt(0)).reduce(pushed, 0)] = 1;
