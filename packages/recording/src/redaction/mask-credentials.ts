/** What stands in a credential's place. */
export const CONCEALED = '[redacted]';

/** A kind of credential that gives itself away, wherever it comes from. */
interface CredentialShape {
  readonly name: string;
  /** A string that stands in every one of them: looking for it is fast. */
  readonly sign: string;
  readonly pattern: RegExp;
}

const SHAPES: readonly CredentialShape[] = [
  {
    // Base64url of `{"`, and two parts or, encrypted, four after it (RFC 7519 §3, RFC 7516 §3).
    name: 'a JWT',
    sign: 'eyJ',
    pattern: /(?<![\w-])eyJ[\w-]{5,}(?:\.[\w-]*){2,4}/g,
  },
  {
    // RFC 6750 §2.1. Without a digit it would be `bearer certificates`.
    name: 'a bearer token',
    sign: 'earer ',
    pattern: /(?<=\b[Bb]earer +)(?=[A-Za-z._~+/=-]*\d)[\w.~+/=-]{8,}/g,
  },
];

/** Replaces what looks like a credential; the same string where nothing does. */
export function maskCredentials(text: string): string {
  return SHAPES.reduce(
    (masked, { sign, pattern }) =>
      masked.includes(sign) ? masked.replace(pattern, CONCEALED) : masked,
    text,
  );
}

/** Names what looks like a credential in a text. */
export function findCredentials(text: string): readonly string[] {
  return SHAPES.filter(
    ({ sign, pattern }) => text.includes(sign) && text.search(pattern) !== -1,
  ).map(({ name }) => name);
}
