import { classify, isLiveCallError, liveCall } from '@livecall/core';
import type { Token, TokenRequest, Transport } from '@livecall/core';
import { webSocketTransport } from '@livecall/core/node';
import type { WebSocketTransportOptions } from '@livecall/core/node';
import { record } from '@livecall/recording';
import { delayFrames } from '@livecall/tools';
import { firstValueFrom, map, NEVER, of, Subject } from 'rxjs';
import { afterEach, expect, it, vi } from 'vitest';

import { accessToken, conversationToken } from './fixtures/canary-tokens.js';
import { follow, followCall } from './fixtures/follow.js';
import { freePort } from './fixtures/free-port.js';
import { startPlatform } from './fixtures/platform.js';
import type { Answer } from './fixtures/platform.js';
import { startRawServer } from './fixtures/raw-server.js';
import type { RawDial } from './fixtures/raw-server.js';

/* What a dial sends, and every way in which it can fail to open. */

const toTransport = (
  { url }: { readonly url: string },
  options: Partial<WebSocketTransportOptions> = {},
): Transport => webSocketTransport({ url, accessToken, conversationToken, ...options });

const letIn: Answer = () => undefined;

/** Dials again at once. */
const soon = { retry: { baseDelayMs: 2, maxDelayMs: 2 } };

const restart: Answer = (client) => {
  client.close(1012);
};

/** A token function, and what it was asked with. */
const asked = (token: string) => vi.fn<(request: TokenRequest) => string>(() => token);

afterEach(() => {
  vi.useRealTimers();
});

it('sends the tokens, the product version and the user id', async () => {
  await using platform = await startPlatform(letIn);
  using following = follow(toTransport(platform, { productVersion: '1.22.333', userId: 'user-7' }));
  await following.connection();

  const { headers, path } = await platform.dial(1);
  expect(headers).toMatchObject({
    authorization: `Bearer ${accessToken}`,
    'x-hiya-product-version': '1.22.333',
    'x-hiya-account-user-id': 'user-7',
  });
  expect(path).toBe(
    '/ws/v1/liveCalls?conversationToken=canary%2Fconversation%2Btoken%3D42%26%257E',
  );
});

it('sends nothing that it was not given', async () => {
  await using platform = await startPlatform(letIn);
  using following = follow(toTransport(platform));
  await following.connection();

  const { headers } = await platform.dial(1);
  expect(Object.keys(headers).sort()).toEqual([
    'authorization',
    'connection',
    'host',
    'sec-websocket-key',
    'sec-websocket-version',
    'upgrade',
  ]);
});

it('keeps the query of the url', async () => {
  await using platform = await startPlatform(letIn);
  using following = follow(toTransport({ url: `${platform.url}?region=eu` }));
  await following.connection();

  const { path } = await platform.dial(1);
  expect(new URL(path, platform.url).searchParams.get('region')).toBe('eu');
  expect(new URL(path, platform.url).searchParams.get('conversationToken')).toBe(conversationToken);
});

it('offers compression where that is asked for', async () => {
  const long: Answer = (client) => {
    client.send('{}'.repeat(1_000));
  };
  await using platform = await startPlatform(long, { compression: true });
  using following = follow(toTransport(platform, { socket: { compression: true } }));

  expect(await following.frames(1)).toEqual(['{}'.repeat(1_000)]);
  const { headers } = await platform.dial(1);
  expect(headers['sec-websocket-extensions']).toContain('permessage-deflate');
});

it.each([200, 302, 400, 401, 403, 404, 408, 429, 500, 503])(
  'fails when the handshake is answered with %d',
  async (status) => {
    await using platform = await startPlatform(status);
    using following = follow(toTransport(platform));

    const error = await following.error();
    expect(error).toMatchObject({ _tag: 'HandshakeRefusedError', status });
    expect(error).toHaveProperty('retryAfterMs', undefined);
    await platform.empty();
  },
);

