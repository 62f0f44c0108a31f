import * as E from 'fp-ts/lib/Either.js';
import * as t from 'io-ts';

/** The first line of a recording. Unknown keys are kept. @see recordings/README.md#the-header */
export const Header = t.readonly(
  t.intersection([
    t.type({ livecall: t.literal(1), recordedAt: t.string }),
    t.partial({ endpoint: t.string, redacted: t.readonlyArray(t.string), title: t.string }),
  ]),
  'Header',
);
export type Header = t.TypeOf<typeof Header>;

/** Milliseconds since the first dial, by a monotonic clock. */
const At: t.Type<number, number> = new t.Type(
  'milliseconds',
  // JSON has no Infinity, but `1e999` is read as one.
  (u): u is number => typeof u === 'number' && u >= 0 && u < Infinity,
  (u, context) => (At.is(u) ? t.success(u) : t.failure(u, context)),
  t.identity,
);

function wholeNumber(name: string, fits: (value: number) => boolean): t.Type<number, number> {
  const codec: t.Type<number, number> = new t.Type(
    name,
    (u): u is number => typeof u === 'number' && Number.isInteger(u) && fits(u),
    (u, context) => (codec.is(u) ? t.success(u) : t.failure(u, context)),
    t.identity,
  );
  return codec;
}

const RefusalStatus = wholeNumber(
  'an HTTP status other than 101',
  (status) => status >= 100 && status <= 999 && status !== 101,
);
const CloseCode = wholeNumber(
  'a close code from 1000 to 4999',
  (code) => code >= 1000 && code <= 4999,
);

/** No group is repeated in it: over some MiB, that runs out of stack. */
const BASE64 = /^[A-Za-z0-9+/]*={0,2}$/;
const Base64: t.Type<string, string> = new t.Type(
  'base64',
  (u): u is string => typeof u === 'string' && u.length % 4 === 0 && BASE64.test(u),
  (u, context) => (Base64.is(u) ? t.success(u) : t.failure(u, context)),
  t.identity,
);

const Peer = t.keyof({ server: null, client: null }, "'server' or 'client'");

/** A dial that opened. */
export const OpenEntry = t.readonly(
  t.type({ at: At, event: t.literal('open'), status: t.literal(101) }),
  'OpenEntry',
);
export type OpenEntry = t.TypeOf<typeof OpenEntry>;

/** A dial that was answered with another status than 101. */
export const RefusedEntry = t.readonly(
  t.intersection([
    t.type({ at: At, event: t.literal('refused'), status: RefusalStatus }),
    t.partial({ retryAfterMs: At }),
  ]),
  'RefusedEntry',
);
export type RefusedEntry = t.TypeOf<typeof RefusedEntry>;

/** A dial that got no answer: none in time, none at all, or the client did not wait for it. */
export const FailedEntry = t.readonly(
  t.intersection([
    t.type({
      at: At,
      event: t.literal('failed'),
      reason: t.keyof(
        { timeout: null, unreachable: null, aborted: null },
        "'timeout', 'unreachable' or 'aborted'",
      ),
    }),
    t.partial({ code: t.string }),
  ]),
  'FailedEntry',
);
export type FailedEntry = t.TypeOf<typeof FailedEntry>;

const FrameFields = t.readonly(
  t.intersection([
    t.type({ at: At, event: t.literal('frame'), from: Peer }),
    t.partial({ json: t.unknown, text: t.string, base64: Base64 }),
  ]),
);
const hasOnePayload = (fields: object): boolean =>
  ['json', 'text', 'base64'].filter((key) => key in fields).length === 1;

/** One frame, its payload under exactly one of `json`, `text` and `base64`. */
export const FrameEntry: t.Type<t.TypeOf<typeof FrameFields>, unknown> = new t.Type(
  'frame with one of json, text and base64',
  (u): u is t.TypeOf<typeof FrameFields> => FrameFields.is(u) && hasOnePayload(u),
  (u: unknown, context) => {
    const fields = FrameFields.validate(u, context);
    return E.isRight(fields) && !hasOnePayload(fields.right)
      ? t.failure(u, t.appendContext(context, '', FrameEntry))
      : fields;
  },
  t.identity,
);
export type FrameEntry = t.TypeOf<typeof FrameEntry>;

