import { basename } from 'node:path';

import { ConnectFailedError, HandshakeRefusedError, HandshakeTimeoutError } from '@livecall/core';
import type { Transport, TransportError } from '@livecall/core';
import {
  asyncScheduler,
  defer,
  finalize,
  firstValueFrom,
  NEVER,
  Observable,
  of,
  startWith,
  Subject,
  Subscription,
  switchMap,
  timer,
} from 'rxjs';

import { toDials } from './dial.js';
import type { Dial } from './dial.js';
import type { Divergence } from './divergence.js';
import type { MatchLevel } from './match.js';
import { toTimeline } from './pace.js';
import type { Pace, TimelineOptions } from './pace.js';
import { playDial } from './play-dial.js';
import type { Stage } from './play-dial.js';
import { isComplete, lineOf, toStamp } from '../recording/recording.js';
import type { Recording } from '../recording/recording.js';

/** How a recording is replayed. */
export interface ReplayOptions extends TimelineOptions {
  /** How time is spent; `maxIdleMs` and `speed` are for `recorded`. @default 'instant' */
  readonly pace?: Pace;
  /** How closely the client must follow. @default 'typed' */
  readonly match?: MatchLevel;
  /**
   * Milliseconds that is waited for the client to do what the recorded one did, once that was due;
   * `Infinity` waits forever.
   * @default 5000
   */
  readonly waitMs?: number;
  /** Called when the client is a second late with what it is to do before anything more happens. */
  readonly onAwait?: (awaited: Awaited) => void;
}

/** How late a client is before it is worth a word. */
const OVERDUE_AFTER_MS = 1_000;

/** What a replay waits for. */
export interface Awaited {
  /** `file:line` of it. */
  readonly at: string;
  /** What the client is to do. */
  readonly expected: string;
}

/** A recording as a transport: the n-th subscription plays the n-th dial. */
export interface Replay extends Transport {
  /** Where the client has departed so far; nothing is awaited. */
  divergences(): readonly Divergence[];
  /**
   * Waits until the recording is played to its end or the client has departed from it, at most
   * `waitMs`, and gives the divergences, what was never played included.
   */
  done(): Promise<readonly Divergence[]>;
}

/**
 * Plays a recording as the server it was recorded from.
 *
 * What the server sends on a connection is a pure function of the recording, the options and the
 * client's matched frames: no wall clock, no chance. A server frame waits for the client's frame
 * that caused it; a client that is late shifts time, never order. A client that departs from the
 * recording is closed with 4999 at once. All time passes on RxJS's schedulers, so that a whole call
 * runs inside `TestScheduler.run`; nothing is emitted within `subscribe` or `send`.
 *
 * A dial that the recording does not have is refused with 404, as when the call is over.
 *
 * @throws TypeError for options that cannot be
 * @see recordings/README.md#how-a-recording-replays
 * @example
 * import { liveCall } from '@livecall/core';
 * import { loadRecording, replay } from '@livecall/tools';
 *
 * const call = liveCall(replay(await loadRecording('recordings/joined-call.ndjson')));
 */
