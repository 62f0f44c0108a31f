import { afterEach, beforeEach, expect, it, vi } from 'vitest';

import { ExitError } from './exit-error.js';
import { findProxy } from './find-proxy.js';

beforeEach(() => {
  // Whatever the person's own environment says.
  for (const name of ['http_proxy', 'https_proxy', 'all_proxy', 'no_proxy']) {
    vi.stubEnv(name, '');
    vi.stubEnv(name.toUpperCase(), '');
  }
});
afterEach(() => {
  vi.unstubAllEnvs();
});

const WSS = 'wss://calls.example/ws/v1/liveCalls';
const WS = 'ws://127.0.0.1:4000/ws/v1/liveCalls';

it.each<[endpoint: string, variables: Record<string, string>, proxy: string | undefined]>([
  [WSS, {}, undefined],
  [WSS, { HTTPS_PROXY: 'http://proxy.example:3128' }, 'http://proxy.example:3128/'],
  [WSS, { https_proxy: 'http://proxy.example:3128' }, 'http://proxy.example:3128/'],
  [WSS, { HTTPS_PROXY: 'proxy.example:3128' }, 'http://proxy.example:3128/'],
  [WSS, { HTTPS_PROXY: 'https://proxy.example' }, 'https://proxy.example/'],
  [WSS, { HTTPS_PROXY: 'http://one/', https_proxy: 'http://two/' }, 'http://two/'],
  [WSS, { ALL_PROXY: 'http://proxy.example:3128' }, 'http://proxy.example:3128/'],
  [WSS, { HTTP_PROXY: 'http://proxy.example:3128' }, undefined],
  [WS, { HTTPS_PROXY: 'http://proxy.example:3128' }, undefined],
  [WS, { HTTP_PROXY: 'http://proxy.example:3128' }, 'http://proxy.example:3128/'],
  [WSS, { HTTPS_PROXY: 'http://p/', NO_PROXY: 'calls.example' }, undefined],
  [WSS, { HTTPS_PROXY: 'http://p/', NO_PROXY: 'other.example, .example' }, undefined],
  [WSS, { HTTPS_PROXY: 'http://p/', no_proxy: '*' }, undefined],
  [WSS, { HTTPS_PROXY: 'http://p/', NO_PROXY: 'calls.example:443' }, undefined],
  [WSS, { HTTPS_PROXY: 'http://p/', NO_PROXY: 'calls.example:8443' }, 'http://p/'],
  [WS, { HTTP_PROXY: 'http://p/', NO_PROXY: '127.0.0.1' }, undefined],
  ['no URL', { HTTPS_PROXY: 'http://p/' }, undefined],
])('finds for %s in %j the proxy %s', (endpoint, variables, proxy) => {
  for (const [name, value] of Object.entries(variables)) vi.stubEnv(name, value);

  expect(findProxy(endpoint, undefined)?.href).toBe(proxy);
});

it('takes what the flag says before the environment', () => {
  vi.stubEnv('HTTPS_PROXY', 'http://proxy.example');
  vi.stubEnv('NO_PROXY', '*');

  expect(findProxy(WSS, 'http://other.example:8080')?.href).toBe('http://other.example:8080/');
  expect(findProxy(WSS, false)).toBeUndefined();
});

it.each([
  ['', 'is no HTTP proxy'],
  ['http://', 'is no HTTP proxy'],
  ['http://user:pa ss@:1', 'is no HTTP proxy'],
  ['ftp://user:secret@proxy', 'is no HTTP proxy'],
  ['socks5://user:secret@proxy:1080', 'SOCKS is not supported'],
])('refuses %j, and repeats nothing of it', (text, what) => {
  let error: unknown;
  try {
    findProxy(WSS, text);
  } catch (thrown) {
    error = thrown;
  }

  expect(error).toBeInstanceOf(ExitError);
  expect((error as ExitError).message).toBe(
    `--proxy: ${what}; it should look like http://HOST:PORT.`,
  );
});

it('names the variable that cannot be used', () => {
  vi.stubEnv('ALL_PROXY', 'socks5://user:secret@proxy:1080');

  expect(() => findProxy(WSS, undefined)).toThrow(
    'ALL_PROXY: SOCKS is not supported; it should look like http://HOST:PORT. --proxy names another, and --no-proxy does without.',
  );
});