/** The end of a connection, and who ended it; 1006 when it was cut. */
export const CloseEntry = t.readonly(
  t.type({ at: At, event: t.literal('close'), from: Peer, code: CloseCode, reason: t.string }),
  'CloseEntry',
);
export type CloseEntry = t.TypeOf<typeof CloseEntry>;

/** A note for the reader; it replays as nothing. */
export const MarkEntry = t.readonly(
  t.type({ at: At, event: t.literal('mark'), label: t.string }),
  'MarkEntry',
);
export type MarkEntry = t.TypeOf<typeof MarkEntry>;

/** The last line. Where it is missing, the recorder died. */
export const EndEntry = t.readonly(t.type({ at: At, event: t.literal('end') }), 'EndEntry');
export type EndEntry = t.TypeOf<typeof EndEntry>;

/** An event that this version does not know, as it was `read`: kept, and passed over. */
export interface UnknownEntry {
  readonly at: number;
  readonly event: 'unknown';
  readonly read: { readonly at: number; readonly event: string };
}

/** One line after the header. */
export type Entry =
  | OpenEntry
  | RefusedEntry
  | FailedEntry
  | FrameEntry
  | CloseEntry
  | MarkEntry
  | EndEntry
  | UnknownEntry;

/** An entry before it is stamped. */
export type UnstampedEntry = { [E in Entry as E['event']]: Omit<E, 'at'> }[Entry['event']];

const entries = new Map<string, t.Decoder<unknown, Entry>>([
  ['open', OpenEntry],
  ['refused', RefusedEntry],
  ['failed', FailedEntry],
  ['frame', FrameEntry],
  ['close', CloseEntry],
  ['mark', MarkEntry],
  ['end', EndEntry],
]);

/**
 * Says whether a line is a frame with `json`, as nearly every line is. It is checked by hand: its
 * codec takes longer than JSON.parse. A property test holds it to the codec's own answer.
 */
export const isJsonFrame = (u: unknown): u is FrameEntry => {
  if (typeof u !== 'object' || u === null) return false;
  const { at, event, from } = u as Readonly<Record<string, unknown>>;
  return (
    event === 'frame' &&
    (from === 'server' || from === 'client') &&
    At.is(at) &&
    'json' in u &&
    !('text' in u) &&
    !('base64' in u)
  );
};

const AnyEntry = t.type({ at: At, event: t.string }, 'Entry');

/** Decodes a line after the header by its `event`; an unknown event is no failure. */
export const Entry = new t.Type<Entry, unknown, unknown>(
  'Entry',
  (u): u is Entry => E.isRight(Entry.decode(u)),
  (u, context) => {
    if (isJsonFrame(u)) return t.success(u);
    const any = AnyEntry.validate(u, context);
    if (E.isLeft(any)) return any;
    const read = any.right;
    const codec = entries.get(read.event);
    return codec === undefined
      ? t.success({ at: read.at, event: 'unknown', read })
      : codec.validate(u, context);
  },
  (entry) => (entry.event === 'unknown' ? entry.read : entry),
);

/** A call as it was recorded. The entry `entries[i]` stands in line `i + 2` of its file. */
export interface Recording {
  /** How reports call it: its file's path, or a name. */
  readonly name: string;
  /** What the recording says of itself. */
  readonly header: Header;
  /** What happened, in the order of the lines. */
  readonly entries: readonly Entry[];
  /** What a reader should be told: a last line that was torn and dropped, each with `file:line`. */
  readonly warnings?: readonly string[];
}

/**
 * Says whether the recorder got to write the end.
 *
 * @example
 * import { isComplete, scenario } from '@livecall/recording';
 *
 * console.log(isComplete(scenario().start().callEnd().toRecording())); // => true
 */
export function isComplete({ entries }: Recording): boolean {
  return entries.at(-1)?.event === 'end';
}

/**
 * The line of its file in which an entry stands, counted from 1.
 *
 * @example
 * import { lineOf } from '@livecall/recording/format';
 *
 * console.log(lineOf(0)); // => 2
 */
export function lineOf(index: number): number {
  return index + 2;
}

/**
 * Rounds milliseconds to what an `at` holds: three decimals.
 *
 * @example
 * import { toStamp } from '@livecall/recording/format';
 *
 * console.log(toStamp(0.1 + 0.2)); // => 0.3
 */
export function toStamp(ms: number): number {
  return Math.round(ms * 1_000) / 1_000;
}
