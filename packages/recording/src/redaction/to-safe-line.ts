import { maskCredentials } from './mask-credentials.js';
import type { Secrets } from './secrets.js';

/**
 * Writes one value as a line of a recording, its line end included, without the secrets, and
 * without what looks like one. Nearly always there are none in it, and looking is all it costs.
 *
 * @param written the line that the value makes, where it is known: then the value is not asked for,
 *   unless there is a secret in it
 */
export function toSafeLine(toValue: () => object, secrets: Secrets, written?: WrittenLine): string {
  const conceal: Conceal = (text) => maskCredentials(secrets.conceal(text));
  if (written !== undefined && conceal(written.content) === written.content) return written.line;
  const value = toValue();
  const concealed = 'base64' in value ? concealBytes(value, conceal) : value;
  const line = toLine(concealed);
  return conceal(line) === line ? line : toLine(concealContent(concealed, conceal));
}

/** A line, and what stands in it that is not the recorder's own. */
export interface WrittenLine {
  readonly line: string;
  /**
   * Looked through in the place of the line. As it came, it is one piece in memory, in which a
   * character is found in a third of the time that it takes in a line that was just put together.
   */
  readonly content: string;
}

const toLine = (value: object): string => `${JSON.stringify(value)}\n`;

type Conceal = (text: string) => string;

/** In base64, bytes look different by where they stand. */
function concealBytes<A extends object>(value: A & { base64: unknown }, conceal: Conceal): A {
  const bytes = Buffer.from(String(value.base64), 'base64').toString('latin1');
  const concealed = conceal(bytes);
  if (concealed === bytes) return value;
  return { ...value, base64: Buffer.from(concealed, 'latin1').toString('base64') };
}

/** What the recorder itself says in a line: what looks like a token or a number in it stays. */
export const OWN_FIELDS: ReadonlySet<string> = new Set([
  ...['livecall', 'recordedAt', 'redacted'],
  ...['at', 'event', 'from', 'status', 'code', 'retryAfterMs'],
]);

function concealContent(value: object, conceal: Conceal): object {
  return Object.fromEntries(
    Object.entries(value).map(([key, item]) => [
      key,
      OWN_FIELDS.has(key) ? item : concealField(key, item, conceal),
    ]),
  );
}

/** Value by value, so that what is left is JSON still. */
function concealIn(value: unknown, conceal: Conceal): unknown {
  if (typeof value === 'string') return conceal(value);
  if (typeof value === 'number') {
    const digits = String(value);
    return conceal(digits) === digits ? value : null;
  }
  if (Array.isArray(value)) return value.map((item) => concealIn(item, conceal));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, item]) => [conceal(key), concealField(key, item, conceal)]),
  );
}

/** A credential may be known by the name of its field only: it is read as in the line. */
function concealField(name: string, value: unknown, conceal: Conceal): unknown {
  const concealed = concealIn(value, conceal);
  if (typeof concealed !== 'string' && typeof concealed !== 'number') return concealed;
  const before = `"${conceal(name)}":`;
  if (typeof concealed === 'number') {
    const field = `${before}${concealed}`;
    return conceal(field) === field ? concealed : null;
  }
  const field = conceal(`${before}"${concealed}`);
  return field.startsWith(`${before}"`) ? field.slice(before.length + 1) : concealed;
}
