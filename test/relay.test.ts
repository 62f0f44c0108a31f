import { once } from 'node:events';
import type { AddressInfo, Socket } from 'node:net';
import { setImmediate } from 'node:timers/promises';

import {
  ConnectionClosedError,
  FrameSource,
  HandshakeRefusedError,
  liveCall,
  watch,
} from '@livecall/core';
import type { Connection, Frame } from '@livecall/core';
import { relay } from '@livecall/server';
import type { RelayedCall } from '@livecall/server';
import {
  concat,
  EMPTY,
  firstValueFrom,
  lastValueFrom,
  NEVER,
  Observable,
  of,
  throwError,
  toArray,
} from 'rxjs';
import type { Subscriber } from 'rxjs';
import { expect, it } from 'vitest';
import { WebSocket } from 'ws';

import { accessToken, conversationToken, expectNoToken } from './fixtures/canary-tokens.js';
import { makeCertificates } from './fixtures/certificates.js';
import { FakeWindow } from './fixtures/fake-relay.js';
import { follow, followCall } from './fixtures/follow.js';
import { CALL_END, START } from './fixtures/frames.js';
import { cut, startPlatform } from './fixtures/platform.js';
import type { Answer } from './fixtures/platform.js';
import { CALL, socketWith, startRelay } from './fixtures/relayed.js';
import type { RunningRelay } from './fixtures/relayed.js';

/* A page, a relay in an app, and the platform behind it, over real sockets. */

const sentence = (n: number) =>
  `{"type":"transcript","msg":"Sentence ${n}.","role":"other","offset":${n}}`;

/** Sends an ack for every command, in the turn in which it is heard. */
function acknowledge(client: WebSocket): void {
  client.on('message', (data: Buffer) => {
    const { id } = JSON.parse(data.toString()) as { id: string };
    client.send(JSON.stringify({ type: 'ack', ackId: id }));
  });
}

it('lets a page follow a call to its end, and sends its commands on', async () => {
  await using platform = await startPlatform((client) => {
    acknowledge(client);
    client.send(START);
    client.on('message', () => {
      client.send(sentence(1));
      client.send(Buffer.from(CALL_END));
      client.close(1000);
    });
  });
  await using running = await startRelay(platform);
  const call = liveCall(running.page());
  const heard = lastValueFrom(call.messages$.pipe(toArray()));
  using following = followCall(call);
  const acknowledged = await lastValueFrom(call.joinCall({ whenNotOpen: 'wait' }));

  expect(await following.state('closed')).toMatchObject({ reason: 'call-ended' });
  expect((await heard).map(({ message: { type } }) => type)).toEqual([
    ...['event:start', 'ack', 'transcript', 'event:callEnd'],
  ]);
  const dial = await platform.dial(1);
  expect(dial.headers.authorization).toBe(`Bearer ${accessToken}`);
  expect(new URL(dial.path, platform.url).searchParams.get('conversationToken')).toBe(
    conversationToken,
  );
  const { frames, code } = await dial.end();
  expect(code).toBe(1000);
  expect(frames).toEqual([JSON.stringify({ type: 'client:joinCall', id: acknowledged.id })]);
});

it('tells the platform whose version and which user follow, where the app says so', async () => {
  await using platform = await startPlatform((client) => client.send(CALL_END));
  await using running = await startRelay(platform, {
    authorize: ({ url = '' }) =>
      url.endsWith('/named')
        ? { ...CALL, call: 'named', productVersion: '1.2.3', userId: 'user-7' }
        : CALL,
  });
  const dialled = async (url: string, nth: number) => {
    using following = followCall(liveCall(running.page({ url })));
    await following.state('closed');
    const { headers } = await platform.dial(nth);
    return [headers['x-hiya-product-version'], headers['x-hiya-account-user-id']];
  };

  expect(await dialled(`${running.url}/named`, 1)).toEqual(['1.2.3', 'user-7']);
  expect(await dialled(running.url, 2)).toEqual([undefined, undefined]);
});

it('has what stands over the way to the platform, one call a connection', async () => {
  const news: string[] = [];
  await using platform = await startPlatform([401, (client) => client.send(CALL_END)]);
  await using running = await startRelay(platform, {
    authorize: () => ({ ...CALL, accessToken: () => accessToken }),
    tapTransport: watch(({ kind, call, dial }) => news.push(`${kind} ${call}.${dial}`)),
  });
  using following = followCall(liveCall(running.page()));
  await following.state('closed');
  await running.relay.close();

  expect(news).toEqual([
    ...['dial 1.1', 'failed 1.1', 'dial 1.2', 'open 1.2', 'received 1.2', 'close 1.2', 'over 1.2'],
  ]);
});

