import { once } from 'node:events';
import { networkInterfaces } from 'node:os';

import { ConnectionClosedError, liveCall } from '@livecall/core';
import type { Connection, Frame, Transport } from '@livecall/core';
import { webSocketTransport } from '@livecall/core/node';
import { record, recordingSink } from '@livecall/recording';
import { ack, replay, scenario, serve, serveReplays, showDivergence } from '@livecall/tools';
import type { ServeOptions } from '@livecall/tools';
import { concat, from, lastValueFrom, merge, NEVER, of, Subject, tap, toArray } from 'rxjs';
import { expect, it, onTestFinished, vi } from 'vitest';
import { WebSocket } from 'ws';

import { accessToken, conversationToken, expectNoToken } from './fixtures/canary-tokens.js';
import { follow } from './fixtures/follow.js';
import { CALL_END, START } from './fixtures/frames.js';
import { createHistory } from './fixtures/history.js';
import { startPlatform } from './fixtures/platform.js';
import { rawClient, toHandshake } from './fixtures/raw-client.js';
import { toWireFrame } from './fixtures/wire-frame.js';

/* A fake server, and clients that mean no good: what they can make it keep, reach and become. */

const MIB = 1_048_576;

/** Opens, says these frames, and stays open. */
function saying(...frames: readonly Frame[]): Transport {
  return concat(
    of<Connection>({ frames$: concat(from(frames), NEVER), send: () => undefined }),
    NEVER,
  );
}

/** Opens and stays open; `left` hears when it is unsubscribed. */
function staying(frames$: Subject<Frame>) {
  const left = createHistory<true>();
  const transport = concat(of<Connection>({ frames$, send: () => undefined }), NEVER).pipe(
    tap({
      unsubscribe: () => {
        left.add(true);
      },
    }),
  );
  return { transport, left };
}

/* Who can reach it */

it('listens on 127.0.0.1 alone unless it is told otherwise', async () => {
  await using server = await serve(NEVER);
  const others = Object.values(networkInterfaces())
    .flatMap((addresses) => addresses ?? [])
    .filter(({ family, internal }) => family === 'IPv4' && !internal);

  for (const { address } of others) {
    const socket = new WebSocket(server.url.replace('127.0.0.1', address));
    const [error] = (await once(socket, 'error')) as [NodeJS.ErrnoException];
    expect(error.code).toBe('ECONNREFUSED');
  }
  using client = await rawClient(server.port, toHandshake({ target: '/' }));
  expect(await client.status()).toBe(404);
});

it.each([
  'https://evil.example',
  'http://localhost:3000',
  'http://127.0.0.1',
  'file://',
  'null',
  '',
])('lets no browser in from %j, which it was not told of', async (Origin) => {
  await using server = await serve(saying(START));
  using client = await rawClient(server.port, toHandshake({ headers: { Origin } }));

  expect(await client.status()).toBe(403);
});

it('lets a browser in from where it was told of, to the letter', async () => {
  await using server = await serve(saying(START), { allowedOrigins: ['https://app.example'] });
  const statusOf = async (Origin: string) => {
    using client = await rawClient(server.port, toHandshake({ headers: { Origin } }));
    return await client.status();
  };

  expect(await statusOf('https://app.example')).toBe(101);
  expect(await statusOf('https://app.example.evil.example')).toBe(403);
  expect(await statusOf('https://APP.example')).toBe(403);
  expect(await statusOf('http://app.example')).toBe(403);
});

/* How many, and how much */

it('answers 503 to clients beyond maxConnections, and lets others in when one has left', async () => {
  await using server = await serve(saying(START), { limits: { maxConnections: 2 } });
  using first = await rawClient(server.port, toHandshake());
  using second = await rawClient(server.port, toHandshake());
  expect([await first.status(), await second.status()]).toEqual([101, 101]);
  using third = await rawClient(server.port, toHandshake());
  expect(await third.status()).toBe(503);
  await third.rest();

  first.socket.destroy();
  // The server hears of that in its own time.
  for (let status = 503; status === 503;) {
    using next = await rawClient(server.port, toHandshake());
    status = await next.status();
    if (status === 101) return;
  }
});

