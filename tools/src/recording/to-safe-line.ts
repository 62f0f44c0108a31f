import type { Secrets } from './secrets.js';

/**
 * Writes one value as a line of a recording, without the secrets. Nearly always there are none in
 * it, and looking is all it costs.
 */
export function toSafeLine(value: object, secrets: Secrets): string {
  const concealed = 'base64' in value ? concealBytes(value, secrets) : value;
  const line = JSON.stringify(concealed);
  return secrets.conceal(line) === line ? line : JSON.stringify(concealContent(concealed, secrets));
}

/** In base64, bytes look different by where they stand. */
function concealBytes<A extends object>(value: A & { base64: unknown }, secrets: Secrets): A {
  const bytes = Buffer.from(String(value.base64), 'base64').toString('latin1');
  const concealed = secrets.conceal(bytes);
  if (concealed === bytes) return value;
  return { ...value, base64: Buffer.from(concealed, 'latin1').toString('base64') };
}

/** What the recorder itself says in a line: a token that looks like a word of it stays. */
const OWN_FIELDS: ReadonlySet<string> = new Set([
  ...['livecall', 'recordedAt', 'redacted'],
  ...['at', 'event', 'from', 'status', 'code', 'retryAfterMs'],
]);

function concealContent(value: object, secrets: Secrets): object {
  return Object.fromEntries(
    Object.entries(value).map(([key, item]) => [
      key,
      OWN_FIELDS.has(key) ? item : concealIn(item, secrets),
    ]),
  );
}

/** Value by value, so that what is left is JSON still. */
function concealIn(value: unknown, secrets: Secrets): unknown {
  if (typeof value === 'string') return secrets.conceal(value);
  if (typeof value === 'number') {
    const digits = String(value);
    return secrets.conceal(digits) === digits ? value : null;
  }
  if (Array.isArray(value)) return value.map((item) => concealIn(item, secrets));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, item]) => [secrets.conceal(key), concealIn(item, secrets)]),
  );
}
