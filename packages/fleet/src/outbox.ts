import { createInbox, headers } from '@nats-io/transport-node';
import type { Msg, NatsConnection } from '@nats-io/transport-node';
import { asyncScheduler, Subscription } from 'rxjs';

import { brokerLink } from './broker-link.js';

/** One message for a call's subject. */
export interface Outgoing {
  /** Whose it is: what is held, fenced or dropped together. */
  readonly owner: object;
  readonly subject: string;
  /** Tells it from all others: what is sent twice is stored once. */
  readonly id: string;
  /** Its place among its owner's. */
  readonly number: number;
  readonly payload: string | Uint8Array;
  /** Bytes of the payload. */
  readonly size: number;
  /** Whether the next message goes on with the same entry. */
  readonly hasMore: boolean;
  /** Asked right before it is sent, each time; with `false` all of its owner's wait for `fence`. */
  mayGo(): boolean;
  /** The broker has it on disk. */
  onStored(): void;
  /** Somebody else has published where it was fenced; all of its owner's wait for `fence`. */
  onConflict(): void;
}

/** Publishes what many calls have to say over one connection. */
export interface Outbox {
  /** Sends it until it is stored, or dropped. */
  send(message: Outgoing): void;
  /**
   * Sends what is held of an owner, and whatever it has to say from now on, one at a time, and only
   * as long as nobody else publishes to its subject: what was about to be sent when the process was
   * stopped is refused when it wakes up. Whoever says much at once is not held up by that.
   *
   * @param sequence of the last message of the subject
   */
  fence(owner: object, sequence: number): void;
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
const EXPECTED = 'Nats-Expected-Last-Subject-Sequence';
const WRONG_LAST_SEQUENCE = 10_071;

/** So much is on its way at once: more makes it no faster, and one turn of the loop longer. */
const MOST_IN_FLIGHT = 512;
const MOST_BYTES_IN_FLIGHT = 8 * 2 ** 20;

/** Within the two minutes in which the broker knows an id again. */
const RESEND_AFTER_MS = 5_000;
const LOOK_EVERY_MS = 1_000;
const LONGEST_PAUSE_MS = 5_000;

interface InFlight {
  readonly message: Outgoing;
  readonly lane: Lane | undefined;
  /** The sequence behind which alone it may stand. */
  readonly expected: number | undefined;
  sentAt: number;
  isRefused: boolean;
}

/** What one owner has to say. */
interface Lane {
  held: Outgoing[];
  /** The sequence behind which the next one is to stand; nothing while its owner is in doubt. */
  after: number | undefined;
  inFlight: number;
  /** Whether it has too much to say for one round trip each, and how much of that waits. */
  isBursting: boolean;
  waiting: number;
}

const createLane = (): Lane => ({
  held: [],
  after: undefined,
  inFlight: 0,
  isBursting: false,
  waiting: 0,
});

/** So many wait for the one before them; with more, they go side by side. */
const BURST = 8;

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
  const lanes = new Map<object, Lane>();
  const life = new Subscription();
  let waiting: Outgoing[] = [];
  let first = 0;
  let bytesInFlight = 0;
  let unackedBytes = 0;
  let token = 0;
  let pauseMs = 0;
  let pausedUntil = 0;

  const publish = ({ message, expected }: InFlight, key: string) => {
    const messageHeaders = headers();
    messageHeaders.set(MESSAGE_ID, message.id);
    if (message.hasMore) messageHeaders.set(MORE, '1');
    if (expected !== undefined) messageHeaders.set(EXPECTED, String(expected));
    connection.publish(message.subject, message.payload, {
      reply: `${inbox}${key}`,
      headers: messageHeaders,
    });
  };

  const launch = (message: Outgoing, lane: Lane | undefined, expected: number | undefined) => {
    token += 1;
    const key = token.toString(36);
    const sent = { message, lane, expected, sentAt: Date.now(), isRefused: false };
    inFlight.set(key, sent);
    if (lane !== undefined) lane.inFlight += 1;
    bytesInFlight += message.size;
    publish(sent, key);
  };

  const land = (key: string, { message, lane }: InFlight) => {
    inFlight.delete(key);
    bytesInFlight -= message.size;
    if (lane === undefined) return;
    lane.inFlight -= 1;
    if (lane.inFlight === 0 && lane.waiting === 0) lane.isBursting = false;
  };

  const hold = (message: Outgoing): Lane => {
    const lane = lanes.get(message.owner) ?? createLane();
    lanes.set(message.owner, lane);
    const isLast = (lane.held.at(-1)?.number ?? 0) < message.number;
    lane.held.push(message);
    if (!isLast) lane.held.sort((a, b) => a.number - b.number);
    return lane;
  };