it('counts clients that are not answered yet', async () => {
  await using server = await serve(NEVER, { limits: { maxConnections: 1 } });
  using waiting = await rawClient(server.port, toHandshake());
  using next = await rawClient(server.port, toHandshake());

  expect(await next.status()).toBe(503);
  expect(waiting.socket.destroyed).toBe(false);
});

it('drops connections beyond twice maxConnections, whatever they send or do not', async () => {
  await using server = await serve(saying(START), { limits: { maxConnections: 1 } });
  using first = await rawClient(server.port);
  using second = await rawClient(server.port);
  using third = await rawClient(server.port);

  expect(await third.rest()).toBe('');
  expect([first, second].map(({ socket }) => socket.destroyed)).toEqual([false, false]);
});

it('hangs up on a client that was refused and stays', async () => {
  await using server = await serve(NEVER);
  using client = await rawClient(server.port, toHandshake({ target: '/' }));
  const { socket } = client;
  await client.status();
  // It reads, but never ends its side.
  socket.resume();
  await once(socket, 'end');

  await client.gone();
});

it('hangs up on a client that was refused and trickles on', async () => {
  await using server = await serve(NEVER);
  using client = await rawClient(server.port, toHandshake({ target: '/' }));
  await client.status();

  // It sends a byte now and then, and reads nothing.
  await client.gone();
}, 15_000);

it('closes with 1013 on a client for which too much waits', async () => {
  const frames = Array.from({ length: 8 }, () => 'a'.repeat(8 * MIB));
  await using server = await serve(saying(...frames), { limits: { maxBufferedBytes: MIB } });
  using following = follow(
    webSocketTransport({
      ...{ url: server.url, accessToken, conversationToken },
      socket: { maxPayloadBytes: 16 * MIB },
    }),
  );

  expect(await following.error()).toMatchObject({
    code: 1013,
    reason: 'too much waits to be read',
  });
  expect((await following.frames(8)).length).toBeLessThan(8);
});

it('says more in one turn than may wait, as the system takes it', async () => {
  const frames = Array.from({ length: 50 }, (_, number) => `${number}`.padEnd(100));
  await using server = await serve(saying(...frames), { limits: { maxBufferedBytes: 1_000 } });
  using following = follow(webSocketTransport({ url: server.url, accessToken, conversationToken }));

  expect(await following.frames(50)).toEqual(frames);
});

it('takes what is gathered in one turn for nothing that waits for the client', async () => {
  const frames$ = new Subject<Frame>();
  const answering: Connection = {
    frames$,
    send: () => {
      frames$.next('answered');
    },
  };
  await using server = await serve(concat(of(answering), NEVER), {
    limits: { maxBufferedBytes: 1_000 },
  });
  using client = await rawClient(server.port, toHandshake());
  await client.status();
  const masked = { isMasked: true };
  client.socket.write(
    Buffer.concat([
      toWireFrame('text', 'a command', masked),
      ...Array.from({ length: 20 }, () => toWireFrame('ping', 'x'.repeat(100), masked)),
      toWireFrame('close', Buffer.of(0x03, 0xe8), masked),
    ]),
  );
  const heard = await client.rest();

  expect(heard).toContain('answered');
  expect(heard.match(/x{100}/g)).toHaveLength(20);
  expect(heard.slice(-4)).toBe('\x88\x02\x03\xe8');
});

