import type { Token } from '../token.js';
import type { HeartbeatOptions } from './heartbeat-options.js';
import type { SocketOptions } from './socket-options.js';

/** Where and how to dial. */
export interface WebSocketTransportOptions {
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
  /** Whether `ws:` may be used to another host than this one. @default false */
  readonly allowInsecure?: boolean;
  /**
   * Milliseconds for the tokens to be there, and then for the connection to be open. A token that
   * takes longer is used by the dial after. @default 10000
   */
  readonly handshakeTimeoutMs?: number;
  /** How a connection is noticed that is silent, and dead. @default {} */
  readonly heartbeat?: HeartbeatOptions;
  /** How the socket is made, through an HTTP proxy for one, and what it takes. @default {} */
  readonly socket?: SocketOptions;
}