it.each<[what: string, answer: Answer, error: HandshakeRefusedError]>([
  ['400', 400, new HandshakeRefusedError(400)],
  ['404', 404, new HandshakeRefusedError(404)],
  ['302', 302, new HandshakeRefusedError(302)],
  ['403', 403, new HandshakeRefusedError(403)],
  ['410', 410, new HandshakeRefusedError(410)],
  [
    '429 and Retry-After',
    { status: 429, headers: { 'Retry-After': '7' } },
    new HandshakeRefusedError(429, 7_000),
  ],
  ['500', 500, new HandshakeRefusedError(500)],
  ['502', 502, new HandshakeRefusedError(502)],
  [
    '503 and Retry-After',
    { status: 503, headers: { 'Retry-After': '1' } },
    new HandshakeRefusedError(503, 1_000),
  ],
  ['504', 504, new HandshakeRefusedError(504)],
])('tells the page what the platform refused: %s', async (_what, answer, error) => {
  await using platform = await startPlatform(answer);
  await using running = await startRelay(platform);
  using following = follow(running.page());

  expect(await following.error()).toEqual(error);
  expect(platform.dials).toHaveLength(1);
  expect(running.relay.stats()).toMatchObject({ pages: 0, away: 0, connections: 0, keptBytes: 0 });
});

it('renews the token of the platform once before it tells the page of a 401', async () => {
  await using platform = await startPlatform([401, () => undefined, 401]);
  const reasons: string[] = [];
  await using running = await startRelay(platform, {
    limits: { shareBytes: 0 },
    authorize: () => ({
      ...CALL,
      accessToken: ({ reason }) => {
        reasons.push(reason);
        return accessToken;
      },
    }),
  });
  using renewed = follow(running.page());
  await renewed.connection();
  using refused = follow(running.page());

  expect(await refused.error()).toMatchObject({ status: 401, isLasting: true });
  expect(reasons).toEqual(['connect', 'unauthorized', 'connect', 'unauthorized']);
});

it('dials a platform that answers 401 for good no more often than without it', async () => {
  await using platform = await startPlatform(401);
  await using running = await startRelay(platform);
  const call = liveCall(running.page());
  using following = followCall(call);

  expect(await following.state('closed')).toMatchObject({
    reason: 'failed',
    error: { _tag: 'HandshakeRefusedError', status: 401 },
  });
  expect(platform.dials).toHaveLength(2);
});

it('tells the page that the platform is not reached', async () => {
  const platform = await startPlatform('silence');
  await platform[Symbol.asyncDispose]();
  await using running = await startRelay(platform);
  using following = follow(running.page());

  expect(await following.error()).toMatchObject({
    ...{ _tag: 'ConnectFailedError', code: 'ECONNREFUSED', isLasting: false },
    message:
      'Could not connect: the relay did not reach the server. Check the URL and the network.',
  });
});

it('tells the page of a certificate that is not accepted, which is not dialled again', async ({
  skip,
}) => {
  const certificates = makeCertificates();
  if (certificates === undefined) {
    skip('there is no openssl');
    return;
  }
  await using platform = await startPlatform('silence', { tls: certificates.server });
  await using running = await startRelay(platform);
  const call = liveCall(running.page());
  using following = followCall(call);

  expect(await following.state('closed')).toMatchObject({
    reason: 'failed',
    error: { _tag: 'ConnectFailedError', isLasting: true },
  });
});

it('tells the page that the app gave no token', async () => {
  await using platform = await startPlatform('silence');
  await using running = await startRelay(platform, {
    authorize: () => ({ ...CALL, conversationToken: () => '' }),
  });
  using following = follow(running.page());

  expect(await following.error()).toMatchObject({
    _tag: 'TokenUnavailableError',
    token: 'conversationToken',
  });
});

it('tells the page that the platform did not answer in time', async () => {
  await using running = await startRelay(
    { url: '' },
    {
      url: undefined as never,
      transport: () => NEVER,
      authorizeTimeoutMs: 10,
      authorize: () => NEVER,
    },
  );
  using following = follow(running.page());

  expect(await following.error()).toMatchObject({ _tag: 'HandshakeTimeoutError', timeoutMs: 10 });
});

it.each([1000, 1001, 1002, 1008, 1011, 1013, 3000, 4000, 4001, 4401, 4404, 4410, 4999])(
  'ends the page as the platform ended: %i',
  async (code) => {
    await using platform = await startPlatform((client) => {
      client.send(START);
      client.close(code, 'the line is gone');
    });
    await using running = await startRelay(platform);
    using following = follow(running.page());

    expect(await following.frames(1)).toEqual([START]);
    const error = (await following.error()) as ConnectionClosedError;
    expect(error).toMatchObject({ _tag: 'ConnectionClosedError', code, wasClean: true });
    expect(error.reason).toBe('the line is gone');
    expect(platform.dials).toHaveLength(1);
  },
);

it.each([
  [
    'without a code',
    1005,
    (client: WebSocket) => {
      client.close();
    },
  ],
  [
    'by a FIN',
    1006,
    (client: WebSocket) => {
      cut(client, 'FIN');
    },
  ],
  [
    'by a reset',
    1006,
    (client: WebSocket) => {
      cut(client, 'RST');
    },
  ],
] as const)('ends the page as the platform ended: %s', async (_how, code, end) => {
  await using platform = await startPlatform(end);
  await using running = await startRelay(platform);
  using following = follow(running.page());

  expect(await following.error()).toMatchObject({ _tag: 'ConnectionClosedError', code });
});

