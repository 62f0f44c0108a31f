import { patience } from '@livecall/core';
import type { Transport } from '@livecall/core';
import type { Recording } from '@livecall/recording/format';
import { defer, finalize, Subscription, tap } from 'rxjs';

import type { Fault } from '../faults/create-fault.js';
import { HELD_MS } from '../faults/hold-call.js';
import { judgeUnder, putOver, watchFault } from '../faults/watch-fault.js';
import type { Divergence } from '../replay/divergence.js';
import { replay } from '../replay/replay.js';
import type { Replay, ReplayOptions } from '../replay/replay.js';

/**
 * Replays a recording as often as clients come: a dial goes on with the call that is not over and
 * that nobody is on, or starts the recording anew.
 *
 * @param onOver hears how each call went, once it was played to its end or the client departed: what
 *   counts of it under the faults
 */
export function startAnew(
  recording: Recording,
  options: ReplayOptions,
  faults: readonly Fault[],
  onOver: (divergences: readonly Divergence[]) => void,
): Transport {
  let current: PlayedCall | undefined;

  return defer(() => {
    if (current === undefined || !current.isFree()) {
      current = startCall(replay(recording, options), faults, onOver);
    }
    return current.transport;
  });
}

/** One call of a recording that is played again and again. */
interface PlayedCall {
  readonly transport: Transport;
  /** Whether it is not over, and nobody is on it. */
  isFree(): boolean;
}

function startCall(
  playedTransport: Replay,
  faults: readonly Fault[],
  onOver: (divergences: readonly Divergence[]) => void,
): PlayedCall {
  const watched = faults.map(watchFault);
  let isPlaying = false;
  let isOver = false;
  let divergences: readonly Divergence[] | undefined;
  // A fault can cut a client off while the call goes on: then its end waits for the client.
  let unheardEnd: unknown;
  let holding = Subscription.EMPTY;

  const settle = () => {
    if (divergences === undefined || unheardEnd !== undefined || isOver) return;
    isOver = true;
    onOver(judgeUnder(watched, divergences));
  };
  const giveUp = () => {
    unheardEnd = undefined;
    settle();
  };
  const hold = () => {
    holding = patience(HELD_MS).subscribe(giveUp);
  };
  void playedTransport.done().then((found) => {
    divergences = found;
    settle();
  });
  const endingTransport = playedTransport.pipe(
    tap({
      error: (error: unknown) => {
        unheardEnd = error;
        if (!isPlaying) hold();
      },
    }),
  );
  const disturbedTransport = putOver(endingTransport, watched);
  return {
    isFree: () => !isPlaying && !isOver,
    transport: defer(() => {
      isPlaying = true;
      holding.unsubscribe();
      return disturbedTransport;
    }).pipe(
      tap({
        error: (error: unknown) => {
          if (error === unheardEnd) unheardEnd = undefined;
        },
        unsubscribe: () => {
          unheardEnd = undefined;
        },
      }),
      finalize(() => {
        isPlaying = false;
        settle();
      }),
    ),
  };
}
