import { once } from 'node:events';

import { ConnectionClosedError, HandshakeRefusedError } from '@livecall/core';
import type { Connection, Frame, Transport } from '@livecall/core';
import { webSocketTransport } from '@livecall/core/node';
import { serve } from '@livecall/tools';
import type { Route } from '@livecall/tools';
import { concat, EMPTY, from, NEVER, Observable, of, throwError } from 'rxjs';
import { expect, it } from 'vitest';

import { accessToken, conversationToken } from './fixtures/canary-tokens.js';
import { follow } from './fixtures/follow.js';
import { START } from './fixtures/frames.js';
import { createHistory } from './fixtures/history.js';
import { expectNoProcessEnding } from './fixtures/process-endings.js';
import { rawClient, toHandshake } from './fixtures/raw-client.js';
import { toWireFrame } from './fixtures/wire-frame.js';

/* Routes, transports and callbacks with a mistake in them: it is told, and others are served. */

expectNoProcessEnding();

const soundTransport: Transport = concat(
  of<Connection>({ frames$: concat(of(START), NEVER), send: () => undefined }),
  NEVER,
);

/** Opens for a connection that is none, or says what is no frame. */
function opening(connection: unknown): Transport {
  return concat(of(connection as Connection), NEVER);
}

function saying(frame: unknown): Transport {
  return opening({ frames$: concat(of(frame), NEVER), send: () => undefined });
}

/** A server with one mistake in its route, and then none. */
async function serveMistaken(first: () => unknown) {
  const told = createHistory<unknown>();
  let dials = 0;
  const route = (() => {
    dials += 1;
    return dials === 1 ? first() : soundTransport;
  }) as Route;
  const server = await serve(route, { onError: told.add });
  return Object.assign(server, { told });
}

async function expectServed(url: string): Promise<void> {
  using following = follow(webSocketTransport({ url, accessToken, conversationToken }));
  expect(await following.frames(1)).toEqual([START]);
}

it.each<[what: string, route: () => unknown]>([
  ['gives nothing', () => undefined],
  ['gives null', () => null],
  ['gives what is no transport', () => ({ frames$: NEVER })],
  ['gives a transport later', () => Promise.resolve(soundTransport)],
  ['fails later', () => Promise.reject(new Error('no such call'))],
  [
    'throws',
    () => {
      throw new TypeError('no such call');
    },
  ],
])('answers 500 for a route that %s, tells of it, and serves others', async (_what, route) => {
  await using server = await serveMistaken(route);
  using client = await rawClient(server.port, toHandshake());

  expect(await client.status()).toBe(500);
  await expectServed(server.url);
  expect(server.told.all).toHaveLength(1);
});

it.each<[what: string, transport$: Transport, code: number]>([
  ['opens for nothing', opening(undefined), 1011],
  ['opens for no connection', opening({}), 1011],
  ['opens twice', concat(of(1, 2).pipe() as unknown as Transport, NEVER), 1011],
  ['says an object', saying({ type: 'event:start' }), 1011],
  ['says a symbol', saying(Symbol('frame')), 1011],
  ['says no more', opening({ frames$: of(START), send: () => undefined }), 1005],
  ['says no more, and then why', endingWith(new ConnectionClosedError(4000)), 4000],
  ['says nothing, and then fails', opening({ frames$: throwError(() => new Error('no')) }), 1011],
  ['closes with what is no code', closing('gone'), 1006],
  ['closes with what is no reason', closing(4000, 7), 4000],
])('ends a transport that %s, and serves others', async (_what, transport, code) => {
  await using server = await serveMistaken(() => transport);
  using following = follow(webSocketTransport({ url: server.url, accessToken, conversationToken }));

  expect(await following.error()).toMatchObject({ code });
  await expectServed(server.url);
});

it.each([undefined, null, 'no', new Error('no')])(
  'hangs up where a transport fails with %s before it opens, and tells of it once',
  async (failure) => {
    await using server = await serveMistaken(() => throwError(() => failure));
    using client = await rawClient(server.port, toHandshake());

    expect(await client.rest()).toBe('');
    await expectServed(server.url);
    expect(server.told.all).toEqual([failure]);
  },
);

/** One whose frames end in the turn in which it says how it ended. */
function endingWith(error: unknown): Transport {
  return new Observable((subscriber) => {
    subscriber.next({ frames$: of(START), send: () => undefined });
    subscriber.error(error);
  });
}

