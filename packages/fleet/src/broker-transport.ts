import {
  classify,
  ConnectFailedError,
  ConnectionClosedError,
  FrameSource,
  HandshakeRefusedError,
  HandshakeTimeoutError,
  NotOpenError,
  patience,
} from '@livecall/core';
import type { Frame, RetryConnectionOptions, Transport } from '@livecall/core';
import type { HeartbeatOptions } from '@livecall/core/node';
import { checkHeartbeat } from '@livecall/core/node/internal';
import { Entry, toFrame } from '@livecall/recording';
import type { NatsConnection } from '@nats-io/transport-node';
import * as E from 'fp-ts/lib/Either.js';
import { Observable, timer } from 'rxjs';
import type { Subscription } from 'rxjs';

import { askToSend, askWhetherAlive } from './ask-worker.js';
import { brokerLink } from './broker-link.js';
import { callEntries } from './call-entries.js';
import { CALL_BEGINNING } from './call-line.js';
import type { CallLine } from './call-line.js';
import { assertCallId, toFleetNames } from './fleet-names.js';
import type { FleetOptions } from './fleet-names.js';
import { NOT_FOLLOWED } from './job.js';
import { parseLine } from './parse-line.js';
import type { Run } from './run.js';

/** Which call is followed, and for how long nothing may be heard of it. */
export interface BrokerTransportOptions extends FleetOptions {
  /** As `connectBroker` makes it; many calls share one. It stays open. */
  readonly connection: NatsConnection;
  /** The id that the call was enqueued under. */
  readonly callId: string;
  /** Milliseconds for a connection of the call to be there. @default 10000 */
  readonly openTimeoutMs?: number;
  /** When a worker of which nothing is heard is asked whether it is there, and how long it has. @default {} */
  readonly heartbeat?: HeartbeatOptions;
}

/**
 * How `liveCall` dials over the broker: a dial costs nothing there, and the worker does the waiting.
 * It never gives up: that a call is over, or cannot be followed, is in its entries.
 */
export const brokerRetry = {
  baseDelayMs: 20,
  maxDelayMs: 1_000,
  giveUpAfterMs: Infinity,
  maxRetryAfterMs: 0,
} as const satisfies RetryConnectionOptions;

/**
 * The call that a worker of the fleet follows, as a {@link Transport}: `liveCall` over it gives what a
 * `liveCall` at the worker's own socket would give.
 *
 * The n-th subscription is the n-th connection of the call, from the call's beginning for who comes
 * late; dials that failed and were made again by then are passed over. A worker that another one has
 * taken over from is a lost connection (1006). What stands after the end is a 404, as the platform
 * would say it. Unsubscribing leaves the worker alone.
 *
 * While the broker is away nothing is heard and nothing is lost; commands are refused as not sent.
 *
 * @throws TypeError for a `callId` or `prefix` that cannot stand in a subject
 * @example
 * import { liveCall } from '@livecall/core';
 * import { brokerRetry, brokerTransport } from '@livecall/fleet';
 * import type { NatsConnection } from '@nats-io/transport-node';
 *
 * export const follow = (connection: NatsConnection, callId: string) =>
 *   liveCall(brokerTransport({ connection, callId }), { retry: brokerRetry });
 */
