import { Agent } from 'node:https';
import { createServer } from 'node:net';
import type { AddressInfo, Socket } from 'node:net';

import { liveCall } from '@livecall/core';
import type { Transport } from '@livecall/core';
import { webSocketTransport } from '@livecall/core/node';
import type { SocketOptions, WebSocketTransportOptions } from '@livecall/core/node';
import { HttpsProxyAgent } from 'https-proxy-agent';
import { lastValueFrom, toArray } from 'rxjs';
import { expect, it, vi } from 'vitest';

import { makeBadCertificates } from './fixtures/bad-certificates.js';
import { accessToken, conversationToken, expectNoToken } from './fixtures/canary-tokens.js';
import { startConnectProxy } from './fixtures/connect-proxy.js';
import type { ConnectProxy } from './fixtures/connect-proxy.js';
import { follow, followCall } from './fixtures/follow.js';
import { CALL_END, START } from './fixtures/frames.js';
import { freePort } from './fixtures/free-port.js';
import { createHistory } from './fixtures/history.js';
import type { History } from './fixtures/history.js';
import { startPlatform } from './fixtures/platform.js';
import type { Answer } from './fixtures/platform.js';
import { proxyAgent } from '../tools/src/command-line/proxy-agent.js';

/* An HTTP proxy on the way, through CONNECT. */

const certificates = makeBadCertificates();
const itWithTls = it.skipIf(certificates === undefined);
if (certificates === undefined) console.warn('No openssl here: no proxy is tested.');
const { ca = '', good: tls = {}, otherHost = {} } = certificates ?? {};

const begin: Answer = (client) => {
  client.send(START);
};

function toTransport(
  { url }: { readonly url: string },
  proxyUrl: string,
  options: Partial<WebSocketTransportOptions> = {},
): Transport {
  const agent = new HttpsProxyAgent(proxyUrl);
  return webSocketTransport({
    // By its name: the agent does not tell TLS which address it is to find in the certificate.
    url: url.replace('127.0.0.1', 'localhost'),
    ...{ accessToken, conversationToken },
    ...options,
    socket: { ca, agent, ...options.socket },
  });
}

/** Only the way to the platform, in the clear, and what is encrypted. */
function expectOnlyConnect(proxy: ConnectProxy): void {
  for (const request of proxy.requests) expect(request).toMatch(/^CONNECT localhost:\d+\n/);
  expectNoToken(proxy.seen());
}

itWithTls('follows a call through a proxy, which sees no token', async () => {
  await using proxy = await startConnectProxy();
  await using platform = await startPlatform(
    (client) => {
      client.send(START);
      client.on('message', (data: Buffer) => {
        const { id } = JSON.parse(data.toString()) as { id: string };
        client.send(JSON.stringify({ type: 'ack', ackId: id }));
        client.send(CALL_END);
        client.close(1000);
      });
    },
    { tls },
  );
  const call = liveCall(toTransport(platform, proxy.url));
  const joined = lastValueFrom(call.joinCall({ whenNotOpen: 'wait' }));
  const events = lastValueFrom(call.events$.pipe(toArray()));
  using following = followCall(call);

  expect(await joined).toMatchObject({ confirmedBy: 'ack' });
  expect(await following.state('closed')).toEqual({ status: 'closed', reason: 'call-ended' });
  expect((await events).map(({ type }) => type)).toEqual(['event:start', 'event:callEnd']);
  expect((await platform.dial(1)).headers.authorization).toBe(`Bearer ${accessToken}`);
  expect(proxy.requests).toHaveLength(1);
  expectOnlyConnect(proxy);
});

it('follows a call through a proxy without TLS, where the platform is on this machine', async () => {
  await using proxy = await startConnectProxy();
  await using platform = await startPlatform(begin);
  using following = follow(toTransport(platform, proxy.url));

  expect(await following.frames(1)).toEqual([START]);
  expect(proxy.requests).toMatchObject([expect.stringMatching(/^CONNECT /)]);
});

itWithTls('gives the proxy its own credentials, and no others', async () => {
  await using proxy = await startConnectProxy();
  await using platform = await startPlatform(begin, { tls });
  const proxyUrl = proxy.url.replace('//', '//user:pass-for-the-proxy@');
  using following = follow(toTransport(platform, proxyUrl));
  await following.connection();

  const basic = Buffer.from('user:pass-for-the-proxy').toString('base64');
  expect(proxy.requests[0]).toContain(`Proxy-Authorization\nBasic ${basic}`);
  expect((await platform.dial(1)).headers).not.toHaveProperty('proxy-authorization');
  expectOnlyConnect(proxy);
});

