import type { LiveCall, LiveCallOptions, Transport } from '@livecall/core';
import type { Recording } from '@livecall/recording/format';

import type { Fault } from '../faults/create-fault.js';
import type { DivergenceKind } from '../replay/divergence.js';
import type { ManualReplay, Replay, ReplayOptions } from '../replay/replay.js';

/** How a test replays a recording. */
export interface OpenReplayOptions extends ReplayOptions {
  /** Whether the call is played in process, or by a real server on the loopback interface. @default 'process' */
  readonly over?: 'process' | 'socket';
  /** What disturbs the server on its way to the client; the last of them is next to the client. @default [] */
  readonly faults?: readonly Fault[];
  /**
   * Divergences that are part of the test. Once a fault has struck, what was not played (`missing`,
   * `early-close`, `unconsumed`) is none, and a dial too many neither; a fault that never strikes is one (`unstruck`), but where
   * it is a `maybe`.
   * @default []
   */
  readonly allow?: readonly DivergenceKind[];
  /** Options for the `LiveCall`. */
  readonly call?: LiveCallOptions;
  /**
   * Where the recording's file is missing: what is dialled then, and recorded into it once the test
   * has passed; pace, matching and faults are for the next time. In CI it is an error.
   */
  readonly recordFrom?: Transport;
}

/** The fake server of a test; over a socket it has a URL. */
export type ReplayServer<O extends OpenReplayOptions> = (O extends { pace: 'manual' }
  ? ManualReplay
  : Replay) &
  (O extends { over: 'socket' } ? { readonly url: string } : unknown);

/** A recording that a test replays. */
export interface OpenedReplay<O extends OpenReplayOptions = OpenReplayOptions> {
  /** A call over it, to be connected. */
  readonly call: LiveCall;
  /** What the call dials, for an app that makes a call of its own. */
  readonly transport: Transport;
  /** The fake server: what it has received, where the client departed, its URL. */
  readonly server: ReplayServer<O>;
  /** What is replayed. */
  readonly recording: Recording;
  /**
   * Gives the verdict: waits until the recording is played to its end, each wait bounded by
   * `waitMs`, then closes everything. Asked again, it says the same.
   *
   * Rejects with a {@link DivergedError} when the client departed from the recording, something in
   * it was never reached, or something is still open; with a `TimeStandsStillError` when the timers are
   * faked and nobody moves them.
   */
  finish(): Promise<void>;
  /** Closes everything without a verdict; for a test that failed, and `await using`. */
  close(): Promise<void>;
  [Symbol.asyncDispose](): Promise<void>;
}
