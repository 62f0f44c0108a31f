import { once } from 'node:events';
import { createServer, get } from 'node:http';
import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import { createServer as createSecureServer } from 'node:https';
import { connect } from 'node:net';
import type { AddressInfo, Socket } from 'node:net';
import { connect as connectSecurely } from 'node:tls';

import { relayTransport } from '@livecall/core/browser';
import { relay } from '@livecall/server';
import type { Relay, RelayOptions } from '@livecall/server';
import express from 'express';
import fastify from 'fastify';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { WebSocket, WebSocketServer } from 'ws';

import { makeCertificates } from './fixtures/certificates.js';
import { follow } from './fixtures/follow.js';
import { START } from './fixtures/frames.js';
import { startPlatform } from './fixtures/platform.js';
import type { Platform } from './fixtures/platform.js';
import { CALL } from './fixtures/relayed.js';
import { rawClient, toHandshake } from './fixtures/raw-client.js';

/* A relay in the server of an app that has other things to do. */

let platform: Platform;
beforeAll(async () => {
  platform = await startPlatform((client) => {
    client.send(START);
  });
});
afterAll(() => platform[Symbol.asyncDispose]());

const startRelay = (options: Pick<RelayOptions, 'path'> = {}): Relay =>
  relay({ url: platform.url, authorize: () => CALL, ...options });

/** An app whose server answers `the app`. */
interface App {
  readonly server: Server;
  listen(): Promise<unknown>;
}

const listen = (server: Server) =>
  new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));

const apps: Readonly<Record<string, () => App>> = {
  'node:http': () => {
    const server = createServer((_request, response) => response.end('the app'));
    return { server, listen: () => listen(server) };
  },
  Express: () => {
    const app = express();
    app.get('/', (_request, response) => {
      response.send('the app');
    });
    const server = createServer(app);
    return { server, listen: () => listen(server) };
  },
  Fastify: () => {
    const app = fastify();
    app.get('/', () => 'the app');
    return { server: app.server, listen: () => app.listen({ port: 0, host: '127.0.0.1' }) };
  },
};

const portOf = ({ server }: { readonly server: Server }) => (server.address() as AddressInfo).port;

async function stop(relayed: Relay, server: Server): Promise<void> {
  await relayed.close();
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
}

it.each(Object.entries(apps))(
  'relays in an app of %s, which goes on as before',
  async (name, makeApp) => {
    const app = makeApp();
    const relayed = startRelay();
    relayed.attach(app.server);
    await app.listen();
    const url = `ws://127.0.0.1:${portOf(app)}/livecall/8f0c`;
    using following = follow(relayTransport({ url, webSocket: WebSocket }));

    expect(await following.frames(1)).toEqual([START]);
    expect(await (await fetch(`http://127.0.0.1:${portOf(app)}/`)).text()).toBe('the app');
    // Java's HttpClient offers HTTP/2 with everything that it asks.
    for (const upgrade of ['h2c', 'websocket']) {
      expect(await ask(portOf(app), '/', upgrade)).toEqual([200, 'the app']);
      expect(await ask(portOf(app), '/livecalls', upgrade)).toMatchObject(
        name === 'node:http' ? [200, 'the app'] : [404, expect.any(String)],
      );
    }
    await stop(relayed, app.server);
  },
);

/** Asks for an upgrade, and reads the answer of an app that knows of none. */
function ask(port: number, path: string, upgrade: string): Promise<unknown> {
  return new Promise((resolve, reject) => {
    const headers = { connection: 'Upgrade', upgrade };
    const asked = get({ port, path, headers, host: '127.0.0.1' }, (response) => {
      let text = '';
      response.setEncoding('utf8').on('data', (chunk: string) => (text += chunk));
      response.on('end', () => {
        resolve([response.statusCode, text]);
      });
    });
    asked.on('error', reject);
  });
}

