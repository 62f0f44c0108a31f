import type { Frame } from '@livecall/core';
import { monotonicNow } from '@livecall/core/internal';
import * as E from 'fp-ts/lib/Either.js';
import { asyncScheduler } from 'rxjs';

import { isTooLong, LONGEST_LINE_MIB } from './format/longest-line.js';
import { Entry, toStamp } from './format/recording.js';
import type { FrameEntry, Header, UnstampedEntry } from './format/recording.js';
import { createRecordingLines } from './redaction/recording-lines.js';
import type { RecordingLines } from './redaction/recording-lines.js';
import type { RedactOptions } from './redaction/redactor.js';
import { createSecrets } from './redaction/secrets.js';
import type { Secrets } from './redaction/secrets.js';

/** Takes what `record` hears, and stamps, redacts and writes it. */
export interface RecordingSink {
  /** Starts the clock, the first time, and writes the header: the first dial is at 0. */
  start(): void;
  /**
   * Takes tokens that are in use from now on, to leave them out of every line; none says that there
   * are none. `record` hands on what the transport tells.
   */
  conceal?(tokens: readonly string[]): void;
  /**
   * Writes one entry. It must not throw: what cannot be written does not disturb the call.
   *
   * What would spoil the recording is not written: a frame or a close that comes after a close is
   * dropped, and a mark says that a dial was left out which opened beside an open connection, an
   * entry of values that the format does not have, or a frame that is longer than a line may be.
   *
   * @param frame what the entry of a frame was made of: then it need not be made again
   */
  write(entry: UnstampedEntry, frame?: Frame): void;
  /** Writes the end. Whatever comes later is dropped. */
  end(): void;
}

/** What a recording says of itself, and what is taken out of it. */
export interface RecordingSinkOptions extends RedactOptions {
  /** A sentence on what happens in it. */
  readonly title?: string;
  /** The endpoint's URL; only its origin and path are written. */
  readonly endpoint?: string;
  /**
   * The tokens in use, which are searched for in every line; more can be added while it is written.
   * `record` adds those that a transport tells, as `webSocketTransport` does.
   */
  readonly secrets?: Secrets;
}

/**
 * Makes a sink over whatever writes a line.
 *
 * @param writeLine takes one line with its line end; it must not throw
 * @example
 * import { recordingSink } from '@livecall/recording';
 *
 * const lines: string[] = [];
 * const sink = recordingSink((line) => lines.push(line), { title: 'a missed call' });
 * sink.end();
 * console.log(lines.length); // => 2
 */
export function recordingSink(
  writeLine: (line: string) => void,
  options: RecordingSinkOptions = {},
): RecordingSink {
  return toSink({ writeLine }, options);
}

/** Takes a line with its line end; it does not throw. */
export interface LineWriter {
  writeLine(line: string): void;
}

/** {@link recordingSink} over what is an object already. */
export function toSink(to: LineWriter, options: RecordingSinkOptions): Required<RecordingSink> {
  const writer = new EntryWriter(to, options);
  const write = (entry: UnstampedEntry, frame?: Frame) => {
    writer.write(entry, frame);
  };
  frameWriters.set(write, writer);
  return {
    start: () => {
      writer.start();
    },
    conceal: (tokens) => {
      writer.conceal(tokens);
    },
    write,
    end: () => {
      writer.write({ event: 'end' });
    },
  };
}

/** Writes a frame as a sink's `write` would, of which no entry need be made. */
export interface FrameWriter {
  frame(from: FrameEntry['from'], frame: Frame): void;
}

/**
 * What writes the frames of a sink whose `write` needs nothing of an entry that the frame itself
 * tells: then it is not read, which would take as long as everything else. A `write` of anyone
 * else's gets all of it.
 */
export const frameWriterOf = ({ write }: RecordingSink): FrameWriter | undefined =>
  frameWriters.get(write);

const frameWriters = new WeakMap<RecordingSink['write'], FrameWriter>();

/** What a sink does; a class for the reason that `record` has one. */
class EntryWriter implements FrameWriter {
  readonly #to: LineWriter;
  readonly #title: string | undefined;
  readonly #endpoint: string | undefined;
  readonly #secrets: Secrets;
  readonly #lines: RecordingLines;
  #areTokensKnown: boolean;
  #hasStarted = false;
  #startedAt = 0;
  #lastAt = 0;
  #isOpen = false;
  #hasClosed = false;
  #isEnded = false;

