import { fleetStatus } from '../../fleet-status.js';
import type { FleetStatus } from '../../fleet-status.js';
import { toRunText } from '../../run.js';
import { exitCodes } from '../exit-error.js';
import type { GivenSecrets } from '../find-secret.js';
import { openBroker, toFleet } from '../open-broker.js';
import type { BrokerFlags } from '../open-broker.js';
import { print, toVisible } from '../say.js';

/** What `livecall-fleet status` was called with. */
export interface StatusFlags extends BrokerFlags {
  readonly json?: boolean;
}

/** `livecall-fleet status`: who follows what, and what waits. */
export async function runStatus(flags: StatusFlags, given: GivenSecrets): Promise<number> {
  const connection = await openBroker(flags, given);
  try {
    const status = await fleetStatus(connection, toFleet(flags));
    if (flags.json === true) print(JSON.stringify(toPlain(status)));
    else for (const line of describe(status)) print(line);
  } finally {
    await connection.close();
  }
  return exitCodes.ok;
}

function toPlain({ workers, ...rest }: FleetStatus): object {
  return {
    ...rest,
    workers: workers.map(({ calls, ...worker }) => ({
      ...worker,
      calls: calls.map((call) => ({ ...call, run: call.run && toRunText(call.run) })),
    })),
  };
}

function* describe({ workers, waiting, taken, stored }: FleetStatus): Iterable<string> {
  const followed = workers.reduce((count, { calls }) => count + calls.length, 0);
  yield `${followed} calls followed by ${workers.length} workers, ${waiting} waiting, ${taken} taken`;
  if (taken > followed) {
    yield `${taken - followed} of those taken are followed by no worker that answers; one with a free slot takes them`;
  }
  yield `${stored.calls} calls stored, ${stored.messages} messages, ${toMebibytes(stored.bytes)} MiB`;
  for (const { worker, slots, unackedBytes, troubles, calls } of workers) {
    const lag = calls.reduce((count, { unacked }) => count + unacked, 0);
    const behind = lag === 0 ? '' : `, ${lag} lines (${toMebibytes(unackedBytes)} MiB) unacked`;
    yield `${toVisible(worker)}  ${calls.length} of ${slots}${behind}`;
    for (const trouble of troubles) yield `  ! ${toVisible(trouble)}`;
    for (const { callId, run, state, published } of calls) {
      yield `  ${toVisible(callId)}  ${toVisible(state)}  ${run === undefined ? 'being claimed' : `run ${toRunText(run)}`}, ${published} lines`;
    }
  }
}

function toMebibytes(bytes: number): string {
  return (bytes / 2 ** 20).toFixed(1);
}
