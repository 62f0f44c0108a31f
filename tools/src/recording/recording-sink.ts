import { monotonicNow } from '@livecall/core';
import type { Frame } from '@livecall/core';
import { asyncScheduler } from 'rxjs';

import { createLines } from './redact-lines.js';
import type { RedactOptions } from './redact.js';
import { toStamp } from './recording.js';
import type { Entry, Header } from './recording.js';
import type { Secrets } from './secrets.js';

/** An entry before it is stamped. */
export type UnstampedEntry = { [E in Entry as E['event']]: Omit<E, 'at'> }[Entry['event']];

/** Takes what `record` hears, and stamps, redacts and writes it. */
export interface RecordingSink {
  /** Starts the clock, the first time: the first dial is at 0. */
  start(): void;
  /**
   * Writes one entry. It must not throw: what cannot be written does not disturb the call.
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
  /** The tokens in use, which are searched for in every line; more can be added while it is written. */
  readonly secrets?: Secrets;
}

/**
 * Makes a sink over whatever writes a line.
 *
 * @param writeLine takes one line with its line end; it must not throw
 * @example
 * import { recordingSink } from '@livecall/tools';
 *
 * const lines: string[] = [];
 * const sink = recordingSink((line) => lines.push(line), { title: 'a missed call' });
 * sink.end();
 * console.log(lines.length); // => 2
 */
export function recordingSink(
  writeLine: (line: string) => void,
  { title, endpoint, ...lineOptions }: RecordingSinkOptions = {},
): RecordingSink {
  const lines = createLines(lineOptions);
  let startedAt: number | undefined;
  let lastAt = 0;
  let isOpen = false;
  let isEnded = false;

  const toAt = (): number => {
    startedAt ??= monotonicNow();
    lastAt = Math.max(lastAt, toStamp(monotonicNow() - startedAt));
    return lastAt;
  };
  const write = (entry: UnstampedEntry, frame?: Frame) => {
    if (isEnded) return;
    if (entry.event === 'frame' && frame !== undefined) {
      writeLine(lines.frame(toAt(), entry, frame));
      return;
    }
    // First: whoever hears of the line may end the recording.
    if (entry.event === 'open' || entry.event === 'close') isOpen = entry.event === 'open';
    isEnded = entry.event === 'end';
    writeLine(lines.entry({ at: toAt(), ...entry }));
  };

  const header: Header = {
    livecall: 1,
    recordedAt: new Date(asyncScheduler.now()).toISOString(),
    ...(endpoint !== undefined && { endpoint: toEndpoint(endpoint) }),
    redacted: [],
    ...(title !== undefined && { title }),
  };
  writeLine(lines.header(header));

  return {
    start: () => void toAt(),
    write,
    end: () => {
      // Who ends a recording while it is connected hears no more of the call, as who hangs up.
      if (isOpen) write({ event: 'close', from: 'client', code: 1000, reason: '' });
      write({ event: 'end' });
    },
  };
}

/** Only what a recording may hold of a URL: no credentials, no query, no fragment. */
function toEndpoint(url: string): string {
  if (!URL.canParse(url)) return '';
  const { protocol, host, pathname } = new URL(url);
  return `${protocol}//${host}${pathname}`;
}
