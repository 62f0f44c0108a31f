import { createInbox } from '@nats-io/transport-node';
import type { NatsConnection } from '@nats-io/transport-node';

/**
 * Makes a subject for answers, below what the connection was given for them (`inboxPrefix`): the only
 * one that a user may hear whose permissions keep the answers of others from it.
 */
export function ownInbox(connection: NatsConnection): string {
  // The client's own requests read it so; its types do not show it.
  const { options } = connection as { readonly options?: { readonly inboxPrefix?: string } };
  return createInbox(options?.inboxPrefix);
}