it.each<[what: string, frames$: Observable<unknown>, code: number, failures: number]>([
  ['says no more', EMPTY, 1005, 0],
  ['fails with an error of its own', throwError(() => new Error('no such call')), 1011, 1],
  ['says what is no frame', of({ type: 'event:start' }), 1011, 1],
])(
  'ends the page of a transport of another make that %s',
  async (_what, frames$, code, failures) => {
    const told: unknown[] = [];
    const connection = { frames$: frames$ as Observable<Frame>, send: () => undefined };
    await using running = await startRelay(
      { url: '' },
      { transport: () => concat(of(connection), NEVER), onError: (failure) => told.push(failure) },
    );
    using following = follow(running.page());

    expect(await following.error()).toMatchObject({ _tag: 'ConnectionClosedError', code });
    expect(told).toHaveLength(failures);
  },
);

it('hangs up on the platform when the page does', async () => {
  await using platform = await startPlatform(() => undefined);
  await using running = await startRelay(platform);
  const following = follow(running.page());
  await following.connection();
  following.unsubscribe();

  expect(await (await platform.dial(1)).end()).toMatchObject({ code: 1000, frames: [] });
  expect(running.relay.stats()).toMatchObject({ pages: 0, away: 0, connections: 0 });
});

it('passes binary frames and text of any kind on, untouched, both ways', async () => {
  const odd = ['{ "type" : "ack" }', 'ünïcode \u2028 👋', Uint8Array.of(0, 255, 1)];
  await using platform = await startPlatform((client) => {
    for (const frame of odd) client.send(frame);
    // What is empty would be a word between relay and page.
    client.send('');
    client.send(new Uint8Array(0));
    client.send(START);
  });
  await using running = await startRelay(platform);
  using following = follow(running.page());
  const connection = await following.connection();
  for (const frame of odd) connection.send(frame);

  expect(await following.frames(4)).toEqual([...odd, START]);
  const sent = await (await platform.dial(1)).frames(3);
  expect(sent.map((frame) => Buffer.from(frame).toString('hex'))).toEqual(
    odd.map((frame) => Buffer.from(frame as string).toString('hex')),
  );
});

/* Who may */

it.each<[what: string, authorize: () => unknown, status: number]>([
  ['nothing', () => undefined, 401],
  ['a promise of nothing', () => Promise.resolve(undefined), 401],
  [
    'an Observable of nothing',
    () =>
      new Observable((subscriber) => {
        subscriber.complete();
      }),
    401,
  ],
  [
    'a refusal that is thrown',
    () => {
      throw new HandshakeRefusedError(403);
    },
    403,
  ],
  [
    'a refusal that comes later',
    () => throwError(() => new HandshakeRefusedError(429, 3_000)),
    429,
  ],
  [
    'a failure',
    () => {
      throw new Error('s3cret');
    },
    500,
  ],
  ['a rejection', () => Promise.reject(new Error('s3cret')), 500],
])('refuses who is given %s, and dials nothing', async (_what, authorize, status) => {
  await using platform = await startPlatform(() => undefined);
  const failures: unknown[] = [];
  await using running = await startRelay(platform, {
    authorize: authorize as never,
    onError: (failure) => failures.push(failure),
  });
  using following = follow(running.page());

  expect(await following.error()).toMatchObject({ _tag: 'HandshakeRefusedError', status });
  expect(platform.dials).toEqual([]);
  expect(failures).toHaveLength(status === 500 ? 1 : 0);
});

it('gives authorize the request of the page, with its cookies', async () => {
  await using platform = await startPlatform(() => undefined);
  const asked: unknown[] = [];
  await using running = await startRelay(platform, {
    authorize: ({ url, headers: { cookie } }) => {
      asked.push([url, cookie]);
      return CALL;
    },
  });
  using following = follow(
    running.page({ url: `${running.url}/8f0c`, webSocket: socketWith({ cookie: 'sid=1' }) }),
  );
  await following.connection();

  expect(asked).toEqual([['/livecall/8f0c', 'sid=1']]);
});

it.each([
  ['of its own host', (host: string) => `http://${host}`, true],
  ['of its own host over TLS', (host: string) => `https://${host}`, true],
  ['that is listed', () => 'https://app.example', true],
  ['of another host', () => 'https://evil.example', false],
  ['of another port', () => 'http://127.0.0.1:1', false],
  ['that hides', () => 'null', false],
] as const)('looks at the origin of a page %s', async (_what, toOrigin, isLetIn) => {
  await using platform = await startPlatform(() => undefined);
  const refused: unknown[] = [];
  let asked = 0;
  await using running = await startRelay(platform, {
    allowedOrigins: ['https://app.example'],
    onRefused: (told) => refused.push(told.status),
    authorize: () => {
      asked += 1;
      return CALL;
    },
  });
  const origin = toOrigin(new URL(running.url).host);
  using following = follow(running.page({ webSocket: socketWith({ origin }) }));

  if (isLetIn) await following.connection();
  else expect(await following.error()).toEqual(new HandshakeRefusedError(403));
  expect([asked, refused]).toEqual(isLetIn ? [1, []] : [0, [403]]);
});

