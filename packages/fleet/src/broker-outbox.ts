import { monotonicNow } from '@livecall/core/internal';
import type { Msg, NatsConnection } from '@nats-io/transport-node';
import { asyncScheduler, Subscription } from 'rxjs';

import { brokerLink } from './broker-link.js';
import { toEntryHeaders } from './entry-headers.js';
import { createOutbox } from './outbox.js';
import type { Outbox, StoreAnswer } from './outbox.js';
import { ownInbox } from './own-inbox.js';
import { isWrongLastSequence } from './wrong-last-sequence.js';

/** What `max_payload` counts beside the lines: `NATS/1.0`, the id of a call, and three numbers. */
const HEADER_BYTES = 512;

const LOOK_EVERY_MS = 1_000;

/** An outbox over a connection of its own. */
export interface BrokerOutbox extends Outbox {
  close(): void;
}

/**
 * Wires an outbox to the broker; the answers come to an inbox of its own.
 *
 * @param onTrouble is told that nothing is stored, and why; `undefined` when it is again
 */
export function brokerOutbox(
  connection: NatsConnection,
  onTrouble: (why: string | undefined) => void,
): BrokerOutbox {
  const link = brokerLink(connection);
  const inbox = `${ownInbox(connection)}.`;
  const life = new Subscription();

  const { answer, back, look, ...outbox } = createOutbox({
    now: monotonicNow,
    isUp: () => link.isUp(),
    largest: () => (connection.info?.max_payload ?? 2 ** 20) - HEADER_BYTES,
    publish: ({ owner, number, payload }, key, expected) => {
      try {
        connection.publish(owner.subject, payload, {
          reply: inbox + key,
          headers: toEntryHeaders(owner.idOf(number), expected),
        });
      } catch {
        // A server that came back with a smaller one: what was made for the old one cannot go.
        setImmediate(() => {
          answer(key, { refused: 'a message is longer than the server’s max_payload is now' });
        });
      }
    },
    soon: (action) => {
      setImmediate(() => {
        if (!life.closed) action();
      });
    },
    onTrouble,
  });

  const acks = connection.subscribe(`${inbox}*`, {
    callback: (error, reply) => {
      // It may not hear what is answered: the connection's denials tell of it.
      if (error !== null) return;
      answer(reply.subject.slice(inbox.length), readAnswer(reply));
    },
  });
  life.add(() => {
    if (!connection.isClosed()) acks.unsubscribe();
  });
  life.add(
    link.news$.subscribe((news) => {
      if (news === 'back') back();
    }),
  );
  life.add(
    asyncScheduler.schedule(function (this) {
      look();
      this.schedule(undefined, LOOK_EVERY_MS);
    }, LOOK_EVERY_MS),
  );

  return {
    ...outbox,
    close: () => {
      if (!life.closed && link.isUp()) outbox.flush();
      life.unsubscribe();
    },
  };
}

const STORED = /^\{"stream":"[^"\\]*", ?(?:"domain":"[^"\\]*", ?)?"seq": ?(\d+)/;

/** `{"stream":"…", "seq":7}`, or an error; without a body where no stream has the subject. */
function readAnswer({ data }: Msg): StoreAnswer {
  const text = Buffer.from(data.buffer, data.byteOffset, data.byteLength).toString('latin1');
  const stored = STORED.exec(text);
  if (stored !== null) return { sequence: Number(stored[1]) };
  if (text === '') return { refused: 'no stream has the subject' };
  try {
    const { seq, error } = JSON.parse(text) as {
      readonly seq?: number;
      readonly error?: { readonly err_code?: number; readonly description?: string };
    };
    if (isWrongLastSequence(error?.err_code)) return 'conflict';
    if (error === undefined && typeof seq === 'number') return { sequence: seq };
    return { refused: error?.description ?? 'no reason given' };
  } catch {
    return { refused: 'its answer cannot be read' };
  }
}
