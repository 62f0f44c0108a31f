import { once } from 'node:events';
import { createServer, request } from 'node:http';
import type { AddressInfo } from 'node:net';

import { webSocketTransport } from '@livecall/core/node';
import { loadRecording } from '@livecall/tools';
import { expect, it } from 'vitest';
import { WebSocketServer } from 'ws';

import { accessToken, conversationToken } from './fixtures/canary-tokens.js';
import { makeFolder } from './fixtures/folder.js';
import type { Folder } from './fixtures/folder.js';
import { follow } from './fixtures/follow.js';
import { CALL_END, START } from './fixtures/frames.js';
import { livecall } from './fixtures/livecall.js';
import { startPlatform } from './fixtures/platform.js';
import type { Answer, Platform } from './fixtures/platform.js';
import { rawClient, toHandshake } from './fixtures/raw-client.js';
import { toWireFrame } from './fixtures/wire-frame.js';

/* What an app sees of its platform, and the platform of the app, through `livecall proxy`. */

const startProxy = (platform: Pick<Platform, 'url'>, folder: Folder, query = '') =>
  livecall(['proxy', '--url', platform.url + query, '--out-dir', folder.path]);
const begin: Answer = (client) => {
  client.send(START);
};

async function portOf(command: ReturnType<typeof startProxy>): Promise<number> {
  return Number(new URL(await command.line(1)).port);
}

/** The head of an answer, without what is a matter of its connection. */
function toHead(answer: string): readonly string[] {
  const [head = ''] = answer.split('\r\n\r\n');
  return head.split('\r\n').filter((line) => !/^(connection|date|keep-alive):/i.test(line));
}

it.concurrent.each<[what: string, headers: Readonly<Record<string, string>>]>([
  ['an empty user id', { 'x-hiya-account-user-id': '' }],
  ['a user id in Latin-1', { 'x-hiya-account-user-id': 'M\u00fcller' }],
  ['a user id with a tab', { 'x-hiya-account-user-id': 'a\tb' }],
  ['an empty product version', { 'x-hiya-product-version': '' }],
  [
    'headers of its own',
    { 'X-Request-Id': '7', 'User-Agent': 'an app/1', 'Accept-Language': 'de' },
  ],
  ['a cookie', { Cookie: 'session=s3cret-session-id; theme=dark' }],
  ['a scheme in lower case', { Authorization: `bearer  ${accessToken}` }],
  ['a foreign Origin', { Origin: 'https://app.example' }],
])('sends the platform what the app dialled with: %s', async (_what, headers) => {
  using folder = makeFolder();
  await using platform = await startPlatform(begin);
  await using command = livecall([
    ...['proxy', '--url', platform.url, '--out-dir', folder.path],
    ...['--allow-origin', 'https://app.example'],
  ]);
  using client = await rawClient(
    await portOf(command),
    Buffer.from(toHandshake({ headers }), 'latin1'),
  );

  expect(await client.status()).toBe(101);
  const dial = await platform.dial(1);
  const lowered = Object.entries(headers).map(([name, value]) => [
    name.toLowerCase(),
    value.trim(),
  ]);
  expect(dial.headers).toMatchObject(Object.fromEntries(lowered) as object);
});

it.concurrent('sends the whole query as it came, behind that of the url', async () => {
  using folder = makeFolder();
  await using platform = await startPlatform(begin);
  await using command = startProxy(platform, folder, '?region=eu');
  const target = '/ws/v1/liveCalls?x=1&conversationToken=c0ffee%2B%2f&x=2&empty=&flag&sp=a+b%20c';
  using client = await rawClient(await portOf(command), toHandshake({ target }));

  expect(await client.status()).toBe(101);
  expect((await platform.dial(1)).path).toBe(
    `/ws/v1/liveCalls?region=eu&${target.replace(/^[^?]*\?/, '')}`,
  );
});

