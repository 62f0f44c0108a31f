import { TimeoutError } from '@nats-io/transport-node';
import type { NatsConnection } from '@nats-io/transport-node';
import { firstValueFrom, NEVER } from 'rxjs';
import { expect, it } from 'vitest';

import { BrokerUnfitError } from './broker-unfit-error.js';
import { fleetStatus } from './fleet-status.js';
import { fleetWorker } from './fleet-worker.js';
import { enqueue } from './job.js';
import { setUpFleet } from './set-up-fleet.js';

/* Sentences for what JetStream does not answer: the server is up, and every request of it times out. */

function toHung(): NatsConnection {
  const hung: Partial<NatsConnection> = {
    info: { headers: true } as NonNullable<NatsConnection['info']>,
    isClosed: () => false,
    closed: () => new Promise(() => undefined),
    status: () => ({
      [Symbol.asyncIterator]: () => ({ next: () => new Promise<never>(() => undefined) }),
    }),
    subscribe: () => ({ unsubscribe: () => undefined }) as ReturnType<NatsConnection['subscribe']>,
    request: () => Promise.reject(new TimeoutError()),
    requestMany: () => Promise.reject(new TimeoutError()),
  };
  // What the client of JetStream reads of a connection besides.
  return Object.assign(hung, { options: {} }) as NatsConnection;
}

const ADVICE =
  'JetStream does not answer; see whether the NATS server is up, its disk and its log.';

it.each([
  ['status', 'The state of the fleet cannot be read', () => fleetStatus(toHung())],
  [
    'call that is enqueued',
    'Whether the call a was enqueued is not known (enqueue it again: if it was, that is refused)',
    () => enqueue(toHung(), { callId: 'a' }),
  ],
  [
    'worker',
    'The queue of the fleet cannot be read',
    () => firstValueFrom(fleetWorker({ connection: toHung(), slots: 1, dial: () => NEVER })),
  ],
  ['set-up', 'The stream livecall-calls cannot be read', () => setUpFleet(toHung())],
])('says of a %s what to do where JetStream does not answer', async (_what, problem, ask) => {
  const asked = await ask().catch((error: unknown) => error);

  expect(asked).toBeInstanceOf(BrokerUnfitError);
  expect(asked).toMatchObject({
    _tag: 'BrokerUnfitError',
    message: `${problem}: ${ADVICE}`,
    cause: { message: 'timeout' },
  });
});
