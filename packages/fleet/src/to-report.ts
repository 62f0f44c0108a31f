import type { WorkerReport } from './fleet-status.js';
import type { FollowedCall } from './followed-call.js';
import type { Outbox } from './outbox.js';

/** What a worker tells of itself. */
export interface Reported {
  readonly name: string;
  readonly slots: number;
  readonly calls: ReadonlyMap<string, FollowedCall>;
  readonly outbox: Outbox;
  readonly troubles: ReadonlyMap<string, string>;
}

/** Says it as `fleetStatus` reads it: no token, number or word of a call. */
export function toReport({ name, slots, calls, outbox, troubles }: Reported): WorkerReport {
  return {
    worker: name,
    slots,
    unackedBytes: outbox.unackedBytes(),
    troubles: [...troubles.values()],
    calls: [...calls.values()].map(({ callId, run, since, state, published, unacked }) => ({
      callId,
      run: run(),
      since,
      state: state(),
      published: published(),
      unacked: unacked(),
    })),
  };
}
