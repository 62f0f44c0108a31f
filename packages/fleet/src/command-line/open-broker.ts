import { credsAuthenticator } from '@nats-io/transport-node';
import type { ConnectionOptions, NatsConnection } from '@nats-io/transport-node';

import { connectBroker } from '../connect-broker.js';
import type { FleetOptions } from '../fleet-names.js';
import { setUpFleet } from '../set-up-fleet.js';
import { exitCodes, ExitError } from './exit-error.js';
import { readSecretFile } from './find-secret.js';
import type { GivenSecrets } from './find-secret.js';

/** How every command reaches its fleet. */
export interface BrokerFlags {
  readonly server: string;
  readonly creds?: string;
  readonly inboxPrefix?: string;
  readonly tlsCa?: string;
  readonly tlsCert?: string;
  readonly tlsKey?: string;
  readonly prefix: string;
  readonly domain?: string;
}

/** Which fleet it is. */
export function toFleet({ prefix, domain }: BrokerFlags): FleetOptions {
  return { prefix, ...(domain !== undefined && { domain }) };
}

/**
 * Connects to the NATS server, and makes what a fleet needs of it.
 *
 * @throws ExitError when it cannot be reached
 */
export async function openBroker(flags: BrokerFlags, given: GivenSecrets): Promise<NatsConnection> {
  const connection = await connectServer(flags, given);
  try {
    await setUpFleet(connection, toFleet(flags));
  } catch (error) {
    await connection.close();
    throw error;
  }
  return connection;
}

/**
 * Connects to the NATS server.
 *
 * @throws ExitError when it cannot be reached
 */
export function connectServer(
  { server, creds, inboxPrefix, ...files }: BrokerFlags,
  given: GivenSecrets,
): Promise<NatsConnection> {
  return connectTo(server, {
    ...toLogin(creds, given),
    ...toTls(files),
    ...(inboxPrefix !== undefined && { inboxPrefix }),
    name: 'livecall-fleet',
  });
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
  if (/does not support 'tls'/.test(reason)) {
    return `The NATS server ${server} has no TLS, which tls:// and --tls-… ask for; nothing was sent to it.`;
  }
  // The client holds it against a name, and for an address against `localhost`.
  if (/altnames/i.test(reason)) {
    return `The NATS server ${server} has a certificate for another name; name it by one that stands there, not by its address.`;
  }
  if (/certificate|self-signed/i.test(reason)) {
    return `The certificate of the NATS server ${server} is not accepted (${reason}); see --tls-ca.`;
  }
  if (/unable to parse credentials/.test(reason)) {
    return 'The file of --creds holds no NATS credentials: a JWT and a seed, as nsc writes them.';
  }
  return /^timeout/i.test(reason)
    ? `The NATS server ${server} did not answer in 5 s; is it one, and this its port for clients?`
    : `The NATS server ${server} cannot be reached (${reason}); is it started, with JetStream (nats-server -js)?`;
}

function toLogin(creds: string | undefined, given: GivenSecrets): ConnectionOptions {
  if (creds !== undefined) {
    let last = readSecretFile(creds, 'NATS credentials');
    // Asked for each connection: they run out, and are renewed there.
    const read = () => {
      try {
        if (creds !== '-') last = readSecretFile(creds, 'NATS credentials');
      } catch {
        // It is being written anew, perhaps.
      }
      return new TextEncoder().encode(last);
    };
    return { authenticator: credsAuthenticator(read) };
  }
  const user = process.env['NATS_USER'];
  const { NATS_PASSWORD: pass, NATS_TOKEN: token } = given;
  return {
    ...(user !== undefined && { user }),
    ...(pass !== undefined && { pass }),
    ...(token !== undefined && { token }),
  };
}

function toTls({
  tlsCa,
  tlsCert,
  tlsKey,
}: Pick<BrokerFlags, 'tlsCa' | 'tlsCert' | 'tlsKey'>): ConnectionOptions {
  if ((tlsCert === undefined) !== (tlsKey === undefined)) {
    throw new ExitError(exitCodes.usage, '--tls-cert and --tls-key go together.');
  }
  const tls = {
    ...(tlsCa !== undefined && { ca: readSecretFile(tlsCa, 'certificate authority') }),
    ...(tlsCert !== undefined && { cert: readSecretFile(tlsCert, 'certificate') }),
    ...(tlsKey !== undefined && { key: readSecretFile(tlsKey, 'key of the certificate') }),
  };
  return Object.keys(tls).length === 0 ? {} : { tls };
}