export function brokerTransport({
  connection,
  callId,
  openTimeoutMs = 10_000,
  heartbeat,
  ...fleet
}: BrokerTransportOptions): Transport {
  assertCallId(callId);
  const names = toFleetNames(fleet);
  const { pingIntervalMs, pongTimeoutMs } = checkHeartbeat(heartbeat);
  /** Where the next subscription goes on: what was told is over. */
  let from = CALL_BEGINNING;
  let hasEnded = false;
  /** How many connections the run that is read has had. */
  let nth = 0;
  /** How the last dial failed, where it has not been made again since. */
  let failure: Error | undefined;

  return new Observable((subscriber) => {
    let frames: FrameSource | undefined;
    let watch: Subscription | undefined;
    let heard = 0;

    const fail = (error: unknown) => {
      frames = undefined;
      subscriber.error(error);
    };

    const open = (of: Run) => {
      const source = new FrameSource();
      const subject = names.commandSubject(callId, of);
      const here = nth;
      frames = source;
      failure = undefined;
      watch?.unsubscribe();
      watchWorker(subject);
      subscriber.next({
        frames$: source.values$,
        // Whoever sends hears by the promise what became of it.
        send: (frame: Frame): unknown => {
          if (frames !== source) throw new NotOpenError();
          return askToSend({ connection, subject, nth: here }, frame);
        },
      });
    };

    /** A worker that died is told by the next one; where there is none, by nobody. */
    const watchWorker = (subject: string) => {
      const before = heard;
      watch = timer(pingIntervalMs).subscribe(() => {
        if (heard !== before || !brokerLink(connection).isUp()) {
          watchWorker(subject);
          return;
        }
        void askWhetherAlive(connection, subject, pongTimeoutMs).then((answer) => {
          if (subscriber.closed || frames === undefined) return;
          const isGone = answer === 'nobody' && heard === before && brokerLink(connection).isUp();
          if (isGone) fail(lost('the worker that followed it is gone'));
          else watchWorker(subject);
        });
      });
      subscriber.add(watch);
    };

    const tell = (line: CallLine) => {
      heard += 1;
      from = line.place;
      const said = readServerFrame(line.text);
      if (said !== undefined) {
        if (frames === undefined) open(line.run);
        frames?.next(said);
        return;
      }
      const read = parseLine(line.text);
      if (typeof read === 'object' && read !== null && 'livecall' in read) {
        // Another run, with connections of its own.
        hasEnded = false;
        failure = undefined;
        nth = 0;
        if (frames !== undefined) fail(lost('another worker follows the call now'));
        return;
      }
      const entry = Entry.decode(read);
      if (E.isRight(entry)) tellEntry(entry.right, line);
    };

    const tellEntry = (entry: Entry, { run: of, isPast }: CallLine) => {
      switch (entry.event) {
        case 'open':
          nth += 1;
          open(of);
          break;
        case 'frame':
          // Its dial was too old for the stream, or the connection was given up too early.
          if (frames === undefined) open(of);
          if (entry.from === 'server') frames?.next(toFrame(entry));
          break;
        case 'close':
          if (frames === undefined) break;
          fail(
            entry.from === 'client'
              ? lost('the worker has let go of it')
              : new ConnectionClosedError(entry.code, entry.reason),
          );
          break;
        case 'refused':
          tellFailure(new HandshakeRefusedError(entry.status, entry.retryAfterMs), isPast);
          break;
        case 'failed':
          if (entry.reason === 'timeout') {
            tellFailure(new HandshakeTimeoutError(openTimeoutMs), isPast);
          } else if (entry.reason === 'unreachable') {
            tellFailure(new ConnectFailedError(toCause(entry.code)), isPast);
          }
          break;
        case 'end':
          hasEnded = true;
          if (frames !== undefined) fail(lost('the worker has let go of it'));
          // What stands behind it may be another run: the call was enqueued again.
          else if (!isPast) fail(failure ?? new HandshakeRefusedError(404));
          break;
        case 'mark':
          if (entry.label.startsWith(NOT_FOLLOWED)) {
            const why = entry.label.slice(NOT_FOLLOWED.length);
            failure ??= new ConnectFailedError(new Error(why), {
              advice:
                'the worker would fail so each time; see to its options, and enqueue the call anew',
            });
          }
          break;
        case 'unknown':
      }
    };

    const tellFailure = (error: Error, isPast: boolean) => {
      failure = error;
      if (!isPast) fail(error);
    };

    subscriber.add(
      callEntries({ connection, callId, from, ...fleet }).subscribe((news) => {
        switch (news.kind) {
          case 'line':
            tell(news);
            break;
          case 'caught-up':
            if (hasEnded && frames === undefined) fail(toLast(failure));
            break;
          case 'closed':
            fail(new ConnectFailedError(new Error(CLOSED), { advice: 'connect to it anew' }));
        }
      }),
    );
    watch = patience(openTimeoutMs).subscribe(() => {
      fail(new HandshakeTimeoutError(openTimeoutMs));
    });
    subscriber.add(watch);
  });
}

const SERVER_FRAME = /^\{"at":[\d.e+-]+,"event":"frame","from":"server","json":/;

/**
 * What the server has said, where a line is as workers write them, as nearly all are: cut out of it,
 * where to parse it, check it and write its `json` again took longer than all else of a reader.
 */
function readServerFrame(text: string): string | undefined {
  const end = SERVER_FRAME.exec(text)?.[0].length;
  if (end === undefined) return undefined;
  const json = text.slice(end, -1);
  // The line could have another key behind it: not where an object begins and the first end of one is
  // the last. Whoever hears it parses it anyway.
  if (json.startsWith('{') && json.indexOf('}') === json.length - 1) return json;
  try {
    JSON.parse(json);
    return json;
  } catch {
    return undefined;
  }
}

/** What is said to who dials again after the end: nothing that it would dial again for. */
function toLast(failure: Error | undefined): Error {
  return failure === undefined || classify(failure) === 'retry'
    ? new HandshakeRefusedError(404)
    : failure;
}

const CLOSED = 'the connection to the NATS server was closed';

function lost(why: string): ConnectionClosedError {
  return new ConnectionClosedError(1006, '', { why });
}

function toCause(code: string | undefined): Error {
  const cause = new Error(code ?? 'the worker could not reach the platform');
  return code === undefined ? cause : Object.assign(cause, { code });
}