/* Away */

it('gives a page that was cut what it missed, in order, once', async () => {
  let said = 0;
  const clients: WebSocket[] = [];
  await using platform = await startPlatform((client) => {
    clients.push(client);
  });
  await using running = await startRelay(platform);
  const window = new FakeWindow();
  using following = follow(running.page({ window }));
  const connection = await following.connection();
  // Absences follow each other too soon for it to dial at once by itself.
  const dialling = connection.away$?.subscribe((isAway) => {
    if (isAway) {
      queueMicrotask(() => {
        window.fire('online');
      });
    }
  });
  const say = (count: number) => {
    for (let n = 0; n < count; n += 1) clients[0]?.send(sentence((said += 1)));
  };

  for (let absence = 0; absence < 5; absence += 1) {
    say(10);
    await following.frames(said);
    const away = firstValueFrom(connection.away$ ?? NEVER);
    running.way.cut();
    await away;
    say(10);
    // Some are cut off on their way, too.
    await following.frames(said - 5);
    running.way.cut();
    say(10);
  }
  expect(await following.frames(said)).toEqual(
    Array.from({ length: said }, (_none, index) => sentence(index + 1)),
  );
  dialling?.unsubscribe();
  expect(platform.dials).toHaveLength(1);
});

it('keeps a call open for a page that is away, and confirms what it sent', async () => {
  await using platform = await startPlatform((client) => {
    client.on('message', (data: Buffer) => {
      const { id } = JSON.parse(data.toString()) as { id: string };
      running.way.cut();
      client.send(JSON.stringify({ type: 'ack', ackId: id }));
    });
  });
  await using running = await startRelay(platform);
  const call = liveCall(running.page());
  const states = lastValueFrom(call.state$.pipe(toArray()));
  using following = followCall(call);
  await following.state('open');
  const acknowledged = await lastValueFrom(call.joinCall());
  following[Symbol.dispose]();

  expect(acknowledged).toMatchObject({ connection: 1, confirmedBy: 'ack' });
  expect((await states).map(({ status }) => status)).toEqual([
    ...['idle', 'connecting', 'open', 'away', 'open', 'closed'],
  ]);
  expect(await (await platform.dial(1)).end()).toMatchObject({ frames: [expect.any(String)] });
});

it('sends a command again that went into a dead way, and the platform has it once', async () => {
  await using platform = await startPlatform(acknowledge);
  await using running = await startRelay(platform);
  const call = liveCall(running.page({ receiptTimeoutMs: 50 }));
  using following = followCall(call);
  await following.state('open');
  running.way.stall();
  const acknowledged = lastValueFrom(call.joinCall({ ackTimeoutMs: 60_000 }));
  await following.state('away');
  // What stood in the way arrives after all, once the page has come back by another.
  running.way.flow();
  await acknowledged;
  await lastValueFrom(call.joinCall());
  following[Symbol.dispose]();

  const { frames } = await (await platform.dial(1)).end();
  expect(frames).toHaveLength(2);
  expect(new Set(frames).size).toBe(2);
});

it.each<[how: string, tell: (transport: Subscriber<Connection>) => void, error: string]>([
  [
    'said all in the turn in which it was dialled',
    (transport) => {
      const frames = new FrameSource();
      frames.next(START);
      frames.next(sentence(1));
      transport.next({ frames$: frames.values$, send: () => undefined });
      transport.error(new ConnectionClosedError(4401, 'enough'));
    },
    'enough',
  ],
  [
    'completed, and did not close its frames',
    (transport) => {
      transport.next({
        frames$: concat(of(START, sentence(1)), NEVER),
        send: () => undefined,
      });
      transport.complete();
    },
    '',
  ],
])('gives all and the end of a connection that %s', async (_how, tell, reason) => {
  await using platform = await startPlatform(() => undefined);
  await using running = await startRelay(platform, { transport: () => new Observable(tell) });
  using following = follow(running.page());

  expect(await following.frames(2)).toEqual([START, sentence(1)]);
  expect(await following.error()).toMatchObject({ _tag: 'ConnectionClosedError', reason });
});

