import type { WorkerReport } from './fleet-status.js';
import type { FollowedCall } from './followed-call.js';
import type { Outbox } from './outbox.js';

/** What a worker tells of itself. */
export interface Reported {
  /** What tells it from all others: parts with the same one are one report. */
  readonly id: string;
  readonly name: string;
  readonly slots: number;
  readonly calls: ReadonlyMap<string, FollowedCall>;
  readonly outbox: Outbox;
  readonly troubles: readonly string[];
}

/**
 * Says it as `fleetStatus` reads it, in as many messages as it takes: no token, number or word of a
 * call.
 *
 * @param largest what a message may be, in bytes
 */
export function toReports(reported: Reported, largest = 2 ** 20): readonly string[] {
  const { calls, ...worker } = toReport(reported);
  const parts: string[] = [];
  const around = JSON.stringify({ id: reported.id, ...worker, calls: [] });
  const room = largest - Buffer.byteLength(around);
  let waiting: string[] = [];
  let size = 0;
  const close = () => {
    parts.push(`${around.slice(0, -2)}${waiting.join(',')}]}`);
    waiting = [];
    size = 0;
  };
  for (const call of calls) {
    const text = JSON.stringify(call);
    // All of it is ASCII, and a comma stands behind.
    if (size + text.length + 1 > room && waiting.length > 0) close();
    waiting.push(text);
    size += text.length + 1;
  }
  close();
  return parts;
}

function toReport({ name, slots, calls, outbox, troubles }: Reported): WorkerReport {
  return {
    worker: name,
    slots,
    unackedBytes: outbox.unackedBytes(),
    troubles,
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
