import { setUpFleet } from '../../set-up-fleet.js';
import type { FleetSettings } from '../../set-up-fleet.js';
import { exitCodes, ExitError } from '../exit-error.js';
import type { GivenSecrets } from '../find-secret.js';
import { connectServer, toFleet } from '../open-broker.js';
import type { BrokerFlags } from '../open-broker.js';
import { print } from '../say.js';

/** What `livecall-fleet set-up` was called with. */
export interface SetUpFlags extends BrokerFlags {
  readonly maxCallsBytes?: number;
  readonly maxAge?: number;
  readonly maxJobsBytes?: number;
  readonly ackWait?: number;
  readonly replicas?: number;
}

/** `livecall-fleet set-up`: makes what is missing, and says what all of it is set to. */
export async function runSetUp(flags: SetUpFlags, given: GivenSecrets): Promise<number> {
  const wanted = toWanted(flags);
  const connection = await connectServer(flags, given);
  let settings: FleetSettings;
  try {
    settings = await setUpFleet(connection, { ...toFleet(flags), ...wanted });
  } catch (error) {
    if (error instanceof TypeError) throw new ExitError(exitCodes.usage, error.message);
    throw error;
  } finally {
    await connection.close();
  }
  for (const [name, value] of Object.entries(settings)) print(`${name}  ${value}`);
  const kept = (Object.keys(wanted) as (keyof FleetSettings)[]).filter(
    (name) => settings[name] !== wanted[name],
  );
  if (kept.length === 0) return exitCodes.ok;
  throw new ExitError(
    exitCodes.unavailable,
    `What is there keeps its settings (${kept.join(', ')}); change them with the nats command (nats stream edit ${flags.prefix}-calls), or give the fleet another prefix.`,
  );
}

function toWanted(flags: SetUpFlags): Partial<FleetSettings> {
  const { maxCallsBytes, maxAge, maxJobsBytes, ackWait, replicas } = flags;
  return {
    ...(maxCallsBytes !== undefined && { maxCallsBytes }),
    ...(maxAge !== undefined && { maxAgeMs: maxAge }),
    ...(maxJobsBytes !== undefined && { maxJobsBytes }),
    ...(ackWait !== undefined && { ackWaitMs: ackWait }),
    ...(replicas !== undefined && { replicas }),
  };
}
