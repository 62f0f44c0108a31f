import { ConnectionClosedError, liveCall } from '@livecall/core';
import type { AnyProtocol, Transport } from '@livecall/core';
import { DIVERGED, LONGEST_TIMER_MS, monotonicNow } from '@livecall/core/internal';
import { loadRecording } from '@livecall/recording/reader';
import { toFrame } from '@livecall/recording/format';
import type { Entry, Recording } from '@livecall/recording/format';
import type { RefusedHandshake } from '@livecall/server';
import * as E from 'fp-ts/lib/Either.js';
import {
  BehaviorSubject,
  catchError,
  defer,
  finalize,
  lastValueFrom,
  map,
  merge,
  ReplaySubject,
  take,
  takeUntil,
} from 'rxjs';

import { judgeUnder, putOver, watchFault } from '../faults/watch-fault.js';
import { isFurtherDial, toHandshakeDivergence } from '../replay/divergence.js';
import type { Divergence } from '../replay/divergence.js';
import { replay } from '../replay/replay.js';

import { DivergedError } from './diverged-error.js';
import { findLeftOpen } from './find-left-open.js';
import { isToBeRecorded } from './is-to-be-recorded.js';
import type { OpenReplayOptions, OpenedReplay } from './opened-replay.js';
import { rememberServer } from './server-of.js';
import { unlessTimeStands } from './unless-time-stands.js';

/** How much longer than it lingers a call takes to be over once its server is. */
const OVER_WITHIN_MS = 1_000;

/** Any token will do for a server that replays. */
const ANY_TOKEN = 'any-token';

/**
 * Opens a recording for a test, whatever runs it.
 *
 * Where the client departs, its call fails with a `ConnectionClosedError` of 4999, whose `cause` is
 * the {@link DivergedError} that says where.
 *
 * @param recording one, or the path of its file
 * @returns rejects with a `RecordingError` for a file that cannot be read
 * @throws TypeError for an option that cannot be
 * @see docs/testing.md
 * @example
 * import { openReplay } from '@livecall/tools';
 *
 * await using opened = await openReplay('recordings/joined-call.ndjson');
 * opened.call.transcript$.subscribe(({ role, msg }) => console.log(role, msg));
 * opened.call.connect();
 * await opened.finish();
 */
