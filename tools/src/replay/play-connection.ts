import { ConnectionClosedError, FrameSource, NotOpenError } from '@livecall/core';
import type { AnyProtocol, CommandId, Frame, Transport } from '@livecall/core';
import { DIVERGED, isSendable } from '@livecall/core/internal';
import * as E from 'fp-ts/lib/Either.js';
import { Observable } from 'rxjs';
import type { Subscription } from 'rxjs';

import { describeClose } from './describe-close.js';
import type { Divergence } from './divergence.js';
import { matchFrame } from './match.js';
import type { MatchLevel } from './match.js';
import { toClientFrame } from './recorded-dial.js';
import type { ClientFrame, RecordedConnection, ServerFrame } from './recorded-dial.js';
import type { Timeline } from './timeline.js';

/** Timers have whole milliseconds; what is due within half of one is sent now. */
const DUE_WITHIN_MS = 0.5;

/** What the dials of one replay share. */
export interface Stage {
  readonly timeline: Timeline;
  readonly match: MatchLevel;
  /** What is said in the recording. */
  readonly protocol: AnyProtocol;
  /** How long the client is waited for after it was due, in milliseconds. */
  readonly waitMs: number;
  /** When each recorded client frame came from the live client, and under which id. */
  readonly arrivals: Map<ClientFrame, { readonly at: number; readonly id: CommandId | undefined }>;
  /**
   * Waits for the client to do what entry `index` has, due in so many milliseconds, and gives up
   * `waitMs` after that; to be unsubscribed when it did.
   */
  awaitClient(index: number, expected: string, dueInMs: number, giveUp: () => void): Subscription;
  /** Takes down what the client sent; says whether there was room for it. */
  hear(frame: Frame): boolean;
  /** Told of everything that the client can hear of: an open, a frame, an end. */
  played(): void;
  /** Takes down where the client departed; gives the words for the close. */
  diverge(index: number, divergence: Omit<Divergence, 'at'>): string;
  /** Names an entry where its recording is known: `line 9`. */
  toSpot(index: number): string;
}

/**
 * Plays one recorded connection: opens, sends each server frame when its gate is open and its time
 * has come, and ends as recorded.
 *
 * @param openAfterMs how long the dial takes to open, by the stage's timeline
 */
