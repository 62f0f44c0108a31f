import { jetstreamManager } from '@nats-io/jetstream';
import type { JetStreamManager } from '@nats-io/jetstream';
import type { NatsConnection } from '@nats-io/transport-node';

import { assertServer } from './assert-server.js';
import { toBrokerUnfit } from './broker-unfit-error.js';
import type { FleetNames } from './fleet-names.js';

/** The jobs, and how long they are a worker's. */
export interface Queue {
  readonly manager: JetStreamManager;
  readonly ackWaitMs: number;
}

/**
 * Looks whether the queue of a fleet is there, and what it is set to.
 *
 * @throws BrokerUnfitError
 */
export async function openQueue(connection: NatsConnection, names: FleetNames): Promise<Queue> {
  assertServer(connection);
  try {
    const manager = await jetstreamManager(connection, {
      ...names.jetstream,
      checkAPI: false,
      timeout: 2_000,
    });
    const { config } = await manager.consumers.info(names.jobsStream, names.jobsConsumer);
    return { manager, ackWaitMs: (config.ack_wait ?? 30e9) / 1e6 };
  } catch (error) {
    throw toBrokerUnfit(error, 'The queue of the fleet cannot be read');
  }
}
