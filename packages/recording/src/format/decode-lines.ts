import { explain } from '@livecall/core/codecs';
import { systemCode } from '@livecall/core/internal';
import * as E from 'fp-ts/lib/Either.js';
import type { Decoder } from 'io-ts';

import { createEntryOrder, toOutside } from './entry-order.js';
import { toForeign } from './foreign-bytes.js';
import { LONGEST_LINE_BYTES, LONGEST_LINE_MIB } from './longest-line.js';
import { RecordingError } from './recording-error.js';
import { Entry, Header, isJsonFrame } from './recording.js';
import type { CloseEntry, FrameEntry } from './recording.js';
import { SECOND_HEADER } from './second-header.js';

/**
 * One line of a recording; `torn` is a last line that was not written to its end, and is dropped.
 * `blank` is the first of the lines at the end in which nothing stands, and which are passed over.
 */
export type RecordingLine =
  | { readonly kind: 'header'; readonly line: number; readonly header: Header }
  | { readonly kind: 'entry'; readonly line: number; readonly entry: Entry }
  | { readonly kind: 'torn'; readonly line: number }
  | { readonly kind: 'blank'; readonly line: number };

const NEWLINE = 0x0a;
const BYTE_ORDER_MARK = '\ufeff';
const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/**
 * Decodes the chunks of a recording line by line: in batches, each to a bad line or a chunk's end.
 * There is no Node in it: a page reads a recording by it, too.
 *
 * @example
 * import { decodeLines, scenario } from '@livecall/recording/format';
 *
 * const bytes = new TextEncoder().encode(scenario().start().toNdjson());
 * for await (const lines of decodeLines('missed-call', () => [bytes])) console.log(lines.length);
 */
export async function* decodeLines(
  name: string,
  open: () => AsyncIterable<Uint8Array> | Iterable<Uint8Array>,
): AsyncGenerator<readonly E.Either<RecordingError, RecordingLine>[]> {
  const decodeLine = createLineDecoder(name);
  let line = 0;
  /** How many lines before the next are blank; only at the end they may be. */
  let blanks = 0;
  let rest: Uint8Array[] = [];
  let restBytes = 0;

  try {
    // A path that no system takes fails here, and no earlier.
    for await (const chunk of open()) {
      const foreign = line === 0 && restBytes < 4 ? toForeign(concat([...rest, chunk])) : undefined;
      if (foreign !== undefined) {
        yield [E.left(new RecordingError(name, undefined, foreign))];
        return;
      }
      let batch: E.Either<RecordingError, RecordingLine>[] = [];
      const end = chunk.lastIndexOf(NEWLINE);
      if (end !== -1) {
        for (const text of toLines(concat([...rest, chunk.subarray(0, end)]))) {
          if (line > 0 && isBlank(text)) {
            line += 1;
            blanks += 1;
            continue;
          }
          for (; blanks > 0; blanks -= 1) {
            batch.push(E.left(new RecordingError(name, line + 1 - blanks, NO_JSON)));
            // Most readers stop here: a chunk of line ends has thousands of bad lines.
            yield batch;
            batch = [];
          }
          const decoded = decodeLine(text, ++line);
          batch.push(decoded);
          if (E.isLeft(decoded)) {
            yield batch;
            batch = [];
          }
        }
        rest = [];
        restBytes = 0;
      }
      if (end + 1 < chunk.length) rest.push(chunk.subarray(end + 1));
      restBytes += chunk.length - (end + 1);
      if (batch.length > 0) yield batch;
      if (restBytes > LONGEST_LINE_BYTES) {
        const problem = `the line is longer than ${LONGEST_LINE_MIB} MiB`;
        yield [E.left(new RecordingError(name, line + 1, problem))];
        return;
      }
    }
  } catch (cause) {
    yield [E.left(toUnreadable(name, cause))];
    return;
  }

  const text = restBytes > 0 ? toText(concat(rest)) : '';
  if (line === 0 && restBytes === 0) {
    yield [E.left(new RecordingError(name, undefined, EMPTY))];
  } else if (line > 0 && isBlank(text)) {
    if (restBytes > 0) [line, blanks] = [line + 1, blanks + 1];
    if (blanks > 0) yield [E.right({ kind: 'blank', line: line + 1 - blanks })];
  } else {
    for (; blanks > 0; blanks -= 1) {
      yield [E.left(new RecordingError(name, line + 1 - blanks, NO_JSON))];
    }
    // Written by hand, a last line may lack its line end and be whole all the same.
    const last = decodeLine(text, ++line);
    yield [line > 1 && toJson(text) === undefined ? E.right({ kind: 'torn', line }) : last];
  }
}

