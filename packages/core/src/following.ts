import { asyncScheduler, Subscription } from 'rxjs';

import type { ChannelListener } from './channel-listener.js';
import { ChannelStreams } from './channel-streams.js';
import type { Verdict } from './classify.js';
import { CallEndedError, NotOpenError, ServerReportedError } from './command-error.js';
import {
  isClose,
  isNormalClose,
  neverSaid,
  toEndless,
  toLiveCallError,
  toLost,
} from './connection-end.js';
import type { Closed, ConnectionState } from './connection-state.js';
import { Dialler } from './dialler.js';
import type { Follower } from './dialler.js';
import { sendOn } from './internal/send-on.js';
import type { CommandLine } from './issue-command.js';
import type { LiveCallError } from './live-call-error.js';
import { Multicast } from './multicast.js';
import { patience } from './patience.js';
import type { Progress } from './patience.js';
import type { Answer, ClientProtocol, CommandId } from './protocol.js';
import type { Received } from './received.js';
import type { CheckedRetryOptions, Retry } from './retry-options.js';
import type { ConnectionClosedError } from './transport-error.js';
import type { Connection, Frame, Transport } from './transport.js';
import { warnConnectedAfterEnd } from './warn-connected-after-end.js';

interface FollowingOptions<In> {
  readonly retryOptions: CheckedRetryOptions;
  readonly lingerMs: number;
  readonly createId: (() => CommandId) | undefined;
  readonly listener: ChannelListener<In>;
}

const CONNECTING: ConnectionState = { status: 'connecting' };
const CALL_ENDED: Closed = { status: 'closed', reason: 'call-ended' };
const CLEAN_CLOSE: Closed = { status: 'closed', reason: 'clean-close' };
const HUNG_UP: Closed = { status: 'closed', reason: 'hung-up' };

/**
 * Follows a channel through its connections. It is the observer of their frames itself, and a class:
 * as closures, what one channel keeps was 4 KB more.
 */
