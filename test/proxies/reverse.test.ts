import { mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import type { AddressInfo, Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';

import { webSocketTransport } from '@livecall/core/node';
import type { WebSocketTransportOptions } from '@livecall/core/node';
import { expect, it } from 'vitest';
import { WebSocket } from 'ws';

import { accessToken, conversationToken } from '../fixtures/canary-tokens.js';
import { unpackDebian } from '../fixtures/debian.js';
import { follow } from '../fixtures/follow.js';
import { CALL_END, START } from '../fixtures/frames.js';
import { freePort } from '../fixtures/free-port.js';
import { livecall } from '../fixtures/livecall.js';
import { readPage } from '../fixtures/page.js';
import { startPlatform } from '../fixtures/platform.js';
import type { Platform } from '../fixtures/platform.js';
import { reverseProxies } from './reverse-proxies.js';
import { startProxy } from './start-proxy.js';
import type { ProxyOptions, RunningProxy } from './start-proxy.js';
import { toWord } from './to-word.js';

/*
 * Every cell of the table in docs/proxies.md, seen through the real proxies as Debian has them, with
 * the configurations of that page: npm run test:proxies. What is waited for here is real time.
 */

/** Starts the proxy of a column. */
type Start = (toPort: number, options?: ProxyOptions) => Promise<RunningProxy>;

const NEVER_MS = 3_600_000;
/** Longer than what most of them have as their limit. */
const SILENCE_MS = 65_000;
/** Long enough for whatever ends a connection that a proxy lets go on for a while. */
const GRACE_MS = 12_000;

const toTransport = (
  { url }: { readonly url: string },
  options: Partial<WebSocketTransportOptions> = {},
) => webSocketTransport({ url, accessToken, conversationToken, ...options });

/** Dials without pings, and gives the one word for how it ended. */
const endOf = async (proxy: RunningProxy, options?: Partial<WebSocketTransportOptions>) => {
  using following = follow(
    toTransport(proxy, { heartbeat: { pingIntervalMs: NEVER_MS }, ...options }),
  );
  return toWord(await following.error());
};

/** Answers whatever is said. */
const echoing = () =>
  startPlatform((client) => {
    client.on('message', (data: Buffer) => {
      client.send(data.toString());
    });
  });

/** Whether a connection outlives what is done to its proxy, and how it ends where it does not. */
async function outlives(start: Start, act: (proxy: RunningProxy) => Promise<boolean>) {
  await using platform = await echoing();
  await using proxy = await start(platform.port);
  using following = follow(toTransport(proxy, { heartbeat: { pingIntervalMs: NEVER_MS } }));
  const { send } = await following.connection();
  const ended = following.error().then(toWord);
  if (!(await act(proxy))) return '–';
  return await Promise.race([
    ended,
    wait(GRACE_MS).then(async () => {
      send('still here');
      return await Promise.race([ended, following.frames(1).then(() => 'goes on')]);
    }),
  ]);
}

/** A server that takes a handshake in, and then does something else than to answer it. */
async function startDeaf(act: (socket: Socket) => void) {
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.on('error', () => socket.destroy());
    socket.once('data', (chunk: Buffer) => {
      if (!chunk.includes('Upgrade')) socket.end('HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n');
      else act(socket);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    port: (server.address() as AddressInfo).port,
    [Symbol.asyncDispose]: async () => {
      for (const socket of sockets) socket.destroy();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

/** What a client sees of a refusal, whichever client. */
async function refusalThrough(proxy: RunningProxy) {
  const client = new WebSocket(proxy.url, { followRedirects: false });
  return await new Promise<Record<string, unknown>>((resolve, reject) => {
    client.on('error', reject);
    client.on('unexpected-response', (_request, { statusCode, headers }) => {
      resolve({ status: statusCode, ...headers });
    });
  });
}

async function logsToken(start: Start, logsByDefault: boolean): Promise<string> {
  const platform = await startPlatform((client) => {
    client.send(START);
    client.close(1000);
  });
  await using proxy = await start(platform.port, { logsByDefault, idleS: 2 });
  await endOf(proxy);
  await platform[Symbol.asyncDispose]();
  // What is said of a server that is not there is said elsewhere.
  await endOf(proxy);
  const logged = await proxy.logged();
  if (process.env['LIVECALL_SHOW_LOGS'] !== undefined) console.log(logged);
  // A log in which nothing stands would say nothing.
  if (!logged.includes('liveCalls')) return 'no log';
  return /canary(\/|%2F)conversation/i.test(logged) ? 'yes' : 'no';
}

/** What is seen of each row. */
const rows: Readonly<Record<string, (start: Start) => Promise<string>>> = {
  'nothing passes for 2 s, its limit': async (start) => {
    await using platform = await startPlatform(() => undefined);
    await using proxy = await start(platform.port, { idleS: 2 });
    const ended = endOf(proxy);
    return await Promise.race([ended, wait(GRACE_MS).then(() => 'goes on')]);
  },
  'its limit, unless told otherwise': async (start) => {
    await using platform = await startPlatform(() => undefined);
    await using proxy = await start(platform.port);
    const startedAt = performance.now();
    const ended = endOf(proxy).then(() => performance.now() - startedAt);
    const ms = await Promise.race([ended, wait(SILENCE_MS)]);
    return ms === undefined ? 'more' : `${Math.floor(ms / 5_000) * 5} s`;
  },
  "65 s of silence, with livecall's pings": async (start) => {
    await using platform = await startPlatform(() => undefined);
    await using proxy = await start(platform.port);
    using following = follow(toTransport(proxy));
    const ended = following.error().then(toWord);
    return await Promise.race([ended, wait(SILENCE_MS).then(() => 'goes on')]);
  },
  'it takes up a new configuration': (start) => outlives(start, (proxy) => proxy.reload()),
  'it is asked to stop': (start) =>
    outlives(start, (proxy) => {
      proxy.quit();
      return Promise.resolve(true);
    }),
  'it finds no server': async (start) => {
    await using proxy = await start(await freePort());
    return await endOf(proxy);
  },
  'the server never answers (limit 2 s)': async (start) => {
    await using deaf = await startDeaf(() => undefined);
    await using proxy = await start(deaf.port, { idleS: 2 });
    return await endOf(proxy, { handshakeTimeoutMs: GRACE_MS });
  },
  'the server hangs up instead of an answer': async (start) => {
    await using deaf = await startDeaf((socket) => socket.end());
    await using proxy = await start(deaf.port);
    return await endOf(proxy);
  },
  'the server is gone amid the call': async (start) => {
    await using platform = await echoing();
    await using proxy = await start(platform.port);
    using following = follow(toTransport(proxy));
    await following.connection();
    await platform[Symbol.asyncDispose]();
    return toWord(await following.error());
  },
  'the server closes with 4401': async (start) => {
    await using platform = await startPlatform((client) => {
      client.close(4401, 'bye');
    });
    await using proxy = await start(platform.port);
    return await endOf(proxy);
  },
  'headers of a refusal': async (start) => {
    const headers = {
      'WWW-Authenticate': 'Bearer realm="calls", error="invalid_token"',
      'Retry-After': '7',
      'X-Request-Id': 'r-1',
    };
    const statuses = [401, 404, 429, 503];
    await using platform = await startPlatform(statuses.map((status) => ({ status, headers })));
    await using proxy = await start(platform.port);
    for (const status of statuses) {
      const seen = await refusalThrough(proxy);
      expect(seen).toMatchObject({
        status,
        'www-authenticate': headers['WWW-Authenticate'],
        'retry-after': '7',
        'x-request-id': 'r-1',
      });
    }
    return 'kept';
  },
  'a burst of 500 messages and one of 900 kB': async (start) => {
    const long = JSON.stringify({ type: 'transcript', msg: 'x'.repeat(900_000), role: 'user' });
    const sent = [...Array<string>(500).fill(START), long, CALL_END];
    await using platform = await startPlatform((client) => {
      for (const frame of sent) client.send(frame);
      client.close(1000);
    });
    await using proxy = await start(platform.port);
    using following = follow(toTransport(proxy));
    const frames = await following.frames(sent.length);
    expect(toWord(await following.error())).toBe('1000');
    expect(frames).toEqual(sent);
    return 'all arrive';
  },
  'an access token of 7 kB': (start) => withTokenOf(start, 7_000),
  'an access token of 10 kB': (start) => withTokenOf(start, 10_000),
  'an access token of 16 kB': (start) => withTokenOf(start, 16_200),
  'it is not told of the upgrade': async (start) => {
    await using command = livecall(['replay', 'recordings/joined-call.ndjson']);
    const port = Number(new URL(await command.line(1)).port);
    await using proxy = await start(port, { withoutUpgrade: true, idleS: 2 });
    return await endOf(proxy);
  },
  '`livecall record` to `livecall replay --once`': (start) =>
    recordThrough(start, async (replayUrl, run) => await run(Number(new URL(replayUrl).port))),
  'the same, with `livecall proxy` behind it': (start) =>
    recordThrough(start, async (replayUrl, run) => {
      const folder = mkdtempSync(join(tmpdir(), 'livecall-proxied-'));
      try {
        await using proxy = livecall(['proxy', '--url', replayUrl, '--out-dir', folder]);
        return await run(Number(new URL(await proxy.line(1)).port));
      } finally {
        rmSync(folder, { recursive: true });
      }
    }),
  'the token in its logs, unless told otherwise': (start) => logsToken(start, true),
  'the token in its logs, as below': (start) => logsToken(start, false),
};

/** Records a call that is replayed behind a proxy, and gives how both ended. */
async function recordThrough(
  start: Start,
  behind: (replayUrl: string, run: (port: number) => Promise<string>) => Promise<string>,
): Promise<string> {
  const folder = mkdtempSync(join(tmpdir(), 'livecall-through-'));
  try {
    const recording = 'recordings/joined-call.ndjson';
    await using replay = livecall(['replay', recording, '--once', '--pace', 'instant']);
    return await behind(await replay.line(1), async (port) => {
      await using proxy = await start(port);
      await using record = livecall([
        ...['record', '--url', proxy.url, '--out', join(folder, 'call.ndjson')],
        ...['--join-after', '100'],
      ]);
      const { exitCode } = await record.ends();
      return exitCode === 0 ? `0, ${(await replay.ends()).exitCode}` : String(exitCode);
    });
  } finally {
    rmSync(folder, { recursive: true });
  }
}

async function withTokenOf(start: Start, length: number): Promise<string> {
  await using platform: Platform = await startPlatform((client) => {
    client.close(4000);
  });
  await using proxy = await start(platform.port);
  const word = await endOf(proxy, { accessToken: 'x'.repeat(length) });
  return word === '4000' ? 'passes' : word;
}

const table = readPage('proxies.md').table('behind it');

it('has a check for each row, and a proxy for each column', () => {
  expect([...table.keys()]).toEqual(Object.keys(rows).map((row) => row.replaceAll('`', '')));
  for (const cells of table.values())
    expect([...cells.keys()]).toEqual(Object.keys(reverseProxies));
});

for (const [name, proxy] of Object.entries(reverseProxies)) {
  const found = await unpackDebian(proxy.package);
  for (const [row, see] of Object.entries(rows)) {
    const said = table.get(row.replaceAll('`', ''))?.get(name) ?? '';
    it.concurrent(`${name} · ${row} · ${said}`, async ({ skip, task }) => {
      if (typeof found === 'string') skip(found);
      else if (said === '–') skip(`${name} has no such thing`);
      else {
        const seen = await see((toPort, options) =>
          startProxy([name, proxy, found], toPort, options),
        );
        task.meta.seen = seen;
        expect(said.split(' or ')).toContain(seen);
      }
    });
  }
}
