import type { NatsConnection } from '@nats-io/transport-node';

import { BrokerUnfitError } from './broker-unfit-error.js';

/** A header of a run, or a job with sealed tokens, goes in no parts; with room for long tokens. */
const LEAST_PAYLOAD = 8_192;

/**
 * Says that a server can carry a fleet.
 *
 * @throws BrokerUnfitError
 */
export function assertServer({ info }: NatsConnection): void {
  const { headers, version = 'unknown version', max_payload: largest = LEAST_PAYLOAD } = info ?? {};
  if (headers !== true) {
    throw new BrokerUnfitError(
      `The NATS server (${version}) takes no headers; a fleet needs 2.9 or newer.`,
    );
  }
  if (largest >= LEAST_PAYLOAD) return;
  throw new BrokerUnfitError(
    `The NATS server takes messages of ${largest} bytes at most; a fleet needs a max_payload of ${LEAST_PAYLOAD} or more.`,
  );
}
