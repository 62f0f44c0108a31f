import { once } from 'node:events';
import { get, request } from 'node:http';
import type { IncomingHttpHeaders } from 'node:http';
import { connect } from 'node:net';
import type { Socket } from 'node:net';
import { networkInterfaces } from 'node:os';

import {
  ConnectFailedError,
  ConnectionClosedError,
  HandshakeRefusedError,
  HandshakeTimeoutError,
  LIVE_CALLS_PATH,
  NotOpenError,
} from '@livecall/core';
import type { Connection, Frame, Transport } from '@livecall/core';
import { record, recordingSink } from '@livecall/recording';
import { ack, replay, scenario, serve, serveReplays, showDivergence } from '@livecall/tools';
import type { Server, ServeOptions, ServeRequest } from '@livecall/tools';
import {
  concat,
  defer,
  delay,
  finalize,
  firstValueFrom,
  from,
  NEVER,
  of,
  ReplaySubject,
  Subject,
  throwError,
} from 'rxjs';
import type { Observable } from 'rxjs';
import { expect, it, onTestFinished, vi } from 'vitest';
import { WebSocket } from 'ws';
import type { RawData } from 'ws';

import { rawClient, toHandshake } from './fixtures/raw-client.js';

const START = '{"type":"event:start","phone":"anonymous","timestamp":"2026-11-22T09:00:00Z"}';
const TRANSCRIPT = '{"type":"transcript","msg":"señal 🙂","role":"other"}';
const BYTES = Buffer.from([0x00, 0xff, 0xfe, 0x80]);
const JOIN = '{"type":"client:joinCall","id":"live"}';

const QUERY = '?conversationToken=c0ffee';

/** A dial through `ws`, and what came of it. */
interface Client extends Disposable {
  readonly socket: WebSocket;
  readonly frames: readonly Frame[];
  /** Waits until so many frames have come. */
  heard(count: number): Promise<readonly Frame[]>;
  /** Waits for the end of the connection. */
  readonly closed: Promise<readonly [code: number, reason: string]>;
}

function dial(url: string, query = QUERY): Client {
  const socket = new WebSocket(url + query, { headers: { Authorization: 'Bearer eyJh' } });
  const frames: Frame[] = [];
  const heard$ = new Subject<void>();
  socket.on('message', (data: RawData, isBinary) => {
    frames.push(isBinary ? (data as Buffer) : (data as Buffer).toString());
    heard$.next();
  });
  socket.on('error', () => undefined);
  const closed = new Promise<readonly [number, string]>((resolve) => {
    socket.on('close', (code, reason) => {
      resolve([code, reason.toString()]);
    });
  });
  return {
    socket,
    frames,
    async heard(count) {
      while (frames.length < count) await firstValueFrom(heard$);
      return frames;
    },
    closed,
    [Symbol.dispose]: () => {
      socket.terminate();
    },
  };
}

/** What a handshake was answered with; a status of 0 where there was no answer. */
interface Answer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

/* As RFC 6455 §1.3 has it. */
const HANDSHAKE = {
  Connection: 'Upgrade',
  Upgrade: 'websocket',
  'Sec-WebSocket-Version': '13',
  'Sec-WebSocket-Key': 'dGhlIHNhbXBsZSBub25jZQ==',
  Authorization: 'Bearer eyJh',
};

/** How a handshake differs from that; a header that is `undefined` is left out. */
type Change = Readonly<Record<string, string | undefined>>;

/** Shakes hands by itself. */
async function shakeHands({ port }: Server, change: Change = {}): Promise<Answer> {
  const { path = LIVE_CALLS_PATH + QUERY, method = 'GET', ...changed } = change;
  const headers = Object.fromEntries(
    Object.entries<string | undefined>({ ...HANDSHAKE, ...changed }).filter(
      ([, value]) => value !== undefined,
    ),
  );
  const dialled = request({ host: '127.0.0.1', port, path, method, headers }).end();
  return new Promise((resolve) => {
    dialled.on('response', (response) => {
      const { statusCode = 0, headers } = response;
      let body = '';
      response.setEncoding('utf8').on('data', (text: string) => {
        body += text;
      });
      response.on('end', () => {
        resolve({ status: statusCode, headers, body });
      });
    });
    dialled.on('upgrade', ({ statusCode = 0, headers }, socket) => {
      socket.destroy();
      resolve({ status: statusCode, headers, body: '' });
    });
    dialled.on('error', () => {
      resolve({ status: 0, headers: {}, body: '' });
    });
  });
}