it.concurrent(
  'sends no header that is a matter of the connection, nor its own origin',
  async () => {
    using folder = makeFolder();
    await using platform = await startPlatform(begin);
    await using command = startProxy(platform, folder);
    const port = await portOf(command);
    const headers = {
      Connection: 'Upgrade, X-Hop',
      'X-Hop': 'one',
      'Keep-Alive': 'timeout=5',
      'Proxy-Authorization': 'Basic s3cret',
      TE: 'trailers',
      Origin: `http://127.0.0.1:${port}`,
    };
    using client = await rawClient(port, toHandshake({ headers }));

    expect(await client.status()).toBe(101);
    const { headers: sent } = await platform.dial(1);
    expect(sent).toMatchObject({
      connection: 'Upgrade',
      host: new URL(platform.url).host,
      origin: platform.url.replace(/^ws:\/\/([^/]*).*$/, 'http://$1'),
    });
    expect(Object.keys(sent)).not.toEqual(
      expect.arrayContaining([
        expect.stringMatching(/^(x-hop|keep-alive|proxy-authorization|te)$/),
      ]),
    );
  },
);

it.concurrent.each<[status: number, headers: Readonly<Record<string, string>>, body: string]>([
  [
    401,
    { 'WWW-Authenticate': 'Bearer realm="calls", error="invalid_token"' },
    '{"error":"expired"}',
  ],
  [302, { Location: 'https://login.example/?next=%2F' }, ''],
  [429, { 'Retry-After': '7', 'X-RateLimit-Reset': '7' }, 'slow down\n'],
  [
    503,
    { 'Retry-After': 'Sat, 28 Nov 2026 12:00:00 GMT', 'X-Request-Id': 'r-1' },
    '<h1>Señal</h1>',
  ],
  [404, { 'Content-Type': 'application/problem+json', 'X-Request-Id': 'r-2' }, '{}'],
  [400, { 'Set-Cookie': 'a=1; Path=/' }, 'x'.repeat(60_000)],
])('gives the app the whole refusal: %i', async (status, headers, body) => {
  using folder = makeFolder();
  await using platform = await startPlatform({ status, headers, body });
  await using command = startProxy(platform, folder);
  using direct = await rawClient(platform.port, toHandshake());
  using proxied = await rawClient(await portOf(command), toHandshake());
  const [expected, actual] = await Promise.all([direct.rest(), proxied.rest()]);

  expect(new Set(toHead(actual))).toEqual(new Set(toHead(expected)));
  expect(actual.split('\r\n\r\n')[1]).toBe(expected.split('\r\n\r\n')[1]);
});

it.concurrent('gives the app a refusal of which the body does not end', async () => {
  using folder = makeFolder();
  const http = createServer();
  http.on('upgrade', (_request, socket) => {
    socket.on('error', () => socket.destroy());
    socket.write('HTTP/1.1 403 Forbidden\r\nX-Request-Id: r-3\r\n\r\n');
    socket.write('x'.repeat(100_000));
  });
  http.listen(0, '127.0.0.1');
  await once(http, 'listening');
  const { port } = http.address() as AddressInfo;
  await using command = startProxy({ url: `ws://127.0.0.1:${port}/` }, folder);
  using client = await rawClient(await portOf(command), toHandshake());
  const answer = await client.rest();
  http.close();

  expect(toHead(answer)).toEqual([
    'HTTP/1.1 403 Forbidden',
    'Content-Length: 65536',
    'X-Request-Id: r-3',
  ]);
  expect(answer.split('\r\n\r\n')[1]).toHaveLength(65_536);
});

it.concurrent('gives the app the headers and the subprotocol that it was let in with', async () => {
  using folder = makeFolder();
  const webSockets = new WebSocketServer({
    port: 0,
    host: '127.0.0.1',
    handleProtocols: (offered) => [...offered].at(-1) ?? false,
  });
  webSockets.on('headers', (lines) => {
    lines.push('X-Request-Id: r-4', 'Set-Cookie: a=1', 'Set-Cookie: b=2');
  });
  await once(webSockets, 'listening');
  const { port } = webSockets.address() as AddressInfo;
  await using command = startProxy({ url: `ws://127.0.0.1:${port}/` }, folder);
  const headers = { 'Sec-WebSocket-Protocol': 'calls.1, calls.2' };
  const dialled = request({
    ...{ host: '127.0.0.1', port: await portOf(command) },
    path: '/ws/v1/liveCalls?conversationToken=c0ffee',
    headers: {
      Connection: 'Upgrade',
      Upgrade: 'websocket',
      'Sec-WebSocket-Version': '13',
      'Sec-WebSocket-Key': 'dGhlIHNhbXBsZSBub25jZQ==',
      Authorization: 'Bearer any-token',
      ...headers,
    },
  }).end();
  const [response] = (await once(dialled, 'upgrade')) as [{ headers: object }];
  dialled.destroy();
  for (const client of webSockets.clients) client.terminate();
  webSockets.close();

  expect(response.headers).toMatchObject({
    'x-request-id': 'r-4',
    'set-cookie': ['a=1', 'b=2'],
    'sec-websocket-protocol': 'calls.2',
    'sec-websocket-accept': 's3pPLMBiTxaQ9kYGzzhZRbK+xOo=',
  });
});