it.each(['plain', 'TLS'])(
  'leaves a request its body, and the connection those that follow, where no relay is asked: %s',
  async (kind) => {
    const certificates = kind === 'TLS' ? makeCertificates() : undefined;
    const answerTo = (request: IncomingMessage, response: ServerResponse) => {
      const chunks: Buffer[] = [];
      request.on('data', (chunk: Buffer) => chunks.push(chunk));
      request.on('end', () => response.end(`${request.url} ${Buffer.concat(chunks).length}\n`));
    };
    const server = certificates
      ? createSecureServer(certificates.server, answerTo)
      : createServer(answerTo);
    // Of two relays, neither is asked.
    const relays = [startRelay(), startRelay({ path: '/live' })];
    for (const relayed of relays) relayed.attach(server);
    await listen(server);
    const options = { port: portOf({ server }), host: '127.0.0.1', ca: certificates?.ca };
    const client = certificates ? connectSecurely(options) : connect(options);
    let text = '';
    client.setEncoding('latin1').on('data', (chunk: string) => (text += chunk));
    const body = Buffer.alloc(300_000, 'x');

    // Java's HttpClient asks so.
    client.write(
      [
        'POST /first HTTP/1.1',
        'Host: app.example',
        'Connection: Upgrade, HTTP2-Settings',
        'Upgrade: h2c',
        'HTTP2-Settings: AAEAAEAAAAIAAAABAAMAAABkAAQBAAAAAAUAAEAA',
        `Content-Length: ${body.length}`,
        ...['', ''],
      ].join('\r\n'),
    );
    client.write(body);
    client.write('GET /second HTTP/1.1\r\nHost: app.example\r\nConnection: close\r\n\r\n');
    await once(client, 'close');

    // Node that asks does as without a relay, and that ends such a connection.
    const isAsked = 'shouldUpgradeCallback' in server;
    expect(text.match(/^\/.*$/gm)).toEqual(['/first 300000', ...(isAsked ? [] : ['/second 0'])]);
    await Promise.all(relays.map((relayed) => relayed.close()));
    await new Promise((resolve) => server.close(resolve));
  },
);

it.each([
  ['the longest path', ['/livecall/eu', '/livecall'], '/livecall/eu/8f0c', 0],
  ['a path, not what only begins like it', ['/livecall', '/live'], '/livecall/eu', 0],
  [
    'the newest of the same, as of an app that is loaded anew',
    ['/livecall', '/livecall/'],
    '/livecall',
    1,
  ],
])('hands a page to the relay of %s', async (_what, paths, asked, taken) => {
  const server = createServer();
  const asks = paths.map(() => 0);
  const relays = paths.map((path, index) =>
    relay({
      ...{ url: platform.url, path },
      authorize: () => {
        asks[index] = (asks[index] ?? 0) + 1;
        return CALL;
      },
    }),
  );
  for (const relayed of relays) relayed.attach(server);
  await listen(server);
  const url = `ws://127.0.0.1:${portOf({ server })}${asked}`;
  using following = follow(relayTransport({ url, webSocket: WebSocket }));

  expect(await following.frames(1)).toEqual([START]);
  expect(asks).toEqual(paths.map((_path, index) => (index === taken ? 1 : 0)));
  await Promise.all(relays.map((relayed) => relayed.close()));
  await new Promise((resolve) => server.close(resolve));
});

it('leaves the upgrades of others alone', async () => {
  const server = createServer();
  const others = new WebSocketServer({ noServer: true });
  server.on('upgrade', (request: IncomingMessage, socket: Socket, head: Buffer) => {
    if (request.url !== '/other') return;
    others.handleUpgrade(request, socket, head, (client) => {
      client.send('from another');
    });
  });
  const relayed = startRelay();
  relayed.attach(server);
  await listen(server);
  const port = portOf({ server });
  const other = new WebSocket(`ws://127.0.0.1:${port}/other`);
  const heard = new Promise((resolve) =>
    other.on('message', (data: Buffer) => {
      resolve(data.toString());
    }),
  );
  using following = follow(
    relayTransport({ url: `http://127.0.0.1:${port}/livecall`, webSocket: WebSocket }),
  );

  expect(await heard).toBe('from another');
  expect(await following.frames(1)).toEqual([START]);
  other.terminate();
  await stop(relayed, server);
});

it('takes upgrades from an app that chooses by itself', async () => {
  const server = createServer();
  const relayed = startRelay();
  server.on('upgrade', (request: IncomingMessage, socket: Socket, head: Buffer) => {
    relayed.handleUpgrade(request, socket, head);
  });
  await listen(server);
  using following = follow(
    relayTransport({ url: `ws://127.0.0.1:${portOf({ server })}/any`, webSocket: WebSocket }),
  );

  expect(await following.frames(1)).toEqual([START]);
  await stop(relayed, server);
});

