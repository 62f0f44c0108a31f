import type { Connection, Transport } from '@livecall/core';
import type { Observable } from 'rxjs';

import type { Authorize } from './ask-call.js';
import type { DialOptions, RelayedCall } from './dial-platform.js';
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
  /** Milliseconds between two questions whether the page's own code is there. @default 15000 */
  readonly beatIntervalMs?: number;
  /** Milliseconds for its answer. @default 10000 */
  readonly beatTimeoutMs?: number;
  /** Milliseconds for which the place of a page is kept that is away. @default 60000 */
  readonly keepMs?: number;
  /** How many bytes are kept of one connection for pages that are away. @default 4194304 */
  readonly keepBytes?: number;
  /**
   * How many bytes are kept from the beginning of one connection, so that further pages of the same
   * user and call can share it; with more, the next one gets one of its own. 0 shares none.
   * @default 262144
   */
  readonly shareBytes?: number;
  /** How many bytes are kept of all connections together. @default 268435456 */
  readonly maxKeptBytes?: number;
  /** How many bytes may wait for a page that does not read, or for a platform. @default 16777216 */
  readonly maxBufferedBytes?: number;
  /**
   * How many bytes may wait for all pages together: with more, the page for which most waits is cut,
   * and away then. @default 268435456
   */
  readonly maxUnreadBytes?: number;
  /** The longest message accepted from a page, in bytes. @default 1048576 */
  readonly maxPayloadBytes?: number;
  /**
   * How many pages may be connected or away at a time; those that are away from a call that is over
   * give way, and further ones get 503. @default 10000
   */
  readonly maxPages?: number;
  /**
   * How many pages one user may have: the one that is away for longest gives way; where none is,
   * the further one gets 429. @default 32
   */
  readonly maxPagesPerUser?: number;
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
          /** What else that is to be told: an `agent`, a `ca`, `maxPayloadBytes`. @default {} */
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