it.each([
  ['seconds', '7', 7_000],
  ['no time at all', '0', 0],
  ['a date', 'Sun, 22 Nov 2026 09:01:30 GMT', 90_000],
  ['a date gone by', 'Sun, 22 Nov 2026 08:00:00 GMT', 0],
  ['what is neither', 'soon', undefined],
])('tells Retry-After given as %s', async (_what, retryAfter, retryAfterMs) => {
  vi.setSystemTime('2026-11-22T09:00:00.000Z');
  await using platform = await startPlatform({
    status: 429,
    headers: { 'Retry-After': retryAfter },
  });
  using following = follow(toTransport(platform));

  expect(await following.error()).toMatchObject({ status: 429, retryAfterMs });
});

it.each([301, 302, 303, 307, 308])('does not follow a redirect with %d', async (status) => {
  await using elsewhere = await startPlatform(letIn);
  const location = elsewhere.url.replace('ws:', 'http:');
  await using platform = await startPlatform({ status, headers: { Location: location } });
  using following = follow(toTransport(platform));

  expect(await following.error()).toMatchObject({ _tag: 'HandshakeRefusedError', status });
  expect(elsewhere.dials).toEqual([]);
});

it('hangs up on a refusal whose body never ends', async () => {
  await using server = await startRawServer(({ socket }) => {
    socket.write('HTTP/1.1 401 Unauthorized\r\nContent-Length: 1000000\r\n\r\nnot');
  });
  using following = follow(toTransport(server));

  expect(await following.error()).toMatchObject({ status: 401 });
  await (await server.dial(1)).gone();
});

it.each<[what: string, give: (token: string) => Token]>([
  ['Promises', (token) => () => Promise.resolve(token)],
  ['Observables', (token) => () => of(token, 'a later token')],
])('takes tokens from %s', async (_what, give) => {
  await using platform = await startPlatform(letIn);
  using following = follow(
    toTransport(platform, {
      accessToken: give(accessToken),
      conversationToken: give(conversationToken),
    }),
  );
  await following.connection();

  const { headers, path } = await platform.dial(1);
  expect(headers.authorization).toBe(`Bearer ${accessToken}`);
  expect(path).toContain(encodeURIComponent(conversationToken));
});

it('dials nothing when a token is not to be had', async () => {
  await using platform = await startPlatform(letIn);
  using following = follow(
    toTransport(platform, {
      accessToken: () => Promise.reject(new Error(`no longer valid: ${accessToken}`)),
    }),
  );

  expect(await following.error()).toMatchObject({
    _tag: 'TokenUnavailableError',
    token: 'accessToken',
  });
  expect(platform.dials).toEqual([]);
});

it('asks for tokens again after a 401, and says why', async () => {
  const tokens = { accessToken: asked(accessToken), conversationToken: asked(conversationToken) };
  await using platform = await startPlatform([401, restart, letIn]);
  const call = liveCall(toTransport(platform, tokens), soon);
  using following = followCall(call);
  await platform.dial(3);

  const reasons = [[{ reason: 'connect' }], [{ reason: 'unauthorized' }], [{ reason: 'connect' }]];
  expect(tokens.accessToken.mock.calls).toEqual(reasons);
  expect(tokens.conversationToken.mock.calls).toEqual(reasons);
  expect(await following.errors(2)).toMatchObject([{ status: 401 }, { code: 1012 }]);
});

it('gives up at the second 401', async () => {
  const tokens = { accessToken: asked(accessToken) };
  await using platform = await startPlatform(401);
  using following = followCall(liveCall(toTransport(platform, tokens)));

  expect(await following.state('closed')).toMatchObject({
    reason: 'failed',
    error: { _tag: 'HandshakeRefusedError', status: 401 },
  });
  expect(tokens.accessToken.mock.calls).toEqual([
    [{ reason: 'connect' }],
    [{ reason: 'unauthorized' }],
  ]);
});

it('remembers nothing of one subscription in the next', async () => {
  const tokens = { accessToken: asked(accessToken) };
  await using platform = await startPlatform([401, 503, letIn]);
  const transport = toTransport(platform, tokens);
  for (const status of [401, 503]) {
    using following = follow(transport);
    expect(await following.error()).toMatchObject({ status });
  }
  using following = follow(transport);
  await following.connection();

  expect(tokens.accessToken.mock.calls.map(([{ reason }]) => reason)).toEqual([
    'connect',
    'connect',
    'connect',
  ]);
});