/** A TCP connection that has sent a handshake and does nothing by itself, not even hang up. */
async function connectRaw({ port }: Server, handshake = HANDSHAKE): Promise<Socket> {
  const socket = connect({ port, host: '127.0.0.1', allowHalfOpen: true });
  socket.on('error', () => undefined);
  await once(socket, 'connect');
  const headers = Object.entries(handshake).map(([name, value]) => `${name}: ${value}\r\n`);
  socket.write(
    `GET ${LIVE_CALLS_PATH}${QUERY} HTTP/1.1\r\nHost: localhost\r\n${headers.join('')}\r\n`,
  );
  return socket;
}

/** A close without a code, as a client writes it (RFC 6455 §5.5.1). */
const toClose = () => Buffer.from([0x88, 0x80, 0, 0, 0, 0]);

/** A connection on which the server says these frames at once, and hears what the client says. */
function toConnection(
  ...frames: readonly Frame[]
): Connection & { readonly heard$: Observable<Frame> } {
  const heard$ = new ReplaySubject<Frame>(Infinity);
  return {
    frames$: concat(from(frames), NEVER),
    heard$,
    send: (frame) => {
      heard$.next(frame);
    },
  };
}

/** Opens and stays open. */
function staying(connection: Connection): Transport {
  return concat(of(connection), NEVER);
}

/** Opens, says something, and ends. */
function ending(error: Error, ...frames: readonly Frame[]): Transport {
  return concat(of(toConnection(...frames)), failing(error));
}

/** Does not open. */
function failing(error: Error): Transport {
  return throwError(() => error);
}

/** A transport, and a promise of its being left. */
function leaving(transport: Transport): {
  readonly transport: Transport;
  readonly left: Promise<void>;
} {
  const left$ = new ReplaySubject<void>(1);
  return {
    transport: transport.pipe(
      finalize(() => {
        left$.next();
      }),
    ),
    left: firstValueFrom(left$),
  };
}

/* The handshake */

it('lets a client in that dials as published, and tells its route what it dialled with', async () => {
  const requests: ServeRequest[] = [];
  await using server = await serveReplays((request) => {
    requests.push(request);
    return staying(toConnection());
  });

  expect(server.url).toBe(`ws://127.0.0.1:${server.port}/ws/v1/liveCalls`);
  const plain = await shakeHands(server);
  const full = await shakeHands(server, {
    path: `${LIVE_CALLS_PATH}?region=eu&conversationToken=a%2Fb%2Bc%3D%3D`,
    Authorization: 'bearer  a.b.c',
    'x-hiya-product-version': '1.2.3',
    'x-hiya-account-user-id': 'user-7',
  });

  expect([plain.status, full.status]).toEqual([101, 101]);
  expect(plain.headers['sec-websocket-accept']).toBe('s3pPLMBiTxaQ9kYGzzhZRbK+xOo=');
  expect(requests).toEqual([
    {
      conversationToken: 'c0ffee',
      accessToken: 'eyJh',
      productVersion: undefined,
      userId: undefined,
    },
    {
      conversationToken: 'a/b+c==',
      accessToken: 'a.b.c',
      productVersion: '1.2.3',
      userId: 'user-7',
    },
  ]);
  expect(await server.done()).toEqual([]);
});

