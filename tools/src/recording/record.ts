import {
  ConnectFailedError,
  ConnectionClosedError,
  HandshakeRefusedError,
  HandshakeTimeoutError,
  TokenUnavailableError,
} from '@livecall/core';
import type { Connection } from '@livecall/core';
import { defer, map, share, tap } from 'rxjs';
import type { MonoTypeOperatorFunction } from 'rxjs';

import { toPayload } from './payload.js';
import type { RecordingSink, UnstampedEntry } from './recording-sink.js';

/**
 * Writes down what crosses a transport, and changes none of it: every frame both ways, every dial
 * and how it went, every close and by whom.
 *
 * It sits below the codec, so that what cannot be decoded is recorded too. All dials of a call go
 * into one recording, one after the other; put it below `retryConnection` (`liveCall` has one of
 * its own). A transport does not tell when it has its tokens: who leaves while they are asked for
 * has aborted a dial.
 *
 * @see recordings/README.md
 * @example
 * import { liveCall } from '@livecall/core';
 * import type { Transport } from '@livecall/core';
 * import { record } from '@livecall/tools';
 * import type { RecordingSink } from '@livecall/tools';
 *
 * export const recordedCall = (transport: Transport, sink: RecordingSink) =>
 *   liveCall(transport.pipe(record(sink)));
 */
export function record(sink: RecordingSink): MonoTypeOperatorFunction<Connection> {
  return (transport) =>
    defer(() => {
      let isOpen = false;
      sink.start();
      return transport.pipe(
        tap({
          next: () => {
            isOpen = true;
            sink.write({ event: 'open', status: 101 });
          },
          complete: () => {
            // No transport of livecall's completes. One of someone else's has closed, if it does.
            if (isOpen) sink.write(CLOSED_WITHOUT_CODE);
          },
          error: (error: unknown) => {
            const entry = isOpen ? toClose(error) : toFailure(error);
            if (entry !== undefined) sink.write(entry);
          },
          unsubscribe: () => {
            sink.write(
              isOpen
                ? { event: 'close', from: 'client', code: 1000, reason: '' }
                : { event: 'failed', reason: 'aborted' },
            );
          },
        }),
        map((connection) => tapConnection(connection, sink)),
      );
    });
}

const CLOSED_WITHOUT_CODE = { event: 'close', from: 'server', code: 1005, reason: '' } as const;

function tapConnection(connection: Connection, sink: RecordingSink): Connection {
  return {
    frames$: connection.frames$.pipe(
      tap((frame) => {
        sink.write({ event: 'frame', from: 'server', ...toPayload(frame) }, frame);
      }),
      // However many listen, a frame is written once.
      share(),
    ),
    send(frame) {
      connection.send(frame);
      sink.write({ event: 'frame', from: 'client', ...toPayload(frame) }, frame);
    },
  };
}

/** How a connection ended; whatever is no close has cut it. */
function toClose(error: unknown): UnstampedEntry {
  const { code, reason } =
    error instanceof ConnectionClosedError ? error : { code: 1006, reason: '' };
  return { event: 'close', from: 'server', code, reason };
}

/** How a dial failed; nothing where there was none for want of a token. */
function toFailure(error: unknown): UnstampedEntry | undefined {
  if (error instanceof HandshakeRefusedError) {
    const { status, retryAfterMs } = error;
    return { event: 'refused', status, ...(retryAfterMs !== undefined && { retryAfterMs }) };
  }
  if (error instanceof TokenUnavailableError) return undefined;
  if (error instanceof HandshakeTimeoutError) {
    return error.waitingFor === 'token' ? undefined : { event: 'failed', reason: 'timeout' };
  }
  const code = error instanceof ConnectFailedError ? error.code : undefined;
  return { event: 'failed', reason: 'unreachable', ...(code !== undefined && { code }) };
}
