import { webSocketTransport } from '@livecall/core/node';
import { expect, it } from 'vitest';

import { makeBadCertificates } from './fixtures/bad-certificates.js';
import { accessToken, conversationToken, expectNoToken } from './fixtures/canary-tokens.js';
import { startConnectProxy } from './fixtures/connect-proxy.js';
import { makeFolder } from './fixtures/folder.js';
import { follow } from './fixtures/follow.js';
import { CALL_END, START } from './fixtures/frames.js';
import { livecall, run, tokens } from './fixtures/livecall.js';
import { startPlatform } from './fixtures/platform.js';
import type { Answer } from './fixtures/platform.js';

/* The command line behind an HTTP proxy. */

const certificates = makeBadCertificates();
const itWithTls = it.skipIf(certificates === undefined);
if (certificates === undefined) console.warn('No openssl here: no proxy is tested with TLS.');
const { ca = '', good: tls = {} } = certificates ?? {};

const shortCall: Answer = (client) => {
  client.send(START);
  client.send(CALL_END);
  client.close(1000);
};

itWithTls.concurrent.each(['localhost', '127.0.0.1'])(
  'records a call of wss://%s through HTTPS_PROXY, which sees no token',
  async (host) => {
    using folder = makeFolder();
    await using proxy = await startConnectProxy();
    await using platform = await startPlatform(shortCall, { tls });
    const env = {
      ...tokens,
      HTTPS_PROXY: proxy.url,
      NODE_EXTRA_CA_CERTS: folder.write('ca.pem', ca),
    };
    const url = platform.url.replace('127.0.0.1', host);
    const args = ['record', '--url', url, '--out', folder.at('call.ndjson')];
    const { exitCode, stderr } = await run(args, { env });

    expect(stderr).toContain(`through the proxy ${new URL(proxy.url).host}`);
    expect(exitCode).toBe(0);
    expect(proxy.requests).toMatchObject([expect.stringMatching(/^CONNECT /)]);
    expectNoToken(proxy.seen());
    expect((await platform.dial(1)).headers.authorization).toBe(`Bearer ${accessToken}`);
  },
);

it.concurrent.each<[what: string, (url: string) => Record<string, string>, flags: string[]]>([
  ['HTTP_PROXY', (url) => ({ HTTP_PROXY: url }), []],
  ['http_proxy', (url) => ({ http_proxy: url }), []],
  ['ALL_PROXY', (url) => ({ ALL_PROXY: url }), []],
  ['HTTP_PROXY without a scheme', (url) => ({ HTTP_PROXY: new URL(url).host }), []],
  ['NODE_USE_ENV_PROXY', (url) => ({ NODE_USE_ENV_PROXY: '1', HTTP_PROXY: url }), []],
  ['--proxy', () => ({ NO_PROXY: '*' }), ['--proxy']],
])('records a call through %s', async (_what, toEnv, flags) => {
  using folder = makeFolder();
  await using proxy = await startConnectProxy();
  await using platform = await startPlatform(shortCall);
  const given = flags.flatMap((flag) => [flag, proxy.url]);
  const args = ['record', '--url', platform.url, '--out', folder.at('call.ndjson'), ...given];

  expect(await run(args, { env: { ...tokens, ...toEnv(proxy.url) } })).toMatchObject({
    exitCode: 0,
  });
  expect(proxy.requests).toHaveLength(1);
});

it.concurrent.each<[what: string, env: Record<string, string>, flags: string[]]>([
  ['NO_PROXY names the host', { NO_PROXY: 'localhost,127.0.0.1' }, []],
  ['--no-proxy is given', {}, ['--no-proxy']],
])('dials straight where %s', async (_what, env, flags) => {
  using folder = makeFolder();
  await using proxy = await startConnectProxy();
  await using platform = await startPlatform(shortCall);
  const args = ['record', '--url', platform.url, '--out', folder.at('call.ndjson'), ...flags];

  expect(await run(args, { env: { ...tokens, HTTP_PROXY: proxy.url, ...env } })).toMatchObject({
    exitCode: 0,
  });
  expect(proxy.requests).toEqual([]);
});

it.concurrent('lets the calls of an app pass through a proxy', async () => {
  using folder = makeFolder();
  await using proxy = await startConnectProxy();
  await using platform = await startPlatform(shortCall);
  const args = ['proxy', '--url', platform.url, '--out-dir', folder.path, '--proxy', proxy.url];
  await using command = livecall(args);
  const url = await command.line(1);
  using following = follow(webSocketTransport({ url, accessToken, conversationToken }));

  expect(await following.frames(1)).toEqual([START]);
  expect(proxy.requests).toHaveLength(1);
});

