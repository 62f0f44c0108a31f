import { createInbox, headers } from '@nats-io/transport-node';
import type { Msg, NatsConnection } from '@nats-io/transport-node';
import { asyncScheduler, Subscription } from 'rxjs';

import { brokerLink } from './broker-link.js';

/** One message for a call's subject. */
export interface Outgoing {
  /** Whose it is: what is held or dropped together. */
  readonly owner: object;
  readonly subject: string;
  /** Tells it from all others: what is sent twice is stored once. */
  readonly id: string;
  readonly payload: string | Uint8Array;
  /** Bytes of the payload. */
  readonly size: number;
  /** Whether the next message goes on with the same entry. */
  readonly hasMore: boolean;
  /** Asked right before it is sent, each time; with `false` it is held until `release`. */
  mayGo(): boolean;
  /** The broker has it on disk. */
  onStored(): void;
}

/** Publishes what many calls have to say over one connection. */
export interface Outbox {
  /** Sends it until it is stored, or dropped. */
  send(message: Outgoing): void;
  /** Sends what was held of an owner. */
  release(owner: object): void;
  /** Forgets all that an owner has here: it is not sent any more, nor sent again. */
  drop(owner: object): void;
  /** How much waits for its acknowledgement, in bytes, held or not. */
  unackedBytes(): number;
  /** How many messages wait. */
  unacked(): number;
  close(): void;
}

/** The header that a message has which the next one goes on with. */
export const MORE = 'Livecall-More';
export const MESSAGE_ID = 'Nats-Msg-Id';

/** So much is on its way at once: more makes it no faster, and one turn of the loop longer. */
const MOST_IN_FLIGHT = 512;
const MOST_BYTES_IN_FLIGHT = 8 * 2 ** 20;

/** Within the two minutes in which the broker knows an id again. */
const RESEND_AFTER_MS = 5_000;
const LOOK_EVERY_MS = 1_000;
const LONGEST_PAUSE_MS = 5_000;

interface InFlight {
  readonly message: Outgoing;
  sentAt: number;
  refusals: number;
}

/**
 * Makes an outbox. Every message is acknowledged, many at a time, by replies to an inbox of its own:
 * one round trip a message would take twenty times as long.
 *
 * While the broker is away nothing is sent, since the client would drop it; when it is back,
 * everything is sent again that has no acknowledgement. The order in the stream is then not always
 * that of the numbers: readers go by these.
 */
export function createOutbox(connection: NatsConnection): Outbox {
  const link = brokerLink(connection);
  const inbox = `${createInbox()}.`;
  const inFlight = new Map<string, InFlight>();
  const held = new Map<object, Outgoing[]>();
  const life = new Subscription();
  let waiting: Outgoing[] = [];
  let first = 0;
  let bytesInFlight = 0;
  let unackedBytes = 0;
  let token = 0;
  let pauseMs = 0;
  let pausedUntil = 0;

  const publish = ({ message }: InFlight, key: string) => {
    const messageHeaders = headers();
    messageHeaders.set(MESSAGE_ID, message.id);
    if (message.hasMore) messageHeaders.set(MORE, '1');
    connection.publish(message.subject, message.payload, {
      reply: `${inbox}${key}`,
      headers: messageHeaders,
    });
  };

  const hold = (message: Outgoing) => {
    const together = held.get(message.owner);
    if (together === undefined) held.set(message.owner, [message]);
    else together.push(message);
  };

  const forget = (key: string, sent: InFlight) => {
    inFlight.delete(key);
    bytesInFlight -= sent.message.size;
  };

  const next = (): Outgoing | undefined => {
    const message = waiting[first];
    if (message === undefined) return undefined;
    first += 1;
    if (first > 1_024 && first * 2 > waiting.length) {
      waiting = waiting.slice(first);
      first = 0;
    }
    return message;
  };

  const pump = () => {
    while (
      link.isUp() &&
      Date.now() >= pausedUntil &&
      inFlight.size < MOST_IN_FLIGHT &&
      bytesInFlight < MOST_BYTES_IN_FLIGHT
    ) {
      const message = next();
      if (message === undefined) return;
      if (!message.mayGo()) {
        hold(message);
        continue;
      }
      token += 1;
      const key = token.toString(36);
      const sent = { message, sentAt: Date.now(), refusals: 0 };
      inFlight.set(key, sent);
      bytesInFlight += message.size;
      publish(sent, key);
    }
  };

  const sendAgain = (key: string, sent: InFlight) => {
    if (!sent.message.mayGo()) {
      forget(key, sent);
      hold(sent.message);
      return;
    }
    sent.sentAt = Date.now();
    publish(sent, key);
  };

  const sendAllAgain = () => {
    for (const [key, sent] of inFlight) sendAgain(key, sent);
    pump();
  };

  const onAck = (_error: unknown, reply: Msg) => {
    const key = reply.subject.slice(inbox.length);
    const sent = inFlight.get(key);
    if (sent === undefined) return;
    if (isStored(reply)) {
      pauseMs = 0;
      forget(key, sent);
      unackedBytes -= sent.message.size;
      sent.message.onStored();
      pump();
      return;
    }
    // Refused: its disk or its limit is full, or the stream is not there. Nothing else would fare better.
    sent.refusals += 1;
    sent.sentAt = Date.now();
    pauseMs = Math.min(LONGEST_PAUSE_MS, Math.max(250, pauseMs * 1.5));
    pausedUntil = Date.now() + pauseMs;
  };

  const look = () => {
    if (!link.isUp()) return;
    const at = Date.now();
    if (at < pausedUntil) return;
    for (const [key, sent] of inFlight) {
      const patienceMs = sent.refusals > 0 ? pauseMs : RESEND_AFTER_MS;
      if (at - sent.sentAt >= patienceMs) sendAgain(key, sent);
    }
    pump();
  };

  const acks = connection.subscribe(`${inbox}*`, { callback: onAck });
  life.add(() => {
    acks.unsubscribe();
  });
  life.add(
    link.news$.subscribe((news) => {
      if (news === 'back') sendAllAgain();
    }),
  );
  life.add(
    asyncScheduler.schedule(function (this) {
      look();
      this.schedule(undefined, LOOK_EVERY_MS);
    }, LOOK_EVERY_MS),
  );

  return {
    send: (message) => {
      unackedBytes += message.size;
      waiting.push(message);
      pump();
    },
    release: (owner) => {
      const again = held.get(owner) ?? [];
      held.delete(owner);
      waiting.push(...again);
      pump();
    },
    drop: (owner) => {
      const isIts = (message: Outgoing) => message.owner === owner;
      const dropped = [...(held.get(owner) ?? []), ...waiting.slice(first).filter(isIts)];
      held.delete(owner);
      waiting = waiting.slice(first).filter((message) => !isIts(message));
      first = 0;
      for (const [key, sent] of inFlight) {
        if (!isIts(sent.message)) continue;
        forget(key, sent);
        dropped.push(sent.message);
      }
      for (const { size } of dropped) unackedBytes -= size;
    },
    unackedBytes: () => unackedBytes,
    unacked: () => {
      let count = inFlight.size + waiting.length - first;
      for (const together of held.values()) count += together.length;
      return count;
    },
    close: () => {
      life.unsubscribe();
    },
  };
}

/** `{"stream":"…", "seq":7}`; with `error`, or without a body where no stream has the subject, it is none. */
function isStored(reply: Msg): boolean {
  if (reply.data.length === 0) return false;
  try {
    const ack = reply.json<{ readonly seq?: number; readonly error?: unknown }>();
    return ack.error === undefined && typeof ack.seq === 'number';
  } catch {
    return false;
  }
}
