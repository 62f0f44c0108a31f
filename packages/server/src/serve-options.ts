import type { Transport } from '@livecall/core';
import type { HeartbeatOptions } from '@livecall/core/node';

import type { ServeRequest } from './read-request.js';
import type { FailureListeners } from './tell-failures.js';

/**
 * Which transport answers a client. One that throws, or gives no transport, is answered 500; a
 * {@link HandshakeRefusedError} that it throws, with the error's status.
 */
export type Route = (request: ServeRequest) => Transport;

/** Where a server listens, and whom it lets in. */
export interface ServeOptions extends FailureListeners {
  /** The address to listen on. @default '127.0.0.1' */
  readonly host?: string;
  /** The port to listen on; 0 takes a free one. @default 0 */
  readonly port?: number;
  /**
   * Browser origins that may dial besides the server's own, which some clients send that are no
   * browser; others are refused with 403. @default []
   */
  readonly allowedOrigins?: readonly string[];
  /**
   * Milliseconds that a client may wait for its transport to open or to fail; then it is hung up
   * on, without an answer. @default 60000
   */
  readonly answerTimeoutMs?: number;
  /**
   * How a client that has vanished is noticed: it is pinged, and cut when nothing came back. Some
   * clients answer pings only while their program reads.
   * @default none is pinged
   */
  readonly heartbeat?: HeartbeatOptions;
  /** What a client can make the server keep. @default {} */
  readonly limits?: ServeLimits;
}

/** What a client can make a server keep, at the most. */
export interface ServeLimits {
  /** The longest message accepted from a client, in bytes; a longer one is closed with 1009. @default 1048576 */
  readonly maxPayloadBytes?: number;
  /**
   * How many clients may be dialling or connected at a time; others are answered 503. Of TCP
   * connections there may be twice as many; what is beyond is dropped. @default 1000
   */
  readonly maxConnections?: number;
  /**
   * How many bytes may wait for a client that does not read, and how many of its own for a
   * transport's server that does not; with more it is closed with 1013, and cut when it reads
   * nothing more of what it is sent for a second. @default 16777216
   */
  readonly maxBufferedBytes?: number;
}

/** A running server. */
export interface Server {
  /** What to dial on this machine, `ws://127.0.0.1:PORT/ws/v1/liveCalls`. */
  readonly url: string;
  /** The port it listens on. */
  readonly port: number;
  /** Stops listening, and cuts every connection that is not being closed already. */
  close(): Promise<void>;
  [Symbol.asyncDispose](): Promise<void>;
}
