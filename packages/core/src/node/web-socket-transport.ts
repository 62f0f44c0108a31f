import type { Agent } from 'node:http';
import type { SecureContextOptions } from 'node:tls';

import { asyncScheduler, forkJoin, Observable } from 'rxjs';
import type { Subscription } from 'rxjs';
import type { ClientOptions } from 'ws';

import { dialRequest } from '../dial-request.js';
import { assertDurationMs } from '../internal/assert-duration-ms.js';
import { patience } from '../patience.js';
import { toHandshake } from '../protocol/handshake.js';
import { releaseTokens } from '../token-run.js';
import { askToken, assertToken } from '../token.js';
import type { Token } from '../token.js';
import { HandshakeTimeoutError } from '../transport-error.js';
import type { Transport } from '../transport.js';
import type { HeartbeatOptions } from './beating.js';
import { debugLog } from './debug-log.js';
import { WebSocketDial } from './dial-web-socket.js';
import { toOfferedProtocols, toPassedHeaders } from './passed-handshake.js';
import type { PassedHandshake } from './passed-handshake.js';

/** Where and how to dial. */
export interface WebSocketTransportOptions extends HeartbeatOptions {
  /**
   * The endpoint, `wss://HOST/ws/v1/liveCalls`; the host is not published. It carries no token and
   * no credentials.
   */
  readonly url: string;
  /**
   * Sent as `Authorization: Bearer …`. A function is asked anew for every dial, but not beside
   * itself: while it runs, every dial waits for what it gives, so it needs a time-out of its own.
   */
  readonly accessToken: Token;
  /** Sent as `?conversationToken=…`: a call-log entry's `liveConversationToken`. */
  readonly conversationToken: Token;
  /** Sent as `x-hiya-product-version`, "major.minor.patch". */
  readonly productVersion?: string;
  /** Sent as `x-hiya-account-user-id`: the logged-in user. */
  readonly userId?: string;
  /**
   * A client's handshake that is passed on, in the place of what this transport would send by
   * itself: for a proxy. The tokens are to be those in it, and a refusal is kept in the `answer` of
   * its error.
   */
  readonly passOn?: PassedHandshake;
  /**
   * Milliseconds for the tokens to be there, and then for the connection to be open. A token that
   * takes longer is used by the dial after. @default 10000
   */
  readonly handshakeTimeoutMs?: number;
  /** Milliseconds the server has to answer our close before the socket is cut. @default 2000 */
  readonly closeTimeoutMs?: number;
  /** The longest message accepted, in bytes; a longer one ends the connection. @default 1048576 */
  readonly maxPayloadBytes?: number;
  /** Whether to offer permessage-deflate: smaller frames for 30 times the work. @default false */
  readonly compression?: boolean;
  /** Whether `ws:` may be used to another host than this one. @default false */
  readonly allowInsecure?: boolean;
  /**
   * Makes the connection: through an HTTP proxy, with a client certificate. For `wss:` an
   * `https.Agent`, or a proxy's, such as `https-proxy-agent` has.
   */
  readonly agent?: Agent;
  /** Certificate authorities to trust instead of Node's own, as in `tls.createSecureContext`. */
  readonly ca?: NonNullable<SecureContextOptions['ca']>;
}

/**
 * Dials the live-call endpoint: a {@link Transport} over a real socket.
 *
 * Redirects are never followed, since they would carry the token along. A connection in which
 * nothing came back within `pongTimeoutMs` of a ping is cut, and ends as 1006.
 *
 * @throws TypeError for a URL, token or agent that cannot be used; the message holds none of them.
 * @see PROTOCOL.md#handshake
 * @example
 * import { liveCall } from '@livecall/core';
 * import { webSocketTransport } from '@livecall/core/node';
 *
 * const call = liveCall(
 *   webSocketTransport({
 *     url: 'wss://calls.example/ws/v1/liveCalls',
 *     accessToken: () => process.env['LIVECALL_ACCESS_TOKEN'] ?? '',
 *     conversationToken: 'liveConversationToken-of-the-call-log-entry',
 *   }),
 * );
 */
