import type { Outcome } from './followed-call.js';
import type { HeldJob } from './hold-job.js';
import { elapsedMs, now } from './moment.js';
import type { Moment } from './moment.js';

/** When a job is done, and what then becomes of it. */
export interface JobSettling {
  /** Nothing more is written of the call. */
  finish(outcome: Outcome): void;
  /** Looks whether all of it is stored: then the job is acknowledged, and the call is over. */
  settle(): void;
  /** Whether it waits for that. */
  hasFinished(): boolean;
}

/** What it is settled with. */
export interface SettleJobOptions {
  readonly held: HeldJob;
  readonly isStored: () => boolean;
  readonly isOver: () => boolean;
  /** Looks whose the call is: what is not acknowledged may be another's by now. */
  readonly verify: () => void;
  readonly later: (action: () => void) => void;
  readonly ackWaitMs: number;
  /** Called when the job has left the queue, or will by another's doing. */
  readonly onSettled: (outcome: Outcome) => void;
}

/** The job of a call is done when everything of the call is stored. */
export function settleJob({
  held,
  isStored,
  isOver,
  verify,
  later,
  ackWaitMs,
  onSettled,
}: SettleJobOptions): JobSettling {
  let finished: Outcome | undefined;
  let since: Moment | undefined;

  const settle = () => {
    if (isOver() || finished === undefined || !isStored()) return;
    const outcome = finished;
    finished = undefined;
    if (held.isGivenBack()) {
      // Whoever takes it sees the end, and acknowledges it.
      onSettled(outcome);
      return;
    }
    since ??= now();
    const begun = since;
    const acknowledge = async () => {
      if (!(await held.acknowledge())) throw new Error('not acknowledged');
      onSettled(outcome);
    };
    acknowledge().catch(() => {
      if (isOver()) return;
      // The queue is gone, or gives the job to somebody who sees that the call is over.
      if (elapsedMs(begun) > ackWaitMs) {
        onSettled(outcome);
        return;
      }
      finished = outcome;
      verify();
      later(settle);
    });
  };

  return {
    finish: (outcome) => {
      finished = outcome;
      settle();
    },
    settle,
    hasFinished: () => finished !== undefined,
  };
}
