import { once } from 'node:events';
import { request } from 'node:http';
import type { IncomingHttpHeaders, IncomingMessage } from 'node:http';

import { LIVE_CALLS_PATH } from '@livecall/core';
import { replay, scenario, serve, serveReplays } from '@livecall/tools';
import type { Server } from '@livecall/tools';
import { NEVER } from 'rxjs';
import { expect, it } from 'vitest';

import { conversationToken } from './fixtures/canary-tokens.js';
import { rawClient, toHandshake } from './fixtures/raw-client.js';

/* Requests that ask for no WebSocket: health checks, and handshakes of which a proxy left half. */

interface Asked {
  readonly method?: string;
  readonly path?: string;
  readonly headers?: Readonly<Record<string, string>>;
}

async function ask(
  { port }: Server,
  { method = 'GET', path = '/healthz', headers = {} }: Asked,
): Promise<{ status: number; headers: IncomingHttpHeaders; body: string }> {
  const asked = request({ host: '127.0.0.1', port, method, path, headers }).end();
  const [response] = (await once(asked, 'response')) as [IncomingMessage];
  let body = '';
  for await (const chunk of response.setEncoding('utf8')) body += String(chunk);
  return { status: response.statusCode ?? 0, headers: response.headers, body };
}

it.each<[what: string, asked: Asked, status: number, body: string]>([
  ['as Caddy and Kubernetes ask', {}, 200, 'ok\n'],
  ['with a query', { path: '/healthz?from=here' }, 200, 'ok\n'],
  ['by HEAD', { method: 'HEAD' }, 200, ''],
  ['as HAProxy asks by itself', { method: 'OPTIONS', path: '/' }, 200, ''],
  [
    'with an offer of HTTP/2',
    { headers: { Connection: 'Upgrade, HTTP2-Settings', Upgrade: 'h2c', 'HTTP2-Settings': 'AA' } },
    200,
    'ok\n',
  ],
])('tells a health check that it is there: %s', async (_what, asked, status, body) => {
  await using server = await serveReplays(NEVER);

  expect(await ask(server, asked)).toMatchObject({
    status,
    body,
    headers: { connection: 'close' },
  });
  expect(await server.done()).toEqual([]);
});

it('is there for HTTP/1.0, too', async () => {
  await using server = await serve(NEVER);
  using client = await rawClient(server.port, 'GET /healthz HTTP/1.0\r\n\r\n');

  expect(await client.rest()).toMatch(/^HTTP\/1\.1 200 OK\r\n.*\r\n\r\nok\n$/s);
});

it.each<[what: string, asked: Asked]>([
  ['another path', { path: '/health' }],
  ['a path that goes on', { path: '/healthz/' }],
  ['the path of calls', { path: `${LIVE_CALLS_PATH}?conversationToken=c0ffee` }],
  ['a POST', { method: 'POST' }],
])('answers 426 to %s, and says what to do', async (_what, asked) => {
  await using server = await serveReplays(NEVER);

  expect(await ask(server, asked)).toMatchObject({
    status: 426,
    headers: { upgrade: 'websocket' },
    body: 'This is a WebSocket endpoint. If you asked for one, a proxy in between must pass Upgrade and Connection on.\n',
  });
  expect(await server.done()).toEqual([]);
});

it.each<[what: string, headers: string]>([
  ['neither', ''],
  ['Upgrade alone', 'Upgrade: websocket\r\n'],
  ['Upgrade, and another Connection', 'Upgrade: websocket\r\nConnection: close\r\n'],
  ['Connection alone', 'Connection: Upgrade\r\n'],
])('tells of a handshake that arrives with %s, and keeps its dial', async (_what, headers) => {
  const refused: string[] = [];
  const call = scenario().start().close().toRecording('call.ndjson');
  const played$ = replay(call);
  await using server = await serve(played$, {
    onRefused: ({ expected, actual }) =>
      refused.push(`handshake: expected ${expected}, got ${actual}`),
  });
  const stripped = toHandshake().replace(/(Connection|Upgrade): .*\r\n/g, '');
  using client = await rawClient(server.port, stripped.replace(/\r\n\r\n$/, `\r\n${headers}\r\n`));
  expect(await client.status()).toBe(426);
  expect(refused).toEqual([
    'handshake: expected Upgrade and Connection, got none; a proxy in between must pass Upgrade and Connection on',
  ]);

  using next = await rawClient(server.port, toHandshake());
  expect(await next.status()).toBe(101);
  expect(played$.divergences()).toEqual([]);
});

