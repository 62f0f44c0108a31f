import type {
  ConnectFailedError,
  Connection,
  ConnectionClosedError,
  Frame,
  HandshakeRefusedError,
  HandshakeTimeoutError,
  TokenUnavailableError,
} from '@livecall/core';
import { dialRequest } from '@livecall/core';
import { sendOn, subscribeAs, tapFrames } from '@livecall/core/internal';
import type { FrameListener } from '@livecall/core/internal';
import { Observable } from 'rxjs';
import type {
  MonoTypeOperatorFunction,
  Observer,
  Subscriber,
  Subscription,
  Unsubscribable,
} from 'rxjs';

import { toPayload } from './format/payload.js';
import type { FrameEntry, UnstampedEntry } from './format/recording.js';
import { frameWriterOf } from './recording-sink.js';
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
      const dial = new RecordedDial(sink, subscriber);
      dial.begin(transport);
      // Only now: whether its tokens are known, a transport says as it is subscribed.
      sink.start();
      return dial;
    });
}

/** The sinks that write what crosses a connection: their first that is not over. */
const connected = new WeakSet<RecordingSink>();

const CLOSED_WITHOUT_CODE = { event: 'close', from: 'server', code: 1005, reason: '' } as const;
const ABORTED = { event: 'failed', reason: 'aborted' } as const;

/**
 * One dial, and what crosses its connection. It is the observer of the transport itself, and a class,
 * as what it writes to is: as operators and closures, a recorded call kept 9 KB more of them.
 */
class RecordedDial implements Observer<Connection>, Unsubscribable, FrameListener {
  readonly #sink: RecordingSink;
  readonly #subscriber: Subscriber<Connection>;
  readonly #writer: ReturnType<typeof frameWriterOf>;
  #dialled: Subscription | undefined;
  #isOver = false;
  #isOpen = false;
  /** Whether it is the connection of its sink. */
  #isWritten = false;
  #closing: readonly [code: number, reason: string] = NORMAL;

  constructor(sink: RecordingSink, subscriber: Subscriber<Connection>) {
    this.#sink = sink;
    this.#subscriber = subscriber;
    this.#writer = frameWriterOf(sink);
  }

  begin(transport: Observable<Connection>): void {
    const request = dialRequest();
    const sink = this.#sink;
    const onTokens = (tokens: readonly string[]) => {
      sink.conceal?.(tokens);
      request.onTokens?.(tokens);
    };
    this.#dialled = subscribeAs({ ...request, onTokens }, transport, this);
    // Left while it was dialled.
    if (this.#isOver) this.#dialled.unsubscribe();
  }

  next(connection: Connection): void {
    const sink = this.#sink;
    this.#isOpen = true;
    if (!connected.has(sink)) {
      connected.add(sink);
      this.#isWritten = true;
    }
    sink.write({ event: 'open', status: 101 });
    this.#subscriber.next(this.#tap(connection));
  }

  error(error: unknown): void {
    this.#end(this.#isOpen ? toClose(error) : toFailure(error));
    this.#subscriber.error(error);
  }

  complete(): void {
    // No transport of livecall's completes. One of someone else's has closed, if it does.
    this.#end(this.#isOpen ? CLOSED_WITHOUT_CODE : undefined);
    this.#subscriber.complete();
  }

  unsubscribe(): void {
    this.#dialled?.unsubscribe();
    if (this.#isOver) return;
    const [code, reason] = this.#closing;
    this.#end(this.#isOpen ? { event: 'close', from: 'client', code, reason } : ABORTED);
  }

  #end(entry: UnstampedEntry | undefined): void {
    const sink = this.#sink;
    const isBeside = this.#isOpen && !this.#isWritten;
    if (entry !== undefined && !isBeside) sink.write(entry);
    this.#isOver = true;
    this.#isOpen = false;
    if (this.#isWritten) connected.delete(sink);
    this.#isWritten = false;
  }

  /** A frame of the server's. */
  hear(frame: Frame): void {
    this.#write('server', frame);
  }

  #write(from: FrameEntry['from'], frame: Frame): void {
    if (!this.#isWritten) return;
    if (this.#writer !== undefined) this.#writer.frame(from, frame);
    else this.#sink.write({ event: 'frame', from, ...toPayload(frame) }, frame);
  }

  #tap(connection: Connection): Connection {
    return {
      frames$: tapFrames(connection.frames$, this),
      send: (frame) => {
        const given = sendOn(connection, frame);
        this.#write('client', frame);
        return given;
      },
      bufferedBytes: () => connection.bufferedBytes?.() ?? 0,
      isReading: () => connection.isReading?.() ?? false,
      ...(connection.away$ && { away$: connection.away$ }),
      closeWith: (code, reason) => {
        connection.closeWith?.(code, reason);
        // A cut is no code that a client closes with.
        if (code !== 1006) this.#closing = [code, reason];
      },
    };
  }
}

const NORMAL: readonly [code: number, reason: string] = [1000, ''];

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