it('gives the rest and the end of a call that ended while the page was away', async () => {
  const clients: WebSocket[] = [];
  await using platform = await startPlatform((client) => {
    clients.push(client);
    client.send(START);
  });
  await using running = await startRelay(platform);
  const call = liveCall(running.page({ random: () => 0 }));
  const heard = lastValueFrom(call.messages$.pipe(toArray()));
  using following = followCall(call);
  await firstValueFrom(call.events$);
  running.way.refuse(true);
  running.way.cut();
  await following.state('away');
  clients[0]?.send(sentence(1));
  clients[0]?.send(CALL_END);
  clients[0]?.close(1000);
  await (await platform.dial(1)).end();
  running.way.refuse(false);

  expect(await following.state('closed')).toMatchObject({ reason: 'call-ended' });
  expect((await heard).map(({ message: { type }, connection }) => [type, connection])).toEqual([
    ...[
      ['event:start', 1],
      ['transcript', 1],
      ['event:callEnd', 1],
    ],
  ]);
});

it.each([
  ['too late', { limits: { keepMs: 0 } }],
  ['to too much', { limits: { keepBytes: 200, shareBytes: 0 } }],
])(
  'tells a page that returns %s of a lost connection, and lets it dial anew',
  async (_what, bounds) => {
    const clients: WebSocket[] = [];
    await using platform = await startPlatform((client) => {
      clients.push(client);
      client.send(START);
    });
    await using running = await startRelay(platform, bounds);
    const call = liveCall(running.page({ random: () => 0 }), { retry: { baseDelayMs: 0 } });
    const starts = firstValueFrom(call.events$.pipe(toArray()), { defaultValue: [] });
    using following = followCall(call);
    await firstValueFrom(call.events$);
    running.way.refuse(true);
    running.way.cut();
    await following.state('away');
    for (let n = 1; n <= 10; n += 1) clients[0]?.send(sentence(n));
    await platform.empty();
    running.way.refuse(false);

    expect(await following.errors(1)).toMatchObject([
      { _tag: 'ConnectionClosedError', code: 1006 },
    ]);
    expect(await following.state('reconnecting')).toBeDefined();
    await platform.dial(2);
    void starts;
  },
);

/* Several pages */

it('lets the pages of a call share a connection, and tells each of them everything', async () => {
  const clients: WebSocket[] = [];
  await using platform = await startPlatform((client) => {
    clients.push(client);
    acknowledge(client);
    client.send(START);
  });
  await using running = await startRelay(platform);
  using first = follow(running.page());
  using second = follow(running.page());
  await first.frames(1);
  clients[0]?.send(sentence(1));
  await second.frames(2);
  using third = follow(running.page());

  expect(await third.frames(2)).toEqual([START, sentence(1)]);
  first.unsubscribe();
  second.unsubscribe();
  clients[0]?.send(sentence(2));
  expect(await third.frames(3)).toEqual([START, sentence(1), sentence(2)]);
  third.unsubscribe();
  await (await platform.dial(1)).end();
  expect(platform.dials).toHaveLength(1);
  expect(running.relay.stats()).toEqual({
    ...{ pages: 0, away: 0, connections: 0, keptBytes: 0, unreadBytes: 0 },
  });
});

it.each<[what: string, calls: readonly RelayedCall[], bounds: object]>([
  ['of another user', [CALL, { ...CALL, user: 'kim' }], {}],
  ['of another call', [CALL, { ...CALL, call: '8f0d' }], {}],
  ['where none is shared', [CALL, CALL], { limits: { shareBytes: 0 } }],
  ['of which the beginning is not kept any more', [CALL, CALL], { limits: { shareBytes: 10 } }],
])('dials for itself for a page %s', async (_what, calls, bounds) => {
  await using platform = await startPlatform((client) => {
    client.send(START);
  });
  let asked = 0;
  await using running = await startRelay(platform, { ...bounds, authorize: () => calls[asked++] });
  using first = follow(running.page());
  await first.frames(1);
  using second = follow(running.page());

  expect(await second.frames(1)).toEqual([START]);
  expect(platform.dials).toHaveLength(2);
});

it('shares the newest connection, after the one before it was left', async () => {
  const say = (words: string) => (client: WebSocket) => {
    client.send(words);
  };
  await using platform = await startPlatform([say(sentence(1)), say('"!"')]);
  await using running = await startRelay(platform, { limits: { shareBytes: 80 } });
  using first = follow(running.page());
  await first.frames(1);
  using second = follow(running.page());
  await second.frames(1);
  first.unsubscribe();
  await (await platform.dial(1)).end();
  using third = follow(running.page());

  expect(await third.frames(1)).toEqual(['"!"']);
  expect(platform.dials).toHaveLength(2);
});

/** Dials as a page does that says this of itself. */
async function dialAs(url: string, ...protocols: readonly string[]) {
  const webSocket = new WebSocket(url, ['livecall.1', ...protocols]);
  const messages: string[] = [];
  webSocket.on('message', (data: Buffer) => messages.push(data.toString()));
  const end = once(webSocket, 'close').then(([code]) => code as number);
  await Promise.race([once(webSocket, 'message'), end]);
  return { webSocket, messages, end };
}

