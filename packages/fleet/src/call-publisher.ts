import { recordingSink } from '@livecall/recording';
import type { RecordingSink, Secrets } from '@livecall/recording';

import type { Outbox } from './outbox.js';
import type { Owner } from './outgoing.js';
import { toEntryIds } from './run.js';
import type { Run } from './run.js';

/** What a call is published with. */
export interface CallPublisherOptions {
  readonly callId: string;
  /** Where it is dialled, for its header. */
  readonly endpoint: string | undefined;
  readonly secrets: Secrets;
  readonly outbox: Outbox;
  readonly owner: Owner;
  /** Asked for each line: what is written afterwards is nobody's any more. */
  readonly isOver: () => boolean;
  /** Called behind each entry, when the outbox has taken it. */
  readonly onWritten: () => void;
}

/** Makes a call's recording, and gives its lines to the outbox. */
export interface CallPublisher {
  /** The recording; its header is kept for `toHeader`, and nothing else is published before `begin`. */
  readonly sink: RecordingSink;
  /** The header of a run, as a line, with what it says besides; once the sink has started. */
  toHeader(besides: Readonly<Record<string, string>>): string;
  /** What comes now is of this run, whose header is its first message. */
  begin(run: Run): void;
  /** The id of the run's n-th message. */
  idOf(number: number): string;
  /** How many lines there are of the run, its header included. */
  published(): number;
  /** The broker has so many more on disk. */
  stored(lines: number): void;
  /** How many it has not. */
  unstored(): number;
}

/** Makes one, for one call of a worker. */
export function createCallPublisher({
  callId,
  endpoint,
  secrets,
  outbox,
  owner,
  isOver,
  onWritten,
}: CallPublisherOptions): CallPublisher {
  let header = '';
  let idOf: ((number: number) => string) | undefined;
  let published = 1;
  let unstored = 0;

  const writeLine = (line: string) => {
    if (header === '') {
      header = line;
      return;
    }
    if (isOver() || idOf === undefined) return;
    published += 1;
    unstored += 1;
    outbox.send(owner, Buffer.from(line));
    onWritten();
  };

  return {
    // What is taken out of a recording is taken out by whoever writes the file; the app wants the call.
    sink: recordingSink(writeLine, {
      keepPhones: true,
      secrets,
      ...(endpoint !== undefined && { endpoint }),
    }),
    // A header keeps what it does not know.
    toHeader: (besides) => `${JSON.stringify({ ...(JSON.parse(header) as object), ...besides })}\n`,
    begin: (run) => {
      idOf = toEntryIds(callId, run);
    },
    idOf: (number) => idOf?.(number) ?? '',
    published: () => published,
    stored: (lines) => {
      unstored -= lines;
    },
    unstored: () => unstored,
  };
}