itWithTls('dials again through the proxy when the tunnel is cut', async () => {
  await using proxy = await startConnectProxy();
  await using platform = await startPlatform(begin, { tls });
  const call = liveCall(toTransport(platform, proxy.url), {
    retry: { baseDelayMs: 1, maxDelayMs: 1 },
  });
  using following = followCall(call);
  await following.state('open');
  proxy.cut();

  expect(await following.errors(1)).toMatchObject([{ code: 1006 }]);
  expect(await proxy.opened(2)).toHaveLength(2);
  await platform.dial(2);
  expectOnlyConnect(proxy);
});

itWithTls('dials again when the proxy cannot reach the platform yet', async () => {
  await using proxy = await startConnectProxy([502, 503, 'hang up', 'connect']);
  await using platform = await startPlatform(begin, { tls });
  const call = liveCall(toTransport(platform, proxy.url), {
    retry: { baseDelayMs: 1, maxDelayMs: 1 },
  });
  using following = followCall(call);

  expect(await following.state('open')).toMatchObject({ status: 'open' });
  expect(await following.errors(3)).toMatchObject([
    { _tag: 'HandshakeRefusedError', status: 502, refusedBy: 'proxy' },
    { _tag: 'HandshakeRefusedError', status: 503, refusedBy: 'proxy' },
    { _tag: 'ConnectFailedError' },
  ]);
  expectOnlyConnect(proxy);
});

itWithTls('says that the proxy wants credentials, and gives up', async () => {
  await using proxy = await startConnectProxy(407);
  await using platform = await startPlatform(begin, { tls });
  using following = followCall(liveCall(toTransport(platform, proxy.url)));

  expect(await following.errors(2)).toMatchObject([
    {
      status: 407,
      refusedBy: 'proxy',
      message:
        'The HTTP proxy refused the way to the server with 407: it wants credentials; give them to the `socket.agent`.',
    },
  ]);
  expect(platform.dials).toEqual([]);
  expectOnlyConnect(proxy);
});

/** Node's own agent knows proxies from 22.21 and 24.5 on; before, it ignores the option. */
function knowsProxyEnv(): boolean {
  const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);
  return (major === 22 && minor >= 21) || (major === 24 && minor >= 5) || major > 24;
}

function toNodeAgent(url: string): Agent {
  const options: object = { proxyEnv: { HTTPS_PROXY: url } };
  return new Agent(options);
}

type ToAgent = (url: string) => NonNullable<SocketOptions['agent']>;

const agents: readonly (readonly [whose: string, toAgent: ToAgent])[] = [
  ['https-proxy-agent', (url) => new HttpsProxyAgent(url)],
  ...(knowsProxyEnv() ? [["Node's own agent", toNodeAgent] as const] : []),
];

it.each(agents)('tells what a proxy refused as its answer, by %s', async (_whose, toAgent) => {
  const tokens = { accessToken: vi.fn(() => accessToken) };
  for (const status of [401, 403, 407]) {
    await using proxy = await startConnectProxy(status);
    using following = followCall(
      liveCall(
        webSocketTransport({
          url: 'wss://calls.invalid/',
          conversationToken,
          ...tokens,
          socket: { agent: toAgent(proxy.url) },
        }),
      ),
    );

    expect(await following.errors(2)).toMatchObject([
      { _tag: 'HandshakeRefusedError', status, refusedBy: 'proxy' },
    ]);
    expect(proxy.requests).toHaveLength(1);
  }
  // Another token would do no good: a proxy has seen none.
  expect(tokens.accessToken.mock.calls).toEqual(Array(3).fill([{ reason: 'connect' }]));
});

it.each(agents)(
  'dials again when a proxy cannot reach the server, by %s',
  async (_whose, toAgent) => {
    await using proxy = await startConnectProxy([500, 502, 503, 504, 403]);
    using following = followCall(
      liveCall(
        webSocketTransport({
          url: 'wss://calls.invalid/',
          ...{ accessToken, conversationToken, socket: { agent: toAgent(proxy.url) } },
        }),
        { retry: { baseDelayMs: 1, maxDelayMs: 1 } },
      ),
    );

    expect(await following.errors(6)).toMatchObject(
      [500, 502, 503, 504, 403].map((status) => ({ status, refusedBy: 'proxy' })),
    );
  },
);

it.each(agents)(
  'leaves no connection to a proxy that never answers, by %s',
  async (_whose, toAgent) => {
    await using proxy = await startConnectProxy('silence');
    const transport = webSocketTransport({
      url: 'wss://calls.invalid/',
      handshakeTimeoutMs: 50,
      ...{ accessToken, conversationToken, socket: { agent: toAgent(proxy.url) } },
    });
    const call = liveCall(transport, { retry: { baseDelayMs: 1, maxDelayMs: 1, maxAttempts: 2 } });
    using following = followCall(call);

    expect(await following.errors(4)).toMatchObject(
      Array(3).fill({ _tag: 'HandshakeTimeoutError', waitingFor: 'server' }),
    );
    expect(proxy.requests).toHaveLength(3);
    await proxy.empty();
  },
);