it.each([
  ['of nobody', 'b'.repeat(32), 'jo', '0.0'],
  ["of another user's", 'a'.repeat(32), 'kim', '0.0'],
  ['that had more than there was', 'a'.repeat(32), 'jo', '2.0'],
  ['that sent more than came', 'a'.repeat(32), 'jo', '0.1'],
  ['that is in use, as if it were new', 'a'.repeat(32), 'jo', undefined],
])('gives nothing to a page %s, and disturbs none', async (_what, id, user, place) => {
  await using platform = await startPlatform((client) => {
    client.send(START);
  });
  await using running = await startRelay(platform, {
    authorize: ({ headers: { cookie = 'jo' } }) => ({ ...CALL, user: cookie }),
  });
  const own = await dialAs(running.url, `livecall.page.${'a'.repeat(32)}`);
  const name = `livecall.page.${id}${place === undefined ? '' : `.${place}`}`;
  const other = new WebSocket(running.url, ['livecall.1', name], { headers: { cookie: user } });
  const [code] = (await once(other, 'close')) as [number];

  expect(code).toBe(4003);
  expect(own.webSocket.readyState).toBe(WebSocket.OPEN);
  expect(running.relay.stats()).toMatchObject({ pages: 1, connections: 1 });
  own.webSocket.terminate();
});

it('closes the page whose place another takes, which dials no more', async () => {
  await using platform = await startPlatform((client) => {
    client.send(START);
  });
  await using running = await startRelay(platform);
  const name = `livecall.page.${'a'.repeat(32)}`;
  const first = await dialAs(running.url, name);
  const second = await dialAs(running.url, `${name}.0.0`);

  expect(await first.end).toBe(4001);
  second.webSocket.terminate();
});

/** Past the way that can be interrupted. */
const toDirect = ({ server }: RunningRelay) =>
  `ws://127.0.0.1:${(server.address() as AddressInfo).port}/livecall`;

/* Bounds */

it('keeps the place of a page for so long, and then hangs up on the platform', async () => {
  await using platform = await startPlatform(() => undefined);
  await using running = await startRelay(platform, { limits: { keepMs: 20 } });
  using following = follow(running.page({ random: () => 0 }));
  await following.connection();
  running.way.refuse(true);
  running.way.cut();

  expect(await (await platform.dial(1)).end()).toMatchObject({ code: 1000 });
  expect(running.relay.stats()).toEqual({
    ...{ pages: 0, away: 0, connections: 0, keptBytes: 0, unreadBytes: 0 },
  });
});

it('finds a page away whose own code does not answer, though its socket does', async () => {
  await using platform = await startPlatform(() => undefined);
  await using running = await startRelay(platform, {
    heartbeat: { pingIntervalMs: 20, pongTimeoutMs: 20 },
  });
  const frozen = await dialAs(running.url, `livecall.page.${'a'.repeat(32)}`);

  expect(await frozen.end).toBe(1006);
  expect(running.relay.stats()).toMatchObject({ pages: 0, away: 1, connections: 1 });
});

it('keeps a page that answers, and lets go of what it has', async () => {
  const clients: WebSocket[] = [];
  await using platform = await startPlatform((client) => {
    clients.push(client);
    client.send(START);
  });
  await using running = await startRelay(platform, {
    heartbeat: { pingIntervalMs: 20 },
    limits: { shareBytes: 0 },
  });
  using following = follow(running.page());
  await following.frames(1);
  for (let n = 1; n <= 100; n += 1) clients[0]?.send(sentence(n));
  await following.frames(101);
  while (running.relay.stats().keptBytes > 0) await setImmediate();

  expect(running.relay.stats()).toMatchObject({ pages: 1, away: 0 });
});

it('cuts off a page that does not read, and keeps no more for it than there may be', async () => {
  const clients: WebSocket[] = [];
  await using platform = await startPlatform((client) => {
    clients.push(client);
  });
  const bounds = { limits: { keepBytes: 100_000, maxBufferedBytes: 200_000, shareBytes: 0 } };
  await using running = await startRelay(platform, bounds);
  using following = follow(running.page());
  await following.connection();
  running.way.stall();
  const long = JSON.stringify({ type: 'transcript', role: 'other', msg: 'x'.repeat(50_000) });
  while (running.relay.stats().pages > 0) {
    clients[0]?.send(long);
    expect(running.relay.stats().keptBytes).toBeLessThanOrEqual(100_000);
    await setImmediate();
  }
  running.way.flow();

  expect(await following.error()).toMatchObject({ _tag: 'ConnectionClosedError', code: 1006 });
});

it('cuts off whoever reads least, where too much waits for all together', async () => {
  const clients: WebSocket[] = [];
  await using platform = await startPlatform((client) => {
    clients.push(client);
  });
  const bounds = {
    limits: { shareBytes: 0, keepBytes: 16 * 1024 * 1024, maxUnreadBytes: 300_000 },
  };
  await using running = await startRelay(platform, bounds);
  using reading = follow(running.page({ url: toDirect(running) }));
  using slow = follow(running.page());
  using slower = follow(running.page());
  await Promise.all([reading, slow, slower].map((page) => page.connection()));
  running.way.stall();
  const long = JSON.stringify({ type: 'transcript', role: 'other', msg: 'x'.repeat(50_000) });
  let said = 0;
  while (running.relay.stats().pages > 1) {
    for (const client of clients) client.send(long);
    await reading.frames((said += 1));
    expect(running.relay.stats().unreadBytes).toBeLessThanOrEqual(300_000);
  }

  expect(running.relay.stats()).toMatchObject({ pages: 1, away: 2, unreadBytes: 0 });
});