it('lets nobody in any more once it closes, while a page has not heard of that yet', async () => {
  const server = createServer();
  const relayed = startRelay();
  server.on('upgrade', (request: IncomingMessage, socket: Socket, head: Buffer) => {
    relayed.handleUpgrade(request, socket, head);
  });
  await listen(server);
  const { port } = server.address() as AddressInfo;
  // It does not answer the close that it is sent.
  using deaf = await rawClient(
    port,
    toHandshake({ headers: { 'Sec-WebSocket-Protocol': NAMES.join() } }),
  );
  expect(await deaf.status()).toBe(101);
  const closing = relayed.close();
  using late = await rawClient(
    port,
    toHandshake({ headers: { 'Sec-WebSocket-Protocol': NAMES.join() } }),
  );

  expect(await late.status()).toBe(503);
  deaf.socket.destroy();
  await closing;
  await new Promise((resolve) => server.close(resolve));
});

it('relays behind TLS', async ({ skip }) => {
  const certificates = makeCertificates();
  if (certificates === undefined) {
    skip('there is no openssl');
    return;
  }
  const server = createSecureServer(certificates.server);
  const relayed = startRelay();
  relayed.attach(server);
  await listen(server);
  const { ca } = certificates;
  const webSocket = class extends WebSocket {
    constructor(url: string, protocols: string[]) {
      super(url, protocols, { ca });
    }
  };
  using following = follow(
    relayTransport({ url: `https://127.0.0.1:${portOf({ server })}/livecall`, webSocket }),
  );

  expect(await following.frames(1)).toEqual([START]);

  // A page that came without TLS may be anyone's on the way.
  const host = `127.0.0.1:${portOf({ server })}`;
  for (const [origin, status] of [
    [`https://${host}`, undefined],
    [`http://${host}`, 403],
  ] as const) {
    const page = new WebSocket(`wss://${host}/livecall`, NAMES, { ca, headers: { origin } });
    const [code] = (await Promise.race([once(page, 'message'), once(page, 'close')])) as [unknown];
    expect(code).toEqual(status === undefined ? expect.any(Buffer) : 4000 + status);
    page.terminate();
  }
  await stop(relayed, server);
});

it('lets go of a server', async () => {
  const { server, listen: start } = (apps['node:http'] as () => App)();
  const relayed = startRelay();
  const detach = relayed.attach(server);
  await start();
  detach();

  expect(server.listenerCount('upgrade')).toBe(0);
  expect(await ask(portOf({ server }), '/livecall', 'websocket')).toEqual([200, 'the app']);
  await stop(relayed, server);
});

const NAMES = ['livecall.1', `livecall.page.${'a'.repeat(32)}`];

const HANDSHAKE = [
  'Host: app.example',
  'Connection: Upgrade',
  'Upgrade: websocket',
  'Sec-WebSocket-Version: 13',
  'Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==',
];

it.each([
  ['that offers nothing', HANDSHAKE, 400],
  ['that offers something else', [...HANDSHAKE, 'Sec-WebSocket-Protocol: graphql-ws'], 400],
  ['that names no page', [...HANDSHAKE, 'Sec-WebSocket-Protocol: livecall.1'], 400],
  [
    'whose name is none',
    [...HANDSHAKE, 'Sec-WebSocket-Protocol: livecall.1, livecall.page.1'],
    400,
  ],
  ['without a key', HANDSHAKE.filter((line) => !line.includes('Key')), 400],
  ['of an old version', HANDSHAKE.map((line) => line.replace(': 13', ': 8')), 426],
])('answers a client %s with a status', async (_what, headers, status) => {
  const server = createServer();
  const refused: unknown[] = [];
  const relayed = relay({
    url: platform.url,
    authorize: () => CALL,
    onRefused: (told) => refused.push(told.status),
  });
  relayed.attach(server);
  await listen(server);
  const request = ['GET /livecall HTTP/1.1', ...headers, '', ''].join('\r\n');

  using client = await rawClient(portOf({ server }), request);

  expect(await client.status()).toBe(status);
  expect(refused).toEqual([status]);
  await stop(relayed, server);
});

it.each<[what: string, options: object, message: string]>([
  ['an authorize that is none', { authorize: undefined }, 'authorize'],
  ['a url that is none', { url: 'calls.example' }, 'url'],
  ['a token in its url', { url: 'wss://calls.example/?accessToken=s3cret' }, 'token'],
  ['no duration', { limits: { keepMs: NaN } }, 'keepMs'],
  ['no number of pages', { limits: { maxPages: 0.5 } }, 'maxPages'],
  [
    'more kept than may wait',
    { limits: { keepBytes: 2, maxBufferedBytes: 1 } },
    'maxBufferedBytes',
  ],
])('takes no options with %s', (_what, options, message) => {
  expect(() => relay({ url: platform.url, authorize: () => CALL, ...options })).toThrow(
    expect.objectContaining({
      name: 'TypeError',
      message: expect.stringContaining(message) as string,
    }),
  );
});