it('cuts a client that reads nothing, and keeps no more for it than it may', async () => {
  let sent = 0;
  const frames$ = new Subject<Frame>();
  const { transport, left } = staying(frames$);
  await using server = await serve(transport, { limits: { maxBufferedBytes: 4 * MIB } });
  using client = await rawClient(server.port, toHandshake());
  expect(await client.status()).toBe(101);
  // What the system keeps for the two of them comes on top.
  for (let number = 0; number < 64 && left.all.length === 0; number += 1) {
    frames$.next('a'.repeat(MIB));
    sent += 1;
  }

  await left.nth(1);
  expect(sent).toBeLessThan(32);
  expect(frames$.observed).toBe(false);
  await client.gone();
});

it('leaves its transport for a client that half-closes and reads no more, and can be closed', async () => {
  const frames$ = new Subject<Frame>();
  const { transport, left } = staying(frames$);
  const server = await serveReplays(transport);
  using client = await rawClient(server.port, toHandshake());
  await client.status();
  frames$.next('a'.repeat(12 * MIB));
  client.socket.end();

  await left.nth(1);
  await server.close();
});

it('has sent what was said before a cut to a client that half-closes, and reads', async () => {
  const frames$ = new Subject<Frame>();
  const cut$ = new Subject<never>();
  const heard = createHistory<true>();
  const transport: Transport = merge(of({ frames$, send: () => undefined }), cut$);
  await using server = await serve(transport);
  using client = await rawClient(server.port, toHandshake());
  await client.status();
  frames$.next('a'.repeat(12 * MIB));
  client.socket.end(() => {
    heard.add(true);
  });
  await heard.nth(1);
  const rest = client.rest();
  cut$.error(new ConnectionClosedError(1006));

  expect((await rest).length).toBeGreaterThan(12 * MIB);
});

it('cuts a client that pings and never reads the answers', async () => {
  await using server = await serve(saying(), { limits: { maxBufferedBytes: MIB } });
  using client = await rawClient(server.port, toHandshake());
  await client.status();
  const pings = Buffer.concat(
    Array.from({ length: 8_000 }, () => toWireFrame('ping', 'x'.repeat(125), { isMasked: true })),
  );
  client.socket.write(pings);

  await client.gone();
});

it.each<[what: string, bytes: () => Buffer]>([
  ['a frame that claims 8 EiB', () => Buffer.from('82ff7fffffffffffffff00000000', 'hex')],
  [
    'a message in ever more fragments',
    () =>
      Buffer.concat([
        toWireFrame('text', 'x', { isFinal: false, isMasked: true }),
        ...Array.from({ length: 20_000 }, () =>
          toWireFrame('continuation', 'x', { isFinal: false, isMasked: true }),
        ),
      ]),
  ],
  [
    'fragments that together are too long',
    () =>
      Buffer.concat([
        toWireFrame('text', 'x'.repeat(MIB), { isFinal: false, isMasked: true }),
        toWireFrame('continuation', 'x', { isMasked: true }),
      ]),
  ],
  ['a frame without a mask', () => toWireFrame('text', 'x')],
  [
    'a control frame that is too long',
    () => toWireFrame('ping', 'x'.repeat(126), { isMasked: true }),
  ],
])('hangs up on %s, and serves others', async (_what, toBytes) => {
  await using server = await serve(saying(START));
  using client = await rawClient(server.port, toHandshake());
  await client.status();
  client.socket.write(toBytes());
  await client.rest();

  using following = follow(webSocketTransport({ url: server.url, accessToken, conversationToken }));
  expect(await following.frames(1)).toEqual([START]);
});