/** Whether nothing stands in a line but what JSON passes over. */
function isBlank(text: string | undefined): boolean {
  // Nearly every line is seen by its first character to be none: the pattern takes ten times as long.
  return text !== undefined && !text.startsWith('{') && /^[ \t\r]*$/.test(text);
}

/** Makes what decodes the lines of one recording, the first of which is its header. */
export function createLineDecoder(
  name: string,
): (text: string | undefined, line: number) => E.Either<RecordingError, RecordingLine> {
  const misplaced = createEntryOrder();

  const place = (line: number, entry: Entry): E.Either<RecordingError, RecordingLine> => {
    const problem = misplaced(entry);
    if (problem === undefined) return E.right({ kind: 'entry', line, entry });
    const isOutside = problem === toOutside(entry);
    const outside = isOutside ? (entry as FrameEntry | CloseEntry) : undefined;
    return E.left(new RecordingError(name, line, problem, { outside }));
  };

  const decodeOther = (json: unknown, line: number): E.Either<RecordingError, RecordingLine> => {
    const fail = (what: string) => E.left(new RecordingError(name, line, what));
    if (json === undefined) {
      return fail(line === 1 ? NOT_A_RECORDING : NO_JSON);
    }
    if (line === 1) {
      const version =
        typeof json === 'object' && json !== null && 'livecall' in json ? json.livecall : undefined;
      if (typeof version !== 'number') return fail(NOT_A_RECORDING);
      if (version !== 1) {
        return fail(`is of version ${version}, and this livecall reads version 1; update livecall`);
      }
    }
    if (line > 1 && isHeader(json)) return fail(SECOND_HEADER);
    const decode = <A>(codec: Decoder<unknown, A>): E.Either<RecordingError, A> => {
      const decoded = codec.decode(json);
      if (E.isRight(decoded)) return decoded;
      const { path, expected } = explain(decoded.left);
      return fail(path === '' ? `is no ${expected}` : `\`${path}\` is not ${expected}`);
    };
    if (line === 1) {
      return E.map((header: Header): RecordingLine => ({ kind: 'header', line, header }))(
        decode(Header),
      );
    }
    const entry = decode(Entry);
    return E.isLeft(entry) ? entry : place(line, entry.right);
  };

  return (text, line) => {
    const json = toJson(text);
    // Nearly every line is one, and what all others need is not made for it.
    return line > 1 && isJsonFrame(json) ? place(line, json) : decodeOther(json, line);
  };
}

/** Whether a line is the first of another recording, as `cat` puts one behind another. */
function isHeader(json: unknown): boolean {
  return typeof json === 'object' && json !== null && 'livecall' in json && !('event' in json);
}

function concat(parts: readonly Uint8Array[]): Uint8Array {
  const [first] = parts;
  if (first !== undefined && parts.length === 1) return first;
  const whole = new Uint8Array(parts.reduce((length, part) => length + part.length, 0));
  let filled = 0;
  for (const part of parts) {
    whole.set(part, filled);
    filled += part.length;
  }
  return whole;
}

/** Decodes the bytes between two line ends, or of many lines; `undefined` for what is no UTF-8. */
function toLines(bytes: Uint8Array): readonly (string | undefined)[] {
  const text = toText(bytes);
  if (text !== undefined) return text.split('\n');
  const lines: (string | undefined)[] = [];
  let start = 0;
  for (let end = bytes.indexOf(NEWLINE); end !== -1; end = bytes.indexOf(NEWLINE, start)) {
    lines.push(toText(bytes.subarray(start, end)));
    start = end + 1;
  }
  return [...lines, toText(bytes.subarray(start))];
}

/** The bytes as text; `undefined` where they are no UTF-8. */
function toText(bytes: Uint8Array): string | undefined {
  try {
    return utf8.decode(bytes);
  } catch {
    return undefined;
  }
}

/** What a line holds; `undefined` where it is no JSON. */
function toJson(text: string | undefined): unknown {
  if (text === undefined) return undefined;
  try {
    return JSON.parse(text.startsWith(BYTE_ORDER_MARK) ? text.slice(1) : text);
  } catch {
    return undefined;
  }
}

const NO_JSON = 'is not a line of JSON in UTF-8';

/** What is said of a file in which nothing stands. */
export const EMPTY = 'is empty; a recording starts with a header';

const NOT_A_RECORDING =
  'is not a livecall recording: its first line should be a header, {"livecall":1,…}';

/** Says why a file cannot be read. */
export function toUnreadable(name: string, cause: unknown): RecordingError {
  const code = systemCode(cause);
  const what =
    code === 'ENOENT'
      ? 'no such file'
      : code === 'EISDIR'
        ? 'is a folder, not a file'
        : `cannot be read (${code})`;
  return new RecordingError(name, undefined, what, { kind: 'unreadable', cause });
}