export function webSocketTransport({
  url,
  accessToken,
  conversationToken,
  productVersion,
  userId,
  passOn,
  handshakeTimeoutMs = 10_000,
  closeTimeoutMs = 2_000,
  maxPayloadBytes = 1024 * 1024,
  compression = false,
  allowInsecure = false,
  agent,
  ca,
  pingIntervalMs = 15_000,
  pongTimeoutMs = 10_000,
}: WebSocketTransportOptions): Transport {
  assertDurationMs({ handshakeTimeoutMs, closeTimeoutMs });
  assertDurationMs({ pingIntervalMs, pongTimeoutMs }, 1);
  if (!(maxPayloadBytes >= 1)) {
    throw new TypeError(`maxPayloadBytes must be at least 1, not ${maxPayloadBytes}.`);
  }
  const endpoint = toEndpoint(url, allowInsecure);
  assertHeader('productVersion', productVersion);
  assertHeader('userId', userId);
  assertAgent(agent, endpoint);
  assertToken('accessToken', accessToken);
  assertToken('conversationToken', conversationToken);

  // Not a chain of operators: what has done its part when the connection opens would stay with it.
  // And nothing is made ahead: a transport is kept for as long as its call.
  const transport: Transport = new Observable((subscriber) => {
    const request = dialRequest();
    const tokens = [accessToken, conversationToken];
    request.onTokens?.(tokens.filter((token) => typeof token === 'string'));
    let expiry: Subscription | undefined;
    const expect = (waitingFor: HandshakeTimeoutError['waitingFor']) => {
      expiry?.unsubscribe();
      // Patience when it is due: most dials never come to need it.
      const due = asyncScheduler.schedule(() => {
        due.add(
          patience(0).subscribe(() => {
            subscriber.error(new HandshakeTimeoutError(handshakeTimeoutMs, waitingFor));
          }),
        );
      }, handshakeTimeoutMs);
      expiry = due;
      subscriber.add(due);
    };

    const dial = (access: string, conversation: string) => {
      // Whoever gave them may have left.
      if (subscriber.closed) return;
      releaseTokens(tokens, request);
      const secrets = [access, conversation, ...(passOn?.secrets ?? [])];
      request.onTokens?.(secrets);
      expect('server');
      const dialled = new URL(url);
      const written = toHandshake({
        ...{ accessToken: access, conversationToken: conversation, productVersion, userId },
      });
      const { search } = passOn ?? written;
      dialled.search = [dialled.search, search.slice(1)].filter(Boolean).join('&');
      const headers = passOn ? toHeaders(passOn) : written.headers;
      const clientOptions: ClientOptions & { closeTimeout: number } = {
        closeTimeout: closeTimeoutMs,
        followRedirects: false,
        headers,
        maxPayload: maxPayloadBytes,
        perMessageDeflate: compression,
        ...(agent && { agent }),
        ...(ca && { ca }),
      };
      const dialling = new WebSocketDial(subscriber, {
        ...(passOn && {
          protocols: toOfferedProtocols(passOn.rawHeaders),
          refusalTimeoutMs: handshakeTimeoutMs,
          ...(passOn.onAnswer && { onUpgrade: passOn.onAnswer }),
        }),
        url: dialled.href,
        clientOptions,
        heartbeatOptions: { pingIntervalMs, pongTimeoutMs },
        lookNow$: request.lookNow$,
        tokens: secrets,
        onAnswer: () => {
          expiry?.unsubscribe();
          expiry = undefined;
        },
      });
      subscriber.add(dialling);
    };

    // Without operators where there is nothing to wait for: they were a seventh of what a dial allocates.
    if (typeof accessToken === 'string' && typeof conversationToken === 'string') {
      dial(accessToken, conversationToken);
      return;
    }
    const asking = forkJoin([
      askToken('accessToken', accessToken, request),
      askToken('conversationToken', conversationToken, request),
    ]).subscribe({
      next: ([access, conversation]) => {
        dial(access, conversation);
      },
      error: (error: unknown) => {
        subscriber.error(error);
      },
    });
    subscriber.add(asking);
    if (!asking.closed) expect('token');
  });
  return debugLog(transport);
}

/** As Node wants them: a name that stands several times has several values. */
function toHeaders({ rawHeaders }: PassedHandshake): Record<string, string> {
  const fields = new Map<string, readonly [name: string, values: readonly string[]]>();
  for (const [name, value] of toPassedHeaders(rawHeaders)) {
    const [known, values] = fields.get(name.toLowerCase()) ?? [name, []];
    fields.set(name.toLowerCase(), [known, [...values, value]]);
  }
  // What `ws` hands to Node is typed more narrowly than what Node takes.
  return Object.fromEntries(fields.values()) as Record<string, never>;
}

/** Hosts to which nothing crosses a network. */
export const LOOPBACK = /^(localhost|127(\.\d{1,3}){3}|\[::1\])$/;

/** Says what is wrong without repeating the URL, which may hold a token. */
function toEndpoint(url: string, allowInsecure: boolean): URL {
  const endpoint = URL.canParse(url) ? new URL(url) : undefined;
  if (endpoint === undefined) {
    throw new TypeError('The url is not a URL; it should look like wss://HOST/ws/v1/liveCalls.');
  }
  const { protocol, hostname, search, searchParams, username, password, hash } = endpoint;
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
    search !== '' &&
    [...searchParams.keys()].some((name) =>
      /(token|secret|password|jwt|authorization|api[-_]?key)$/i.test(name),
    )
  ) {
    throw new TypeError('The url must not carry a token; tokens are given apart from it.');
  }
  return endpoint;
}

function assertHeader(name: string, value: string | undefined): void {
  if (value === undefined || /^[\x20-\x7e]+$/.test(value)) return;
  throw new TypeError(`${name} must be text that a header can carry: ASCII, on one line.`);
}

/** An agent that Node refuses at every dial is refused at once. */
function assertAgent(agent: Agent | undefined, { protocol }: URL): void {
  if (agent === undefined) return;
  if (typeof (agent as { addRequest?: unknown } | null)?.addRequest !== 'function') {
    throw new TypeError('agent must be an https.Agent, or one of its kind, such as a proxy agent.');
  }
  // Those that serve both have an accessor for it, and know which it is by the time of the request.
  const given: unknown = Object.getOwnPropertyDescriptor(agent, 'protocol')?.value;
  const wanted = protocol === 'wss:' ? 'https:' : 'http:';
  if (typeof given !== 'string' || given === wanted) return;
  const kind = wanted === 'https:' ? 'an https.Agent' : 'an http.Agent';
  throw new TypeError(`The url starts with ${protocol}, so agent must be ${kind} or a proxy's.`);
}
