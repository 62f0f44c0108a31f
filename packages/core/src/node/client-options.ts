import type { ClientOptions } from 'ws';

import { assertDurationMs } from '../internal/assert-duration-ms.js';
import type { SocketOptions } from './socket-options.js';

/** What `ws` is told of a socket. */
export type SocketClientOptions = ClientOptions & { readonly closeTimeout: number };

/**
 * The options as `ws` wants them; where none is given, these are one for all calls.
 *
 * @throws TypeError for one that cannot be
 */
export function toClientOptions(socket?: SocketOptions): SocketClientOptions {
  return socket === undefined ? DEFAULT : check(socket);
}

const DEFAULT = /* @__PURE__ */ check({});

function check({
  agent,
  ca,
  maxPayloadBytes = 1024 * 1024,
  compression = false,
  closeTimeoutMs = 2_000,
}: SocketOptions): SocketClientOptions {
  assertDurationMs({ closeTimeoutMs });
  if (!(maxPayloadBytes >= 1)) {
    throw new TypeError(`maxPayloadBytes must be at least 1, not ${maxPayloadBytes}.`);
  }
  return {
    closeTimeout: closeTimeoutMs,
    // Each would carry the token along.
    followRedirects: false,
    maxPayload: maxPayloadBytes,
    perMessageDeflate: compression,
    ...(agent && { agent }),
    ...(ca !== undefined && { ca }),
  };
}