export function replay(
  recording: Recording,
  {
    pace = 'instant',
    match = 'typed',
    waitMs = 5_000,
    onAwait,
    ...timelineOptions
  }: ReplayOptions = {},
): Replay {
  if (!(waitMs >= 0)) throw new TypeError(`waitMs must be at least 0, not ${waitMs}.`);

  const dials = toDials(recording);
  const divergences: Divergence[] = [];
  const changed$ = new Subject<void>();
  let dialled = 0;
  let playing = 0;
  const toPlace = (index: number) => `${recording.name}:${lineOf(index)}`;

  const stage: Stage = {
    timeline: toTimeline(pace, recording.entries, timelineOptions),
    match,
    waitMs,
    arrivals: new Map(),
    awaitClient(index, expected, dueInMs, giveUp) {
      const timers = new Subscription();
      if (onAwait !== undefined) {
        const tell = () => {
          onAwait({ at: toPlace(index), expected });
        };
        timers.add(asyncScheduler.schedule(tell, dueInMs + OVERDUE_AFTER_MS));
      }
      if (waitMs !== Infinity) timers.add(asyncScheduler.schedule(giveUp, dueInMs + waitMs));
      return timers;
    },
    diverge(index, divergence) {
      divergences.push({ ...divergence, at: toPlace(index) });
      changed$.next();
      return `${divergence.kind} at ${basename(recording.name)}:${lineOf(index)}`;
    },
  };

  const transport = defer(() => {
    const number = dialled;
    dialled += 1;
    playing += 1;
    changed$.next();
    const dial = dials[number];
    // When later dials were begun is not recorded, so they open at once.
    const openAfterMs = number === 0 ? stage.timeline.at(dial?.index ?? 0) : 0;
    return toTransport(dial, openAfterMs).pipe(
      finalize(() => {
        playing -= 1;
        changed$.next();
      }),
    );
  });

  function toTransport(dial: Dial | undefined, openAfterMs: number): Transport {
    if (dial?.kind === 'open') return playDial(dial, openAfterMs, stage);
    if (dial === undefined) return refuseFurtherDial();
    if (dial.kind === 'refused') {
      const { status, retryAfterMs } = dial.entry;
      return failAfter(openAfterMs, () => new HandshakeRefusedError(status, retryAfterMs));
    }
    const { at, reason, code } = dial.entry;
    switch (reason) {
      case 'timeout': {
        const tookMs = toStamp(at - (recording.entries[dial.index - 1]?.at ?? 0));
        return failAfter(openAfterMs, () => new HandshakeTimeoutError(tookMs));
      }
      case 'unreachable':
        return failAfter(openAfterMs, () => new ConnectFailedError(toRecordedFailure(code)));
      case 'aborted':
        return awaitAbort(dial.index);
    }
  }

  /** The client did not wait for an answer, and gets none. */
  function awaitAbort(index: number): Transport {
    const expected = 'the client to give up the dial';
    return new Observable(() =>
      stage.awaitClient(index, expected, toTakenMs(index), () => {
        stage.diverge(index, { kind: 'missing', expected, actual: `nothing within ${waitMs} ms` });
      }),
    );
  }

  /** How long an entry took after the one before it. */
  function toTakenMs(index: number): number {
    return stage.timeline.at(index) - stage.timeline.at(index - 1);
  }

  /** A call that is over is not found. What followed a recorder's death is not known. */
  function refuseFurtherDial(): Transport {
    if (isComplete(recording)) {
      stage.diverge(recording.entries.length - 1, {
        kind: 'unexpected',
        expected: `no more than ${dials.length} dial(s)`,
        actual: 'a further one',
      });
    }
    return failAfter(0, () => new HandshakeRefusedError(404));
  }

  function failAfter(delayMs: number, toError: () => TransportError): Transport {
    return new Observable((subscriber) =>
      stage.timeline.schedule(() => {
        subscriber.error(toError());
      }, delayMs),
    );
  }

  const isPlayedOut = () => divergences.length > 0 || (playing === 0 && dialled >= dials.length);

  /** What a replay in which nothing went wrong has left unplayed. */
  function* findUnplayed(): Generator<Divergence> {
    for (const [number, dial] of dials.entries()) {
      if (number >= dialled) {
        const expected = `dial ${number + 1} of ${dials.length}`;
        yield { kind: 'unconsumed', at: toPlace(dial.index), expected, actual: 'no dial' };
      } else if (dial.kind === 'open') {
        for (const { index, type } of dial.clientFrames.filter(
          (frame) => !stage.arrivals.has(frame),
        )) {
          yield { kind: 'missing', at: toPlace(index), expected: type, actual: 'nothing' };
        }
      }
    }
  }

  return Object.assign(transport, {
    divergences: () => [...divergences],
    async done() {
      const verdict$ = changed$.pipe(
        startWith(undefined),
        switchMap(() => {
          if (isPlayedOut()) return of(true);
          // While a dial is played, it ends by itself, or the client is waited for there.
          if (playing > 0 || waitMs === Infinity) return NEVER;
          return timer(toTakenMs(dials[dialled]?.index ?? 0) + waitMs);
        }),
      );
      await firstValueFrom(verdict$, { defaultValue: true });
      return divergences.length > 0 ? [...divergences] : [...findUnplayed()];
    },
  });
}

/** A recorded failure to connect, by its code where it has one. */
function toRecordedFailure(code: string | undefined): Error {
  const failure = new Error(`${code ?? 'unreachable'}, as recorded`);
  return code === undefined ? failure : Object.assign(failure, { code });
}
