import { Observable } from 'rxjs';

import { assertDurationMs } from '../internal/assert-duration-ms.js';
import { assertFunctions } from '../internal/assert-option.js';
import type { Transport } from '../transport.js';
import { dialRelay } from './dial-relay.js';
import type { RelayTransportOptions } from './relay-transport-options.js';
import { assertRelayUrl } from './relay-url.js';

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
  handshakeTimeoutMs = 15_000,
  silenceTimeoutMs = 25_000,
  receiptTimeoutMs = 3_000,
  resumeWithinMs = 60_000,
  random = Math.random,
  ...options
}: RelayTransportOptions): Transport {
  const { url, webSocket } = options;
  const durations = { handshakeTimeoutMs, silenceTimeoutMs, receiptTimeoutMs, resumeWithinMs };
  assertRelayUrl(url);
  assertDurationMs(durations);
  assertFunctions({ webSocket, random });
  return new Observable((subscriber) =>
    dialRelay(subscriber, { ...options, ...durations, random }),
  );
}
