import type { Connection, Transport } from '@livecall/core';
import type { HeartbeatOptions } from '@livecall/core/node';
import type { Observable } from 'rxjs';

import type { Authorize } from './ask-call.js';
import type { DialOptions, RelayedCall } from './dial-platform.js';
import type { RelayLimits } from './relay-limits.js';
import type { FailureListeners } from './tell-failures.js';

/** What holds for a relay, whatever it dials. */
export interface RelayBounds extends FailureListeners {
  /**
   * Where pages dial: this path and what is below it. Every other upgrade is left alone.
   * @default '/livecall'
   */
  readonly path?: string;
  /** Origins whose pages may dial besides those of the host that is dialled. @default [] */
  readonly allowedOrigins?: readonly string[];
  /** Milliseconds for `authorize` to say who it is. @default 10000 */
  readonly authorizeTimeoutMs?: number;
  /**
   * How a page is noticed that is away: it is asked whether its own code is there. @default {}
   */
  readonly heartbeat?: HeartbeatOptions;
  /** How much is kept, for whom, and for how long. @default {} */
  readonly limits?: RelayLimits;
}

/** Whom a relay lets in, and what it dials for them. */
export type RelayOptions<Call extends Pick<RelayedCall, 'user' | 'call'> = RelayedCall> =
  RelayBounds & {
    /**
     * Asked for every dial of a page's: its cookies are in the `request`. It may throw a
     * `HandshakeRefusedError` with the status to refuse it with; nothing is 401.
     */
    readonly authorize: Authorize<Call>;
    /**
     * Stands over each way to the platform, below what dials it again: `watch` of core for one, what
     * counts for a collector, or `record` of `@livecall/recording`. Pages that share a connection pass
     * it once. @default none
     */
    readonly tapTransport?: (transport: Transport, call: Call) => Observable<Connection>;
  } & (
      | {
          /** The platform, `wss://HOST/ws/v1/liveCalls`; dialled with `webSocketTransport`. */
          readonly url: string;
          /** What else that is to be told: its `socket`, its `heartbeat`. @default {} */
          readonly dial?: DialOptions;
          readonly transport?: never;
        }
      | {
          /** The way to the platform, where it is another than `webSocketTransport`. */
          readonly transport: (call: Call) => Transport;
          readonly url?: never;
          readonly dial?: never;
        }
    );
