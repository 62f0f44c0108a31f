import { LIVE_CALLS_PATH } from '../protocol/handshake.js';
import { LOOPBACK } from './loopback.js';

/** Says what is wrong without repeating the URL, which may hold a token. */
export function toEndpoint(url: string, allowInsecure: boolean): URL {
  const endpoint = URL.canParse(url) ? new URL(url) : undefined;
  if (endpoint === undefined) {
    throw new TypeError(`The url is not a URL; it should look like wss://HOST${LIVE_CALLS_PATH}.`);
  }
  const { protocol, hostname, searchParams, username, password, hash } = endpoint;
  if (protocol !== 'wss:' && protocol !== 'ws:') {
    const scheme = LOOPBACK.test(hostname) ? 'ws: or wss:' : 'wss:';
    const given = /^https?:$/.test(protocol) ? `, not ${protocol}//` : '';
    throw new TypeError(`The url must start with ${scheme}${given}.`);
  }
  if (protocol === 'ws:' && !allowInsecure && !LOOPBACK.test(hostname)) {
    throw new TypeError(
      `The url must start with wss: for ${hostname}: with ws: the tokens cross the network in the ` +
        'clear.',
    );
  }
  if (username !== '' || password !== '' || hash !== '') {
    throw new TypeError('The url must have no user name, password or fragment.');
  }
  if (
    [...searchParams.keys()].some((name) =>
      /(token|secret|password|jwt|authorization|api[-_]?key)$/i.test(name),
    )
  ) {
    throw new TypeError('The url must not carry a token; tokens are given apart from it.');
  }
  return endpoint;
}