it('keeps no more of all connections than there may be, the beginnings gone first', async () => {
  const clients: WebSocket[] = [];
  await using platform = await startPlatform((client) => {
    clients.push(client);
  });
  let calls = 0;
  await using running = await startRelay(platform, {
    limits: { maxKeptBytes: 1_000 },
    authorize: () => ({ ...CALL, call: `${(calls += 1)}` }),
  });
  using first = follow(running.page());
  await first.connection();
  using second = follow(running.page());
  await second.connection();
  for (let n = 1; n <= 20; n += 1) {
    for (const client of clients) client.send(sentence(n));
    await second.frames(n);
    await first.frames(n);
    expect(running.relay.stats().keptBytes).toBeLessThanOrEqual(1_000);
  }
  expect(running.relay.stats()).toMatchObject({ pages: 2, away: 0, connections: 2 });
  running.way.refuse(true);
  running.way.cut();
  while (running.relay.stats().away < 2) await setImmediate();
  while (running.relay.stats().connections === 2) {
    clients[0]?.send(sentence(21));
    await setImmediate();
  }

  expect(running.relay.stats()).toMatchObject({ pages: 0, away: 1 });
  expect(running.relay.stats().keptBytes).toBeLessThanOrEqual(1_000);
});

it.each([
  ['all', { limits: { maxPages: 2 } }, 503],
  ["one user's", { limits: { maxPagesPerUser: 2 } }, 429],
])('lets in so many pages of %s, and refuses the next', async (_what, bounds, status) => {
  await using platform = await startPlatform(() => undefined);
  await using running = await startRelay(platform, bounds);
  using first = follow(running.page());
  using second = follow(running.page());
  await Promise.all([first.connection(), second.connection()]);
  using third = follow(running.page());

  expect(await third.error()).toMatchObject({ _tag: 'HandshakeRefusedError', status });
});

it('gives the place of a page whose call is over to the next, whoever has it', async () => {
  await using platform = await startPlatform([
    (client) => {
      client.send(CALL_END);
      client.close(1000);
    },
    () => undefined,
  ]);
  await using running = await startRelay(platform, { limits: { maxPages: 1 } });
  using first = followCall(liveCall(running.page()));
  await first.state('closed');
  while (running.relay.stats().pages > 0) await setImmediate();

  expect(running.relay.stats()).toMatchObject({ away: 1, connections: 0 });

  using second = follow(running.page());
  await second.connection();

  expect(running.relay.stats()).toMatchObject({ pages: 1, away: 0, connections: 1 });
});

it("gives the place of a user's page that is away to the next", async () => {
  await using platform = await startPlatform(() => undefined);
  await using running = await startRelay(platform, {
    limits: { maxPagesPerUser: 1, shareBytes: 0 },
  });
  using first = follow(running.page({ random: () => 0.99 }));
  await first.connection();
  running.way.refuse(true);
  running.way.cut();
  while (running.relay.stats().away < 1) await setImmediate();
  running.way.refuse(false);
  using second = follow(running.page());
  await second.connection();

  expect(running.relay.stats()).toMatchObject({ pages: 1, away: 0, connections: 1 });
  expect(await first.error()).toMatchObject({ code: 1006 });
});

it('gives the place of the page to the next that is away for longest, whoever came first', async () => {
  await using platform = await startPlatform(() => undefined);
  await using running = await startRelay(platform, { limits: { maxPagesPerUser: 2 } });
  const names = ['a', 'b', 'c'].map((digit) => `livecall.page.${digit.repeat(32)}`);
  const dialNth = (n: number, place = '') => dialAs(running.url, `${names[n] ?? ''}${place}`);
  const pages = [await dialNth(0), await dialNth(1)];
  for (const [before, page] of pages.reverse().entries()) {
    page.webSocket.terminate();
    while (running.relay.stats().away <= before) await setImmediate();
  }
  await dialNth(2);

  expect(await (await dialNth(1, '.0.0')).end).toBe(4003);
  expect((await dialNth(0, '.0.0')).messages).toEqual(['']);
});

it('closes a page that sends too long a message, or asks without an end', async () => {
  await using platform = await startPlatform(() => undefined);
  await using running = await startRelay(platform, { limits: { maxPayloadBytes: 100 } });
  const long = await dialAs(running.url, `livecall.page.${'a'.repeat(32)}`);
  long.webSocket.send('x'.repeat(101));
  const asking = await dialAs(running.url, `livecall.page.${'b'.repeat(32)}`);
  for (let n = 0; n < 100; n += 1) asking.webSocket.send(Buffer.alloc(0));

  expect(await long.end).toBe(1009);
  expect(await asking.end).toBe(1006);
});