it.concurrent.each([401, 403, 407, 500, 503])(
  'tells what a proxy answers to CONNECT with %d as its answer, and not as a word on the token',
  async (status) => {
    using folder = makeFolder();
    await using proxy = await startConnectProxy(status);
    await using platform = await startPlatform(shortCall);
    const args = ['record', '--url', platform.url, '--out', folder.at('call.ndjson')];
    const { exitCode, stderr } = await run([...args, '--proxy', proxy.url, '--retries', '0']);

    expect(exitCode).toBe(69);
    expect(stderr).toContain(`The HTTP proxy refused the way to the server with ${status}`);
    expect(stderr).not.toMatch(/token/i);
    expect(stderr.includes('http://USER:PASSWORD@HOST:PORT')).toBe(
      status === 401 || status === 407,
    );
    expect(platform.dials).toEqual([]);
  },
);

const password = 'pass-for-the-proxy%21';

it.concurrent.each([
  ['a call', 'connect'],
  ['a refusal', 407],
] as const)('tells nobody but the proxy its credentials: %s', async (_what, answer) => {
  using folder = makeFolder();
  await using proxy = await startConnectProxy(answer);
  await using platform = await startPlatform(shortCall);
  const url = proxy.url.replace('//', `//user:${password}@`);
  const args = ['record', '--url', platform.url, '--out', folder.at('call.ndjson')];
  const { stdout, stderr } = await run(args, {
    env: { ...tokens, HTTP_PROXY: url, DEBUG: '*' },
  });

  const basic = Buffer.from('user:pass-for-the-proxy!').toString('base64');
  expect(proxy.requests[0]).toContain(`Proxy-Authorization\nBasic ${basic}`);
  expect(`${stdout}${stderr}`).not.toMatch(/pass-for-the-proxy/);
  expect(`${stdout}${stderr}`).not.toContain(basic);
});

it.concurrent('leaves no connection to a proxy that never answers', async () => {
  using folder = makeFolder();
  await using proxy = await startConnectProxy('silence');
  const args = ['record', '--url', 'wss://calls.invalid/', '--out', folder.at('call.ndjson')];
  const flags = ['--proxy', proxy.url, '--timeout', '2000', '--retries', '0'];
  const { exitCode } = await run([...args, ...flags]);

  expect(exitCode).toBe(69);
  expect(proxy.requests).toHaveLength(1);
  await proxy.empty();
});

it.concurrent.each([['socks5://user:secret@127.0.0.1:1080'], ['http://']])(
  'refuses the proxy %j, and repeats nothing of it',
  async (url) => {
    for (const args of [
      ['record', '--url', 'wss://calls.invalid/', '--out', 'call.ndjson'],
      ['proxy', '--url', 'wss://calls.invalid/', '--out-dir', '.'],
    ]) {
      const { exitCode, stderr } = await run([...args, '--proxy', url]);

      expect(exitCode).toBe(2);
      expect(stderr).toMatch(/^livecall: --proxy: .*; it should look like http:\/\/HOST:PORT\.\n$/);
      expect(stderr).not.toContain('secret');
    }
  },
);

it.concurrent.each(['no HTTP', 'no header'] as const)(
  'takes what a proxy answers for no answer of the server: %s',
  async (answer) => {
    using folder = makeFolder();
    await using proxy = await startConnectProxy(answer);
    const args = ['record', '--url', 'wss://platform.example/ws/v1/liveCalls', '--retries', '0'];
    const out = ['--out', folder.at('call.ndjson'), '--proxy', proxy.url];
    const { exitCode, stderr } = await run([...args, ...out], { env: tokens });

    expect(stderr).toContain('the HTTP proxy answered CONNECT with what is no HTTP');
    expect(stderr).not.toContain('secret');
    expect(exitCode).toBe(69);
  },
);

it.concurrent(
  'tells of a proxy that hangs up before it answers, and not of the server',
  async () => {
    using folder = makeFolder();
    await using proxy = await startConnectProxy('hang up');
    const args = ['record', '--url', 'wss://platform.example/ws/v1/liveCalls', '--retries', '0'];
    const out = ['--out', folder.at('call.ndjson'), '--proxy', proxy.url];
    const { exitCode, stderr } = await run([...args, ...out], { env: tokens });

    expect(stderr).toContain('the HTTP proxy hung up before it answered CONNECT');
    expect(exitCode).toBe(69);
  },
);
