import { dialRequest, HandshakeRefusedError, liveCallProtocol, patience } from '@livecall/core';
import type { AnyProtocol, Frame, Transport } from '@livecall/core';
import { assertOneOf, LONGEST_TIMER_MS } from '@livecall/core/internal';
import { isComplete, toEntryPlace, toEntrySpot } from '@livecall/recording/format';
import type { Recording } from '@livecall/recording/format';
import {
  defer,
  finalize,
  firstValueFrom,
  NEVER,
  of,
  startWith,
  Subject,
  Subscription,
  switchMap,
} from 'rxjs';

import { FURTHER_DIAL } from './divergence.js';
import type { Divergence } from './divergence.js';
import { locateDivergence } from './locate-divergence.js';
import { createManualTime } from './manual-time.js';
import type { MatchLevel } from './match.js';
import { playConnection } from './play-connection.js';
import type { Stage } from './play-connection.js';
import { failAfter, playRefusal } from './play-refusal.js';
import { keepReceivedFrames } from './received-frames.js';
import { toRecordedDials } from './recorded-dial.js';
import type { RecordedDial } from './recorded-dial.js';
import { toTimeline } from './timeline.js';
import type { Pace, TimelineOptions } from './timeline.js';

/** How a recording is replayed. */
export interface ReplayOptions extends TimelineOptions {
  /** How time is spent; `maxIdleMs` and `speed` are for `recorded` and `manual`. @default 'instant' */
  readonly pace?: Pace;
  /** How closely the client must follow. @default 'typed' */
  readonly match?: MatchLevel;
  /** What is said in the recording: what is a command, and what answers one. @default liveCallProtocol */
  readonly protocol?: AnyProtocol;
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
  /** What is said in it. */
  readonly protocol: AnyProtocol;
  /**
   * What the client has sent so far, on all connections, in order. More than a MiB beyond what was
   * recorded is a divergence, and is not kept.
   */
  received(): readonly Frame[];
  /** Where the client has departed so far; nothing is awaited. */
  divergences(): readonly Divergence[];
  /** Whether it was played to its end, or the client has departed from it. */
  isOver(): boolean;
  /**
   * Waits until the recording is played to its end or the client has departed from it, at most
   * `waitMs`, and gives the divergences, what was never played included. At `manual` pace nothing
   * is waited for: nothing more happens.
   */
  done(): Promise<readonly Divergence[]>;
}