it.concurrent('records no credential that the app dialled with, whoever repeats it', async () => {
  using folder = makeFolder();
  const credentials = [
    's3cret-session-id',
    's3cret-api-key',
    's3cret-signature',
    'czNjcmV0LWJhc2lj',
  ];
  await using platform = await startPlatform((client) => {
    client.send(JSON.stringify({ type: 'error', description: credentials.join(' ') }));
    client.send(CALL_END);
    client.close(1008, credentials[0]);
  });
  await using command = startProxy(platform, folder);
  const target = '/ws/v1/liveCalls?conversationToken=c0ffee&sig=s3cret-signature';
  const headers = {
    Cookie: 'theme=dark; sid=s3cret-session-id',
    'X-Api-Key': 's3cret-api-key',
    'X-Upstream-Authorization': 'Basic czNjcmV0LWJhc2lj',
  };
  using client = await rawClient(await portOf(command), toHandshake({ target, headers }));
  expect(await client.status()).toBe(101);
  await command.says('recorded ');

  const text = folder.lines(folder.recordings()[0] ?? '').join('\n');
  for (const credential of credentials) expect(text).not.toContain(credential);
  expect(text).toContain('[redacted]');
});

it.concurrent('lets a redial take the place of a client that has vanished', async () => {
  using folder = makeFolder();
  await using platform = await startPlatform(begin);
  await using command = startProxy(platform, folder);
  const url = await command.line(1);
  // It answers no ping: its way has died, and nobody told.
  using ghost = await rawClient(Number(new URL(url).port), toHandshake());
  expect(await ghost.status()).toBe(101);
  await platform.dial(1);
  using app = follow(webSocketTransport({ url, accessToken, conversationToken: 'c0ffee' }));

  expect(await app.frames(1)).toEqual([START]);
  expect(await (await platform.dial(1)).end()).toMatchObject({ code: 1000 });
  await ghost.gone();
  command.signal('SIGINT');
  await command.ends();
  const [name = '', ...others] = folder.recordings();
  expect(others).toEqual([]);
  const { entries } = await loadRecording(folder.at(name));
  expect(entries.map(({ event }) => event)).toEqual([
    ...['open', 'frame', 'close'],
    ...['open', 'frame', 'close', 'end'],
  ]);
});

it.concurrent('leaves a client its place that is there, though it only listens', async () => {
  using folder = makeFolder();
  await using platform = await startPlatform(begin);
  await using command = startProxy(platform, folder);
  const url = await command.line(1);
  using first = follow(webSocketTransport({ url, accessToken, conversationToken }));
  await first.frames(1);
  using second = follow(webSocketTransport({ url, accessToken, conversationToken }));
  await second.frames(1);
  command.signal('SIGINT');

  expect(await first.error()).toMatchObject({ code: 1006 });
  expect(folder.recordings()).toHaveLength(2);
});

it.concurrent(
  'pings its app, and leaves the platform when the app has vanished',
  async () => {
    using folder = makeFolder();
    await using platform = await startPlatform(begin);
    await using command = startProxy(platform, folder);
    using ghost = await rawClient(await portOf(command), toHandshake());
    await ghost.status();
    const rest = ghost.rest();

    expect(await (await platform.dial(1)).end()).toMatchObject({ code: 1000 });
    expect(await rest).toContain(toWireFrame('ping').toString('latin1'));
  },
  60_000,
);
