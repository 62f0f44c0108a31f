import { AckPolicy, DeliverPolicy, jetstreamManager } from '@nats-io/jetstream';
import type { JetStreamManager, NextMsgRequest, SeqMsgRequest } from '@nats-io/jetstream';
import { nanos, nuid } from '@nats-io/transport-node';
import type { NatsConnection } from '@nats-io/transport-node';

import { toEntryHeadersOf } from './entry-headers.js';
import type { EntryHeaders } from './entry-headers.js';

/** A message as the stream has it. */
export interface StoredMessage {
  readonly sequence: number;
  readonly headers: EntryHeaders;
  readonly data: Uint8Array;
  /** Whether the stream has more of its subject behind it. */
  readonly isPast: boolean;
}

/** Where a stream is. */
export interface StreamPlace {
  readonly connection: NatsConnection;
  /** As `FleetNames` has it. */
  readonly jetstream: { readonly domain?: string };
  readonly stream: string;
}

/** What is read, and from where. */
export interface ReadStoredOptions extends StreamPlace {
  readonly subject: string;
  /** The sequence behind which it is read; 0, and one that the stream has not come to, is the beginning. */
  readonly after: number;
}

/**
 * So many that stand behind a known place are asked for one by one: a consumer costs the server as
 * much as ten of them, and one of 2.9.10 that begins within the first block of a stream looks through
 * thousands of messages for each that it gives.
 */
const ONE_BY_ONE = 32;
const BATCH = 500;
const ANSWER_MS = 2_000;
/** For how long the server keeps a consumer whose reader is gone, or has never heard of it. */
const FORGOTTEN_AFTER_MS = 15_000;

/**
 * Tells when a stream was made: the server keeps it for as long as the stream is this one.
 *
 * @throws what the client throws where the broker is away, or the stream is not there
 */
export async function whenMade(of: StreamPlace): Promise<string> {
  return (await (await manage(of)).streams.info(of.stream)).created;
}

const manage = ({ connection, jetstream }: StreamPlace) =>
  jetstreamManager(connection, { ...jetstream, checkAPI: false, timeout: ANSWER_MS });

/**
 * Reads what the broker has of a subject, to its end of now.
 *
 * @throws what the client throws where the broker is away, or the stream is not there
 */
export async function* readStored(options: ReadStoredOptions): AsyncGenerator<StoredMessage, void> {
  const { stream, subject } = options;
  const manager = await manage(options);
  const next = async (after: number) => {
    // The server of 2.9 knows it; the client has it for what any copy of the stream may answer.
    const request: NextMsgRequest = { seq: after + 1, next_by_subj: subject };
    const message = await manager.streams.getMessage(stream, request as SeqMsgRequest);
    // Whoever does not know what was asked answers with what has the number.
    if (message !== null && message.subject !== subject) {
      throw new Error('the server gives another subject than it was asked for');
    }
    return message;
  };

  let { after } = options;
  let message = await next(after);
  if (message === null && after > 0) {
    const last = await manager.streams.getMessage(stream, { last_by_subj: subject });
    // A stream that has lost its end counts from less.
    if (last !== null && last.seq < after) {
      after = 0;
      message = await next(after);
    }
  }
  const most = after === 0 ? 0 : ONE_BY_ONE;
  for (let count = 0; message !== null; count += 1) {
    if (count === most) {
      yield* readMany(manager, { ...options, after });
      return;
    }
    const { seq, header, data } = message;
    message = await next(seq);
    after = seq;
    yield { sequence: seq, headers: toEntryHeadersOf(header), data, isPast: message !== null };
  }
}

async function* readMany(
  manager: JetStreamManager,
  { stream, subject, after }: ReadStoredOptions,
): AsyncGenerator<StoredMessage, void> {
  const name = `livecall-${nuid.next()}`;
  try {
    // Not one of the client's ordered ones: it is there for five minutes where its making was not heard of.
    const { consumers } = manager.jetstream();
    const made = await manager.consumers.add(stream, {
      name,
      filter_subject: subject,
      ...(after === 0
        ? { deliver_policy: DeliverPolicy.All }
        : { deliver_policy: DeliverPolicy.StartSequence, opt_start_seq: after + 1 }),
      ack_policy: AckPolicy.None,
      inactive_threshold: nanos(FORGOTTEN_AFTER_MS),
      mem_storage: true,
      num_replicas: 1,
    });
    const consumer = consumers.getConsumerFromInfo(made);
    let pending = made.num_pending;
    let delivered = 0;
    while (pending > 0) {
      const before = delivered;
      const batch = await consumer.fetch({
        max_messages: Math.min(BATCH, pending),
        expires: ANSWER_MS,
      });
      for await (const { seq, headers, data, info } of batch) {
        delivered += 1;
        if (info.deliverySequence !== delivered) throw new Error('what the stream gave was lost');
        ({ pending } = info);
        yield { sequence: seq, headers: toEntryHeadersOf(headers), data, isPast: pending > 0 };
      }
      if (delivered === before) throw new Error('the stream gave nothing of what it has');
    }
  } finally {
    // By its name, since it may be there though its making was not heard of.
    void manager.consumers.delete(stream, name).catch(() => undefined);
  }
}