it('keeps apart why each of two calls over one transport asks', async () => {
  const reasons: string[] = [];
  await using platform = await startPlatform([401, letIn, letIn]);
  const transport = toTransport(platform, {
    accessToken: ({ reason }) => {
      reasons.push(reason);
      return accessToken;
    },
  });
  using refused = followCall(liveCall(transport));
  await refused.state('reconnecting');
  using other = followCall(liveCall(transport));
  await other.state('open');
  await refused.state('open');

  expect(reasons).toEqual(['connect', 'connect', 'unauthorized']);
});

const closing =
  (code: number): Answer =>
  (client) => {
    client.close(code);
  };

it.each<[what: string, stale: Answer]>([
  ['a 403', 403],
  ['a close with 4401', closing(4401)],
  ['a close with 1008', closing(1008)],
])('asks for another token whatever it was that said so: %s', async (_what, stale) => {
  const reasons: string[] = [];
  await using platform = await startPlatform([stale, letIn]);
  const transport = toTransport(platform, {
    accessToken: ({ reason }) => {
      reasons.push(reason);
      return accessToken;
    },
  }).pipe(
    // What stands in between, a recorder and a fault for two, does not matter.
    record({ start: () => undefined, write: () => undefined, end: () => undefined }),
    delayFrames({ ms: 1 }),
    map((connection) => ({ ...connection })),
  );
  const isStale = (error: unknown) =>
    isLiveCallError(error) &&
    ((error._tag === 'HandshakeRefusedError' && error.status === 403) ||
      (error._tag === 'ConnectionClosedError' && [1008, 4401].includes(error.code)));
  const call = liveCall(transport, {
    retry: { classify: (error) => (isStale(error) ? 'refresh-token' : classify(error)) },
  });
  using following = followCall(call);
  await following.errors(1);
  await platform.dial(2);

  expect(reasons).toEqual(['connect', 'unauthorized']);
});

it('goes on asking for another token until it gets one', async () => {
  const asks = vi.fn<(request: TokenRequest) => Promise<string>>();
  asks.mockResolvedValueOnce(accessToken);
  asks.mockRejectedValueOnce(new Error('the identity provider is down'));
  asks.mockResolvedValueOnce(accessToken);
  await using platform = await startPlatform([401, letIn]);
  const call = liveCall(toTransport(platform, { accessToken: asks }));
  using following = followCall(call);
  await following.state('open');

  expect(asks.mock.calls.map(([{ reason }]) => reason)).toEqual([
    'connect',
    'unauthorized',
    'unauthorized',
  ]);
  expect(await following.errors(2)).toMatchObject([
    { status: 401 },
    { _tag: 'TokenUnavailableError' },
  ]);
});

it('dials with a token that took longer than the handshake may, and asks for no other', async () => {
  const late$ = new Subject<string>();
  const slow = vi.fn(() => firstValueFrom(late$));
  await using platform = await startPlatform(letIn);
  const call = liveCall(toTransport(platform, { accessToken: slow, handshakeTimeoutMs: 50 }), soon);
  using following = followCall(call);
  await following.errors(3);
  late$.next(accessToken);
  await following.state('open');

  expect(slow.mock.calls).toEqual([[{ reason: 'connect' }]]);
  expect(await following.errors(3)).toMatchObject(
    Array(3).fill({ _tag: 'HandshakeTimeoutError', waitingFor: 'token' }),
  );
  expect(platform.dials).toHaveLength(1);
});

it('asks as for any dial after other refusals', async () => {
  const tokens = { accessToken: asked(accessToken) };
  await using platform = await startPlatform([408, 429, 500, 503, letIn]);
  const call = liveCall(toTransport(platform, tokens), soon);
  using following = followCall(call);
  await following.state('open');

  expect(tokens.accessToken.mock.calls).toEqual(Array(5).fill([{ reason: 'connect' }]));
});