it.each<[what: string, bytes: string, status: number]>([
  ['headers without end', `${toHandshake().trimEnd()}\r\nX: ${'x'.repeat(20_000)}`, 431],
  ['a target without end', toHandshake({ target: `/${'x'.repeat(20_000)}` }), 431],
  ['no HTTP', 'hello\r\n\r\n', 400],
  ['a TLS hello', '\x16\x03\x01\x02\x00\x01\x00', 400],
  ['two requests in one', `${toHandshake()}GET / HTTP/1.1\r\n\r\n`, 101],
  ['a CONNECT', 'CONNECT 127.0.0.1:22 HTTP/1.1\r\nHost: x\r\n\r\n', 0],
  ['another host', toHandshake({ target: 'http://evil.example/ws/v1/liveCalls' }), 400],
])('answers %s, and serves others', async (_what, bytes, status) => {
  await using server = await serve(saying(START));
  using client = await rawClient(server.port, bytes);
  if (status === 0) expect(await client.rest()).toBe('');
  else expect(await client.status()).toBe(status);

  using following = follow(webSocketTransport({ url: server.url, accessToken, conversationToken }));
  expect(await following.frames(1)).toEqual([START]);
});

it('tells of a thousand refused handshakes, and keeps no more', async () => {
  const refused: string[] = [];
  await using server = await serveReplays(NEVER, {
    onRefused: ({ expected, actual }) =>
      refused.push(`handshake: expected ${expected}, got ${actual}`),
  });
  for (let batch = 0; batch < 11; batch += 1) {
    const clients = await Promise.all(
      Array.from({ length: 100 }, async () => rawClient(server.port, toHandshake({ target: '/' }))),
    );
    await Promise.all(clients.map((client) => client.rest()));
  }

  expect(refused).toHaveLength(1_100);
  expect(await server.done()).toHaveLength(1_000);
});

it.each<[options: ServeOptions, message: string]>([
  [{ limits: { maxConnections: 0 } }, 'maxConnections must be at least 1, not 0.'],
  [{ limits: { maxBufferedBytes: -1 } }, 'maxBufferedBytes must be at least 1, not -1.'],
  [{ limits: { maxPayloadBytes: NaN } }, 'maxPayloadBytes must be at least 1, not NaN.'],
])('refuses a bound that bounds nothing: %j', async (options, message) => {
  await expect(serve(NEVER, options)).rejects.toThrow(new TypeError(message));
});

/* How long one that is closed has */

const CLOSE_1000 = toWireFrame('close', Buffer.of(0x03, 0xe8), { isMasked: true });

it('hangs up on a client that has closed, and does not end its TCP connection', async () => {
  await using server = await serve(saying(START), { limits: { maxConnections: 1 } });
  using client = await rawClient(server.port, toHandshake());
  await client.status();
  client.socket.resume().write(CLOSE_1000);
  // It was answered, and lingers; another has no place meanwhile.
  await once(client.socket, 'end');

  await client.gone();
  using next = await rawClient(server.port, toHandshake());
  expect(await next.status()).toBe(101);
}, 15_000);

it('hangs up on a client that does not answer its close for 30 s', async () => {
  // What `ws` waits with; the rest of the waits here are RxJS's, and real.
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
  onTestFinished(() => {
    vi.useRealTimers();
  });
  const closing$ = new Subject<never>();
  await using server = await serve(merge(saying(START), closing$));
  using client = await rawClient(server.port, toHandshake());
  await client.status();
  const closed = once(client.socket, 'close');
  const told = once(client.socket, 'data');
  closing$.error(new ConnectionClosedError(4000));
  client.socket.resume();
  await told;

  vi.advanceTimersByTime(29_000);
  expect(client.socket.destroyed).toBe(false);
  vi.advanceTimersByTime(1_000);
  await once(client.socket, 'end');
  client.socket.end();
  await closed;
});

/* What it says of tokens */

