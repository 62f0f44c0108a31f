import type { LiveCallError } from './live-call-error.js';

/** Not connected yet: `connect()` was not called. */
export interface Idle {
  readonly status: 'idle';
}

/** The first dial is under way. */
export interface Connecting {
  readonly status: 'connecting';
}

/** Messages arrive and commands can be sent. */
export interface Open {
  readonly status: 'open';
  /** Which connection of this call it is, counted from 1. */
  readonly connection: number;
}

/**
 * The way to the connection is interrupted, and the connection kept meanwhile, as by a relay for a
 * page that is frozen: what comes is heard later, and nothing of it is lost. Commands that were sent
 * wait; none can be sent.
 */
export interface Away {
  readonly status: 'away';
  /** Which connection of this call it is, counted from 1; it is the same when it is open again. */
  readonly connection: number;
}

/** The connection could not be made, or was lost, and is dialled again. */
export interface Reconnecting {
  readonly status: 'reconnecting';
  /** Which retry in a row it is, from 1; one that only refreshes the token is not counted. */
  readonly attempt: number;
  /** Milliseconds until the dial. */
  readonly delayMs: number;
  /** Why the dial or connection before it ended. */
  readonly cause: LiveCallError;
}

/** The call has ended; what the server still has to say is awaited. */
export interface Closing {
  readonly status: 'closing';
  /** Which connection of this call it is, counted from 1. */
  readonly connection: number;
}

/**
 * Over, for good.
 *
 * | reason | what happened |
 * |---|---|
 * | `call-ended` | the server sent `event:callEnd` |
 * | `hung-up` | the subscription of `connect()` was unsubscribed before that |
 * | `clean-close` | the server closed with 1000 and `cleanCloseIsEnd` is set |
 * | `failed` | anything else; `error` says what |
 */
export type Closed =
  | { readonly status: 'closed'; readonly reason: 'call-ended' | 'hung-up' | 'clean-close' }
  | { readonly status: 'closed'; readonly reason: 'failed'; readonly error: LiveCallError };

/**
 * Where the connection of a call stands.
 *
 *     idle ─▶ connecting ─▶ open ─▶ closing ─▶ closed   (closed: from anywhere but idle)
 *                  │        │  ▲ ◀──▶ away
 *                  ▼        ▼  │       │
 *                  reconnecting ◀──────┘
 */
export type ConnectionState = Idle | Connecting | Open | Away | Reconnecting | Closing | Closed;
