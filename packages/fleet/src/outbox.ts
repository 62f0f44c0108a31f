import { BURST, createLanes, doubt } from './outbox-lanes.js';
import type { Lane, Outgoing, Owner } from './outbox-lanes.js';

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
  fence(owner: Owner, sequence: number): void;
  /** Forgets all that an owner has here: it is not sent any more, nor sent again. */
  drop(owner: Owner): void;
  /** Publishes at once what waits for the end of the turn. */
  flush(): void;
  /** How much waits for its acknowledgement, in bytes, held or not. */
  unackedBytes(): number;
  /** How many messages wait. */
  unacked(): number;
}

/** What an outbox publishes over. */
export interface OutboxWire {
  /** Milliseconds, by any clock. */
  now(): number;
  /** Whether what is published reaches the broker. */
  isUp(): boolean;
  /**
   * @param key which the answer has, too
   * @param expected the sequence behind which alone it may be stored
   */
  publish(message: Outgoing, key: string, expected: number | undefined): void;
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

interface InFlight {
  readonly message: Outgoing;
  readonly lane: Lane | undefined;
  /** The sequence behind which alone it may stand. */
  readonly expected: number | undefined;
  sentAt: number;
  isRefused: boolean;
}

/**
 * Makes an outbox: what is sent, in which order, and when again. Every message is acknowledged, many
 * at a time: one round trip a message would take twenty times as long.
 *
 * What is said in one turn of the event loop is published at its end, in one write: a write a message
 * was a fifth of what a worker took.
 *
 * While the broker is away nothing is sent, since the client would drop it; when it is back,
 * everything is sent again that has no acknowledgement. The order in the stream is then not always
 * that of the numbers: readers go by these.
 */
export function createOutbox({ now, isUp, publish, soon, onTrouble }: OutboxWire): WiredOutbox {
  const inFlight = new Map<string, InFlight>();
  const lanes = createLanes();
  /** Those that have something to say in this turn. */
  const stirred = new Set<Lane>();
  let waiting: Outgoing[] = [];
  let first = 0;
  let bytesInFlight = 0;
  let unackedBytes = 0;
  let token = 0;
  let pauseMs = 0;
  /** One clock for what is sent together. */
  let turnAt = 0;
  let pausedUntil = -Infinity;
  let isPumpingSoon = false;
  let isInTrouble = false;

  const launch = (message: Outgoing, lane: Lane | undefined, expected?: number) => {
    token += 1;
    const key = token.toString(36);
    inFlight.set(key, { message, lane, expected, sentAt: turnAt, isRefused: false });
    if (lane !== undefined) lane.inFlight += 1;
    bytesInFlight += message.payload.length;
    publish(message, key, expected);
  };

  const land = (key: string, { message, lane }: InFlight) => {
    inFlight.delete(key);
    bytesInFlight -= message.payload.length;
    if (lane === undefined) return;
    lane.inFlight -= 1;
    if (lane.inFlight === 0 && lane.waiting === 0) lane.isBursting = false;
  };

  const canSend = () => {
    turnAt = now();
    return isUp() && turnAt >= pausedUntil;
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

  const pumpLane = (lane: Lane) => {
    const [message] = lane.held;
    if (message === undefined || lane.inFlight > 0 || lane.after === undefined || !canSend()) {
      return;
    }
    if (!message.owner.mayGo()) {
      doubt(lane);
      return;
    }
    lane.held.shift();
    launch(message, lane, lane.after);
  };

  /** Behind one that is fenced. */
  const burst = (lane: Lane) => {
    pumpLane(lane);
    if (lane.inFlight === 0) return;
    lane.isBursting = true;
    lane.waiting += lane.held.length;
    waiting.push(...lane.held.splice(0));
    pumpSoon();
  };

  const pump = () => {
    isPumpingSoon = false;
    for (const lane of stirred) pumpLane(lane);
    stirred.clear();
    if (first === waiting.length || !canSend()) return;
    for (let n = 0; inFlight.size < MOST_IN_FLIGHT; n += 1) {
      if (bytesInFlight >= MOST_BYTES_IN_FLIGHT || first === waiting.length) return;
      if (n === MOST_A_TURN) {
        pumpSoon();
        return;
      }
      const message = next();
      if (message === undefined) return;
      const lane = lanes.all.get(message.owner);
      if (lane !== undefined && lane.waiting > 0) lane.waiting -= 1;
      const mayGo = message.owner.mayGo();
      if (mayGo && lane?.isBursting !== false) {
        launch(message, lane);
        continue;
      }
      // It was in doubt in between, and may have been fenced again since.
      const held = lanes.hold(message);
      if (mayGo) pumpSoon(held);
      else doubt(held);
    }
  };

  const pumpSoon = (lane?: Lane) => {
    if (lane !== undefined) stirred.add(lane);
    if (isPumpingSoon) return;
    isPumpingSoon = true;
    soon(pump);
  };

  const pumpAll = () => {
    for (const lane of lanes.all.values()) stirred.add(lane);
    pumpSoon();
  };

  const sendAgain = (key: string, sent: InFlight) => {
    if (sent.message.owner.mayGo()) {
      sent.sentAt = now();
      publish(sent.message, key, sent.expected);
      return;
    }
    land(key, sent);
    doubt(lanes.hold(sent.message));
  };

  const trouble = (why: string) => {
    if (isInTrouble) return;
    isInTrouble = true;
    onTrouble(why);
  };

  const store = (key: string, sent: InFlight, sequence: number) => {
    const { message, lane } = sent;
    pauseMs = 0;
    land(key, sent);
    unackedBytes -= message.payload.length;
    if (lane?.after !== undefined) lane.after = Math.max(lane.after, sequence);
    message.owner.onStored();
    if (lane !== undefined && lane.held.length > 0) pumpSoon(lane);
    else if (first < waiting.length) pumpSoon();
    if (!isInTrouble) return;
    isInTrouble = false;
    onTrouble(undefined);
  };

  return {
    send: (message) => {
      unackedBytes += message.payload.length;
      const lane = lanes.all.get(message.owner);
      if (lane?.isBursting === false) {
        lanes.hold(message);
        if (lane.after === undefined) return;
        if (lane.held.length > BURST) burst(lane);
        else if (lane.inFlight === 0) pumpSoon(lane);
        return;
      }
      if (lane !== undefined) lane.waiting += 1;
      waiting.push(message);
      pumpSoon();
    },
    fence: (owner, sequence) => {
      const lane = lanes.of(owner);
      lane.after = sequence;
      pumpSoon(lane);
    },
    drop: (owner) => {
      const isIts = (message: Outgoing) => message.owner === owner;
      const lane = lanes.all.get(owner);
      const dropped = [...(lane?.held ?? []), ...waiting.slice(first).filter(isIts)];
      if (lane !== undefined) stirred.delete(lane);
      lanes.remove(owner);
      waiting = waiting.slice(first).filter((message) => !isIts(message));
      first = 0;
      for (const [key, sent] of inFlight) {
        if (!isIts(sent.message)) continue;
        land(key, sent);
        dropped.push(sent.message);
      }
      for (const { payload } of dropped) unackedBytes -= payload.length;
    },
    flush: pump,
    unackedBytes: () => unackedBytes,
    unacked: () => {
      let count = inFlight.size + waiting.length - first;
      for (const { held } of lanes.all.values()) count += held.length;
      return count;
    },
    answer: (key, answer) => {
      const sent = inFlight.get(key);
      if (sent === undefined) return;
      if (answer === 'conflict') {
        land(key, sent);
        doubt(lanes.hold(sent.message));
        sent.message.owner.onConflict();
      } else if ('sequence' in answer) {
        store(key, sent, answer.sequence);
      } else {
        // Its disk or its limit is full, or the stream is not there: nothing else would fare better.
        sent.isRefused = true;
        sent.sentAt = now();
        pauseMs = Math.min(LONGEST_PAUSE_MS, Math.max(SHORTEST_PAUSE_MS, pauseMs * 1.5));
        pausedUntil = now() + pauseMs;
        trouble(`JetStream refuses what is to be stored: ${answer.refused}`);
      }
    },
    back: () => {
      for (const [key, sent] of inFlight) sendAgain(key, sent);
      pumpAll();
    },
    look: () => {
      if (!canSend()) return;
      const at = now();
      for (const [key, sent] of inFlight) {
        if (at - sent.sentAt < (sent.isRefused ? pauseMs : RESEND_AFTER_MS)) continue;
        if (!sent.isRefused) {
          trouble(
            `JetStream has acknowledged nothing for ${RESEND_AFTER_MS / 1_000} s; see its disk and its log`,
          );
        }
        sendAgain(key, sent);
      }
      pumpAll();
    },
  };
}