it('says nothing of the tokens in what it tells of a client', async () => {
  const told: string[] = [];
  const call = scenario().send(START).onJoin(ack()).toRecording('call.ndjson');
  await using server = await serveReplays(replay(call), {
    onRefused: (refused) => told.push(JSON.stringify(refused)),
  });
  const query = `?conversationToken=${encodeURIComponent(conversationToken)}`;
  const wrong = [
    { target: `/${accessToken}${query}` },
    { target: '/ws/v1/liveCalls', headers: { 'x-token': conversationToken } },
    { target: `/ws/v1/liveCalls${query}`, headers: { Authorization: accessToken } },
    { target: `/ws/v1/liveCalls${query}`, headers: { Origin: `https://${accessToken}` } },
  ];
  for (const handshake of wrong) {
    using client = await rawClient(server.port, toHandshake(handshake));
    expectNoToken(await client.rest());
  }
  using following = follow(webSocketTransport({ url: server.url, accessToken, conversationToken }));
  await following.frames(1);
  (await following.connection()).send(
    JSON.stringify({ type: `client:${accessToken}`, id: conversationToken }),
  );

  const error = (await following.error()) as Error & { reason: string };
  expect(error).toMatchObject({ code: 4999 });
  expectNoToken(error.reason);
  const divergences = await server.done();
  expect(divergences).toHaveLength(5);
  expectNoToken([...told, ...divergences.map(showDivergence), JSON.stringify(divergences)].join());
});

/* What its frames make of the process */

const pollutions = [
  '{"type":"event:start","phone":"anonymous","timestamp":"","__proto__":{"polluted":true}}',
  '{"type":"transcript","msg":"","role":"other","constructor":{"prototype":{"polluted":true}}}',
  '{"__proto__":{"polluted":true,"type":"ack","ackId":"1"}}',
  '{"type":"__proto__","__proto__":null,"polluted":true}',
  '{"type":"constructor","id":"__proto__","polluted":true}',
  '{"type":"ack","ackId":"__proto__"}',
  '{"type":"ack","ackId":"hasOwnProperty"}',
  '[{"__proto__":{"polluted":true}}]',
];

it('takes no prototype from a frame, on its way to a call, a recording and a replay', async () => {
  const before = Object.getOwnPropertyNames(Object.prototype);
  const lines: string[] = [];
  const sink = recordingSink((line) => lines.push(line));
  await using platform = await startPlatform((client) => {
    for (const frame of pollutions) client.send(frame);
    client.on('message', () => {
      client.send(CALL_END);
      client.close(1000);
    });
  });
  const transport = webSocketTransport({ url: platform.url, accessToken, conversationToken });
  await using server = await serve(transport.pipe(record(sink)));
  const call = liveCall(webSocketTransport({ url: server.url, accessToken, conversationToken }));
  const messages = lastValueFrom(call.messages$.pipe(toArray()));
  const ended = lastValueFrom(call.endCall({ whenNotOpen: 'wait' }));
  call.connect();

  expect(await ended).toMatchObject({ confirmedBy: 'callEnd' });
  for (const { message } of await messages) {
    expect(Object.getPrototypeOf(message)).toBe(Object.prototype);
    const { polluted } = message as { polluted?: unknown };
    expect(polluted === undefined || Object.hasOwn(message, 'polluted')).toBe(true);
  }
  sink.end();
  expect(({} as { polluted?: unknown }).polluted).toBeUndefined();
  expect(Object.getOwnPropertyNames(Object.prototype)).toEqual(before);
  // What came is recorded as it came.
  for (const frame of pollutions) expect(lines.join('')).toContain(frame);
});

it('takes no prototype from what a client sends', async () => {
  const before = Object.getOwnPropertyNames(Object.prototype);
  const call = scenario().send(START).onJoin(ack()).close(1000).toRecording('call.ndjson');
  await using server = await serve(() => replay(call, { match: 'loose' }));
  for (const frame of pollutions) {
    using following = follow(
      webSocketTransport({ url: server.url, accessToken, conversationToken }),
    );
    const { send } = await following.connection();
    send(frame);
    send('{"type":"client:joinCall","id":"__proto__"}');

    expect(await following.error()).toMatchObject({ _tag: 'ConnectionClosedError' });
  }

  expect(({} as { polluted?: unknown }).polluted).toBeUndefined();
  expect(Object.getOwnPropertyNames(Object.prototype)).toEqual(before);
});