it.each<[what: string, change: Change, status: number, text: string]>([
  [
    'another path',
    { path: `/ws/v2/liveCalls${QUERY}` },
    404,
    'handshake: expected the path /ws/v1/liveCalls, got another path',
  ],
  [
    'a path that goes on',
    { path: `/ws/v1/liveCalls/${QUERY}` },
    404,
    'handshake: expected the path /ws/v1/liveCalls, got another path',
  ],
  [
    'a path that is none',
    { path: '//' },
    404,
    'handshake: expected the path /ws/v1/liveCalls, got another path',
  ],
  [
    'no Authorization',
    { Authorization: undefined },
    401,
    'handshake: expected Authorization: Bearer and a token, got no Authorization',
  ],
  [
    'another scheme',
    { Authorization: 'Basic s3cret' },
    401,
    'handshake: expected Authorization: Bearer and a token, got another Authorization',
  ],
  [
    'a scheme without a token',
    { Authorization: 'Bearer ' },
    401,
    'handshake: expected Authorization: Bearer and a token, got another Authorization',
  ],
  [
    'no conversationToken',
    { path: LIVE_CALLS_PATH },
    400,
    'handshake: expected a conversationToken, got none',
  ],
  [
    'an empty conversationToken',
    { path: `${LIVE_CALLS_PATH}?conversationToken=` },
    400,
    'handshake: expected a conversationToken, got none',
  ],
  [
    'an Origin',
    { Origin: 'https://s3cret.example' },
    403,
    'handshake: expected no Origin, or one of allowedOrigins, got another Origin',
  ],
])('refuses a client that dials with %s', async (_what, change, status, text) => {
  const refused: string[] = [];
  await using server = await serveReplays(NEVER, {
    onRefused: ({ expected, actual }) =>
      refused.push(`handshake: expected ${expected}, got ${actual}`),
  });

  expect((await shakeHands(server, change)).status).toBe(status);
  expect(refused).toEqual([text]);
  expect((await server.done()).map(showDivergence)).toEqual([text]);
});

it('looks at the origin first, then the path, then the tokens', async () => {
  await using server = await serveReplays(NEVER);
  const wrong = { path: '/', Authorization: undefined, Origin: 'https://app.example' };
  const statuses = [
    (await shakeHands(server, wrong)).status,
    (await shakeHands(server, { ...wrong, Origin: undefined })).status,
    (await shakeHands(server, { ...wrong, Origin: undefined, path: LIVE_CALLS_PATH })).status,
    (await shakeHands(server, { path: LIVE_CALLS_PATH })).status,
  ];

  expect(statuses).toEqual([403, 404, 401, 400]);
  expect((await server.done()).map(showDivergence)).toMatchInlineSnapshot(`
    [
      "handshake: expected no Origin, or one of allowedOrigins, got another Origin",
      "handshake: expected the path /ws/v1/liveCalls, got another path",
      "handshake: expected Authorization: Bearer and a token, got no Authorization",
      "handshake: expected a conversationToken, got none",
    ]
  `);
});

it('asks its route nothing about a client that it refuses', async () => {
  await using server = await serve(() => {
    throw new Error('asked');
  });

  expect((await shakeHands(server, { path: '/' })).status).toBe(404);
});

it('lets in the browser origins that it is told to', async () => {
  await using server = await serve(staying(toConnection()), {
    allowedOrigins: ['https://app.example', 'http://localhost:5173'],
  });
  const statuses = await Promise.all(
    ['https://app.example', 'http://localhost:5173', 'https://app.example:8443', 'null'].map(
      async (Origin) => (await shakeHands(server, { Origin })).status,
    ),
  );

  expect(statuses).toEqual([101, 101, 403, 403]);
});

it('answers a 401 with the scheme that it takes', async () => {
  await using server = await serve(NEVER);
  const { headers, body } = await shakeHands(server, { Authorization: undefined });

  expect(headers).toMatchObject({ 'www-authenticate': 'Bearer', connection: 'close' });
  expect(body).toBe('Unauthorized\n');
});

it.each(['/', LIVE_CALLS_PATH + QUERY])(
  'answers 426 to what is no upgrade: GET %s',
  async (path) => {
    await using server = await serve(NEVER);
    const answered = get({ host: '127.0.0.1', port: server.port, path });
    const [response] = (await once(answered, 'response')) as [
      { statusCode: number; headers: object },
    ];
    answered.destroy();

    expect(response.statusCode).toBe(426);
    expect(response.headers).toMatchObject({ upgrade: 'websocket', connection: 'close' });
  },
);