/** Node 20 tells of no connection that begins with TLS: only the command line's agent ends it there. */
const isTold = Number(process.versions.node.split('.')[0]) >= 22;

const toForeignAgent = (url: URL) => new HttpsProxyAgent(url.href);

it.each<[whose: string, toAgent: (url: URL) => HttpsProxyAgent<string>]>([
  ["the command line's", proxyAgent],
  ...(isTold ? [['https-proxy-agent', toForeignAgent] as [string, typeof toForeignAgent]] : []),
])(
  'leaves no connection to a proxy that is to speak TLS and never does, by %s',
  async (_whose, toAgent) => {
    const come = createHistory<Socket>();
    await using proxy = await listenInSilence(come);
    const agent = toAgent(new URL(`https://127.0.0.1:${proxy.port}`));
    using following = follow(
      webSocketTransport({
        url: 'wss://calls.invalid/',
        handshakeTimeoutMs: 50,
        ...{ accessToken, conversationToken, socket: { agent } },
      }),
    );
    const socket = await come.nth(1);
    const gone = new Promise((resolve) => socket.on('close', resolve));

    expect(await following.error()).toMatchObject({ _tag: 'HandshakeTimeoutError' });
    await gone;
  },
);

/** Takes connections, reads what comes, and says nothing. */
async function listenInSilence(come: History<Socket>) {
  const server = createServer((socket) => {
    socket.on('error', () => undefined).resume();
    come.add(socket);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    port: (server.address() as AddressInfo).port,
    [Symbol.asyncDispose]: async () => {
      for (const socket of come.all) socket.destroy();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

it.each(agents)(
  'leaves no connection to a proxy when it is left, by %s',
  async (_whose, toAgent) => {
    await using proxy = await startConnectProxy('silence');
    const following = follow(
      webSocketTransport({
        url: 'wss://calls.invalid/',
        ...{ accessToken, conversationToken, socket: { agent: toAgent(proxy.url) } },
      }),
    );
    await proxy.asked(1);
    following.unsubscribe();

    await proxy.empty();
  },
);

itWithTls('cuts no other connection of an agent with a dial that is given up', async () => {
  await using proxy = await startConnectProxy(['connect', 'silence']);
  await using platform = await startPlatform(begin, { tls });
  const agent = new HttpsProxyAgent(proxy.url);
  using open = follow(toTransport(platform, proxy.url, { socket: { agent } }));
  await open.connection();
  using given = follow(
    toTransport(platform, proxy.url, { socket: { agent }, handshakeTimeoutMs: 50 }),
  );
  await given.error();
  const { send } = await open.connection();
  send('still there');

  expect(await (await platform.dial(1)).frames(1)).toEqual(['still there']);
});

itWithTls('checks the certificate behind the proxy', async () => {
  await using proxy = await startConnectProxy();
  await using platform = await startPlatform(begin, { tls });
  await using elsewhere = await startPlatform(begin, { tls: otherHost });
  using wrongHost = followCall(liveCall(toTransport(elsewhere, proxy.url)));
  expect(await wrongHost.errors(2)).toMatchObject([{ code: 'ERR_TLS_CERT_ALTNAME_INVALID' }]);

  using untrusted = followCall(liveCall(toTransport(platform, proxy.url, { socket: { ca: [] } })));
  expect(await untrusted.errors(2)).toMatchObject([{ code: 'UNABLE_TO_VERIFY_LEAF_SIGNATURE' }]);
  expect([...platform.dials, ...elsewhere.dials]).toEqual([]);
  expectOnlyConnect(proxy);
});

itWithTls('fails when nobody is there to be the proxy', async () => {
  using following = follow(
    toTransport({ url: 'wss://calls.invalid/' }, `http://127.0.0.1:${await freePort()}`),
  );

  expect(await following.error()).toMatchObject({
    _tag: 'ConnectFailedError',
    code: 'ECONNREFUSED',
  });
});

it('keeps an error of an agent that quotes the request to itself', async () => {
  const agent = new HttpsProxyAgent('http://127.0.0.1:1');
  const quoting = Object.assign(agent, {
    connect: (request: { getHeader(name: string): unknown; path: string }) => {
      const quoted = `${String(request.getHeader('authorization'))} ${request.path}`;
      throw Object.assign(new Error(`no way for ${quoted}`), { code: 'EPROXY', request });
    },
  });
  using following = follow(
    webSocketTransport({
      url: 'wss://calls.invalid/',
      accessToken,
      conversationToken,
      socket: { agent: quoting },
    }),
  );

  // `error()` has searched it for tokens.
  expect(await following.error()).toMatchObject({
    _tag: 'ConnectFailedError',
    code: 'EPROXY',
    cause: { message: 'what failed was told with a token in it' },
  });
});
