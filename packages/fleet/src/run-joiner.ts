import { Entry, Header } from '@livecall/recording';
import { toStamp } from '@livecall/recording/format';
import * as E from 'fp-ts/lib/Either.js';

import { parseLine } from './parse-line.js';

/** One line of the recording that a call's runs are together. */
export type JoinedLine =
  | { readonly kind: 'header'; readonly header: Header }
  | { readonly kind: 'entry'; readonly entry: Entry };

/** Makes one recording of the runs of a call. */
export interface RunJoiner {
  /** Takes the next line of the call's subject. */
  add(text: string): readonly JoinedLine[];
  /** What is still to be written when nothing more comes: the end, where the call had one. */
  end(): readonly JoinedLine[];
}

/** What is known of the call beside its lines. */
export interface RunJoinerOptions {
  /**
   * When the first of its messages was stored that is still there, in milliseconds since the epoch:
   * what the stream has lost the beginning of is recorded from there on.
   */
  readonly firstStoredAt?: number | undefined;
}

/**
 * Each run is a recording with a header and a clock of its own: here, one follows the other on the
 * clock of the first. A connection that was open when its worker died is closed as cut (1006).
 */
export function createRunJoiner({ firstStoredAt }: RunJoinerOptions = {}): RunJoiner {
  let startedAt: number | undefined;
  let offset = 0;
  let at = 0;
  let isOpen = false;
  let hasEnded = false;

  const entryAt = (entry: Entry, wanted: number): JoinedLine => {
    at = Math.max(at, toStamp(wanted));
    const moved = { ...entry, at };
    return {
      kind: 'entry',
      entry: moved.event === 'unknown' ? { ...moved, read: { ...moved.read, at } } : moved,
    };
  };
  const cut = (): readonly JoinedLine[] => {
    if (!isOpen) return [];
    isOpen = false;
    return [entryAt({ at, event: 'close', from: 'server', code: 1006, reason: '' }, offset)];
  };

  const addHeader = (read: Header): readonly JoinedLine[] => {
    const recordedAt = Date.parse(read.recordedAt);
    // No worker writes such a one.
    if (Number.isNaN(recordedAt)) return [];
    hasEnded = false;
    if (startedAt === undefined) {
      startedAt = recordedAt;
      const { livecall, recordedAt: when, redacted = [], endpoint, title } = read;
      const header = {
        livecall,
        recordedAt: when,
        ...(endpoint !== undefined && { endpoint }),
        redacted,
        ...(title !== undefined && { title }),
      };
      return [{ kind: 'header', header }];
    }
    // By the wall clocks of two machines: never before what was said already.
    offset = Math.max(at, recordedAt - startedAt);
    return cut();
  };

  /** Where the header of the first run is no longer stored. */
  const beginAnyhow = (first: Entry): readonly JoinedLine[] => {
    if (firstStoredAt === undefined) return [];
    startedAt = firstStoredAt - first.at;
    const recordedAt = new Date(startedAt).toISOString();
    isOpen = first.event === 'frame';
    return [
      // Workers take tokens out of every line.
      { kind: 'header', header: { livecall: 1, recordedAt, redacted: ['credentials'] } },
      entryAt({ at, event: 'mark', label: 'left out: what was too old to be stored' }, first.at),
      ...(isOpen ? [entryAt({ at, event: 'open', status: 101 }, first.at)] : []),
    ];
  };

  return {
    add: (text) => {
      const read = parseLine(text);
      if (Header.is(read)) return addHeader(read);
      const decoded = Entry.decode(read);
      if (E.isLeft(decoded)) return [];
      const entry = decoded.right;
      const before = startedAt === undefined ? beginAnyhow(entry) : [];
      if (startedAt === undefined) return [];
      if (entry.event === 'end') {
        // Another run may come after it.
        hasEnded = true;
        at = Math.max(at, toStamp(offset + entry.at));
        return before;
      }
      // Its dial is no longer stored.
      if (entry.event === 'close' && !isOpen) return before;
      if (entry.event === 'open') isOpen = true;
      if (entry.event === 'close') isOpen = false;
      return [...before, entryAt(entry, offset + entry.at)];
    },
    end: () => {
      if (!hasEnded) return [];
      return [...cut(), entryAt({ at, event: 'end' }, at)];
    },
  };
}
