import { liveCall } from '@livecall/core';
import type { LiveCall } from '@livecall/core';
import { webSocketTransport } from '@livecall/core/node';
import type { WebSocketTransportOptions } from '@livecall/core/node';
import { lastValueFrom, toArray } from 'rxjs';
import { expect, it } from 'vitest';
import type { WebSocket } from 'ws';

import { accessToken, conversationToken } from './fixtures/canary-tokens.js';
import { follow, followCall } from './fixtures/follow.js';
import { CALL_END, START } from './fixtures/frames.js';
import { createHistory } from './fixtures/history.js';
import { cut, startPlatform } from './fixtures/platform.js';
import type { Platform } from './fixtures/platform.js';

/* A call over a real socket: what is lost, what is dialled again, and when a peer counts as dead. */

const toOptions = (
  { url }: Platform,
  options: Partial<WebSocketTransportOptions> = {},
): WebSocketTransportOptions => ({ url, accessToken, conversationToken, ...options });

const toCall = (platform: Platform, options?: Partial<WebSocketTransportOptions>): LiveCall =>
  liveCall(webSocketTransport(toOptions(platform, options)), { retry: { random: () => 0 } });

/** Sends an ack for every command, in the turn in which it is heard. */
function acknowledge(client: WebSocket): void {
  client.on('message', (data: Buffer) => {
    const { id } = JSON.parse(data.toString()) as { id: string };
    client.send(JSON.stringify({ type: 'ack', ackId: id }));
  });
}

/** Holds the event loop up, as a slow subscriber does. */
function block(ms: number): void {
  const until = performance.now() + ms;
  while (performance.now() < until);
}

it('follows a call to its end', async () => {
  await using platform = await startPlatform((client) => {
    acknowledge(client);
    client.send(START);
    client.on('message', () => {
      client.send('{"type":"transcript","msg":"Hello, this is Jo.","role":"user","offset":0}');
      client.send(CALL_END);
      client.close(1000);
    });
  });
  const call = toCall(platform);
  const heard = lastValueFrom(call.messages$.pipe(toArray()));
  using following = followCall(call);
  const acknowledged = await lastValueFrom(call.joinCall({ whenNotOpen: 'wait' }));

  expect(await following.state('closed')).toMatchObject({ reason: 'call-ended' });
  expect((await heard).map(({ message: { type } }) => type)).toEqual([
    'event:start',
    'ack',
    'transcript',
    'event:callEnd',
  ]);
  const { frames } = await (await platform.dial(1)).end();
  expect(frames).toEqual([JSON.stringify({ type: 'client:joinCall', id: acknowledged.id })]);
});

it('dials again when the connection is cut, and goes on with the next', async () => {
  await using platform = await startPlatform([
    (client) => {
      client.send('{"type":"transcript","msg":"before","role":"other"}');
      cut(client, 'RST');
    },
    503,
    (client) => {
      client.send('{"type":"transcript","msg":"after","role":"other"}');
      client.send(CALL_END);
      client.close(1000);
    },
  ]);
  const call = toCall(platform);
  const said = lastValueFrom(call.transcript$.pipe(toArray()));
  using following = followCall(call);

  expect(await following.state('closed')).toMatchObject({ reason: 'call-ended' });
  expect(await said).toMatchObject([{ msg: 'before' }, { msg: 'after' }]);
  expect(await following.errors(9)).toMatchObject([{ code: 1006 }, { status: 503 }]);
});

it('fails a command at once when its connection is cut', async () => {
  await using platform = await startPlatform((client) => {
    client.on('message', () => {
      cut(client, 'FIN');
    });
  });
  const call = toCall(platform);
  using following = followCall(call);
  await following.state('open');

  await expect(lastValueFrom(call.joinCall({ ackTimeoutMs: 60_000 }))).rejects.toMatchObject({
    _tag: 'ConnectionLostError',
    cause: { code: 1006 },
  });
});

it('closes with 1000 when the call has ended and the server stays', async () => {
  await using platform = await startPlatform((client) => {
    client.send(CALL_END);
  });
  const call = liveCall(webSocketTransport(toOptions(platform)), { lingerMs: 0 });
  using following = followCall(call);

  expect(await following.state('closed')).toMatchObject({ reason: 'call-ended' });
  expect(await (await platform.dial(1)).end()).toMatchObject({ code: 1000 });
});

it('closes with 1000 when it is hung up, and never ends the call', async () => {
  await using platform = await startPlatform(() => undefined);
  const following = followCall(toCall(platform));
  await following.state('open');
  following[Symbol.dispose]();

  expect(await (await platform.dial(1)).end()).toEqual({ code: 1000, reason: '', frames: [] });
  expect(await following.state('closed')).toMatchObject({ reason: 'hung-up' });
});

it('finds an ack that stood in the socket while the event loop was blocked', async () => {
  await using platform = await startPlatform((client) => {
    acknowledge(client);
    client.on('message', () => {
      block(80);
    });
  });
  const call = toCall(platform);
  using following = followCall(call);
  await following.state('open');

  expect(await lastValueFrom(call.joinCall({ ackTimeoutMs: 50 }))).toMatchObject({
    type: 'client:joinCall',
    confirmedBy: 'ack',
  });
});

it('reports an ack that does not come', async () => {
  await using platform = await startPlatform(() => undefined);
  const call = toCall(platform);
  using following = followCall(call);
  await following.state('open');

  await expect(lastValueFrom(call.joinCall({ ackTimeoutMs: 20 }))).rejects.toMatchObject({
    _tag: 'AckTimeoutError',
    delivery: 'unknown',
  });
});

it('cuts a peer from which nothing comes back', async () => {
  await using platform = await startPlatform(() => undefined, { autoPong: false });
  using following = follow(
    webSocketTransport(toOptions(platform, { pingIntervalMs: 10, pongTimeoutMs: 20 })),
  );

  expect(await following.error()).toMatchObject({
    _tag: 'ConnectionClosedError',
    code: 1006,
    wasClean: false,
    cause: { message: 'the server did not answer a ping' },
  });
  expect(await (await platform.dial(1)).end()).toMatchObject({ code: 1006 });
});

it('dials again when a peer is dead', async () => {
  await using platform = await startPlatform(() => undefined, { autoPong: false });
  const call = toCall(platform, { pingIntervalMs: 10, pongTimeoutMs: 20 });
  using following = followCall(call);

  expect(await following.errors(1)).toMatchObject([{ code: 1006 }]);
  await platform.dial(2);
});

it.each<[what: string, autoPong: boolean, onPing: (client: WebSocket) => void]>([
  ['answers pings', true, () => undefined],
  [
    'answers none, but sends frames',
    false,
    (client) => {
      client.send('{}');
    },
  ],
  [
    'answers while the event loop is blocked',
    true,
    () => {
      block(60);
    },
  ],
])('spares a peer that %s', async (_what, autoPong, onPing) => {
  const pings = createHistory<WebSocket>();
  const hear = (client: WebSocket) => {
    client.on('ping', () => {
      onPing(client);
      pings.add(client);
    });
  };
  await using platform = await startPlatform(hear, { autoPong });
  using following = follow(
    webSocketTransport(toOptions(platform, { pingIntervalMs: 30, pongTimeoutMs: 30 })),
  );

  expect(await Promise.race([pings.first(5), following.error()])).toHaveLength(5);
});