/** A replay whose time the test moves; by itself, nothing happens. */
export interface ManualReplay extends Replay {
  /** Lets so many milliseconds pass, and plays what is due in them. */
  advance(ms: number): void;
  /**
   * Plays what comes next, and what was recorded at the same time.
   *
   * @throws Error when nothing comes before the client has done something; it names what, and where
   *   the recording has it
   */
  step(): void;
  /**
   * Steps until `predicate` holds, not at all where it does already.
   *
   * @throws Error as `step`
   */
  until(predicate: () => boolean): void;
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
 * A recording is read when it is first replayed; what is changed in it after that may not show.
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
  options: ReplayOptions & { readonly pace: 'manual' },
): ManualReplay;
export function replay(recording: Recording, options?: ReplayOptions): Replay;
export function replay(
  recording: Recording,
  {
    pace = 'instant',
    match = 'typed',
    protocol = liveCallProtocol,
    waitMs = 5_000,
    onAwait,
    ...timelineOptions
  }: ReplayOptions = {},
): Replay {
  assertOneOf({ pace }, ['instant', 'recorded', 'manual']);
  assertOneOf({ match }, ['strict', 'typed', 'loose']);
  if (!(waitMs >= 0)) throw new TypeError(`waitMs must be at least 0, not ${waitMs}.`);

  const dials = toRecordedDials(recording, protocol);
  const divergences: Divergence[] = [];
  const received = keepReceivedFrames(dials);
  const awaited = new Set<Awaited>();
  const changed$ = new Subject<void>();
  let dialled = 0;
  let playing = 0;
  let played = 0;
  const manualTime = createManualTime();
  const toPlace = (index: number) => toEntryPlace(recording, index);

  const stage: Stage = {
    timeline: toTimeline(pace, recording.entries, timelineOptions, manualTime),
    match,
    protocol,
    waitMs,
    arrivals: new Map(),
    awaitClient(index, expected, dueInMs, giveUp) {
      const { wait } = stage.timeline;
      const what = { at: toPlace(index), expected };
      awaited.add(what);
      const timers = new Subscription(() => awaited.delete(what));
      if (onAwait !== undefined) {
        const tell = () => {
          onAwait(what);
        };
        timers.add(wait(tell, dueInMs + OVERDUE_AFTER_MS));
      }
      if (waitMs !== Infinity) timers.add(wait(giveUp, dueInMs + waitMs, received.size));
      return timers;
    },
    hear: received.hear,
    played: () => {
      played += 1;
    },
    toSpot: (index) => toEntrySpot(recording, index),
    diverge(index, divergence) {
      divergences.push(
        locateDivergence({ ...divergence, at: toPlace(index) }, { recording, index, protocol }),
      );
      changed$.next();
      // Not the name, which may be the client's token.
      return `${divergence.kind} at ${stage.toSpot(index)}`;
    },
  };

  const transport = defer(() => {
    // It dials with none.
    dialRequest().onTokens?.([]);
    const number = dialled;
    dialled += 1;
    playing += 1;
    changed$.next();
    const dial = dials[number];
    // When later dials were begun is not recorded, so they open at once.
    const afterMs = number === 0 ? stage.timeline.at(dial?.index ?? 0) : 0;
    return toTransport(dial, afterMs).pipe(
      finalize(() => {
        playing -= 1;
        changed$.next();
      }),
    );
  });

  function toTransport(dial: RecordedDial | undefined, afterMs: number): Transport {
    if (dial === undefined) return refuseFurtherDial();
    return dial.kind === 'open'
      ? playConnection(dial, afterMs, stage)
      : playRefusal(dial, afterMs, stage);
  }

  /** A call that is over is not found. What followed a recorder's death is not known. */
  function refuseFurtherDial(): Transport {
    if (isComplete(recording)) {
      stage.diverge(recording.entries.length - 1, {
        kind: 'unexpected',
        expected: `no more than ${dials.length} dial(s)`,
        actual: FURTHER_DIAL,
      });
    }
    return failAfter(0, stage, () => new HandshakeRefusedError(404));
  }

  /** How long an entry took after the one before it. */
  function toTakenMs(index: number): number {
    return stage.timeline.at(index) - stage.timeline.at(index - 1);
  }

  const step = () => {
    const before = played;
    while (played === before) {
      if (!manualTime.runNext()) throw new Error(`${recording.name}: ${toStandstill()}.`);
    }
    while (manualTime.isDue()) manualTime.runNext();
  };
  const toStandstill = (): string => {
    const [next] = awaited;
    if (next !== undefined) return `nothing comes before ${next.expected} (${next.at})`;
    return dialled < dials.length
      ? `nothing comes before dial ${dialled + 1}`
      : 'it is played to its end';
  };
  const manual: Omit<ManualReplay, keyof Replay> = {
    advance: manualTime.advance,
    step,
    until(predicate) {
      while (!predicate()) step();
    },
  };

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
          const missing = { kind: 'missing', expected: type, actual: 'nothing' } as const;
          yield locateDivergence(
            { ...missing, at: toPlace(index) },
            { recording, index, protocol },
          );
        }
      }
    }
  }

  return Object.assign(transport, pace === 'manual' && manual, {
    received: received.all,
    divergences: () => [...divergences],
    protocol,
    isOver: isPlayedOut,
    async done() {
      const verdict$ = changed$.pipe(
        startWith(undefined),
        switchMap(() => {
          if (isPlayedOut()) return of(true);
          // While a dial is played, it ends by itself, or the client is waited for there.
          if (pace === 'manual') return of(true);
          if (playing > 0 || waitMs === Infinity) return NEVER;
          const dueInMs = toTakenMs(dials[dialled]?.index ?? 0);
          return patience(Math.min(dueInMs + waitMs, LONGEST_TIMER_MS), received.size);
        }),
      );
      await firstValueFrom(verdict$, { defaultValue: true });
      return divergences.length > 0 ? [...divergences] : [...findUnplayed()];
    },
  });
}
