/** Shorter strings are no credentials, and stand in many a word. */
const SHORTEST = 8;

/**
 * Every form in which a text can give a token away: as it is, a JWT's parts one by one (the middle
 * one is the claims), percent-encoded, in a string of JSON, and in base64, on its own or in the
 * midst of something longer. None for a token of less than 8 characters: it would be a word.
 *
 * @example
 * import { tokenForms } from '@livecall/core/internal';
 *
 * console.log(tokenForms('s3cret/token').includes('s3cret%2Ftoken')); // => true
 */
export function tokenForms(token: string): readonly string[] {
  const secrets = [token, ...token.split('.')].filter(({ length }) => length >= SHORTEST);
  return [...new Set(secrets.flatMap(formsOf))];
}

function formsOf(secret: string): readonly string[] {
  const percent = [
    encodeURIComponent(secret),
    new URLSearchParams([['', secret]]).toString().slice(1),
  ];
  const bytes = Buffer.from(secret);
  return [
    secret,
    ...percent,
    ...percent.map((form) => form.replaceAll(/%[\dA-F]{2}/g, (escape) => escape.toLowerCase())),
    JSON.stringify(secret).slice(1, -1),
    ...(['base64', 'base64url'] as const).flatMap((encoding) => [
      bytes.toString(encoding),
      ...[0, 1, 2].map((shift) => toMiddle(bytes, shift, encoding)),
    ]),
  ];
}

/** In base64, bytes look different by where they stand: what is theirs alone, `shift` bytes on. */
function toMiddle(bytes: Buffer, shift: number, encoding: 'base64' | 'base64url'): string {
  const shifted = Buffer.concat([Buffer.alloc(shift), bytes]);
  const whole = Math.floor((shifted.length * 8) / 6);
  return shifted.toString(encoding).slice(Math.ceil((shift * 8) / 6), whole);
}
