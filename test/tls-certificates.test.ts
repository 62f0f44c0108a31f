import { Agent } from 'node:http';

import { liveCall } from '@livecall/core';
import type { Transport } from '@livecall/core';
import { webSocketTransport } from '@livecall/core/node';
import type { WebSocketTransportOptions } from '@livecall/core/node';
import { expect, it } from 'vitest';

import { makeBadCertificates } from './fixtures/bad-certificates.js';
import type { BadCertificates } from './fixtures/bad-certificates.js';
import { accessToken, conversationToken, expectNoTokenInError } from './fixtures/canary-tokens.js';
import { makeFolder } from './fixtures/folder.js';
import { follow, followCall } from './fixtures/follow.js';
import { CALL_END, START } from './fixtures/frames.js';
import { livecall, run, tokens } from './fixtures/livecall.js';
import { startPlatform } from './fixtures/platform.js';
import type { Answer } from './fixtures/platform.js';

/* A certificate that is not accepted: no token is sent, and nothing is dialled again. */

const certificates = makeBadCertificates();
const itWithTls = it.skipIf(certificates === undefined);
if (certificates === undefined) console.warn('No openssl here: no certificate is tested.');

const shortCall: Answer = (client) => {
  client.send(START);
  client.send(CALL_END);
  client.close(1000);
};

const serve = async (name: Exclude<keyof BadCertificates, 'ca'>) =>
  startPlatform(shortCall, { tls: certificates?.[name] ?? {} });

const toTransport = (
  { url }: { readonly url: string },
  options: Partial<WebSocketTransportOptions> = {},
): Transport => webSocketTransport({ url, accessToken, conversationToken, ...options });

const ca = certificates?.ca ?? '';

type Case = readonly [
  what: string,
  name: Exclude<keyof BadCertificates, 'ca'>,
  options: Partial<WebSocketTransportOptions>,
  code: string,
  advice: string,
];
const cases: readonly Case[] = [
  [
    'has expired',
    'expired',
    { socket: { ca } },
    'CERT_HAS_EXPIRED',
    'it has expired; the server needs a new one, or the clock of this machine is wrong',
  ],
  [
    'is not valid yet',
    'notYetValid',
    { socket: { ca } },
    'CERT_NOT_YET_VALID',
    'it is not valid yet; check the clock of this machine',
  ],
  [
    'is for another host',
    'otherHost',
    { socket: { ca } },
    'ERR_TLS_CERT_ALTNAME_INVALID',
    'it is for another host; check the host in the URL',
  ],
  [
    'is signed by itself',
    'selfSigned',
    { socket: { ca } },
    'DEPTH_ZERO_SELF_SIGNED_CERT',
    'it is signed by nobody but itself; where that is meant, give it as `socket.ca` or in NODE_EXTRA_CA_CERTS',
  ],
  [
    'comes with an authority that nobody knows',
    'withUnknownAuthority',
    { socket: { ca } },
    'SELF_SIGNED_CERT_IN_CHAIN',
    'this machine does not trust who signed it; where you do, give that authority as `socket.ca` or in NODE_EXTRA_CA_CERTS',
  ],
  [
    'is of a private authority',
    'good',
    {},
    'UNABLE_TO_VERIFY_LEAF_SIGNATURE',
    'this machine does not trust who signed it; where you do, give that authority as `socket.ca` or in NODE_EXTRA_CA_CERTS',
  ],
  [
    'is for clients',
    'forClients',
    { socket: { ca } },
    'INVALID_PURPOSE',
    'it cannot be verified; the server needs another one',
  ],
];

itWithTls.each(cases)(
  'gives up on a certificate that %s',
  async (_what, name, options, code, advice) => {
    await using platform = await serve(name);
    using following = followCall(liveCall(toTransport(platform, options)));

    // One error, and the end: it was dialled once.
    const errors = await following.errors(2);
    expect(errors).toMatchObject([
      {
        _tag: 'ConnectFailedError',
        code,
        message: `The server's certificate is not accepted (${code}): ${advice}.`,
      },
    ]);
    expect(await following.state('closed')).toMatchObject({ reason: 'failed', error: errors[0] });
    expect(platform.dials).toEqual([]);
  },
);

itWithTls.each([
  ['127.0.0.1', "IP: 127.0.0.1 is not in the cert's list"],
  ['localhost', "Host: localhost. is not in the cert's altnames"],
])('keeps what stands in a certificate out of its error: %s', async (host, said) => {
  await using platform = await serve('otherHost');
  const url = platform.url.replace('127.0.0.1', host);
  using following = follow(toTransport({ url }, { socket: { ca } }));

  // Whoever runs the server chose the names, and may know the tokens from a dial before.
  expect(await following.error()).toMatchObject({
    cause: { message: `Hostname/IP does not match certificate's altnames: ${said}` },
  });
});

itWithTls('trusts a certificate that signs itself where it is given', async () => {
  await using platform = await serve('selfSigned');
  using following = follow(
    toTransport(platform, { socket: { ca: certificates?.selfSigned.cert ?? '' } }),
  );

  expect(await following.frames(1)).toEqual([START]);
});

itWithTls('refuses an agent that would not speak TLS, before anything is sent', async () => {
  await using platform = await serve('good');
  let refusal: unknown;
  try {
    void toTransport(platform, { socket: { ca, agent: new Agent() } });
  } catch (error) {
    refusal = error;
  }

  expect(refusal).toBeInstanceOf(TypeError);
  expectNoTokenInError(refusal);
  expect(platform.dials).toEqual([]);
});

/* The command line */

itWithTls('ends the command line with 69 and what to do', async () => {
  using folder = makeFolder();
  await using platform = await serve('good');
  const args = ['record', '--url', platform.url, '--out', folder.at('call.ndjson')];
  const ended = await run(args);

  expect(ended.exitCode).toBe(69);
  expect(ended.stderr).toBe(
    `livecall: dialling 127.0.0.1:${platform.port}\n` +
      `livecall: recorded to ${folder.at('call.ndjson')}\n` +
      "livecall: The server's certificate is not accepted (UNABLE_TO_VERIFY_LEAF_SIGNATURE): this " +
      'machine does not trust who signed it; where you do, give that authority as `socket.ca` or in ' +
      'NODE_EXTRA_CA_CERTS.\n',
  );
  expect(folder.entries('call.ndjson')).toEqual([
    { event: 'failed', reason: 'unreachable', code: 'UNABLE_TO_VERIFY_LEAF_SIGNATURE' },
    { event: 'end' },
  ]);
});

itWithTls('lets the command line trust a private authority', async () => {
  using folder = makeFolder();
  await using platform = await serve('good');
  const args = ['record', '--url', platform.url, '--out', folder.at('call.ndjson')];
  await using command = livecall(args, {
    env: { ...tokens, NODE_EXTRA_CA_CERTS: folder.write('ca.pem', ca) },
  });

  expect(await command.ends()).toMatchObject({ exitCode: 0 });
});
