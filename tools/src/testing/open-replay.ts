import { liveCall, webSocketTransport } from '@livecall/core';
import type { ConnectionState, LiveCall, LiveCallOptions, Transport } from '@livecall/core';
import { lastValueFrom, takeUntil, timer } from 'rxjs';

import type { Fault } from '../faults/signal.js';
import { loadRecording } from '../recording/read-recording.js';
import type { Recording } from '../recording/recording.js';
import { isUnplayed } from '../replay/divergence.js';
import type { DivergenceKind } from '../replay/divergence.js';
import { replay } from '../replay/replay.js';
import type { ManualReplay, Replay, ReplayOptions } from '../replay/replay.js';
import { serve } from '../serve.js';
import { DivergedError } from './diverged-error.js';
import { rememberServer } from './server-of.js';

/** How a test replays a recording. */
export interface OpenReplayOptions extends ReplayOptions {
  /** Whether the call is played in process, or by a real server on the loopback interface. @default 'process' */
  readonly over?: 'process' | 'socket';
  /** What disturbs the server on its way to the client; the last of them is next to the client. @default [] */
  readonly faults?: readonly Fault[];
  /**
   * Divergences that are part of the test. With faults, what was not played (`missing`,
   * `early-close`, `unconsumed`) is none.
   * @default []
   */
  readonly allow?: readonly DivergenceKind[];
  /** Options for the `LiveCall`. */
  readonly call?: LiveCallOptions;
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
  /**
   * Ends the test's part: waits until the recording is played to its end, then closes everything.
   *
   * Rejects with a {@link DivergedError} when the client departed from the recording, something in
   * it was never reached, or the call is still open.
   */
  finish(): Promise<void>;
  /** Closes everything without a verdict. */
  close(): Promise<void>;
  [Symbol.asyncDispose](): Promise<void>;
}

/** How long a call takes to be over once its server is. */
const OVER_WITHIN_MS = 2_000;

/** Any token will do for a server that replays. */
const ANY_TOKEN = 'any-token';

/**
 * Opens a recording for a test, whatever runs it.
 *
 * @param recording one, or the path of its file
 * @returns rejects with a `RecordingError` for a file that cannot be read
 * @see docs/testing.md
 * @example
 * import { openReplay } from '@livecall/tools';
 *
 * await using opened = await openReplay('recordings/joined-call.ndjson');
 * opened.call.transcript$.subscribe(({ role, msg }) => console.log(role, msg));
 * opened.call.connect();
 */
export function openReplay<const O extends OpenReplayOptions>(
  recording: string | Recording,
  options?: O,
): Promise<OpenedReplay<O>>;
export async function openReplay(
  recording: string | Recording,
  {
    over = 'process',
    faults = [],
    allow = [],
    call: callOptions,
    ...options
  }: OpenReplayOptions = {},
): Promise<OpenedReplay> {
  const source = typeof recording === 'string' ? await loadRecording(recording) : recording;
  const server = replay(source, options);
  const disturbedTransport = faults.reduce<Transport>(
    (transport, fault) => transport.pipe(fault),
    server,
  );
  const listening = over === 'socket' ? await serve(disturbedTransport) : undefined;
  const transport =
    listening === undefined
      ? disturbedTransport
      : webSocketTransport({
          url: listening.url,
          accessToken: ANY_TOKEN,
          conversationToken: ANY_TOKEN,
        });
  const call = liveCall(transport, callOptions);
  if (listening !== undefined) void Object.assign(server, { url: listening.url });
  rememberServer(call, server);
  let status: ConnectionState['status'] = 'idle';
  call.state$.subscribe((state) => {
    status = state.status;
  });

  // At manual pace nothing happens in process that has not happened yet.
  const patienceMs = listening === undefined && options.pace === 'manual' ? 0 : OVER_WITHIN_MS;

  const close = async () => {
    if (status !== 'idle') call.connect().unsubscribe();
    await listening?.close();
  };
  const judge = async () => {
    // Under a fault, there may be no end to wait for.
    const divergences = faults.length === 0 ? await server.done() : server.divergences();
    const judged = divergences.filter(
      (divergence) =>
        !allow.includes(divergence.kind) && !(faults.length > 0 && isUnplayed(divergence)),
    );
    if (judged.length > 0) throw new DivergedError(source.name, judged);
    if (status !== 'idle')
      await lastValueFrom(call.state$.pipe(takeUntil(timer(patienceMs))), {
        defaultValue: undefined,
      });
    if (status === 'idle' || status === 'closed') return;
    const stillOpen = `the call is still ${status}; unsubscribe what connect() returned`;
    throw new DivergedError(source.name, [], stillOpen);
  };
  const finish = async () => {
    try {
      await judge();
    } finally {
      await close();
    }
  };
  return {
    call,
    transport,
    server,
    finish,
    close,
    [Symbol.asyncDispose]: finish,
  };
}
