import { Agent } from 'node:http';
import { Agent as SecureAgent } from 'node:https';
import type { Duplex } from 'node:stream';

import type { Transport } from '@livecall/core';
import { webSocketTransport } from '@livecall/core/node';
import type { WebSocketTransportOptions } from '@livecall/core/node';
import { expect, it } from 'vitest';

import { accessToken, conversationToken } from './fixtures/canary-tokens.js';
import { makeCertificates } from './fixtures/certificates.js';
import { follow } from './fixtures/follow.js';
import { startPlatform } from './fixtures/platform.js';
import type { Answer } from './fixtures/platform.js';

/* Who is trusted, and who makes the connection. */

const certificates = makeCertificates();
const itWithTls = it.skipIf(certificates === undefined);
if (certificates === undefined) console.warn('No openssl here: nothing is tested over TLS.');
const { ca = '', server: tls = {} } = certificates ?? {};

const greet: Answer = (client) => {
  client.send('hello');
};

const toTransport = (
  { url }: { readonly url: string },
  options: Partial<WebSocketTransportOptions> = {},
): Transport => webSocketTransport({ url, accessToken, conversationToken, ...options });

itWithTls('trusts a private authority that it is given', async () => {
  await using platform = await startPlatform(greet, { tls });
  using following = follow(toTransport(platform, { socket: { ca } }));

  expect(await following.frames(1)).toEqual(['hello']);
  expect((await platform.dial(1)).headers.authorization).toBe(`Bearer ${accessToken}`);
});

itWithTls('sends no token to a server that it does not trust', async () => {
  await using platform = await startPlatform(() => undefined, { tls });
  using following = follow(toTransport(platform));

  expect(await following.error()).toMatchObject({
    _tag: 'ConnectFailedError',
    code: 'UNABLE_TO_VERIFY_LEAF_SIGNATURE',
  });
  expect(platform.dials).toEqual([]);
});

itWithTls('trusts an authority in no other transport than it is given to', async () => {
  await using platform = await startPlatform(greet, { tls });
  using trusting = follow(toTransport(platform, { socket: { ca } }));
  await trusting.frames(1);
  using following = follow(toTransport(platform));

  expect(await following.error()).toMatchObject({ code: 'UNABLE_TO_VERIFY_LEAF_SIGNATURE' });
});

itWithTls('sends no token to a server under another name', async () => {
  await using platform = await startPlatform(() => undefined, { tls });
  const url = platform.url.replace('127.0.0.1', 'localhost');
  using following = follow(toTransport({ url }, { socket: { ca } }));

  expect(await following.error()).toMatchObject({ code: 'ERR_TLS_CERT_ALTNAME_INVALID' });
  expect(platform.dials).toEqual([]);
});

itWithTls('fails when the server speaks no TLS', async () => {
  await using platform = await startPlatform(() => undefined);
  using following = follow(toTransport({ url: platform.url.replace('ws:', 'wss:') }));

  expect(await following.error()).toMatchObject({
    _tag: 'ConnectFailedError',
    message: expect.stringMatching(
      /^Could not connect: TLS: [\w ]+\. Check the URL and the network\.$/,
    ) as unknown,
  });
});

it('lets an agent make the connection', async () => {
  await using platform = await startPlatform(greet);
  const { agent, connected } = watch(new Agent());
  using following = follow(toTransport(platform, { socket: { agent } }));

  expect(await following.frames(1)).toEqual(['hello']);
  expect(connected).toEqual([platform.port]);
});

itWithTls('lets an agent make the connection over TLS', async () => {
  await using platform = await startPlatform(greet, { tls });
  const { agent, connected } = watch(new SecureAgent({ ca }));
  using following = follow(toTransport(platform, { socket: { agent } }));

  expect(await following.frames(1)).toEqual(['hello']);
  expect(connected).toEqual([platform.port]);
});

it('fails as the agent does', async () => {
  const agent = Object.assign(new SecureAgent(), {
    createConnection: () => {
      throw Object.assign(new Error('the proxy is down'), { code: 'EPROXY', token: accessToken });
    },
  });
  using following = follow(toTransport({ url: 'wss://calls.invalid/' }, { socket: { agent } }));

  expect(await following.error()).toMatchObject({ _tag: 'ConnectFailedError', code: 'EPROXY' });
});

/** Keeps the ports that an agent connects to. */
function watch(agent: Agent): { readonly agent: Agent; readonly connected: readonly number[] } {
  const connected: number[] = [];
  type Connect = (options: { port: unknown }, ...rest: unknown[]) => Duplex;
  const { createConnection } = agent as unknown as { createConnection: Connect };
  const connect: Connect = (options, ...rest) => {
    connected.push(Number(options.port));
    return createConnection.call(agent, options, ...rest);
  };
  return { agent: Object.assign(agent, { createConnection: connect }), connected };
}
