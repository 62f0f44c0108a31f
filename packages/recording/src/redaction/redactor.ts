import { isUtf8 } from 'node:buffer';

import { liveCallProtocol } from '@livecall/core';
import type { AnyProtocol, Holds } from '@livecall/core';

import { toFrame, toPayload } from '../format/payload.js';
import type { Payload } from '../format/payload.js';
import type { Entry, Header } from '../format/recording.js';
import { maskBytes, maskWords } from './mask-words.js';
import { createFirstLook } from './first-look.js';
import { isAllDigits, joinPieces } from './join-pieces.js';
import { createPhonePseudonyms } from './phone-pseudonyms.js';
import type { PhonePseudonyms } from './phone-pseudonyms.js';
import type { PhoneMemory } from './phone-memory.js';
import { countNames, redactJsonText } from './redact-json-text.js';
import { OWN_FIELDS } from './to-safe-line.js';

/** What is taken out of a recording besides the credentials. */
export interface RedactOptions {
  /** Whether phone numbers are kept as they are. @default false */
  readonly keepPhones?: boolean;
  /**
   * Whether the words of the call are masked, and with them every text of a frame that the protocol
   * does not know to be none; length and punctuation stay. @default false
   */
  readonly maskTranscripts?: boolean;
  /**
   * The country whose national numbers are recognised, its two letters, or several. A country that
   * there is not throws a `TypeError`. @default 'US'
   */
  readonly defaultCountry?: string | readonly string[];
  /** What is said in the recording: which fields hold a number, and which hold nothing. @default liveCallProtocol */
  readonly protocol?: AnyProtocol;
}

/** Takes out of one recording what must not stand in it. */
export interface Redactor {
  header(header: Header): Header;
  entry(entry: Entry): Entry;
  /** Redacts what a frame's entry holds of it. */
  payload(payload: Payload): Payload;
  /** Whether a first look at a frame's text shows that it is JSON of which nothing is taken, and no credential in it. */
  passes(frame: string): boolean;
  /** Goes on with another recording. */
  recall(memory: PhoneMemory): void;
}

/**
 * Makes the redactor of one recording; it remembers which number got which pseudonym.
 *
 * The shape is kept: every frame decodes to the same type of message, ids and ackIds match as
 * before, and redacting twice changes nothing. What holds nothing to redact is given as it came.
 */
export function createRedactor(
  {
    keepPhones = false,
    maskTranscripts = false,
    defaultCountry = 'US',
    protocol = liveCallProtocol,
  }: RedactOptions = {},
  pseudonyms: PhonePseudonyms = createPhonePseudonyms({ defaultCountry }),
): Redactor {
  const phones = keepPhones ? NO_PSEUDONYMS : pseudonyms;
  const { holds } = protocol;
  const inLine = createJsonRedactor(holds, phones, phones.inText);
  // What is masked takes no pseudonym: another pass would not find its number.
  const inFrame = maskTranscripts ? createJsonRedactor(holds, phones, maskWords) : inLine;
  // What is no text must not become one: a frame that cannot be decoded stays such a frame.
  const inBytes = maskTranscripts ? createJsonRedactor(holds, phones, maskBytes) : inLine;
  const taken = [...(keepPhones ? [] : ['phones']), ...(maskTranscripts ? ['transcripts'] : [])];

  const isNothingTaken = taken.length === 0;
  const inPayload = (payload: Payload, inContent = inFrame): Payload => {
    // To look through it for nothing takes as long as to parse it.
    if (isNothingTaken) return payload;
    if ('json' in payload) {
      const json = inContent.message(payload.json);
      return json === payload.json ? payload : { json };
    }
    const frame = toFrame(payload);
    if (typeof frame !== 'string') {
      // Read as latin1, bytes that are no text stay what they are.
      const [encoding, inside] = isUtf8(frame)
        ? (['utf8', inFrame] as const)
        : (['latin1', inBytes] as const);
      const text = Buffer.from(frame).toString(encoding);
      const redacted = toFrame(inPayload(toPayload(text), inside));
      return redacted === text ? payload : toPayload(Buffer.from(redacted as string, encoding));
    }
    const json = parseJson(frame);
    if (json === undefined) {
      const redacted = inContent.value(frame) as string;
      return redacted === frame ? payload : { text: redacted };
    }
    if (hasHiddenKey(frame, json)) {
      const holding = isFields(json) ? holds(json) : undefined;
      const redacted = redactJsonText(
        frame,
        (value, key, outer) =>
          inContent.value(value, key, outer.length === 1 ? holding?.[key] : undefined, outer),
        phones.inText,
      );
      return redacted === frame ? payload : toPayload(redacted);
    }
    const redacted = inContent.message(json);
    // JSON with white space of its own stays as it was written, unless there was something in it.
    return redacted === json ? payload : toPayload(JSON.stringify(redacted));
  };

  /** Fields that this version does not know are looked at, too. */
  const inFields = <A extends object>(line: A, known: ReadonlySet<string>): A =>
    mapObject(line, (value, key) =>
      OWN_FIELDS.has(key) || known.has(key) ? value : inLine.value(value, key),
    ) as A;

  return {
    header: (header) => ({
      ...inFields(header, ENDPOINT),
      redacted: [...new Set([...(header.redacted ?? []), ...taken])],
    }),
    entry: (entry) => {
      const redacted = inFields(entry, PAYLOAD);
      if (redacted.event !== 'frame') return redacted;
      const payload = inPayload(redacted);
      if (payload === redacted) return redacted;
      const { json, text, base64, ...rest } = redacted;
      return { ...rest, ...payload };
    },
    payload: (payload) => inPayload(payload),
    passes: maskTranscripts ? () => false : createFirstLook({ holds, toFewest: phones.toFewest }),
    recall: phones.recall,
  };
}