it.each<[what: string, change: Change, status: number, text: string]>([
  [
    'has no key',
    { 'Sec-WebSocket-Key': undefined },
    400,
    'handshake: expected a Sec-WebSocket-Key of 16 bytes, got none',
  ],
  [
    'has a key that is too short',
    { 'Sec-WebSocket-Key': 'dGhlIHNhbXBsZQ==' },
    400,
    'handshake: expected a Sec-WebSocket-Key of 16 bytes, got another',
  ],
  [
    'has no version',
    { 'Sec-WebSocket-Version': undefined },
    400,
    'handshake: expected Sec-WebSocket-Version: 13, got none',
  ],
  [
    'has another version',
    { 'Sec-WebSocket-Version': '8' },
    426,
    'handshake: expected Sec-WebSocket-Version: 13, got another',
  ],
  [
    'is of another protocol',
    { Upgrade: 'h2c' },
    400,
    'handshake: expected Upgrade: websocket, got another protocol',
  ],
  ['is no GET', { method: 'POST' }, 405, 'handshake: expected a GET, got another method'],
  [
    'names no subprotocol',
    { 'Sec-WebSocket-Protocol': 'a, ,b' },
    400,
    'handshake: expected names in Sec-WebSocket-Protocol, each once, got something else',
  ],
  [
    'names a subprotocol twice',
    { 'Sec-WebSocket-Protocol': 'a,a' },
    400,
    'handshake: expected names in Sec-WebSocket-Protocol, each once, got something else',
  ],
])(
  'refuses an upgrade that %s, and plays the dial to the next',
  async (_what, change, status, text) => {
    const call = scenario().start().close().toRecording('call.ndjson');
    await using server = await serveReplays(replay(call));

    expect((await shakeHands(server, change)).status).toBe(status);
    using client = dial(server.url);
    expect(await client.closed).toEqual([1000, '']);
    expect((await server.done()).map(showDivergence)).toEqual([text]);
  },
);

it.each<[name: string, change: Change]>([
  ['has its names in another case', { Upgrade: 'WebSocket', Connection: 'upgrade' }],
  ['keeps the connection alive besides', { Connection: 'keep-alive, Upgrade' }],
  ['names subprotocols', { 'Sec-WebSocket-Protocol': 'a,  b ,\tc' }],
  ['offers an extension', { 'Sec-WebSocket-Extensions': 'permessage-deflate' }],
])('lets an upgrade in that %s', async (_what, change) => {
  await using server = await serve(staying(toConnection()));

  expect((await shakeHands(server, change)).status).toBe(101);
});

/* How a dial is answered */

it.each<[error: HandshakeRefusedError, retryAfter: string | undefined, body: string]>([
  [new HandshakeRefusedError(404), undefined, 'Not Found\n'],
  [new HandshakeRefusedError(429, 2_000), '2', 'Too Many Requests\n'],
  [new HandshakeRefusedError(503, 0), '0', 'Service Unavailable\n'],
  [new HandshakeRefusedError(503, 1_001), '2', 'Service Unavailable\n'],
  [new HandshakeRefusedError(302), undefined, 'Found\n'],
  [new HandshakeRefusedError(499), undefined, 'Refused\n'],
])('refuses as its transport does: %s', async (error, retryAfter, body) => {
  await using server = await serve(failing(error));
  const answer = await shakeHands(server);

  expect(answer.status).toBe(error.status);
  expect(answer.headers['retry-after']).toBe(retryAfter);
  expect(answer.body).toBe(body);
});

it('gives no answer where its transport has none', async () => {
  const { transport, left } = leaving(failing(new HandshakeTimeoutError(10)));
  await using server = await serve(transport);
  const socket = await connectRaw(server);
  let received = '';
  socket.setEncoding('utf8').on('data', (text: string) => {
    received += text;
  });
  await left;
  const next = await shakeHands(server, { path: '/' });

  // Another client was answered since; this one still waits.
  expect(next.status).toBe(404);
  expect(socket.readyState).toBe('open');
  const closed = once(socket, 'close');
  await server.close();
  socket.end();
  await closed;
  expect(received).toBe('');
});

it.each([new ConnectFailedError(new Error('refused')), new Error('no carrier')])(
  'closes without an answer where its transport did not get through: %s',
  async (error) => {
    await using server = await serveReplays(failing(error));
    const socket = await connectRaw(server);
    let received = '';
    socket.setEncoding('utf8').on('data', (text: string) => {
      received += text;
    });
    const closed = once(socket, 'close');
    socket.on('end', () => socket.end());
    await closed;

    expect(received).toBe('');
    expect(await server.done()).toEqual([]);
  },
);

