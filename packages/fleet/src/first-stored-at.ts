import { jetstreamManager } from '@nats-io/jetstream';
import type { NextMsgRequest, SeqMsgRequest } from '@nats-io/jetstream';
import type { NatsConnection } from '@nats-io/transport-node';

import type { FleetNames } from './fleet-names.js';

/**
 * When the first message of a call was stored that is still there, in milliseconds since the epoch.
 *
 * @returns nothing where the call has none
 * @throws what the client throws where the broker does not say
 */
export async function firstStoredAt(
  connection: NatsConnection,
  names: FleetNames,
  callId: string,
): Promise<number | undefined> {
  const manager = await jetstreamManager(connection, {
    ...names.jetstream,
    checkAPI: false,
    timeout: 5_000,
  });
  const first: NextMsgRequest = { seq: 1, next_by_subj: names.callSubject(callId) };
  const message = await manager.streams.getMessage(names.callsStream, first as SeqMsgRequest);
  return message?.time.getTime();
}