/**
 * The redactor of all recordings of the same options, which is told by whose memory to go before it
 * is asked for anything: one each was seven kilobytes of closures, of every call that is recorded.
 */
export function sharedRedactor({
  protocol = liveCallProtocol,
  ...options
}: RedactOptions): Redactor {
  const { keepPhones, maskTranscripts, defaultCountry } = options;
  const key = JSON.stringify([keepPhones, maskTranscripts, defaultCountry]);
  const ofProtocol = shared.get(protocol) ?? new Map<string, Redactor>();
  shared.set(protocol, ofProtocol);
  const redactor = ofProtocol.get(key) ?? createRedactor({ ...options, protocol });
  ofProtocol.set(key, redactor);
  return redactor;
}

const shared = new WeakMap<AnyProtocol, Map<string, Redactor>>();

const ENDPOINT: ReadonlySet<string> = new Set(['endpoint']);
const PAYLOAD: ReadonlySet<string> = new Set(['json', 'text', 'base64']);

const NO_PSEUDONYMS: PhonePseudonyms = {
  toFewest: () => Infinity,
  isKept: () => true,
  inField: (phone) => phone,
  inNumber: (number) => number,
  inText: (text) => text,
  recall: () => undefined,
};

/** Redacts JSON; the same value where there is nothing in it. */
interface JsonRedactor {
  /** A whole message, of which what is published stays in its place. */
  message(json: unknown): unknown;
  /** Whatever stands in one, deeper, or in none; what a field right in a message holds is told, and what it stands in. */
  value(value: unknown, key?: string, held?: Holds, outer?: readonly string[]): unknown;
}

function createJsonRedactor(
  holds: AnyProtocol['holds'],
  { isKept, inField, inNumber, inText }: PhonePseudonyms,
  inWords: (text: string) => string,
): JsonRedactor {
  /** Fields that hold a number do so at any depth, and in what is no message. */
  const named = holds({});
  const isPhone = (key: string) => named[key] === 'phone';
  const inJson = (value: unknown, key = '', isOfPhone = false, held?: Holds): unknown => {
    if (held === 'structure' && typeof value !== 'object') return value;
    if (typeof value === 'string') {
      if (isPhone(key) || (isOfPhone && isAllDigits(value))) return inField(value);
      return held === 'notice' ? inText(value) : inWords(value);
    }
    if (typeof value === 'number') {
      return isPhone(key) || isOfPhone ? Number(inField(String(value))) : inNumber(value);
    }
    if (Array.isArray(value)) {
      const whole = isPhone(key) && !isOfPhone ? joinPieces(value, isKept) : value;
      if (whole !== value) return inJson(whole, key, true);
      const items = value.map((item) => inJson(item, key, isOfPhone));
      return items.every((item, index) => item === value[index]) ? value : items;
    }
    if (!isFields(value)) return value;
    const isIn = isOfPhone || isPhone(key);
    const whole = isIn && !isOfPhone ? joinPieces(value, isKept) : value;
    if (whole !== value) return inJson(whole, key, true);
    return mapObject(value, (item, name) => inJson(item, name, isIn), inText);
  };
  return {
    message: (json) => {
      if (!isFields(json)) return inJson(json);
      const holding = holds(json);
      return mapObject(json, (value, key) => inJson(value, key, false, holding[key]), inText);
    },
    value: (value, key, held, outer = []) => inJson(value, key, outer.some(isPhone), held),
  };
}

function isFields(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Maps the values of an object, and its keys; gives the same object where nothing changes. */
function mapObject(
  object: object,
  toValue: (value: unknown, key: string) => unknown,
  toKey: (key: string) => string = (key) => key,
): object {
  const renamed = renameKeys(object, toKey);
  if (renamed !== undefined) {
    const values = new Map<string, unknown>(Object.entries(object));
    // In the order in which they will stand: keys that are integers come first in an object.
    const fields = Object.entries(Object.fromEntries(renamed));
    return Object.fromEntries(
      fields.map(([newKey, key]) => [newKey, toValue(values.get(key), key)]),
    );
  }
  /** What the object is now, from the first change on. */
  let fields: Map<string, unknown> | undefined;
  for (const key of Object.keys(object)) {
    const value = (object as Readonly<Record<string, unknown>>)[key];
    const newValue = toValue(value, key);
    if (newValue !== value) fields ??= new Map(Object.entries(object));
    fields?.set(key, newValue);
  }
  // `fromEntries` defines its properties: a field called __proto__ stays a field.
  return fields === undefined ? object : Object.fromEntries(fields);
}

/** The keys that they were by the keys that they will be; `undefined` where they all stay. */
function renameKeys(
  object: object,
  toKey: (key: string) => string,
): Map<string, string> | undefined {
  const keys = Object.keys(object);
  if (keys.every((key) => toKey(key) === key)) return undefined;
  const renamed = new Map<string, string>();
  for (const key of keys) {
    let newKey = toKey(key);
    // One number in two forms is two keys still.
    while (renamed.has(newKey)) newKey += ' ';
    renamed.set(newKey, key);
  }
  return renamed;
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** Whether a key stands twice in an object: its first value is in the text, and nowhere else. */
function hasHiddenKey(text: string, json: unknown): boolean {
  return countNames(text) !== countKeys(json);
}

function countKeys(json: unknown): number {
  if (typeof json !== 'object' || json === null) return 0;
  const values: readonly unknown[] = Object.values(json);
  return values.reduce<number>(
    (count, value) => count + countKeys(value),
    Array.isArray(json) ? 0 : values.length,
  );
}
