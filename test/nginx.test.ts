import { liveCall } from '@livecall/core';
import type { Transport } from '@livecall/core';
import { webSocketTransport } from '@livecall/core/node';
import type { WebSocketTransportOptions } from '@livecall/core/node';
import { ack, replay, scenario, serve, serveReplays } from '@livecall/tools';
import type { ServeRequest } from '@livecall/tools';
import { filter, firstValueFrom, lastValueFrom, NEVER, switchMap, toArray } from 'rxjs';
import { expect, it } from 'vitest';

import { accessToken, conversationToken, expectNoToken } from './fixtures/canary-tokens.js';
import { follow, followCall } from './fixtures/follow.js';
import { CALL_END, START } from './fixtures/frames.js';
import { freePort } from './fixtures/free-port.js';
import { createHistory } from './fixtures/history.js';
import { nginxBinary, startNginx } from './fixtures/nginx.js';
import { startPlatform } from './fixtures/platform.js';

/* nginx, as a reverse proxy in front of the fake server. */

const itWithNginx = it.skipIf(nginxBinary === undefined).concurrent;
if (nginxBinary === undefined) {
  console.warn('No nginx here: nothing is tested behind it; npm run test:nginx fetches one.');
}

const toTransport = (
  { url }: { readonly url: string },
  options: Partial<WebSocketTransportOptions> = {},
): Transport => webSocketTransport({ url, accessToken, conversationToken, ...options });

const soon = { retry: { baseDelayMs: 10, maxDelayMs: 10, maxAttempts: 1_000 } };

const call = scenario()
  .send(START)
  .send('{"type":"event:end","msg":"screened"}')
  .onJoin(ack())
  .send(CALL_END)
  .close(1000);

itWithNginx('follows and joins a replayed call behind nginx, which logs no token', async () => {
  const requests: ServeRequest[] = [];
  const playedTransport = replay(call.toRecording());
  await using server = await serveReplays((request) => {
    requests.push(request);
    return playedTransport;
  });
  await using nginx = await startNginx(server.port);
  const live = liveCall(toTransport(nginx, { productVersion: '1.2.3', userId: 'user-7' }));
  const joined = firstValueFrom(
    live.events$.pipe(
      filter(({ type }) => type === 'event:end'),
      switchMap(() => live.joinCall()),
    ),
  );
  const events = lastValueFrom(live.events$.pipe(toArray()));
  using following = followCall(live);

  expect(await joined).toMatchObject({ confirmedBy: 'ack' });
  expect(await following.state('closed')).toEqual({ status: 'closed', reason: 'call-ended' });
  expect((await events).map(({ type }) => type)).toEqual([
    'event:start',
    'event:end',
    'event:callEnd',
  ]);
  expect(requests).toEqual([
    { accessToken, conversationToken, productVersion: '1.2.3', userId: 'user-7' },
  ]);
  expect(await server.done()).toEqual([]);
  await nginx.stop();
  expect(nginx.logged()).toBe('GET /ws/v1/liveCalls 101\n');
  expectNoToken(nginx.logged());
});

itWithNginx('passes refusals and close codes on', async () => {
  const refused = scenario().refuse(429, { retryAfterMs: 7_000 }).send(START).drop(4401);
  await using server = await serve(replay(refused.toRecording()));
  await using nginx = await startNginx(server.port);

  using first = follow(toTransport(nginx));
  expect(await first.error()).toMatchObject({ status: 429, retryAfterMs: 7_000 });
  using second = follow(toTransport(nginx));
  expect(await second.error()).toMatchObject({ code: 4401, wasClean: true });
});

itWithNginx('dials again when nginx has heard nothing for its idle timeout', async () => {
  await using platform = await startPlatform((client) => {
    client.send(START);
  });
  await using nginx = await startNginx(platform.port, { readTimeout: '300ms' });
  using following = followCall(liveCall(toTransport(nginx), soon));

  expect(await following.errors(1)).toMatchObject([
    { _tag: 'ConnectionClosedError', code: 1006, wasClean: false },
  ]);
  await platform.dial(2);
});

itWithNginx('keeps a silent connection open with its pings', async () => {
  const pings = createHistory<true>();
  await using platform = await startPlatform((client) => {
    client.on('ping', () => {
      pings.add(true);
    });
  });
  await using nginx = await startNginx(platform.port, { readTimeout: '1s' });
  using following = followCall(
    liveCall(toTransport(nginx, { heartbeat: { pingIntervalMs: 100 } }), soon),
  );
  // Longer than the idle timeout, of pings alone.
  await pings.first(18);

  expect(await following.state('open')).toMatchObject({ connection: 1 });
  expect(platform.dials).toHaveLength(1);
});

itWithNginx('dials again when a reload of nginx ends its connection', async () => {
  await using platform = await startPlatform((client) => {
    client.send(START);
  });
  await using nginx = await startNginx(platform.port, { shutdownTimeout: '50ms' });
  using following = followCall(liveCall(toTransport(nginx), soon));
  await following.state('open');
  nginx.reload();

  expect(await following.errors(1)).toMatchObject([{ code: 1006 }]);
  await platform.dial(2);
});

itWithNginx('stays connected over a reload of nginx that lets connections end', async () => {
  await using platform = await startPlatform((client) => {
    client.on('message', (data: Buffer) => {
      client.send(data.toString());
    });
  });
  await using nginx = await startNginx(platform.port);
  using before = follow(toTransport(nginx));
  const { send } = await before.connection();
  nginx.reload();
  // Whoever dials now may be with the old worker or the new one.
  using after = follow(toTransport(nginx));
  await after.connection();
  send('still here');

  expect(await before.frames(1)).toEqual(['still here']);
});

itWithNginx('dials again on the 502 of nginx until there is a server', async () => {
  const port = await freePort();
  await using nginx = await startNginx(port);
  using following = followCall(liveCall(toTransport(nginx), soon));

  expect(await following.errors(2)).toMatchObject([
    { _tag: 'HandshakeRefusedError', status: 502 },
    { _tag: 'HandshakeRefusedError', status: 502 },
  ]);
  await using server = await serve(replay(call.toRecording()), { port });
  expect(await following.state('open')).toMatchObject({ status: 'open' });
  expect(server.port).toBe(port);
  expectNoToken(nginx.logged());
});

itWithNginx('dials again on the 504 of nginx', async () => {
  await using server = await serve(NEVER);
  await using nginx = await startNginx(server.port, { readTimeout: '100ms' });
  using following = followCall(liveCall(toTransport(nginx), soon));

  expect(await following.errors(1)).toMatchObject([{ status: 504 }]);
});

itWithNginx('dials again when nginx itself stops', async () => {
  await using platform = await startPlatform((client) => {
    client.send(START);
  });
  await using nginx = await startNginx(platform.port);
  using following = followCall(liveCall(toTransport(nginx), soon));
  await following.state('open');
  await nginx.stop();

  expect(await following.errors(2)).toMatchObject([{ code: 1006 }, { code: 'ECONNREFUSED' }]);
});
