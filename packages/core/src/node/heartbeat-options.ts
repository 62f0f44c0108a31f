import { assertDurationMs } from '../internal/assert-duration-ms.js';

/** How a silent connection is noticed. */
export interface HeartbeatOptions {
  /** Milliseconds between pings. @default 15000 */
  readonly pingIntervalMs?: number;
  /** Milliseconds after a ping in which something, whatever it is, must arrive. @default 10000 */
  readonly pongTimeoutMs?: number;
}

/**
 * The options with their defaults; where none is given, these are one for all calls.
 *
 * @throws TypeError for one that cannot be
 */
export function checkHeartbeat(heartbeat?: HeartbeatOptions): Required<HeartbeatOptions> {
  return heartbeat === undefined ? DEFAULT : check(heartbeat);
}

const DEFAULT = /* @__PURE__ */ check({});

function check({
  pingIntervalMs = 15_000,
  pongTimeoutMs = 10_000,
}: HeartbeatOptions): Required<HeartbeatOptions> {
  assertDurationMs({ pingIntervalMs, pongTimeoutMs }, 1);
  return { pingIntervalMs, pongTimeoutMs };
}
