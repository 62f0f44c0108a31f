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
  const bytes = toByteString(secret);
  return [
    secret,
    ...percent,
    ...percent.map((form) => form.replaceAll(/%[\dA-F]{2}/g, (escape) => escape.toLowerCase())),
    JSON.stringify(secret).slice(1, -1),
    ...[btoa, toBase64Url].flatMap((encode) => [
      encode(bytes),
      ...[0, 1, 2].map((shift) => toMiddle(bytes, shift, encode)),
    ]),
  ];
}

/** In base64, bytes look different by where they stand: what is theirs alone, `shift` bytes on. */
function toMiddle(bytes: string, shift: number, encode: (bytes: string) => string): string {
  const shifted = '\0'.repeat(shift) + bytes;
  const whole = Math.floor((shifted.length * 8) / 6);
  return encode(shifted).slice(Math.ceil((shift * 8) / 6), whole);
}

function toBase64Url(bytes: string): string {
  return btoa(bytes).replaceAll('+', '-').replaceAll('/', '_').replace(/=+$/, '');
}

/** Its UTF-8, a character a byte, as `btoa` takes it. */
function toByteString(text: string): string {
  return Array.from(new TextEncoder().encode(text), (byte) => String.fromCharCode(byte)).join('');
}
