import { connect } from '@nats-io/transport-node';
import type { ConnectionOptions, NatsConnection } from '@nats-io/transport-node';

/**
 * Connects to NATS with settings that live calls need, where the client's own would give up after 20
 * seconds, or when it is not let in twice, and take up to four minutes to see that a connection is
 * dead. `tls://` asks for TLS, which the client's own takes where it is offered.
 *
 * @param options as for `connect` of `@nats-io/transport-node`; what is given wins
 * @throws what `connect` throws when there is no server at first
 * @example
 * import { connectBroker } from '@livecall/fleet';
 *
 * export const broker = () => connectBroker({ servers: 'nats://127.0.0.1:4222' });
 */
export function connectBroker(options: ConnectionOptions = {}): Promise<NatsConnection> {
  const { servers = [] } = options;
  // The client passes over it, and would send a password to whoever answers without TLS.
  const isTls = [servers].flat().some((server) => /^tls:/i.test(server));
  return connect({
    ...(isTls && { tls: {} }),
    maxReconnectAttempts: -1,
    reconnectTimeWait: 500,
    reconnectJitter: 200,
    pingInterval: 10_000,
    maxPingOut: 2,
    // A password that is changed, credentials that have run out: whoever renews them has it back.
    ignoreAuthErrorAbort: true,
    timeout: 5_000,
    ...options,
  });
}