function closing(code: unknown, reason: unknown = ''): Transport {
  return throwError(() => new ConnectionClosedError(code as number, reason as string));
}

it.each([NaN, 99, 101, 1_000, undefined as unknown as number])(
  'answers 500 for a refusal with %s, which is no status of one',
  async (status) => {
    await using server = await serveMistaken(() =>
      throwError(() => new HandshakeRefusedError(status)),
    );
    using client = await rawClient(server.port, toHandshake());

    expect(await client.status()).toBe(500);
    await expectServed(server.url);
  },
);

it.each<[what: string, send: (frame: Frame) => unknown]>([
  [
    'throws',
    () => {
      throw new Error('gone');
    },
  ],
  ['fails later', () => Promise.reject(new Error('gone'))],
])('serves on when a connection that is sent to %s', async (_what, send) => {
  const sent = createHistory<Frame>();
  const transport = opening({
    frames$: NEVER,
    send: (frame: Frame) => {
      sent.add(frame);
      return send(frame);
    },
  });
  await using server = await serveMistaken(() => transport);
  using client = await rawClient(server.port, toHandshake());
  await client.status();
  const command = toWireFrame('text', 'a command', { isMasked: true });
  client.socket.write(Buffer.concat([command, command]));

  expect(await sent.first(2)).toEqual(['a command', 'a command']);
  await expectServed(server.url);
});

it('serves on when a transport cannot be left', async () => {
  const transport = new Observable<Connection>((subscriber) => {
    subscriber.next({ frames$: of(START), send: () => undefined });
    return () => {
      throw new Error('cannot be left');
    };
  });
  await using server = await serveMistaken(() => transport);
  using client = await rawClient(server.port, toHandshake());
  await client.status();
  client.socket.destroy();

  await server.told.nth(1);
  await expectServed(server.url);
});

it.each<[what: string, onRefused: () => unknown]>([
  [
    'throws',
    () => {
      throw new Error('no log');
    },
  ],
  ['fails later', () => Promise.reject(new Error('no log'))],
])(
  'refuses all the same when onRefused %s, and when onError throws too',
  async (_what, onRefused) => {
    const told = createHistory<unknown>();
    await using server = await serve(soundTransport, {
      onRefused: onRefused,
      onError: (failure) => {
        told.add(failure);
        throw new Error('no log either');
      },
    });
    using client = await rawClient(server.port, toHandshake({ target: '/' }));

    expect(await client.status()).toBe(404);
    expect(await told.nth(1)).toEqual(new Error('no log'));
    await expectServed(server.url);
  },
);

it('warns of a mistake that nobody is told of, without its words', async () => {
  const warned = once(process, 'warning');
  await using server = await serve(() => {
    throw new TypeError(`no call for ${conversationToken}`);
  });
  using client = await rawClient(server.port, toHandshake());
  await client.status();

  const [warning] = (await warned) as [Error];
  expect(warning.name).toBe('LivecallServeWarning');
  expect(warning.message).toBe(
    'A route, a transport or a callback of serve() failed with TypeError; onError is told the whole of it.',
  );
});

it.each<[what: string, transport: Transport]>([
  ['a client that is let in only to be closed', throwError(() => new ConnectionClosedError(1013))],
  ['one whose transport completes at once', EMPTY],
  ['one that is cut', throwError(() => new ConnectionClosedError(1006))],
  [
    'one that was told something before',
    concat(of<Connection>({ frames$: from([START]), send: () => undefined }), EMPTY),
  ],
])('hears no frame from %s', async (_what, transport) => {
  await using server = await serveMistaken(() => transport);
  using client = await rawClient(server.port, toHandshake());
  await client.status();
  // RFC 6455 §5.1: a frame without a mask ends the connection.
  client.socket.write(toWireFrame('text', '{}'));
  await client.gone();

  await expectServed(server.url);
});

it('hangs up on a client that its transport never answers, and leaves the transport', async () => {
  const left = createHistory<true>();
  const waiting$ = new Observable<Connection>(() => () => {
    left.add(true);
  });
  await using server = await serve(waiting$, {
    answerTimeoutMs: 20,
    limits: { maxConnections: 1 },
  });
  using client = await rawClient(server.port, toHandshake());

  expect(await client.rest()).toBe('');
  await left.nth(1);
});
