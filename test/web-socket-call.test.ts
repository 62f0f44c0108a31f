import { liveCall } from '@livecall/core';
import type { LiveCall } from '@livecall/core';
import { webSocketTransport } from '@livecall/core/node';
import type { WebSocketTransportOptions } from '@livecall/core/node';
import { lastValueFrom } from 'rxjs';
import { expect, it } from 'vitest';
import type { WebSocket } from 'ws';

import { accessToken, conversationToken } from './fixtures/canary-tokens.js';
import { follow, followCall } from './fixtures/follow.js';
import { createHistory } from './fixtures/history.js';
import { followsLife } from './fixtures/life-cycle.js';
import { startPlatform } from './fixtures/platform.js';
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

followsLife(({ url }) => ({
  transport: webSocketTransport({ url, accessToken, conversationToken }),
}));

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

it('cuts a peer from which nothing comes back', async () => {
  await using platform = await startPlatform(() => undefined, { autoPong: false });
  using following = follow(
    webSocketTransport(
      toOptions(platform, { heartbeat: { pingIntervalMs: 10, pongTimeoutMs: 20 } }),
    ),
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
  const call = toCall(platform, { heartbeat: { pingIntervalMs: 10, pongTimeoutMs: 20 } });
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
    webSocketTransport(
      toOptions(platform, { heartbeat: { pingIntervalMs: 30, pongTimeoutMs: 30 } }),
    ),
  );

  expect(await Promise.race([pings.first(5), following.error()])).toHaveLength(5);
});