it('fails when a token does not come in time, and dials nothing', async () => {
  await using platform = await startPlatform(letIn);
  using following = follow(
    toTransport(platform, { conversationToken: () => NEVER, handshakeTimeoutMs: 20 }),
  );

  expect(await following.error()).toMatchObject({
    _tag: 'HandshakeTimeoutError',
    waitingFor: 'token',
    timeoutMs: 20,
  });
  expect(platform.dials).toEqual([]);
});

it('fails when the server does not answer in time, and hangs up', async () => {
  await using platform = await startPlatform('silence');
  using following = follow(toTransport(platform, { handshakeTimeoutMs: 20 }));

  expect(await following.error()).toMatchObject({
    _tag: 'HandshakeTimeoutError',
    waitingFor: 'server',
    timeoutMs: 20,
  });
  await platform.empty();
});

it.each<[what: string, answer: (dial: RawDial) => void, expected: object]>([
  [
    'hangs up',
    ({ socket }) => void socket.end(),
    { code: 'ECONNRESET', message: expect.stringContaining('socket hang up') as unknown },
  ],
  ['resets the connection', ({ socket }) => void socket.resetAndDestroy(), { code: 'ECONNRESET' }],
  [
    'answers garbage',
    ({ socket }) => void socket.end('SSH-2.0-OpenSSH_9.6\r\n'),
    { code: expect.stringMatching(/^HPE_/) as unknown },
  ],
  [
    'answers for another key',
    ({ socket, switching }) => void socket.write(switching.replace(/Accept: .*/, 'Accept: bm8=')),
    {
      code: undefined,
      message:
        'Could not connect: Invalid Sec-WebSocket-Accept header. Check the URL and the network.',
    },
  ],
  [
    'upgrades to something else',
    ({ socket, switching }) => void socket.write(switching.replace('websocket', 'h2c')),
    { code: undefined, message: expect.stringContaining('Invalid Upgrade header') as unknown },
  ],
  [
    'hangs up in the middle of its answer',
    ({ socket, switching }) => void socket.end(switching.slice(0, 60)),
    { code: 'ECONNRESET' },
  ],
])('fails when the server %s', async (_what, answer, expected) => {
  await using server = await startRawServer(answer);
  using following = follow(toTransport(server));

  expect(await following.error()).toMatchObject({ _tag: 'ConnectFailedError', ...expected });
  await (await server.dial(1)).gone();
});

it('fails when nobody listens', async () => {
  using following = follow(toTransport({ url: `ws://127.0.0.1:${await freePort()}/` }));

  expect(await following.error()).toMatchObject({
    _tag: 'ConnectFailedError',
    code: 'ECONNREFUSED',
  });
});

it('fails when there is no such host', async () => {
  using following = follow(toTransport({ url: 'wss://calls.invalid/' }));

  expect(await following.error()).toMatchObject({
    _tag: 'ConnectFailedError',
    // Without any network there is no one to say that the name does not exist.
    code: expect.stringMatching(/^(ENOTFOUND|EAI_AGAIN)$/) as unknown,
  });
});

it('hangs up when it is unsubscribed while the server is to answer', async () => {
  await using platform = await startPlatform('silence');
  const following = follow(toTransport(platform));
  const dial = await platform.dial(1);
  following.unsubscribe();

  await dial.gone();
});

it('dials nothing when it is unsubscribed in the turn of its subscription', async () => {
  await using platform = await startPlatform(letIn);
  follow(toTransport(platform)).unsubscribe();
  using following = follow(toTransport(platform));
  await following.connection();

  expect(platform.dials).toHaveLength(1);
});

it('dials nothing when it is unsubscribed while a token is to come', async () => {
  const late$ = new Subject<string>();
  await using platform = await startPlatform(letIn);
  const left = follow(toTransport(platform, { accessToken: () => late$ }));
  left.unsubscribe();
  late$.next(accessToken);
  using following = follow(toTransport(platform));
  await following.connection();

  expect(late$.observed).toBe(false);
  expect(platform.dials).toHaveLength(1);
});