  const canSend = () => link.isUp() && Date.now() >= pausedUntil;

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
    while (canSend() && inFlight.size < MOST_IN_FLIGHT && bytesInFlight < MOST_BYTES_IN_FLIGHT) {
      const message = next();
      if (message === undefined) return;
      const lane = lanes.get(message.owner);
      if (lane !== undefined && lane.waiting > 0) lane.waiting -= 1;
      if (lane?.isBursting !== false && message.mayGo()) launch(message, lane, undefined);
      else doubt(hold(message));
    }
  };

  /** Until it is fenced again. */
  const doubt = (lane: Lane) => {
    lane.after = undefined;
    lane.isBursting = false;
  };

  const burst = (lane: Lane) => {
    lane.isBursting = true;
    lane.waiting += lane.held.length;
    waiting.push(...lane.held.splice(0));
    pump();
  };

  const pumpLane = (lane: Lane) => {
    const [message] = lane.held;
    if (message === undefined || lane.inFlight > 0 || lane.after === undefined || !canSend()) {
      return;
    }
    if (!message.mayGo()) {
      doubt(lane);
      return;
    }
    lane.held.shift();
    launch(message, lane, lane.after);
  };

  const pumpAll = () => {
    for (const lane of lanes.values()) pumpLane(lane);
    pump();
  };

  const sendAgain = (key: string, sent: InFlight) => {
    if (sent.message.mayGo()) {
      sent.sentAt = Date.now();
      publish(sent, key);
      return;
    }
    land(key, sent);
    doubt(hold(sent.message));
  };

  const onAck = (_error: unknown, reply: Msg) => {
    const key = reply.subject.slice(inbox.length);
    const sent = inFlight.get(key);
    if (sent === undefined) return;
    const { message, lane } = sent;
    const ack = readAck(reply);
    if (typeof ack.seq === 'number' && ack.error === undefined) {
      pauseMs = 0;
      land(key, sent);
      unackedBytes -= message.size;
      if (lane?.after !== undefined) lane.after = Math.max(lane.after, ack.seq);
      message.onStored();
      if (lane !== undefined) pumpLane(lane);
      pump();
    } else if (ack.error?.err_code === WRONG_LAST_SEQUENCE) {
      land(key, sent);
      doubt(hold(message));
      message.onConflict();
    } else {
      // Its disk or its limit is full, or the stream is not there: nothing else would fare better.
      sent.isRefused = true;
      sent.sentAt = Date.now();
      pauseMs = Math.min(LONGEST_PAUSE_MS, Math.max(250, pauseMs * 1.5));
      pausedUntil = Date.now() + pauseMs;
    }
  };

  const look = () => {
    if (!canSend()) return;
    const at = Date.now();
    for (const [key, sent] of inFlight) {
      const patienceMs = sent.isRefused ? pauseMs : RESEND_AFTER_MS;
      if (at - sent.sentAt >= patienceMs) sendAgain(key, sent);
    }
    pumpAll();
  };

  const acks = connection.subscribe(`${inbox}*`, { callback: onAck });
  life.add(() => {
    if (!connection.isClosed()) acks.unsubscribe();
  });
  life.add(
    link.news$.subscribe((news) => {
      if (news !== 'back') return;
      for (const [key, sent] of inFlight) sendAgain(key, sent);
      pumpAll();
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
      const lane = lanes.get(message.owner);
      if (lane?.isBursting === false) {
        hold(message);
        if (lane.after !== undefined && lane.held.length > BURST) burst(lane);
        else pumpLane(lane);
        return;
      }
      if (lane !== undefined) lane.waiting += 1;
      waiting.push(message);
      pump();
    },
    fence: (owner, sequence) => {
      const lane = lanes.get(owner) ?? createLane();
      lanes.set(owner, lane);
      lane.after = sequence;
      pumpLane(lane);
    },
    drop: (owner) => {
      const isIts = (message: Outgoing) => message.owner === owner;
      const dropped = [...(lanes.get(owner)?.held ?? []), ...waiting.slice(first).filter(isIts)];
      lanes.delete(owner);
      waiting = waiting.slice(first).filter((message) => !isIts(message));
      first = 0;
      for (const [key, sent] of inFlight) {
        if (!isIts(sent.message)) continue;
        land(key, sent);
        dropped.push(sent.message);
      }
      for (const { size } of dropped) unackedBytes -= size;
    },
    unackedBytes: () => unackedBytes,
    unacked: () => {
      let count = inFlight.size + waiting.length - first;
      for (const { held } of lanes.values()) count += held.length;
      return count;
    },
    close: () => {
      life.unsubscribe();
    },
  };
}

interface PubAck {
  readonly seq?: number;
  readonly error?: { readonly err_code?: number };
}

/** `{"stream":"…", "seq":7}`, or an error; without a body where no stream has the subject. */
function readAck(reply: Msg): PubAck {
  if (reply.data.length === 0) return {};
  try {
    return reply.json<PubAck>();
  } catch {
    return {};
  }
}