it.each([
  ['throws', new TypeError('no such call'), 500, 'Internal Server Error\n'],
  ['refuses by throwing', new HandshakeRefusedError(404), 404, 'Not Found\n'],
])('answers for a route that %s, and goes on', async (_what, error, status, body) => {
  let isBroken = true;
  await using server = await serve(() => {
    if (isBroken) throw error;
    return staying(toConnection(START));
  });
  const answer = await shakeHands(server);
  expect([answer.status, answer.body]).toEqual([status, body]);

  isBroken = false;
  using client = dial(server.url);
  expect(await client.heard(1)).toEqual([START]);
});

/* Frames */

it('hears what a client sends with its handshake', async () => {
  const connection = toConnection(START);
  await using server = await serve(staying(connection).pipe(delay(0)));
  const command = Buffer.from([0x81, 0x84, 0, 0, 0, 0, ...Buffer.from('join')]);
  using client = await rawClient(server.port, Buffer.concat([Buffer.from(toHandshake()), command]));
  client.socket.resume();

  expect(await firstValueFrom(connection.heard$)).toBe('join');
});

it('passes text and bytes on, both ways, as what they are', async () => {
  const frames = [START, BYTES, TRANSCRIPT, '', Buffer.alloc(0), Buffer.from(TRANSCRIPT)];
  const connection = toConnection(...frames);
  await using server = await serve(staying(connection));
  using client = dial(server.url);

  expect(await client.heard(frames.length)).toEqual(frames);
  for (const frame of frames) client.socket.send(frame);
  client.socket.close();
  await client.closed;
  const heard: Frame[] = [];
  connection.heard$.subscribe((frame) => heard.push(frame));
  expect(heard).toEqual(frames);
});

it('keeps on when its transport can send no more', async () => {
  const frames$ = new Subject<Frame>();
  const refused$ = new ReplaySubject<Frame>(1);
  const connection: Connection = {
    frames$,
    send: (frame) => {
      refused$.next(frame);
      throw new NotOpenError();
    },
  };
  await using server = await serve(staying(connection));
  using client = dial(server.url);
  await once(client.socket, 'open');
  client.socket.send(JOIN);
  expect(await firstValueFrom(refused$)).toBe(JOIN);

  frames$.next(START);
  expect(await client.heard(1)).toEqual([START]);
});

const MIB = 1_048_576;

it.each<[longest: number, options: ServeOptions]>([
  [1_024, { limits: { maxPayloadBytes: 1_024 } }],
  [MIB, {}],
])('closes with 1009 on a client whose message is longer than %i', async (longest, options) => {
  const { transport, left } = leaving(staying(toConnection()));
  await using server = await serve(transport, options);
  using client = dial(server.url);
  await once(client.socket, 'open');
  client.socket.send('a'.repeat(longest + 1));

  expect(await client.closed).toEqual([1009, '']);
  await left;
});

it.each<[longest: number, options: ServeOptions]>([
  [1_024, { limits: { maxPayloadBytes: 1_024 } }],
  [MIB, {}],
])('takes a message that is just as long as it may be: %i', async (longest, options) => {
  const connection = toConnection();
  await using server = await serve(staying(connection), options);
  using client = dial(server.url);
  await once(client.socket, 'open');
  client.socket.send('a'.repeat(longest));

  expect(await firstValueFrom(connection.heard$)).toHaveLength(longest);
});

/* How a connection ends */

it.each([
  [1000, ''],
  [1000, 'bye'],
  [1001, 'going away'],
  [1008, 'conversation terminated'],
  [1011, ''],
  [1014, ''],
  [3000, 'señal'],
  [4401, 'expired'],
  [4999, 'mismatch at call.ndjson:4'],
])('closes with %d %j as its transport does, after the frames', async (code, reason) => {
  await using server = await serve(
    ending(new ConnectionClosedError(code, reason), START, BYTES, TRANSCRIPT),
  );
  using client = dial(server.url);

  expect(await client.closed).toEqual([code, reason]);
  expect(client.frames).toEqual([START, BYTES, TRANSCRIPT]);
});