it('tells of a dial of which nothing but its tokens is left', async () => {
  await using server = await serveReplays(NEVER);
  const query = `?conversationToken=${encodeURIComponent(conversationToken)}`;
  const headers = { Authorization: 'Bearer any-token' };
  expect(await ask(server, { path: LIVE_CALLS_PATH + query, headers })).toMatchObject({
    status: 426,
  });

  expect(await server.done()).toHaveLength(1);
});

it.each<[host: string, origins: (port: number) => readonly string[]]>([
  ['127.0.0.1', (port) => [`http://127.0.0.1:${port}`, `http://localhost:${port}`]],
  ['::1', (port) => [`http://[::1]:${port}`, `http://localhost:${port}`]],
  ['0.0.0.0', (port) => [`http://127.0.0.1:${port}`, `http://localhost:${port}`]],
  [
    '::',
    (port) => [`http://[::1]:${port}`, `http://127.0.0.1:${port}`, `http://localhost:${port}`],
  ],
])(
  'lets its own origins in, which clients send that are no browser: on %s',
  async (host, toOrigins) => {
    await using server = await serve(NEVER, { host, answerTimeoutMs: 1 });
    const statusOf = async (Origin: string) => {
      const target = '/ws/v1/liveCalls';
      using client = await rawClient(
        server.port,
        toHandshake({ target, headers: { Origin } }),
        host,
      );
      return await client.status();
    };

    // Without a conversationToken they get as far as that.
    for (const origin of toOrigins(server.port)) {
      expect(await statusOf(origin)).toBe(400);
      // As Go's x/net/websocket writes it.
      expect(await statusOf(`${origin}/`)).toBe(400);
    }
    expect(await statusOf(`https://127.0.0.1:${server.port}`)).toBe(403);
    expect(await statusOf(`http://127.0.0.1:${server.port === 1 ? 2 : server.port - 1}`)).toBe(403);
    expect(await statusOf(`http://evil.example:${server.port}`)).toBe(403);
  },
);

it.each([
  ['0.0.0.0', '127.0.0.1'],
  ['::', '[::1]'],
  ['0:0:0:0:0:0:0:0', '[::1]'],
  ['127.0.0.1', '127.0.0.1'],
  ['::1', '[::1]'],
  ['localhost', 'localhost'],
])('listens on %s, and says what to dial: %s', async (host, dialled) => {
  await using server = await serve(NEVER, { host });

  expect(server.url).toBe(`ws://${dialled}:${server.port}/ws/v1/liveCalls`);
});

it('goes by where it listens, and not by the Host that it is asked as', async () => {
  await using server = await serve(NEVER);
  const headers = { Host: 'evil.example', Origin: 'http://evil.example' };
  using client = await rawClient(server.port, toHandshake({ headers }));

  expect(await client.status()).toBe(403);
});

it('names an origin that it does not let in where that is a local one', async () => {
  await using server = await serveReplays(NEVER);
  const local = ['http://localhost:5173', 'https://127.0.0.1:8443', 'http://[::1]:3000', 'null'];
  const others = ['https://s3cret.example', 'http://localhost.s3cret.example', 'http://127.0.0.11'];
  for (const Origin of [...local, ...others]) {
    using client = await rawClient(server.port, toHandshake({ headers: { Origin } }));
    await client.rest();
  }

  const named = [...local, ...others.map(() => 'another Origin')];
  expect((await server.done()).map(({ actual }) => actual)).toEqual(named);
});