it('dials nothing for a page that has left before it was let in, nor once it stops', async () => {
  const answers: ((call: RelayedCall) => void)[] = [];
  await using platform = await startPlatform(() => undefined);
  await using running = await startRelay(platform, {
    authorize: () => new Promise((resolve) => answers.push(resolve)),
  });
  const answerTo = async (n: number) => {
    while (answers.length < n) await setImmediate();
    return () => answers[n - 1]?.(CALL);
  };
  const left = new WebSocket(running.url, ['livecall.1', `livecall.page.${'a'.repeat(32)}`]);
  await once(left, 'open');
  const letIn = await answerTo(1);
  left.close(4008);
  await once(left, 'close');
  // It is heard of by the relay by then.
  const staying = new WebSocket(running.url, ['livecall.1', `livecall.page.${'b'.repeat(32)}`]);
  const letInLater = await answerTo(2);
  letIn();
  const closing = running.relay.close();
  letInLater();
  await Promise.all([closing, once(staying, 'close')]);
  await setImmediate();

  expect(platform.dials).toEqual([]);
});

it('asks authorize for no more dials at a time than there may be pages, twice', async () => {
  await using platform = await startPlatform(() => undefined);
  await using running = await startRelay(platform, {
    limits: { maxPages: 1 },
    authorize: () => NEVER,
  });
  const statusOf = async () => {
    const page = new WebSocket(running.url, ['livecall.1', `livecall.page.${'a'.repeat(32)}`]);
    page.on('error', () => undefined);
    const [, answer] = (await Promise.race([
      once(page, 'open').then(() => []),
      once(page, 'unexpected-response'),
    ])) as [unknown?, { readonly statusCode: number }?];
    return answer?.statusCode;
  };

  expect([await statusOf(), await statusOf(), await statusOf()]).toEqual([
    ...[undefined, undefined, 503],
  ]);
});

/* Ends */

it('closes every page so that it dials anew, and hangs up on the platform', async () => {
  await using platform = await startPlatform(() => undefined);
  await using running = await startRelay(platform);
  using first = follow(running.page());
  using second = follow(running.page());
  await Promise.all([first.connection(), second.connection()]);
  await running.relay.close({ drainMs: 20 });

  for (const page of [first, second]) {
    expect(await page.error()).toMatchObject({
      code: 1012,
      message: expect.stringContaining('the relay stopped') as string,
    });
  }
  expect(await (await platform.dial(1)).end()).toMatchObject({ code: 1000 });
  expect(running.relay.stats()).toEqual({
    ...{ pages: 0, away: 0, connections: 0, keptBytes: 0, unreadBytes: 0 },
  });
});

it('goes on with the next relay of an app that is loaded anew', async () => {
  await using platform = await startPlatform((client) => {
    client.send(START);
  });
  await using running = await startRelay(platform);
  const call = liveCall(running.page(), { retry: { baseDelayMs: 0 } });
  using following = followCall(call);
  await firstValueFrom(call.events$);
  const next = relay({ url: platform.url, authorize: () => CALL });
  const closing = running.relay.close();
  next.attach(running.server);
  await closing;

  expect(await firstValueFrom(call.messages$)).toMatchObject({ connection: 2 });
  expect(await following.errors(1)).toMatchObject([{ code: 1012 }]);
  await next.close();
});

/* Secrets */

it('keeps the tokens of the platform from the page, wherever the platform says them', async () => {
  const echo = JSON.stringify({ type: 'error', description: `no ${accessToken} here` });
  await using platform = await startPlatform((client) => {
    client.send(START);
    client.send(echo);
    client.send(Buffer.from(`\u00ff${conversationToken}`, 'latin1'));
    client.close(4401, `not ${conversationToken}`);
  });
  const crossed: Buffer[] = [];
  await using running = await startRelay(platform, {
    authorize: () => ({ ...CALL, accessToken: () => Promise.resolve(accessToken) }),
  });
  running.server.on('connection', (socket: Socket) => {
    const write = socket.write.bind(socket);
    socket.write = (chunk: Buffer, ...more: []) => {
      crossed.push(Buffer.from(chunk));
      return write(chunk, ...more);
    };
  });
  using following = follow(running.page());
  const error = (await following.error()) as ConnectionClosedError;
  const frames = await following.frames(3);

  expect(error.code).toBe(4401);
  expect(error.reason).toMatch(/^not \*+$/);
  expect(frames[0]).toBe(START);
  expect(JSON.parse(frames[1] as string)).toEqual({
    type: 'error',
    description: `no ${'*'.repeat(accessToken.length)} here`,
  });
  expect(Buffer.from(frames[2] as Uint8Array).toString('latin1')).toMatch(/^\u00ff\*+$/);
  expectNoToken(Buffer.concat(crossed).toString('latin1'));
});
