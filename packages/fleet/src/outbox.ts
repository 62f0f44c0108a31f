import { createLane, nextOf } from './outbox-lane.js';
import type { Lane, Sent } from './outbox-lane.js';
import type { Outgoing, Owner } from './outgoing.js';

/** Publishes what many calls have to say over one connection. */
export interface Outbox {
  /**
   * Sends a line, which ends with its line end, until it is stored, or dropped: behind what its owner
   * has sent before, and only once it is fenced.
   */
  send(owner: Owner, line: Uint8Array): void;
  /**
   * Sends what is held of an owner, and whatever it has to say from now on, as long as nobody else
   * publishes to its subject: what was about to be sent when the process was stopped is refused when
   * it wakes up.
   *
   * @param sequence of the last message of the subject
   */
  fence(owner: Owner, sequence: number): void;
  /** Forgets all that an owner has here: it is not sent any more, nor sent again. */
  drop(owner: Owner): void;
  /** Publishes at once what waits for the end of the turn. */
  flush(): void;
  /** How much waits for its acknowledgement, in bytes, held or not. */
  unackedBytes(): number;
  /** How many lines wait. */
  unacked(): number;
}

/** What an outbox publishes over. */
export interface OutboxWire {
  /** Milliseconds, by any clock. */
  now(): number;
  /** Whether what is published reaches the broker. */
  isUp(): boolean;
  /** How many bytes a message may be. */
  largest(): number;
  /**
   * @param key which the answer has, too
   * @param expected the sequence behind which alone it may be stored
   */
  publish(message: Outgoing, key: string, expected: number): void;
  /** Does something at the end of this turn of the event loop. */
  soon(action: () => void): void;
  /** What is sent is not stored, and why; `undefined` when it is again. */
  onTrouble(why: string | undefined): void;
}

/** What the broker says of a message. */
export type StoreAnswer =
  | { readonly sequence: number }
  /** Something else stands behind the expected sequence. */
  | 'conflict'
  | { readonly refused: string };

/** An outbox, and what its wire has to tell it. */
export interface WiredOutbox extends Outbox {
  answer(key: string, answer: StoreAnswer): void;
  /** The broker is there again: what was on its way may have been lost. */
  back(): void;
  /** About once a second: sends again what has no answer. */
  look(): void;
}

/** So much is on its way at once: more makes it no faster. */
const MOST_IN_FLIGHT = 2_048;
const MOST_BYTES_IN_FLIGHT = 8 * 2 ** 20;
/** So much goes in one turn of the event loop, which has other things to do. */
const MOST_A_TURN = 512;

/** Within the two minutes in which the broker knows an id again. */
const RESEND_AFTER_MS = 5_000;
const SHORTEST_PAUSE_MS = 250;
const LONGEST_PAUSE_MS = 5_000;

/**
 * Makes an outbox: what is sent, in which order, and when again.
 *
 * Of each owner one message is on its way, and names the one that it stands behind. What its owner
 * says meanwhile goes together in the next: who says much at once has fewer and longer messages, and
 * an entry takes a tenth of what it takes in a message of its own.
 *
 * What is said first in a turn of the event loop is published at once, since nothing else may be said
 * in it; whatever follows, at its end, in one write: a write a message was a fifth of what a worker
 * took.
 *
 * While the broker is away nothing is sent, since the client would drop it; when it is back,
 * everything is sent again that has no acknowledgement.
 */
