import { isUtf8 } from 'node:buffer';

import { createPhonePseudonyms } from './phone-pseudonyms.js';
import { toFrame, toPayload } from './payload.js';
import type { Payload } from './payload.js';
import type { Entry, Header } from './recording.js';

/** What is taken out of a recording besides the credentials. */
export interface RedactOptions {
  /** Whether phone numbers are kept as they are. @default false */
  readonly keepPhones?: boolean;
}

/** Takes out of one recording what must not stand in it. */
export interface Redactor {
  header(header: Header): Header;
  entry(entry: Entry): Entry;
}

/** Fields of the protocol that hold no words: redacting them would break links and shapes. */
const STRUCTURAL: ReadonlySet<string> = new Set([
  'type',
  'id',
  'ackId',
  'timestamp',
  'role',
  'offset',
]);

/**
 * Makes the redactor of one recording; it remembers which number got which pseudonym.
 *
 * The shape is kept: every frame decodes to the same type of message, ids and ackIds match as
 * before, and redacting twice changes nothing.
 */
export function createRedactor({ keepPhones = false }: RedactOptions = {}): Redactor {
  const phones = createPhonePseudonyms();
  const inText = keepPhones ? (text: string) => text : phones.inText;
  const inField = keepPhones ? (phone: string) => phone : phones.inField;

  const inJson = (value: unknown, key = ''): unknown => {
    if (typeof value === 'string') {
      if (STRUCTURAL.has(key)) return value;
      return key === 'phone' ? inField(value) : inText(value);
    }
    if (typeof value === 'number' && key === 'phone') return Number(inField(String(value)));
    if (Array.isArray(value)) return value.map((item) => inJson(item, key));
    if (typeof value !== 'object' || value === null) return value;
    // `fromEntries` defines its properties: a field called __proto__ stays a field.
    return Object.fromEntries(
      Object.entries(value).map(([name, item]) => [name, inJson(item, name)]),
    );
  };

  const inPayload = (payload: Payload): Payload => {
    if ('json' in payload) return { json: inJson(payload.json) };
    const frame = toFrame(payload);
    if (typeof frame !== 'string') {
      // Read as latin1, bytes that are no text stay what they are.
      const encoding = isUtf8(frame) ? 'utf8' : 'latin1';
      const text = Buffer.from(frame).toString(encoding);
      const redacted = toFrame(inPayload(toPayload(text)));
      return redacted === text ? payload : toPayload(Buffer.from(redacted as string, encoding));
    }
    const json = parseJson(frame);
    if (json === undefined) return { text: inText(frame) };
    const redacted = JSON.stringify(inJson(json));
    // JSON with white space of its own stays as it was written, unless there was something in it.
    return redacted === JSON.stringify(json) ? payload : toPayload(redacted);
  };

  return {
    header: (header) => ({
      ...header,
      redacted: keepPhones ? ['credentials'] : ['credentials', 'phones'],
      ...(header.title !== undefined && { title: inText(header.title) }),
    }),
    entry: (entry) => {
      switch (entry.event) {
        case 'frame': {
          const { json, text, base64, ...rest } = entry;
          return { ...rest, ...inPayload(entry) };
        }
        case 'close':
          return { ...entry, reason: inText(entry.reason) };
        case 'mark':
          return { ...entry, label: inText(entry.label) };
        default:
          return entry;
      }
    },
  };
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
