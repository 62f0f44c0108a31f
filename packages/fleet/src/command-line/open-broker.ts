import { credsAuthenticator } from '@nats-io/transport-node';
import type { ConnectionOptions, NatsConnection } from '@nats-io/transport-node';

import { connectBroker } from '../connect-broker.js';
import { setUpFleet } from '../set-up-fleet.js';
import { exitCodes, ExitError } from './exit-error.js';
import { readSecretFile } from './find-secret.js';
import type { GivenSecrets } from './find-secret.js';

/** How every command reaches its fleet. */
export interface BrokerFlags {
  readonly server: string;
  readonly creds?: string;
  readonly prefix: string;
}

/**
 * Connects to the NATS server, and makes what a fleet needs of it.
 *
 * @throws ExitError when it cannot be reached
 */
export async function openBroker(
  { server, creds, prefix }: BrokerFlags,
  given: GivenSecrets,
): Promise<NatsConnection> {
  const connection = await connectTo(server, { ...toLogin(creds, given), name: 'livecall-fleet' });
  try {
    await setUpFleet(connection, { prefix });
  } catch (error) {
    await connection.close();
    throw error;
  }
  return connection;
}

async function connectTo(server: string, options: ConnectionOptions): Promise<NatsConnection> {
  const servers = server.split(',').map((url) => url.trim());
  if (servers.some((url) => /^[^/]*\/\/[^/]*@/.test(url) || /^[^/]*@/.test(url))) {
    throw new ExitError(
      exitCodes.usage,
      '--server must hold no user or password, which every process can read; see NATS_USER, NATS_PASSWORD, NATS_TOKEN and --creds.',
    );
  }
  try {
    return await connectBroker({ servers, ...options });
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : 'no reason given';
    throw new ExitError(exitCodes.unavailable, describe(server, reason), { cause });
  }
}

function describe(server: string, reason: string): string {
  if (/^authorization/i.test(reason)) {
    return `The NATS server ${server} does not let this user in; see NATS_USER, NATS_PASSWORD, NATS_TOKEN and --creds.`;
  }
  return /^timeout/i.test(reason)
    ? `The NATS server ${server} did not answer in 5 s; is it one, and this its port for clients?`
    : `The NATS server ${server} cannot be reached (${reason}); is it started, with JetStream (nats-server -js)?`;
}

function toLogin(creds: string | undefined, given: GivenSecrets): ConnectionOptions {
  if (creds !== undefined) {
    const file = readSecretFile(creds, 'NATS credentials');
    return { authenticator: credsAuthenticator(new TextEncoder().encode(file)) };
  }
  const user = process.env['NATS_USER'];
  const { NATS_PASSWORD: pass, NATS_TOKEN: token } = given;
  return {
    ...(user !== undefined && { user }),
    ...(pass !== undefined && { pass }),
    ...(token !== undefined && { token }),
  };
}