export function createOutbox({
  now,
  isUp,
  largest,
  publish,
  soon,
  onTrouble,
}: OutboxWire): WiredOutbox {
  const lanes = new Map<Owner, Lane>();
  const inFlight = new Map<string, Sent>();
  /** Those that may have something to send. */
  const stirred = new Set<Lane>();
  let bytesInFlight = 0;
  let unackedBytes = 0;
  let unacked = 0;
  let token = 0;
  let pauseMs = 0;
  /** One clock for what is sent together. */
  let turnAt = 0;
  let pausedUntil = -Infinity;
  let isPumpingSoon = false;
  let isInTrouble = false;

  const laneOf = (owner: Owner): Lane => {
    const known = lanes.get(owner);
    if (known !== undefined) return known;
    const lane = createLane(owner);
    lanes.set(owner, lane);
    return lane;
  };

  const canSend = () => {
    turnAt = now();
    return isUp() && turnAt >= pausedUntil;
  };

  const isFull = () => inFlight.size >= MOST_IN_FLIGHT || bytesInFlight >= MOST_BYTES_IN_FLIGHT;

  const launch = (lane: Lane) => {
    const { owner, after } = lane;
    if (lane.sent !== undefined) return;
    if (lane.message === undefined && lane.waiting.length === 0) return;
    if (!owner.mayGo()) {
      lane.after = undefined;
      return;
    }
    if (after === undefined) {
      // It is sure of itself again, and was never told behind what: as after a renewal.
      owner.onDoubt();
      return;
    }
    const message = nextOf(lane, largest());
    if (message === undefined) return;
    token += 1;
    const key = token.toString(36);
    lane.sent = { key, lane, message, expected: after, at: turnAt, isRefused: false };
    inFlight.set(key, lane.sent);
    bytesInFlight += message.payload.length;
    publish(message, key, after);
  };

  /** It is not on its way any more, stored or not. */
  const land = ({ key, lane, message }: Sent) => {
    inFlight.delete(key);
    bytesInFlight -= message.payload.length;
    lane.sent = undefined;
  };

  const pump = () => {
    isPumpingSoon = false;
    if (stirred.size === 0 || !canSend()) return;
    let count = 0;
    for (const lane of stirred) {
      // What is stored makes room, and pumps again.
      if (isFull()) return;
      if (count === MOST_A_TURN) {
        pumpSoon();
        return;
      }
      count += 1;
      stirred.delete(lane);
      launch(lane);
    }
  };

  const pumpSoon = (lane?: Lane) => {
    if (lane !== undefined) stirred.add(lane);
    if (isPumpingSoon) return;
    isPumpingSoon = true;
    soon(pump);
  };

  const pumpAll = () => {
    for (const lane of lanes.values()) stirred.add(lane);
    pumpSoon();
  };

  /** Until it is fenced again. */
  const doubt = (sent: Sent) => {
    land(sent);
    sent.lane.after = undefined;
  };

  const sendAgain = (sent: Sent) => {
    if (!sent.message.owner.mayGo()) {
      doubt(sent);
      return;
    }
    sent.at = now();
    publish(sent.message, sent.key, sent.expected);
  };

  const trouble = (why: string) => {
    if (isInTrouble) return;
    isInTrouble = true;
    onTrouble(why);
  };

  const store = (sent: Sent, sequence: number) => {
    const { lane, message } = sent;
    const { payload, lines, owner } = message;
    pauseMs = 0;
    land(sent);
    lane.message = undefined;
    lane.bytes -= payload.length;
    lane.lines -= lines;
    unackedBytes -= payload.length;
    unacked -= lines;
    lane.after = sequence;
    if (lines > 0) owner.onStored(lines);
    if (lane.waiting.length > 0) pumpSoon(lane);
    else if (stirred.size > 0) pumpSoon();
    if (!isInTrouble) return;
    isInTrouble = false;
    onTrouble(undefined);
  };

  return {
    send: (owner, line) => {
      const lane = laneOf(owner);
      lane.waiting.push(line);
      lane.bytes += line.length;
      lane.lines += 1;
      unackedBytes += line.length;
      unacked += 1;
      if (lane.sent !== undefined || lane.after === undefined) return;
      const isFirst = !isPumpingSoon && stirred.size === 0 && !isFull() && canSend();
      if (isFirst) launch(lane);
      // What comes next in this turn waits for its end.
      pumpSoon(isFirst ? undefined : lane);
    },
    fence: (owner, sequence) => {
      const lane = laneOf(owner);
      lane.after = sequence;
      pumpSoon(lane);
    },
    drop: (owner) => {
      const lane = lanes.get(owner);
      if (lane === undefined) return;
      if (lane.sent !== undefined) land(lane.sent);
      lanes.delete(owner);
      stirred.delete(lane);
      unackedBytes -= lane.bytes;
      unacked -= lane.lines;
    },
    flush: pump,
    unackedBytes: () => unackedBytes,
    unacked: () => unacked,
    answer: (key, answer) => {
      const sent = inFlight.get(key);
      if (sent === undefined) return;
      if (answer === 'conflict') {
        doubt(sent);
        sent.message.owner.onDoubt();
      } else if ('sequence' in answer) {
        store(sent, answer.sequence);
      } else {
        // Its disk or its limit is full, or the stream is not there: nothing else would fare better.
        sent.isRefused = true;
        sent.at = now();
        pauseMs = Math.min(LONGEST_PAUSE_MS, Math.max(SHORTEST_PAUSE_MS, pauseMs * 1.5));
        pausedUntil = now() + pauseMs;
        trouble(`JetStream refuses what is to be stored: ${answer.refused}`);
      }
    },
    back: () => {
      for (const sent of inFlight.values()) sendAgain(sent);
      pumpAll();
    },
    look: () => {
      if (!canSend()) return;
      const at = now();
      for (const sent of inFlight.values()) {
        if (at - sent.at < (sent.isRefused ? pauseMs : RESEND_AFTER_MS)) continue;
        if (!sent.isRefused) {
          trouble(
            `JetStream has acknowledged nothing for ${RESEND_AFTER_MS / 1_000} s; see its disk and its log`,
          );
        }
        sendAgain(sent);
      }
      pumpAll();
    },
  };
}
