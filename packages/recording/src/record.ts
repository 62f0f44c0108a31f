import type {
  ConnectFailedError,
  Connection,
  ConnectionClosedError,
  Frame,
  HandshakeRefusedError,
  HandshakeTimeoutError,
  TokenUnavailableError,
} from '@livecall/core';
import { dialRequest, withDialRequest } from '@livecall/core';
import { sendOn } from '@livecall/core/internal';
import { map, Observable, share, tap } from 'rxjs';
import type { MonoTypeOperatorFunction } from 'rxjs';

import { toPayload } from './format/payload.js';
import type { FrameEntry, UnstampedEntry } from './format/recording.js';
import { takesFramesAlone } from './recording-sink.js';
import type { RecordingSink } from './recording-sink.js';

/**
 * Writes down what crosses a transport, and changes none of it: every frame both ways, every dial
 * and how it went, every close and by whom.
 *
 * It sits below the codec, so that what cannot be decoded is recorded too. All dials of a call go
 * into one recording, one after the other; put it below `retryConnection` (`liveCall` has one of
 * its own). A transport does not tell when it dials: who leaves while its tokens are asked for has
 * aborted a dial.
 *
 * The tokens that it dials with, `webSocketTransport` tells the sink by itself, whatever operators are
 * in between; another transport does if it calls `onTokens` of its `dialRequest`. `relayTransport` and
 * `brokerTransport` know none: the relay and the worker dial. Of these, and of one that tells none, the
 * sink has to be given them as `secrets`, or the header does not say that `credentials` were taken out.
 *
 * @see recordings/README.md
 * @example
 * import { liveCall } from '@livecall/core';
 * import type { Transport } from '@livecall/core';
 * import { record } from '@livecall/recording';
 * import type { RecordingSink } from '@livecall/recording';
 *
 * export const recordedCall = (transport: Transport, sink: RecordingSink) =>
 *   liveCall(transport.pipe(record(sink)));
 */
export function record(sink: RecordingSink): MonoTypeOperatorFunction<Connection> {
  return (transport) =>
    new Observable((subscriber) => {
      const dial = { isOpen: false };
      let closing = { code: 1000, reason: '' };
      /** Writes what belongs to this dial's connection, as long as that is the one recorded. */
      const write = (entry: UnstampedEntry, frame?: Frame) => {
        if (connected.get(sink) === dial) sink.write(entry, frame);
      };
      const end = (entry: UnstampedEntry | undefined) => {
        if (entry !== undefined) (dial.isOpen ? write : sink.write)(entry);
        dial.isOpen = false;
        if (connected.get(sink) === dial) connected.delete(sink);
      };
      const takesAlone = takesFramesAlone(sink);
      const writeFrame = (from: FrameEntry['from'], frame: Frame) => {
        const held = takesAlone ? undefined : toPayload(frame);
        write({ event: 'frame', from, ...held }, frame);
      };
      const request = dialRequest();
      const recorded$ = transport.pipe(
        withDialRequest({
          ...request,
          onTokens: (tokens) => {
            sink.conceal?.(tokens);
            request.onTokens?.(tokens);
          },
        }),
        tap({
          next: () => {
            dial.isOpen = true;
            if (!connected.has(sink)) connected.set(sink, dial);
            sink.write({ event: 'open', status: 101 });
          },
          complete: () => {
            // No transport of livecall's completes. One of someone else's has closed, if it does.
            if (dial.isOpen) end(CLOSED_WITHOUT_CODE);
          },
          error: (error: unknown) => {
            end(dial.isOpen ? toClose(error) : toFailure(error));
          },
          unsubscribe: () => {
            end(
              dial.isOpen
                ? { event: 'close', from: 'client', ...closing }
                : { event: 'failed', reason: 'aborted' },
            );
          },
        }),
        map((connection) =>
          tapConnection(connection, writeFrame, (code, reason) => {
            // A cut is no code that a client closes with.
            if (code !== 1006) closing = { code, reason };
          }),
        ),
      );
      const subscription = recorded$.subscribe(subscriber);
      // Only now: whether its tokens are known, a transport says as it is subscribed.
      sink.start();
      return subscription;
    });
}

/** Whose frames a sink writes: its first connection that is not over. */
const connected = new WeakMap<RecordingSink, object>();

const CLOSED_WITHOUT_CODE = { event: 'close', from: 'server', code: 1005, reason: '' } as const;

function tapConnection(
  connection: Connection,
  writeFrame: (from: FrameEntry['from'], frame: Frame) => void,
  onClosing: (code: number, reason: string) => void,
): Connection {
  return {
    frames$: connection.frames$.pipe(
      tap((frame) => {
        writeFrame('server', frame);
      }),
      // However many listen, a frame is written once.
      share(),
    ),
    send(frame) {
      const given = sendOn(connection, frame);
      writeFrame('client', frame);
      return given;
    },
    bufferedBytes: () => connection.bufferedBytes?.() ?? 0,
    isReading: () => connection.isReading?.() ?? false,
    ...(connection.away$ && { away$: connection.away$ }),
    closeWith(code, reason) {
      connection.closeWith?.(code, reason);
      onClosing(code, reason);
    },
  };
}

/** How a connection ended; whatever is no close has cut it. */
function toClose(error: unknown): UnstampedEntry {
  const { code, reason } = isTagged<ConnectionClosedError>(error, 'ConnectionClosedError')
    ? error
    : { code: 1006, reason: '' };
  return { event: 'close', from: 'server', code, reason };
}

/** How a dial failed; nothing where there was none for want of a token. */
function toFailure(error: unknown): UnstampedEntry | undefined {
  if (isTagged<HandshakeRefusedError>(error, 'HandshakeRefusedError')) {
    const { status, retryAfterMs } = error;
    return { event: 'refused', status, ...(retryAfterMs !== undefined && { retryAfterMs }) };
  }
  if (isTagged<TokenUnavailableError>(error, 'TokenUnavailableError')) return undefined;
  if (isTagged<HandshakeTimeoutError>(error, 'HandshakeTimeoutError')) {
    return error.waitingFor === 'token' ? undefined : { event: 'failed', reason: 'timeout' };
  }
  const code = isTagged<ConnectFailedError>(error, 'ConnectFailedError') ? error.code : undefined;
  return { event: 'failed', reason: 'unreachable', ...(code !== undefined && { code }) };
}

/** By its tag: an error may come from another copy of core, or from another realm. */
function isTagged<E extends { readonly _tag: string }>(error: unknown, tag: E['_tag']): error is E {
  return typeof error === 'object' && error !== null && '_tag' in error && error._tag === tag;
}