export function openReplay<const O extends OpenReplayOptions>(
  recording: string | Recording,
  options?: O,
): Promise<OpenedReplay<O>>;
export async function openReplay(
  source: string | Recording,
  options: OpenReplayOptions = {},
): Promise<OpenedReplay> {
  const {
    over = 'process',
    faults = [],
    call: callOptions,
    recordFrom,
    ...replayOptions
  } = options;
  const { waitMs = 5_000, pace } = replayOptions;
  if (recordFrom !== undefined && isToBeRecorded(source, recordFrom)) {
    if (pace === 'manual') throw new TypeError('What is to be recorded cannot be moved by hand.');
    // Most tests have their recordings, and need not load what makes them.
    const { openRecorder } = await import('./open-recorder.js');
    return openRecorder(source as string, {
      transport: recordFrom,
      over,
      waitMs,
      ...(callOptions !== undefined && { call: callOptions }),
    });
  }
  const recording = typeof source === 'string' ? await loadRecording(source) : source;
  const server = replay(recording, replayOptions);
  const watched = faults.map(watchFault);
  const disturbedTransport = putOver(
    // A fault that goes on without its client does so until everything is closed.
    server.pipe(takeUntil(defer(() => closed$))),
    watched,
  );
  const open$ = new BehaviorSubject(0);
  const countedTransport = defer(() => {
    open$.next(open$.value + 1);
    return disturbedTransport.pipe(
      finalize(() => {
        open$.next(open$.value - 1);
      }),
    );
  });
  const closed$ = new ReplaySubject<void>(1);
  const closing$ = closed$.pipe(
    map(() => {
      // A code that no call dials again after.
      throw new ConnectionClosedError(4000, 'the test has closed its replay');
    }),
  );
  const dialledTransport: Transport = defer(() => merge(closing$, clientTransport)).pipe(
    catchError((error: unknown) => {
      if (!(error instanceof ConnectionClosedError && error.code === DIVERGED)) throw error;
      const cause = new DivergedError(recording.name, server.divergences());
      throw new ConnectionClosedError(error.code, error.reason, { cause });
    }),
  );
  // Before anything is open: its options may be wrong.
  const call = liveCall(dialledTransport, callOptions);
  rememberServer(call, server);
  const callOver = lastValueFrom(call.state$.pipe(map((): readonly Divergence[] => [])), {
    defaultValue: [],
  });
  const refused: Divergence[] = [];
  const onRefused = (handshake: RefusedHandshake) =>
    void refused.push(toHandshakeDivergence(handshake));
  const listening = over === 'socket' ? await listen(countedTransport, onRefused) : undefined;
  const clientTransport = listening?.transport ?? countedTransport;
  if (listening !== undefined) void Object.assign(server, { url: listening.url });

  const close = async () => {
    call.state$.pipe(take(1)).subscribe(({ status }) => {
      if (status !== 'idle') call.connect().unsubscribe();
    });
    closed$.next();
    await listening?.close();
  };
  const judge = async () => {
    const startedAt = monotonicNow();
    const played = server.done();
    // Under a fault the call may end before the recording does.
    const unplayed = faults.length === 0 ? await played : await Promise.race([played, callOver]);
    const lingersMs = OVER_WITHIN_MS + (callOptions?.lingerMs ?? 1_000);
    // A fault may keep from the client what the server has long said.
    const keptMs = faults.length === 0 ? 0 : waitMs - (monotonicNow() - startedAt);
    const patienceMs = Math.min(Math.max(lingersMs, keptMs), LONGEST_TIMER_MS);
    const stillOpen = await findLeftOpen(call, open$, patienceMs);
    const departed = server.divergences();
    const found = [...refused, ...(departed.length > 0 ? departed : unplayed)];
    const counted = found.filter(
      (divergence) => !(isFurtherDial(divergence) && isLeftOpen(recording, server.protocol)),
    );
    const judged = toJudged(judgeUnder(watched, counted), options);
    if (judged.length > 0 || stillOpen !== undefined) {
      throw new DivergedError(recording.name, judged, stillOpen);
    }
  };
  const aliveMs = Math.min(Math.max(waitMs, 1_000), 5_000);
  let finished: Promise<void> | undefined;
  return {
    call,
    transport: dialledTransport,
    server,
    recording,
    finish: () => (finished ??= unlessTimeStands(judge(), recording.name, aliveMs).finally(close)),
    close,
    [Symbol.asyncDispose]: close,
  };
}

/** A real server of a transport's, and what dials it; most tests need neither, nor what they load. */
async function listen(transport: Transport, onRefused: (refused: RefusedHandshake) => void) {
  const [{ serve }, { webSocketTransport }] = await Promise.all([
    import('@livecall/server'),
    import('@livecall/core/node'),
  ]);
  const { url, close } = await serve(transport, { onRefused });
  const tokens = { accessToken: ANY_TOKEN, conversationToken: ANY_TOKEN };
  return { url, close, transport: webSocketTransport({ url, ...tokens }) };
}

/** Whether the server closed it with 1000 at last, but never said that the call had ended: one more dial asks. */
function isLeftOpen({ entries }: Recording, protocol: AnyProtocol): boolean {
  const last = entries.findLast(({ event }) => event === 'close');
  const isEnd = (entry: Entry) => {
    if (entry.event !== 'frame' || entry.from !== 'server') return false;
    const heard = protocol.decode(toFrame(entry));
    return E.isRight(heard) && heard.right.isEnd;
  };
  return (
    last?.event === 'close' && last.from === 'server' && last.code === 1000 && !entries.some(isEnd)
  );
}

/** Which divergences are not part of a test with these options. */
export function toJudged(
  divergences: readonly Divergence[],
  { allow = [] }: OpenReplayOptions,
): readonly Divergence[] {
  return divergences.filter(({ kind }) => !allow.includes(kind));
}
