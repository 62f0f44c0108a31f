import { isIP, connect as connectTcp } from 'node:net';
import { checkServerIdentity } from 'node:tls';
import type { ConnectionOptions } from 'node:tls';

import { HttpsProxyAgent } from 'https-proxy-agent';

/**
 * Makes the agent that dials through an HTTP proxy, by CONNECT (RFC 6455 §4.1).
 *
 * A dial that is given up leaves no connection to the proxy behind. The proxy's credentials reach
 * the proxy and nobody else.
 */
export function proxyAgent(proxy: URL): HttpsProxyAgent<string> {
  const { bare, headers } = splitCredentials(proxy);
  const agent = new HttpsProxyAgent(bare);

  agent.connect = async (request, options) => {
    const aborting = new AbortController();
    const abort = () => {
      aborting.abort();
    };
    // A request that has no socket yet says nothing else when it is given up.
    const givenUp: NodeJS.EventEmitter = request;
    givenUp.once('abort', abort);
    const { signal } = aborting;
    const way = {
      host: proxy.hostname.replace(/^\[|\]$/g, ''),
      port: Number(proxy.port) || (proxy.protocol === 'https:' ? 443 : 80),
      signal,
    };
    // TLS takes no signal, but a connection that has one.
    const through = proxy.protocol === 'https:' ? { socket: connectTcp(way) } : { signal };
    let status = 0;
    const note = ({ statusCode }: { readonly statusCode: number }) => {
      status = statusCode;
    };
    givenUp.once('proxyConnect', note);
    try {
      const dialling = new HttpsProxyAgent(bare, { headers, ...through });
      const socket = await dialling.connect(request, checkingAddress(options));
      // Else its answer would be read as the server's.
      if (status >= 100 && status < 600) return socket;
      socket.destroy();
      throw toGarbled();
    } catch (error) {
      if (isHangUp(error)) throw toHangUp(error);
      // The agent's words repeat what the proxy wrote.
      throw isUnread(error) ? toGarbled() : error;
    } finally {
      givenUp.off('abort', abort).off('proxyConnect', note);
    }
  };
  return agent;
}

/** Whether the proxy hung up before it had answered: the agent tells this in words alone. */
function isHangUp(error: unknown): boolean {
  return /^Proxy connection ended/.test((error as Partial<Error> | null)?.message ?? '');
}

function toHangUp(cause: unknown): Error {
  const error = new Error('the HTTP proxy hung up before it answered CONNECT', { cause });
  return Object.assign(error, { code: 'ECONNRESET' });
}

/** Whether the agent could not read the proxy's answer. */
function isUnread(error: unknown): boolean {
  return /^Invalid header from proxy/.test((error as Partial<Error> | null)?.message ?? '');
}

function toGarbled(): Error {
  const error = new Error('the HTTP proxy answered CONNECT with what is no HTTP');
  return Object.assign(error, { code: 'EPROTO' });
}

/** The agent's own logs tell its URL. */
function splitCredentials(proxy: URL): {
  readonly bare: string;
  readonly headers: Readonly<Record<string, string>>;
} {
  const { username, password } = proxy;
  const bare = new URL(proxy);
  bare.username = '';
  bare.password = '';
  if (username === '' && password === '') return { bare: bare.href, headers: {} };
  const credentials = `${decode(username)}:${decode(password)}`;
  const basic = Buffer.from(credentials).toString('base64');
  return { bare: bare.href, headers: { 'Proxy-Authorization': `Basic ${basic}` } };
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    // A percent sign that is one.
    return text;
  }
}

/** The agent takes the host away from TLS, which would look for `localhost` where it is an address. */
function checkingAddress<A extends ConnectionOptions>(options: A): A {
  const { host = '' } = options;
  if (isIP(host) === 0) return options;
  return {
    ...options,
    checkServerIdentity: (_host, certificate) => checkServerIdentity(host, certificate),
  };
}