  constructor(
    to: LineWriter,
    { title, endpoint, secrets, ...redactOptions }: RecordingSinkOptions,
  ) {
    this.#to = to;
    this.#title = title;
    this.#endpoint = endpoint;
    this.#secrets = secrets ?? createSecrets();
    this.#lines = createRecordingLines({ ...redactOptions, secrets: this.#secrets });
    this.#areTokensKnown = secrets !== undefined;
  }

  start(): void {
    if (this.#hasStarted) return;
    this.#hasStarted = true;
    this.#startedAt = monotonicNow();
    const [title, endpoint] = [this.#title, this.#endpoint];
    const header: Header = {
      livecall: 1,
      recordedAt: new Date(asyncScheduler.now()).toISOString(),
      ...(endpoint !== undefined && { endpoint: toEndpoint(endpoint) }),
      redacted: this.#areTokensKnown ? ['credentials'] : [],
      ...(title !== undefined && { title }),
    };
    this.#to.writeLine(this.#lines.header(header));
  }

  conceal(tokens: readonly string[]): void {
    this.#areTokensKnown = true;
    for (const token of tokens) this.#secrets.add(token);
  }

  write(entry: UnstampedEntry, frame?: Frame): void {
    if (this.#isEnded) return;
    switch (entry.event) {
      case 'frame':
        if (frame !== undefined) {
          this.frame(entry.from, frame);
          return;
        }
        if (this.#isAfterClose) return;
        break;
      case 'close':
        if (this.#isAfterClose) return;
        break;
      case 'open':
      case 'refused':
      case 'failed':
        if (!this.#isOpen) break;
        this.#leaveOut('a dial while a connection was open');
        return;
      case 'end':
        // Who ends a recording while it is connected hears no more of the call, as who hangs up.
        if (this.#isOpen) this.write({ event: 'close', from: 'client', code: 1000, reason: '' });
        break;
      default:
    }
    const at = this.#toAt();
    // Whoever heard of a line meanwhile may have ended the recording.
    if (this.#hasEnded()) return;
    const stamped = toWritable({ at, ...entry });
    if (stamped === undefined) {
      this.#leaveOut(`a ${entry.event} that the format cannot hold`);
      return;
    }
    if (stamped.event === 'frame') {
      this.#writeFrame(this.#lines.entry(stamped), stamped.from);
      return;
    }
    // First, for the same reason.
    if (stamped.event === 'open' || stamped.event === 'close') {
      this.#isOpen = stamped.event === 'open';
    }
    this.#hasClosed ||= stamped.event === 'close';
    this.#isEnded = stamped.event === 'end';
    this.#to.writeLine(this.#lines.entry(stamped));
  }

  frame(from: FrameEntry['from'], frame: Frame): void {
    if (this.#isEnded || this.#isAfterClose) return;
    const at = this.#toAt();
    if (this.#hasEnded()) return;
    this.#writeFrame(this.#lines.frame(at, from, frame), from);
  }

  /** Whoever left hears no more; a line that says otherwise would spoil all others. */
  get #isAfterClose(): boolean {
    return this.#hasClosed && !this.#isOpen;
  }

  #hasEnded(): boolean {
    return this.#isEnded;
  }

  #toAt(): number {
    const now = monotonicNow();
    this.start();
    this.#lastAt = Math.max(this.#lastAt, toStamp(now - this.#startedAt));
    return this.#lastAt;
  }

  #leaveOut(what: string): void {
    const at = this.#toAt();
    this.#to.writeLine(this.#lines.entry({ at, event: 'mark', label: `left out: ${what}` }));
  }

  #writeFrame(line: string, from: string): void {
    if (isTooLong(line)) {
      this.#leaveOut(`a frame from the ${from}, longer than ${LONGEST_LINE_MIB} MiB`);
    } else this.#to.writeLine(line);
  }
}

/**
 * What comes from a transport that is not livecall's may hold what no WebSocket has; nothing where
 * the entry cannot be written for it.
 */
function toWritable(entry: Entry): Entry | undefined {
  if (E.isRight(Entry.decode(entry))) return entry;
  // Without the close, the next dial would stand inside of this connection.
  if (entry.event === 'close') return { ...entry, code: 1006, reason: '' };
  if (entry.event !== 'refused') return undefined;
  const { at, status } = entry;
  const refused: Entry = { at, event: 'refused', status };
  return E.isRight(Entry.decode(refused)) ? refused : undefined;
}

/** Only what a recording may hold of a URL: no credentials, no query, no fragment. */
function toEndpoint(url: string): string {
  if (!URL.canParse(url)) return '';
  const { protocol, host, pathname } = new URL(url);
  return `${protocol}//${host}${pathname}`;
}
