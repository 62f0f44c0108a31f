import type { DialRequest } from '../dial-request.js';
import type { PageWindow } from './page-life.js';
import type { PageWebSocketClass } from './page-socket.js';

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
   * Milliseconds without a word after which the way to the relay is dead; longer than the
   * `pingIntervalMs` of the relay. @default 25000
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

/** What one connection over a relay is made with: all but what the platform has. */
export type DialRelayOptions = RelayTransportOptions &
  Required<Omit<RelayTransportOptions, 'webSocket' | 'window'>>;