export function playConnection(
  dial: RecordedConnection,
  openAfterMs: number,
  stage: Stage,
): Transport {
  const { timeline, match, protocol, waitMs, arrivals } = stage;

  return new Observable((subscriber) => {
    const frames = new FrameSource();
    let awaited = dial.clientFrames;
    let isOver = false;
    let hasDiverged = false;
    let closedWith: number | undefined;
    let cursor = 0;
    let previousIndex = dial.index;
    let previousDueAt = timeline.now() + openAfterMs;
    let timer = timeline.schedule(open, openAfterMs);
    let waiting: { readonly index: number; readonly timers: Subscription } | undefined;

    function open(): void {
      stage.played();
      subscriber.next({ frames$: frames.values$, send: hear, closeWith });
      play();
    }

    /** Goes on after so long, and no other time: whoever answers within a frame has asked for one, too. */
    function playIn(delayMs: number): void {
      timer.unsubscribe();
      timer = timeline.schedule(play, delayMs);
    }

    /** Sends everything whose turn and time have come, then waits for the next. */
    function play(): void {
      while (!isOver) {
        const frame = dial.serverFrames[cursor];
        if (frame?.gate !== undefined && !arrivals.has(frame.gate)) {
          awaitClient(frame.gate.index, frame.gate.type, toHeld(frame, stage));
          return;
        }
        // A command that was not answered is one that the server heard before it closed.
        if (frame === undefined && awaited[0] !== undefined) {
          awaitClient(awaited[0].index, awaited[0].type);
          return;
        }
        if (frame === undefined && dial.close.from === 'client') {
          awaitClient(dial.close.index, 'the client to close');
          return;
        }
        const index = frame?.index ?? dial.close.index;
        const dueAt = toDueAt(index, frame?.gate);
        const waitForMs = dueAt - timeline.now();
        if (waitForMs > DUE_WITHIN_MS) {
          playIn(waitForMs);
          return;
        }
        previousIndex = index;
        previousDueAt = dueAt;
        cursor += 1;
        if (frame === undefined) finish(dial.close.code, dial.close.reason);
        else say(toLiveFrame(frame, stage));
      }
    }

    function say(frame: Frame): void {
      stage.played();
      frames.next(frame);
    }

    /** When an entry is due: as long after what it followed as it was recorded. */
    function toDueAt(index: number, gate: ClientFrame | undefined): number {
      const afterPrevious = previousDueAt + timeline.at(index) - timeline.at(previousIndex);
      const arrival = gate && arrivals.get(gate);
      if (gate === undefined || arrival === undefined) return afterPrevious;
      return gate.index > previousIndex
        ? Math.max(previousDueAt, arrival.at + timeline.at(index) - timeline.at(gate.index))
        : Math.max(afterPrevious, arrival.at);
    }

    /** Waits for the client to do what entry `index` has; asked again for the same, it waits on. */
    function awaitClient(index: number, expected: string, held = ''): void {
      if (waiting?.index === index) return;
      // What was waited for before has come: it took its timers with it.
      const dueInMs = Math.max(0, toDueAt(index, undefined) - timeline.now());
      const giveUp = () => {
        diverge(index, { kind: 'missing', expected, actual: `nothing within ${waitMs} ms${held}` });
      };
      waiting = { index, timers: stage.awaitClient(index, expected, dueInMs, giveUp) };
    }

    /** Takes a frame from the live client. What it sets off comes later, as over a socket. */
    function hear(frame: Frame): void {
      if (isOver) throw new NotOpenError();
      const live = toClientFrame(-1, frame, protocol);
      if (!stage.hear(frame)) {
        diverge(dial.clientFrames.at(-1)?.index ?? dial.index, {
          kind: 'unexpected',
          expected: 'no more than a MiB beyond what was recorded',
          actual: live.type,
        });
        return;
      }
      const found = matchFrame(match, awaited, live);
      switch (found.kind) {
        case 'matched':
          awaited = awaited.filter((expected) => expected !== found.expected);
          arrivals.set(found.expected, { at: timeline.now(), id: live.asked?.id });
          if (waiting?.index === found.expected.index) waiting.timers.unsubscribe();
          playIn(0);
          break;
        case 'extra':
          timeline.schedule(() => {
            if (!isOver) say(protocol.acknowledge(found.asked));
          }, 0);
          break;
        case 'unexpected':
          diverge(dial.clientFrames.at(-1)?.index ?? dial.index, {
            kind: 'unexpected',
            expected: match === 'loose' ? 'a command' : toNothingMore(dial),
            actual: live.type,
          });
          break;
        case 'mismatch': {
          const { expected, difference } = found;
          diverge(expected.index, {
            kind: 'mismatch',
            expected: expected.type,
            actual: live.type,
            difference,
          });
        }
      }
    }

    function finish(code: number, reason: string): void {
      isOver = true;
      stage.played();
      subscriber.error(new ConnectionClosedError(code, reason));
    }

    /** Ends the dial. The client hears of it later, never within its own `send`. */
    function diverge(index: number, divergence: Omit<Divergence, 'at'>): void {
      isOver = true;
      hasDiverged = true;
      const reason = stage.diverge(index, divergence);
      subscriber.add(
        timeline.schedule(() => {
          finish(DIVERGED, reason);
        }, 0),
      );
    }

    /** Takes note of how the client closes; what is no end of a call is a departure at any time. */
    function closeWith(code: number): void {
      closedWith = code;
      if (!isOver || hasDiverged || !isFailure(code) || code === dial.close.code) return;
      hasDiverged = true;
      const expected = 'the client to take all that it was sent';
      const actual = describeClose(code);
      stage.diverge(dial.close.index, { kind: 'early-close', expected, actual });
    }

    /** The client hung up: was there anything left to hear? */
    function leave(): void {
      const frame = dial.serverFrames[cursor];
      if (frame === undefined) {
        isOver = true;
        if (closedWith !== undefined) closeWith(closedWith);
        return;
      }
      const { gate } = frame;
      if (gate !== undefined && !arrivals.has(gate)) {
        const actual = `nothing before the client closed${toHeld(frame, stage)}`;
        stage.diverge(gate.index, { kind: 'missing', expected: gate.type, actual });
      } else {
        const expected = `the client to stay for ${describe(frame.frame, protocol)}`;
        stage.diverge(frame.index, {
          kind: 'early-close',
          expected,
          actual: describeClose(closedWith),
        });
      }
    }

    return () => {
      timer.unsubscribe();
      waiting?.timers.unsubscribe();
      if (!isOver) leave();
      isOver = true;
    };
  });
}

/** Whether a client closes with a code that says what went wrong for it. */
function isFailure(code: number): boolean {
  return isSendable(code) && code >= 1002 && code < 3000;
}

/** What a client has to send that has sent everything. */
function toNothingMore({ clientFrames }: RecordedConnection): string {
  const last = clientFrames.at(-1);
  return last === undefined ? 'no frame' : `no frame after ${last.type}`;
}

/** What is held up by a client's frame that does not come. */
function toHeld({ index, frame }: ServerFrame, { toSpot, protocol }: Stage): string {
  return `; ${toSpot(index)} (${describe(frame, protocol)}) waits for it`;
}

/** The live client knows its command by its own id. */
function toLiveFrame({ frame, gate }: ServerFrame, { arrivals, protocol }: Stage): Frame {
  const recordedId = gate?.asked?.id;
  const liveId = gate && arrivals.get(gate)?.id;
  const live =
    recordedId === undefined || liveId === undefined
      ? frame
      : protocol.readdress(frame, recordedId, liveId);
  // The next replay sends the same bytes, and a client may write to its own.
  if (typeof live === 'string') return live;
  // A client of a socket in Node gets a Buffer.
  // eslint-disable-next-line no-restricted-globals
  return typeof Buffer === 'function' ? Buffer.from(live) : new Uint8Array(live);
}

/** What a server frame is, in a word; nothing of what it says. */
export function describe(frame: Frame, protocol: AnyProtocol): string {
  const heard = protocol.decode(frame);
  if (E.isLeft(heard)) return 'an invalid frame';
  return heard.right.isKnown ? heard.right.type : 'a message of unknown type';
}