it('closes without a code as its transport does', async () => {
  await using server = await serve(ending(new ConnectionClosedError(1005), START));
  using client = dial(server.url);

  expect(await client.closed).toEqual([1005, '']);
  expect(client.frames).toEqual([START]);
});

it('closes without a code where its transport completes, though none should', async () => {
  await using server = await serve(of(toConnection(START)));
  using client = dial(server.url);

  expect(await client.closed).toEqual([1005, '']);
  expect(client.frames).toEqual([START]);
});

it.each([1006, 1015, 1004, 999, 2999, 5000])(
  'cuts the connection where %d cannot be sent, after the frames',
  async (code) => {
    await using server = await serve(ending(new ConnectionClosedError(code), START, TRANSCRIPT));
    using client = dial(server.url);

    expect(await client.closed).toEqual([1006, '']);
    expect(client.frames).toEqual([START, TRANSCRIPT]);
  },
);

it('sends everything before it cuts a connection, however much it is', async () => {
  const frames = Array.from({ length: 5_000 }, (_, n) => `${n} ${'a'.repeat(1_000)}`);
  await using server = await serve(ending(new ConnectionClosedError(1006), ...frames));
  using client = dial(server.url);

  expect(await client.closed).toEqual([1006, '']);
  expect(client.frames).toEqual(frames);
});

it('closes with 1011 where its transport ends with an error of another make', async () => {
  await using server = await serve(ending(new Error('no carrier'), START));
  using client = dial(server.url);

  expect(await client.closed).toEqual([1011, '']);
});

it('says of a long reason as much as a close frame can hold', async () => {
  const reason = `x${'é'.repeat(100)}`;
  await using server = await serve(ending(new ConnectionClosedError(4000, reason)));
  using client = dial(server.url);

  // 123 bytes: the x, and 61 characters of two bytes each.
  expect(await client.closed).toEqual([4000, `x${'é'.repeat(61)}`]);
});

it('opens and closes for a transport that ends before it opened', async () => {
  await using server = await serve(failing(new ConnectionClosedError(4401, 'expired')));
  using client = dial(server.url);

  expect(await client.closed).toEqual([4401, 'expired']);
});

it.each([{ pingIntervalMs: 0 }, { pongTimeoutMs: 0 }])(
  'takes no heartbeat of %j',
  async (heartbeat) => {
    await expect(serve(NEVER, { heartbeat })).rejects.toThrow('must be from 1 to');
  },
);

it.each(['pingIntervalMs', 'pongTimeoutMs'])(
  'takes a %s of a heartbeat that is undefined for one that is left out',
  async (name) => {
    const setting = vi.spyOn(globalThis, 'setInterval');
    onTestFinished(() => {
      setting.mockRestore();
    });
    const ticksOf = async (heartbeat: object) => {
      setting.mockClear();
      await using server = await serve(concat(of(toConnection(START)), NEVER), { heartbeat });
      using client = dial(server.url);
      await client.heard(1);
      return setting.mock.calls.map(([, ms]) => ms);
    };

    const ticks = await ticksOf({ [name]: undefined });

    expect(ticks).toContainEqual(expect.any(Number));
    expect(ticks).toEqual(await ticksOf({}));
  },
);

it('leaves its transport when the client closes', async () => {
  const { transport, left } = leaving(staying(toConnection(START)));
  await using server = await serve(transport);
  using client = dial(server.url);
  await client.heard(1);
  client.socket.close(1000);

  expect(await client.closed).toEqual([1000, '']);
  await left;
});

it('leaves its transport when the client is cut off', async () => {
  const { transport, left } = leaving(staying(toConnection(START)));
  await using server = await serve(transport);
  using client = dial(server.url);
  await client.heard(1);
  client.socket.terminate();

  await left;
});

it('leaves its transport when the client hangs up before it was answered', async () => {
  const dialled$ = new ReplaySubject<void>(1);
  const { transport, left } = leaving(
    defer(() => {
      dialled$.next();
      return NEVER;
    }),
  );
  await using server = await serve(transport);
  using client = dial(server.url);
  await firstValueFrom(dialled$);
  client.socket.terminate();

  await left;
});

