import { getProxyForUrl } from 'proxy-from-env';

import { exitCodes, ExitError } from './exit-error.js';

/** What a person says of the way to the platform: a proxy's URL, `false` for none, or nothing. */
export type ProxyFlag = string | false | undefined;

/**
 * Finds the HTTP proxy on the way to an endpoint: what the flag says, or the environment, in which
 * `HTTPS_PROXY` is for `wss:`, `HTTP_PROXY` for `ws:` and `ALL_PROXY` for both, in capitals or not,
 * and `NO_PROXY` names hosts to which there is a way without.
 *
 * @returns the proxy's URL; nothing where there is none, or the endpoint is no URL
 * @throws ExitError for what is no HTTP proxy; the message holds nothing of it, since it may hold a
 *   password
 */
export function findProxy(endpoint: string, flag: ProxyFlag): URL | undefined {
  if (flag === false) return undefined;
  if (flag !== undefined) return toProxy('--proxy', flag);
  if (!URL.canParse(endpoint)) return undefined;
  // To whoever makes a proxy of the environment, a WebSocket is what it begins as.
  const asHttp = endpoint.replace(/^ws/i, 'http');
  const names = [/^https:/i.test(asHttp) ? 'https_proxy' : 'http_proxy', 'all_proxy'];
  const name = names
    .flatMap((lower) => [lower, lower.toUpperCase()])
    .find((variable) => (process.env[variable] ?? '') !== '');
  // The library gives whether there is one: what has no scheme, it would take for TLS.
  return name === undefined || getProxyForUrl(asHttp) === ''
    ? undefined
    : toProxy(name, process.env[name] ?? '');
}

function toProxy(name: string, text: string): URL {
  const url = /^[a-z][a-z\d+.-]*:\/\//i.test(text) ? text : `http://${text}`;
  const proxy = URL.canParse(url) ? new URL(url) : undefined;
  if (proxy !== undefined && /^https?:$/.test(proxy.protocol) && proxy.hostname !== '') {
    return proxy;
  }
  const isSocks = proxy?.protocol.startsWith('socks') === true;
  throw new ExitError(
    exitCodes.usage,
    `${name}: ${isSocks ? 'SOCKS is not supported' : 'is no HTTP proxy'}; it should look like http://HOST:PORT.` +
      (name === '--proxy' ? '' : ' --proxy names another, and --no-proxy does without.'),
  );
}
