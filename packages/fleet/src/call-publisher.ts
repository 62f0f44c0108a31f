import { recordingSink } from '@livecall/recording';
import type { RecordingSink, Secrets } from '@livecall/recording';

import type { Outbox } from './outbox.js';
import type { Owner } from './outbox-lanes.js';
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
  /** Bytes that the broker takes at once, headers included. */
  readonly maxPayload: number;
  /** Asked for each line: what is written afterwards is nobody's any more. */
  readonly isOver: () => boolean;
  /** Called behind each entry, when the outbox has taken it. */
  readonly onWritten: () => void;
}

/** Makes the lines of a call's recording to the numbered messages of a run. */
export interface CallPublisher {
  /** The recording; its header is kept for `toHeader`, and nothing else is published before `begin`. */
  readonly sink: RecordingSink;
  /** The header of a run, with what it says besides; once the sink has started. */
  toHeader(besides: Readonly<Record<string, string>>): string;
  /** What comes now is of this run, whose header is its first message. */
  begin(run: Run): void;
  /** The number of the last message. */
  published(): number;
  /** The broker has one more on disk. */
  stored(): void;
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
  maxPayload,
  isOver,
  onWritten,
}: CallPublisherOptions): CallPublisher {
  let headerText = '';
  let idOf: ((nth: number) => string) | undefined;
  let number = 1;
  let unstored = 0;

  const publish = (payload: Uint8Array, hasMore: boolean) => {
    if (idOf === undefined) return;
    number += 1;
    unstored += 1;
    outbox.send({ owner, id: idOf(number), number, payload, hasMore });
  };

  /** `max_payload` counts the headers, too. */
  const largest = maxPayload - HEADER_BYTES - 2 * callId.length;
  const writeLine = (line: string) => {
    if (headerText === '') {
      headerText = line.slice(0, -1);
      return;
    }
    if (isOver()) return;
    const bytes = Buffer.from(line);
    // Without its line end.
    const size = bytes.length - 1;
    if (size <= largest) publish(bytes.subarray(0, size), false);
    else {
      for (let at = 0; at < size; at += largest) {
        publish(bytes.subarray(at, Math.min(size, at + largest)), at + largest < size);
      }
    }
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
    toHeader: (besides) => JSON.stringify({ ...(JSON.parse(headerText) as object), ...besides }),
    begin: (run) => {
      idOf = toEntryIds(callId, run);
    },
    published: () => number,
    stored: () => {
      unstored -= 1;
    },
    unstored: () => unstored,
  };
}

/** `NATS/1.0`, an id of two numbers, and the sign that more comes. */
const HEADER_BYTES = 256;