it('leaves its transport when the client resets its dial, which is recorded as aborted', async () => {
  const dialled$ = new ReplaySubject<void>(1);
  const lines: string[] = [];
  const sink = recordingSink((line) => lines.push(line));
  const { transport, left } = leaving(
    defer(() => {
      dialled$.next();
      return NEVER;
    }).pipe(record(sink)),
  );
  await using server = await serve(transport);
  const socket = await connectRaw(server);
  await firstValueFrom(dialled$);
  socket.resetAndDestroy();
  await left;

  expect(lines.slice(1).map((line) => line.replace(/"at":[\d.]+,/, ''))).toEqual([
    '{"event":"failed","reason":"aborted"}\n',
  ]);
});

/* Recordings */

it('plays the n-th dial of a recording to the n-th client', async () => {
  const call = scenario()
    .refuse(503, { retryAfterMs: 0 })
    .send(START)
    .drop(1012)
    .send(TRANSCRIPT)
    .onJoin(ack())
    .close(1000);
  await using server = await serveReplays(replay(call.toRecording()));

  expect((await shakeHands(server)).status).toBe(503);
  using first = dial(server.url);
  expect(await first.closed).toEqual([1012, '']);
  using second = dial(server.url);
  await second.heard(1);
  second.socket.send(JOIN);
  expect(await second.closed).toEqual([1000, '']);

  expect(second.frames).toEqual([TRANSCRIPT, '{"type":"ack","ackId":"live"}']);
  expect(await server.done()).toEqual([]);
});

it('closes with 4999 on a client that departs, and says where', async () => {
  const call = scenario().send(START).onJoin(ack()).toRecording('recordings/joined.ndjson');
  await using server = await serveReplays(replay(call));
  using client = dial(server.url);
  await client.heard(1);
  client.socket.send('{"type":"client:endCall","id":"live"}');

  expect(await client.closed).toEqual([4999, 'mismatch at line 4']);
  expect((await server.done()).map(showDivergence)).toEqual([
    'recordings/joined.ndjson:4: mismatch: expected client:joinCall, got client:endCall',
  ]);
});

it('closes with 4999 on a client that departs from a recording with a long name', async () => {
  const name = `${'ü'.repeat(100)}.ndjson`;
  await using server = await serve(replay(scenario().open().hangUp().toRecording(name)));
  using client = dial(server.url);
  await once(client.socket, 'open');
  client.socket.send(JOIN);

  expect((await client.closed)[0]).toBe(4999);
});

it('is done when every recording that it served was played, and tells the handshakes first', async () => {
  const played = scenario().send(START).close().toRecording('played.ndjson');
  const departed = scenario().send(START).hangUp().toRecording('departed.ndjson');
  await using server = await serveReplays(({ conversationToken }) =>
    replay(conversationToken === 'c0ffee' ? played : departed),
  );
  expect(await server.done()).toEqual([]);

  using client = dial(server.url);
  await client.closed;
  using departing = dial(server.url, '?conversationToken=other');
  await departing.heard(1);
  departing.socket.send(JOIN);
  await departing.closed;
  await shakeHands(server, { path: '/' });

  expect((await server.done()).map(showDivergence)).toMatchInlineSnapshot(`
    [
      "handshake: expected the path /ws/v1/liveCalls, got another path",
      "departed.ndjson:2: unexpected: expected no frame, got client:joinCall",
    ]
  `);
});

it('tells what of a recording nobody dialled', async () => {
  const recording = scenario().send(START).toRecording('call.ndjson');
  await using server = await serveReplays(replay(recording, { waitMs: 0 }));

  expect((await server.done()).map(showDivergence)).toEqual([
    'call.ndjson:2: unconsumed: expected dial 1 of 1, got no dial',
  ]);
});

/* The server itself */

it('subscribes one transport for each of its clients', async () => {
  let dials = 0;
  await using server = await serve(
    defer(() => {
      dials += 1;
      return staying(toConnection(`no. ${dials}`));
    }),
  );
  using first = dial(server.url);
  await first.heard(1);
  using second = dial(server.url);
  await second.heard(1);

  expect([first.frames, second.frames]).toEqual([['no. 1'], ['no. 2']]);
});

