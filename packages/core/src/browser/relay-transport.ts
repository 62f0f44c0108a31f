import { Observable } from 'rxjs';

import type { DialRequest } from '../dial-request.js';
import { assertDurationMs } from '../internal/assert-duration-ms.js';
import { assertFunctions } from '../internal/assert-option.js';
import type { Transport } from '../transport.js';
import { dialRelay } from './dial-relay.js';
import type { PageWindow } from './page-life.js';
import type { PageWebSocketClass } from './page-socket.js';
import { assertRelayUrl } from './relay-url.js';

/** Where the relay is, and how long it is waited for. */
export interface RelayTransportOptions {
  /**
   * The relay, `wss://HOST/…` or a path of the page's own host. It is logged on its way: it carries no
   * token. A function is asked for each dial, with the reason `unauthorized` after a 401: there the
   * app renews the page's login first.
   */
  readonly url: string | ((request: UrlRequest) => string | PromiseLike<string>);
  /** Milliseconds for the relay to let the page in, or to refuse it. @default 15000 */
  readonly handshakeTimeoutMs?: number;
  /**
   * Milliseconds without a word after which the way to the relay is dead; longer than the relay's
   * `beatIntervalMs`. @default 25000
   */
  readonly silenceTimeoutMs?: number;
  /** Milliseconds for the relay to confirm that it has a command. @default 3000 */
  readonly receiptTimeoutMs?: number;
  /**
   * Milliseconds of being away after which no further resume is begun, and the connection is lost; as
   * the relay's `keepMs`. A page that returns tries once in any case. @default 60000
   */
  readonly resumeWithinMs?: number;
  /** The class to dial with. @default globalThis.WebSocket */
  readonly webSocket?: PageWebSocketClass;
  /** Where the page's life is heard of. @default globalThis, where it tells of events */
  readonly window?: PageWindow;
  /** Gives the jitter, at least 0 and below 1. @default Math.random */
  readonly random?: () => number;
}

/** Why the URL is asked for. */
export type UrlRequest = Pick<DialRequest, 'reason'>;

/**
 * The way to the platform for a page: a {@link Transport} over the platform's own `WebSocket` and a
 * relay (`@livecall/server`). It has no Node in it.
 *
 *     page      ---o----x~~~o---   the way to the relay is cut, and dialled anew
 *     value     ---c------------   one connection; what was missed comes in order, once
 *     away$        f----t---f---
 *
 * What the platform refuses, and how it ends a connection, arrives as over `webSocketTransport`. A
 * page that is frozen, put into the back/forward cache, or offline is away, and comes back by itself.
 * Where the relay has not kept what was missed, the connection is lost, as `ConnectionClosedError`
 * with 1006. Commands are not sent while it is away; what was sent without having reached the relay
 * is sent again, and reaches the platform once.
 *
 * @throws TypeError for a URL that cannot be used, or an option that is no duration
 * @see docs/relay.md
 * @example
 * import { liveCall } from '@livecall/core';
 * import { relayTransport } from '@livecall/core/browser';
 *
 * const call = liveCall(relayTransport({ url: '/calls/8f0c' }));
 * call.transcript$.subscribe(({ role, msg }) => {
 *   console.log(role, msg);
 * });
 * call.connect();
 */
export function relayTransport({
  url,
  handshakeTimeoutMs = 15_000,
  silenceTimeoutMs = 25_000,
  receiptTimeoutMs = 3_000,
  resumeWithinMs = 60_000,
  webSocket,
  window,
  random = Math.random,
}: RelayTransportOptions): Transport {
  assertRelayUrl(url);
  assertDurationMs({ handshakeTimeoutMs, silenceTimeoutMs, receiptTimeoutMs, resumeWithinMs });
  assertFunctions({ webSocket, random });
  return new Observable((subscriber) =>
    dialRelay(subscriber, {
      ...{ url, handshakeTimeoutMs, silenceTimeoutMs, receiptTimeoutMs, resumeWithinMs },
      ...{ webSocket, window, random },
    }),
  );
}
