import type { Frame } from '@livecall/core';
import { monotonicNow } from '@livecall/core/internal';
import * as E from 'fp-ts/lib/Either.js';
import { asyncScheduler } from 'rxjs';

import { isTooLong, LONGEST_LINE_MIB } from './format/longest-line.js';
import { Entry, toStamp } from './format/recording.js';
import type { Header, UnstampedEntry } from './format/recording.js';
import { createRecordingLines } from './redaction/recording-lines.js';
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
  { title, endpoint, secrets: given, ...redactOptions }: RecordingSinkOptions = {},
): RecordingSink {
  const secrets = given ?? createSecrets();
  const lines = createRecordingLines({ ...redactOptions, secrets });
  let areTokensKnown = given !== undefined;
  let startedAt: number | undefined;
  let lastAt = 0;
  let isOpen = false;
  let hasClosed = false;
  let isEnded = false;

  const start = (): number => {
    if (startedAt !== undefined) return startedAt;
    startedAt = monotonicNow();
    const header: Header = {
      livecall: 1,
      recordedAt: new Date(asyncScheduler.now()).toISOString(),
      ...(endpoint !== undefined && { endpoint: toEndpoint(endpoint) }),
      redacted: areTokensKnown ? ['credentials'] : [],
      ...(title !== undefined && { title }),
    };
    writeLine(lines.header(header));
    return startedAt;
  };
  const toAt = (): number => {
    lastAt = Math.max(lastAt, toStamp(monotonicNow() - start()));
    return lastAt;
  };
  const hasEnded = () => isEnded;
  const leaveOut = (what: string) => {
    writeLine(lines.entry({ at: toAt(), event: 'mark', label: `left out: ${what}` }));
  };
  const write = (entry: UnstampedEntry, frame?: Frame) => {
    if (isEnded) return;
    switch (entry.event) {
      case 'frame':
      case 'close':
        // Whoever left hears no more; a line that says otherwise would spoil all others.
        if (hasClosed && !isOpen) return;
        break;
      case 'open':
      case 'refused':
      case 'failed':
        if (!isOpen) break;
        leaveOut('a dial while a connection was open');
        return;
      case 'end':
        // Who ends a recording while it is connected hears no more of the call, as who hangs up.
        if (isOpen) write({ event: 'close', from: 'client', code: 1000, reason: '' });
        break;
      default:
    }
    const at = toAt();
    // Whoever heard of a line meanwhile may have ended the recording.
    if (hasEnded()) return;
    if (entry.event === 'frame' && frame !== undefined) {
      writeFrame(lines.frame(at, entry.from, frame), entry.from);
      return;
    }
    const stamped = toWritable({ at, ...entry });
    if (stamped === undefined) {
      leaveOut(`a ${entry.event} that the format cannot hold`);
      return;
    }
    if (stamped.event === 'frame') {
      writeFrame(lines.entry(stamped), stamped.from);
      return;
    }
    // First, for the same reason.
    if (stamped.event === 'open' || stamped.event === 'close') isOpen = stamped.event === 'open';
    hasClosed ||= stamped.event === 'close';
    isEnded = stamped.event === 'end';
    writeLine(lines.entry(stamped));
  };
  const writeFrame = (line: string, from: string) => {
    if (isTooLong(line)) leaveOut(`a frame from the ${from}, longer than ${LONGEST_LINE_MIB} MiB`);
    else writeLine(line);
  };

  takeFramesAlone.add(write);
  return {
    start: () => void start(),
    conceal: (tokens) => {
      areTokensKnown = true;
      tokens.forEach(secrets.add);
    },
    write,
    end: () => {
      write({ event: 'end' });
    },
  };
}

/**
 * Whether a sink's `write` needs nothing of a frame's entry that the frame itself tells: then it is
 * not read, which would take as long as everything else. A `write` of anyone else's gets all of it.
 */
export const takesFramesAlone = ({ write }: RecordingSink): boolean => takeFramesAlone.has(write);

const takeFramesAlone = new WeakSet<RecordingSink['write']>();

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