it('rejects when it cannot listen', async () => {
  await using server = await serve(NEVER);

  await expect(serve(NEVER, { port: server.port })).rejects.toMatchObject({ code: 'EADDRINUSE' });
});

const hasIPv6 = Object.values(networkInterfaces())
  .flat()
  .some((address) => address?.address === '::1');

it.skipIf(!hasIPv6)('listens on an IPv6 address', async () => {
  await using server = await serve(staying(toConnection(START)), { host: '::1' });
  expect(server.url).toBe(`ws://[::1]:${server.port}/ws/v1/liveCalls`);

  using client = dial(server.url);
  expect(await client.heard(1)).toEqual([START]);
});

it('cuts whoever is still there when it closes, and leaves their transports', async () => {
  const open = leaving(staying(toConnection(START)));
  const dialling = leaving(NEVER);
  const transports = [open.transport, dialling.transport];
  const server = await serve(() => transports.shift() ?? NEVER);
  using client = dial(server.url);
  await client.heard(1);
  const waiting = await connectRaw(server);
  const silent = connect(server.port, '127.0.0.1');
  await once(silent, 'connect');
  const cut = [waiting, silent].map((socket) => {
    socket.on('error', () => undefined).on('end', () => socket.end());
    return once(socket.resume(), 'close');
  });

  await server.close();

  expect(await client.closed).toEqual([1006, '']);
  await Promise.all([open.left, dialling.left, ...cut]);
});

it('listens no more when it is closed, and may be closed twice', async () => {
  const server = await serve(NEVER);
  await server.close();
  await server.close();
  const refused = connect(server.port, '127.0.0.1');

  await expect(once(refused, 'connect')).rejects.toMatchObject({ code: 'ECONNREFUSED' });
});

it('is closed where it is disposed of', async () => {
  let port: number;
  {
    await using server = await serve(NEVER);
    ({ port } = server);
    expect((await shakeHands(server, { path: '/' })).status).toBe(404);
  }
  const refused = connect(port, '127.0.0.1');

  await expect(once(refused, 'connect')).rejects.toMatchObject({ code: 'ECONNREFUSED' });
});

it('lets a client finish its close before it closes itself', async () => {
  const server = await serve(ending(new ConnectionClosedError(4401, 'expired')));
  await using other = await serve(NEVER);
  const socket = await connectRaw(server);
  const ended = once(socket, 'end');
  let isCut = false;
  void ended.then(() => {
    isCut = true;
  });
  // The answer and the close come.
  await once(socket, 'data');

  const closed = server.close();
  await shakeHands(other, { path: '/' });
  expect(isCut).toBe(false);

  socket.resume().write(toClose());
  await ended;
  socket.end();
  await closed;
});

it('has sent what its transport said when it closes at once', async () => {
  const connection = toConnection();
  const said$ = new Subject<Frame>();
  const server = await serve(staying({ ...connection, frames$: said$ }));
  using client = dial(server.url);
  await once(client.socket, 'open');
  said$.next(START);
  said$.next(TRANSCRIPT);
  await server.close();

  expect(await client.closed).toEqual([1006, '']);
  expect(client.frames).toEqual([START, TRANSCRIPT]);
});

it('lets a cut arrive behind the frames when it closes at once', async () => {
  const frames = Array.from({ length: 8_000 }, (_, n) => `${n} ${'a'.repeat(1_000)}`);
  const frames$ = new Subject<Frame>();
  const end$ = new Subject<never>();
  const server = await serve(concat(of({ frames$, send: () => undefined }), end$));
  using client = dial(server.url);
  await once(client.socket, 'open');
  frames.forEach((frame) => {
    frames$.next(frame);
  });
  end$.error(new ConnectionClosedError(1006));
  await server.close();

  expect(await client.closed).toEqual([1006, '']);
  expect(client.frames).toEqual(frames);
});

it('waits a second at most for a client that does not finish its close', async () => {
  const { transport, left } = leaving(ending(new ConnectionClosedError(1001)));
  const server = await serve(transport);
  const socket = await connectRaw(server);
  // The answer and the close come, and nothing is said to that.
  await left;
  await once(socket, 'data');
  const closed = once(socket.resume(), 'end');
  await server.close();

  await closed;
  socket.destroy();
});
