import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';

import { webSocketTransport } from '@livecall/core/node';
import type { WebSocketTransportOptions } from '@livecall/core/node';
import { HttpsProxyAgent } from 'https-proxy-agent';
import { expect, it } from 'vitest';

import { makeBadCertificates } from '../fixtures/bad-certificates.js';
import { accessToken, conversationToken } from '../fixtures/canary-tokens.js';
import { unpackDebian } from '../fixtures/debian.js';
import { follow } from '../fixtures/follow.js';
import { CALL_END, START } from '../fixtures/frames.js';
import { freePort } from '../fixtures/free-port.js';
import { livecall, tokens } from '../fixtures/livecall.js';
import { readPage } from '../fixtures/page.js';
import { startPlatform } from '../fixtures/platform.js';
import type { Answer } from '../fixtures/platform.js';
import { forwardProxies } from './forward-proxies.js';
import { startProxy } from './start-proxy.js';
import type { ProxyOptions, RunningProxy } from './start-proxy.js';
import { toWord } from './to-word.js';

/* The proxies that a client goes out through, by CONNECT: see reverse.test.ts. */

type Start = (toPort: number, options?: ProxyOptions) => Promise<RunningProxy>;

const NEVER_MS = 3_600_000;
const GRACE_MS = 12_000;

const certificates = makeBadCertificates();
const { ca = '', good: tls = {} } = certificates ?? {};

/** Whom the client trusts: a proxy that opens TLS has an authority of its own. */
function trusted({ folder }: RunningProxy): string {
  const own = join(folder, 'mitmproxy-ca-cert.pem');
  return existsSync(own) ? readFileSync(own, 'utf8') : ca;
}

const toTransport = (
  proxy: RunningProxy,
  toPort: number,
  options: Partial<WebSocketTransportOptions> = {},
) =>
  webSocketTransport({
    url: `wss://localhost:${toPort}/ws/v1/liveCalls`,
    heartbeat: { pingIntervalMs: NEVER_MS },
    ...{ accessToken, conversationToken },
    ...options,
    socket: {
      agent: new HttpsProxyAgent(`http://127.0.0.1:${proxy.port}`),
      ca: trusted(proxy),
      ...options.socket,
    },
  });

const endOf = async (...args: Parameters<typeof toTransport>) => {
  using following = follow(toTransport(...args));
  return toWord(await following.error());
};

const listening: Answer = () => undefined;

/** What is seen of each row. */
const rows: Readonly<Record<string, (start: Start) => Promise<string>>> = {
  'livecall record --proxy': async (start) => {
    await using platform = await startPlatform(
      (client) => {
        client.send(START);
        client.send(CALL_END);
        client.close(1000);
      },
      { tls },
    );
    await using proxy = await start(platform.port);
    const caFile = join(proxy.folder, 'trusted.pem');
    writeFileSync(caFile, trusted(proxy));
    await using record = livecall(
      [
        ...['record', '--url', platform.url.replace('127.0.0.1', 'localhost')],
        ...['--out', join(proxy.folder, 'call.ndjson')],
        ...['--proxy', `http://127.0.0.1:${proxy.port}`],
      ],
      { env: { ...tokens, NODE_EXTRA_CA_CERTS: caFile } },
    );
    return String((await record.ends()).exitCode);
  },
  'another port than it allows': async (start) => {
    await using proxy = await start(await freePort());
    return await endOf(proxy, await freePort());
  },
  'nothing listens there': async (start) => {
    const port = await freePort();
    await using proxy = await start(port);
    return await endOf(proxy, port);
  },
  'the server answers with 401': async (start) => {
    await using platform = await startPlatform(401, { tls });
    await using proxy = await start(platform.port);
    return await endOf(proxy, platform.port);
  },
  'the server closes with 4401': async (start) => {
    await using platform = await startPlatform(
      (client) => {
        client.close(4401, 'bye');
      },
      { tls },
    );
    await using proxy = await start(platform.port);
    return await endOf(proxy, platform.port);
  },
  'the server is gone amid the call': async (start) => {
    await using platform = await startPlatform(listening, { tls });
    await using proxy = await start(platform.port);
    using following = follow(toTransport(proxy, platform.port));
    await following.connection();
    await platform[Symbol.asyncDispose]();
    return toWord(await following.error());
  },
  'nothing passes for 2 s, its limit': async (start) => {
    await using platform = await startPlatform(listening, { tls });
    await using proxy = await start(platform.port, { idleS: 2 });
    const ended = endOf(proxy, platform.port);
    return await Promise.race([ended, wait(GRACE_MS).then(() => 'goes on')]);
  },
  'it is asked to stop': async (start) => {
    await using platform = await startPlatform(listening, { tls });
    await using proxy = await start(platform.port);
    using following = follow(toTransport(proxy, platform.port));
    await following.connection();
    const ended = following.error().then(toWord);
    proxy.quit();
    return await Promise.race([ended, wait(GRACE_MS).then(() => 'goes on')]);
  },
  'its own authority is not trusted': async (start) => {
    await using platform = await startPlatform(listening, { tls });
    await using proxy = await start(platform.port);
    if (trusted(proxy) === ca) return '–';
    return await endOf(proxy, platform.port, { socket: { ca } });
  },
  'the server never answers': async (start) => {
    const deaf = createServer(() => undefined);
    await new Promise<void>((resolve) => deaf.listen(0, '127.0.0.1', resolve));
    const { port } = deaf.address() as AddressInfo;
    await using proxy = await start(port);
    const word = await endOf(proxy, port, { handshakeTimeoutMs: 3_000 });
    deaf.close();
    return word;
  },
  'it has stopped answering': async (start) => {
    const port = await freePort();
    await using proxy = await start(port);
    proxy.freeze();
    return await endOf(proxy, port, { handshakeTimeoutMs: 3_000 });
  },
  'it wants credentials': async (start) => {
    const port = await freePort();
    await using proxy = await start(port, { credentials: true });
    return await endOf(proxy, port);
  },
  'the token in its logs': async (start) => {
    await using platform = await startPlatform(
      (client) => {
        client.close(1000);
      },
      { tls },
    );
    await using proxy = await start(platform.port);
    await endOf(proxy, platform.port);
    const logged = await proxy.logged();
    return /canary(\/|%2F)conversation/i.test(logged) ? 'yes' : 'no';
  },
};

const table = readPage('proxies.md').table('the way out');

it('has a check for each row, and a proxy for each column', () => {
  expect([...table.keys()]).toEqual(Object.keys(rows));
  for (const cells of table.values())
    expect([...cells.keys()]).toEqual(Object.keys(forwardProxies));
});

for (const [name, proxy] of Object.entries(forwardProxies)) {
  const found =
    certificates === undefined ? 'there is no openssl here' : await unpackDebian(proxy.package);
  for (const [row, see] of Object.entries(rows)) {
    const said = table.get(row)?.get(name) ?? '';
    it.concurrent(`${name} · ${row} · ${said}`, async ({ skip, task }) => {
      if (typeof found === 'string') skip(found);
      else if (said === '–') skip(`${name} has no such thing`);
      else {
        const seen = await see(async (toPort, options) => {
          const running = await startProxy([name, proxy, found], toPort, options);
          writeFileSync(join(running.folder, 'platform-ca.pem'), ca);
          return running;
        });
        task.meta.seen = seen;
        expect(said.split(' or ')).toContain(seen);
      }
    });
  }
}