export class Following<In, Out extends { readonly type: string }>
  implements CommandLine<In, Out>, Follower
{
  readonly streams: ChannelStreams<In>;
  readonly #transport: Transport;
  readonly #protocol: ClientProtocol<In, Out>;
  readonly #options: FollowingOptions<In>;
  #life: Subscription | undefined;
  #dialler: Dialler | undefined;
  #looks: Multicast<void> | undefined;
  #open: Connection | undefined;
  #hearing: Subscription | undefined;
  #connections = 0;
  #heard = 0;
  #sent = 0;
  #answers: Answer | undefined;
  #hasEnded = false;
  #hasWarned = false;
  /** What the server closed with when it was 1000, and no connection has opened since. */
  #normalClose: ConnectionClosedError | undefined;
  #isRetried = false;

  constructor(
    transport: Transport,
    protocol: ClientProtocol<In, Out>,
    options: FollowingOptions<In>,
  ) {
    this.streams = new ChannelStreams(options.listener);
    this.#transport = transport;
    this.#protocol = protocol;
    this.#options = options;
  }

  inTurn(news: () => void): void {
    this.streams.tell(undefined, news, undefined);
  }

  /* What a connection says */

  /** A frame. */
  next(frame: Frame): void {
    this.#heard += 1;
    this.streams.tell(this, this.#tellFrame, frame);
  }

  /** Of the frames. */
  error(error: unknown): void {
    this.#dropLater(toLost(error));
  }

  complete(): void {
    this.#dropLater(neverSaid());
  }

  #tellFrame(frame: Frame): void {
    // Lost, and dialled again: what a transport may still deliver of it comes too late.
    if (this.#open === undefined || this.#life?.closed === true) return;
    const decoded = this.#protocol.decode(frame);
    if (decoded._tag === 'Left') {
      this.streams.errors.next(decoded.left);
      return;
    }
    const { message, type, isKnown, isEnd, answers, reports } = decoded.right;
    const received = {
      connection: this.#connections,
      at: asyncScheduler.now(),
      type: isKnown ? type : 'unknown',
      message,
    } as Received<In>;
    const { listener } = this.#options;
    listener.received?.(received, frame);
    // Before anyone hears of it: whoever hangs up then, or sends, does so after the end.
    if (isEnd && !this.#hasEnded) this.#linger();
    this.#answers = answers;
    this.streams.messages.next(received);
    if (reports !== undefined) this.streams.errors.next(new ServerReportedError(reports));
    listener.told?.(received);
  }

  #linger(): void {
    this.#hasEnded = true;
    const hangUp = () => this.#life?.unsubscribe();
    this.#life?.add(patience(this.#options.lingerMs, this.progress).subscribe(hangUp));
    this.streams.state.next({ status: 'closing', connection: this.#connections });
  }

  get progress(): Progress {
    return () => (this.#open?.isReading?.() === true ? NaN : this.#heard);
  }

  /**
   * A connection of someone else's whose frames end is lost. How it ended is the transport's to say:
   * it may do so in this turn.
   */
  #dropLater(error: LiveCallError): void {
    const connection = this.#open;
    const drop = () => {
      if (connection === undefined || this.#open !== connection) return;
      this.inTurn(() => this.#dialler?.breakOff(error));
    };
    this.#life?.add(asyncScheduler.schedule(drop));
  }

  /* What the dialler says */

  /** Listens to a connection before anyone is told of it: what it says at once is told next. */
  follow(connection: Connection): void {
    this.#lose();
    this.#open = connection;
    this.#normalClose = undefined;
    this.#connections += 1;
    const { listener } = this.#options;
    listener.opened?.(this.#connections);
    try {
      this.#hearing = connection.frames$.subscribe(this);
    } catch (error) {
      // A connection of someone else's that is none.
      this.fail(error);
      return;
    }
    this.streams.state.next({ status: 'open', connection: this.#connections });
    listener.told?.();
    this.#hearAway(connection);
  }

  #hearAway({ away$ }: Connection): void {
    if (away$ === undefined) return;
    const hearing = away$.subscribe({
      next: (isAway) => {
        this.inTurn(() => {
          this.#tellAway(isAway);
        });
      },
      // Nobody knows any more whether anything comes.
      error: (error: unknown) => {
        this.error(error);
      },
    });
    this.#hearing?.add(hearing);
  }

  #tellAway(isAway: boolean): void {
    const isOver = this.#open === undefined || this.#hasEnded || this.#life?.closed === true;
    const status = isAway ? 'away' : 'open';
    if (isOver || this.streams.state.last.status === status) return;
    this.streams.state.next({ status, connection: this.#connections });
  }

  classify(error: unknown): Verdict {
    this.#lose();
    if (isNormalClose(error)) this.#normalClose = error;
    const verdict =
      this.#hasEnded || this.#isEndingClose(error)
        ? 'fatal'
        : this.#options.retryOptions.classify(error);
    this.#isRetried = verdict === 'retry';
    return verdict;
  }

  onRetry({ attempt, delayMs, cause: thrown }: Retry): void {
    const cause = toLiveCallError(thrown);
    this.streams.state.next({ status: 'reconnecting', attempt, delayMs, cause });
    this.streams.errors.next(cause);
  }

  fail(error: unknown): void {
    this.streams.close(this.#toClosed(toLiveCallError(error)));
    this.#life?.unsubscribe();
  }

  /** A transport that completes, though none should, has closed. */
  end(): void {
    this.#dialler?.error(neverSaid());
  }

  #lose(): void {
    this.#open = undefined;
    this.#hearing?.unsubscribe();
  }

  /* The end */

  #toClosed(error: LiveCallError): Closed {
    if (this.#hasEnded) return CALL_ENDED;
    if (this.#isEndingClose(error)) return CLEAN_CLOSE;
    const normalClose = this.#normalClose;
    return {
      status: 'closed',
      reason: 'failed',
      error: normalClose ? toEndless(error, normalClose, this.#isRetried) : error,
    };
  }

  #isEndingClose(error: unknown): boolean {
    return isClose(error) && this.#protocol.isEndingClose(error.code);
  }

  #leave(): void {
    this.#dialler?.unsubscribe();
    this.#hearing?.unsubscribe();
    this.streams.close(this.#hasEnded ? CALL_ENDED : HUNG_UP);
  }

  /* What a command asks for */

  get answers(): Answer | undefined {
    return this.#answers;
  }

  get encode(): ClientProtocol<In, Out>['encode'] {
    return this.#protocol.encode;
  }

  createId(): CommandId {
    this.#sent += 1;
    const { createId = this.#protocol.createId } = this.#options;
    return createId(this.#sent);
  }

  send(type: string, frame: Frame): unknown {
    // Hung up on in a message that is still being told.
    if (this.streams.isClosed || this.#life?.closed === true) {
      throw new CallEndedError(type, 'not-sent');
    }
    if (this.#open === undefined) throw new NotOpenError();
    return sendOn(this.#open, frame);
  }

  /* What an app asks for */

  connect(): Subscription {
    if (this.#life !== undefined) {
      if (this.#life.closed && !this.#hasWarned) {
        this.#hasWarned = true;
        warnConnectedAfterEnd(this.#life);
      }
      return this.#life;
    }
    const life = new Subscription(() => {
      this.#leave();
    });
    this.#life = life;
    this.inTurn(() => {
      this.streams.state.next(CONNECTING);
    });
    // Whoever hears it may hang up within it.
    if (life.closed) return life;
    this.#looks = new Multicast();
    this.#dialler = new Dialler(
      this.#transport,
      this.#options.retryOptions,
      this,
      life,
      this.#looks.values$,
    );
    this.#dialler.dial();
    return life;
  }

  lookNow(): void {
    if (this.streams.isClosed) return;
    this.#dialler?.look();
    this.#looks?.next();
  }
}
