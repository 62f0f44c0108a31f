import { asyncScheduler } from 'rxjs';
import type { Observable, Observer, Subscription } from 'rxjs';

import type { Verdict } from './classify.js';
import { dialRequest, subscribeAs } from './dial-request.js';
import type { DialRequest } from './dial-request.js';
import { monotonicNow } from './internal/monotonic-now.js';
import { isLiveCallError } from './live-call-error.js';
import { toAskedMs, toBackoffMs } from './retry-delay.js';
import type { CheckedRetryOptions, Retry } from './retry-options.js';
import type { Connection, Transport } from './transport.js';

/** Who hears of the connections that are dialled. */
export interface Follower {
  /** Does what the transport says, at once or when it is its turn. */
  inTurn(news: () => void): void;
  follow(connection: Connection): void;
  /** Says what to do about the end of a dial or connection. */
  classify(cause: unknown): Verdict;
  onRetry(retry: Retry): void;
  /** Nothing comes after it. */
  fail(error: unknown): void;
  /** The transport has completed. */
  end(): void;
}

/**
 * Dials, and dials again as `retryConnection` says. It is the observer of the transport itself, and
 * a class: `tap`, `retry` and what a closure keeps were two kilobytes of every call that is open.
 */
export class Dialler implements Observer<Connection> {
  readonly #transport: Transport;
  readonly #options: CheckedRetryOptions;
  readonly #follower: Follower;
  readonly #life: Subscription;
  readonly #lookNow$: Observable<unknown> | undefined;
  /** Who recorded what is dialled, above it, hears of the later dials' tokens as well. */
  readonly #onTokens = dialRequest().onTokens;
  /** The dial, or the wait for it. */
  #current: Subscription | undefined;
  #isWaiting = false;
  #isOver = false;

  #attempt = 0;
  #spentMs = 0;
  #refreshes = 0;
  /** The tokens that the next dial takes are renewed ones, and none of them has been let in. */
  #isRefreshed = false;
  // Fractions from the first, as the clock has them: V8 makes a new object of one that becomes so.
  #dialledAt = 0.5;
  #openedAt = Infinity;

  constructor(
    transport: Transport,
    options: CheckedRetryOptions,
    follower: Follower,
    life: Subscription,
    lookNow$?: Observable<unknown>,
  ) {
    this.#transport = transport;
    this.#options = options;
    this.#follower = follower;
    this.#life = life;
    this.#lookNow$ = lookNow$;
  }

  dial(): void {
    this.#isWaiting = false;
    this.#dialledAt = monotonicNow();
    const request: DialRequest = {
      reason: this.#isRefreshed ? 'unauthorized' : 'connect',
      life: this.#life,
      ...(this.#lookNow$ && { lookNow$: this.#lookNow$ }),
      ...(this.#onTokens && { onTokens: this.#onTokens }),
    };
    const dialled = subscribeAs(request, this.#transport, this);
    // Left while it was dialled; or it has ended already, and is waited for.
    if (this.#isOver) dialled.unsubscribe();
    else if (!dialled.closed) this.#current = dialled;
  }

  next(connection: Connection): void {
    this.#follower.inTurn(() => {
      if (this.#isOver) return;
      this.#openedAt = monotonicNow();
      this.#isRefreshed = false;
      this.#follower.follow(connection);
    });
  }

  error(cause: unknown): void {
    this.#follower.inTurn(() => {
      if (!this.#isOver) this.#lose(cause);
    });
  }

  complete(): void {
    this.#follower.inTurn(() => {
      if (!this.#isOver) this.#follower.end();
    });
  }

  /** Takes the connection for lost, whatever the transport says. */
  breakOff(cause: unknown): void {
    const broken = this.#current;
    this.error(cause);
    broken?.unsubscribe();
  }

  /** Things have changed: a wait ends at once, and time and retries count from 0 again. */
  look(): void {
    this.#attempt = 0;
    this.#spentMs = 0;
    if (!this.#isWaiting || this.#isOver) return;
    this.#current?.unsubscribe();
    this.#wait(this.#toGapMs());
  }

  unsubscribe(): void {
    this.#isOver = true;
    this.#current?.unsubscribe();
  }

  #lose(cause: unknown): void {
    try {
      const delayMs = this.#toDelayMs(cause);
      if (delayMs === undefined) throw cause;
      const retry = { attempt: this.#attempt, delayMs, cause };
      // First: whoever hears of it may want to look now, or leave.
      this.#wait(delayMs);
      this.#follower.onRetry(retry);
    } catch (error) {
      this.#isOver = true;
      this.#follower.fail(error);
    }
  }

  #wait(delayMs: number): void {
    // Whoever judged it may have left.
    if (this.#isOver) return;
    this.#isWaiting = true;
    this.#current = asyncScheduler.schedule(() => {
      this.dial();
    }, delayMs);
  }

  #toDelayMs(cause: unknown): number | undefined {
    const { giveUpAfterMs, maxAttempts, resetAfterMs, maxRetryAfterMs } = this.#options;
    // Of an end that stood in the socket while the event loop was blocked it is heard late, and the
    // connection seems to have held for longer than it did. So a call is dialled for too long, and
    // never given up too early: the clock may be read here, without `patience`.
    const endedAt = monotonicNow();
    if (endedAt - this.#openedAt >= resetAfterMs) this.#reset();
    else this.#spentMs += Math.min(endedAt - this.#dialledAt, LONGEST_DIAL_MS);
    this.#openedAt = Infinity;

    const verdict = this.#follower.classify(cause);
    if (verdict === 'refresh-token') {
      if (this.#isRefreshed) return undefined;
      this.#isRefreshed = true;
      this.#refreshes += 1;
      if (this.#refreshes === 1) return this.#toGapMs();
    } else {
      if (verdict !== 'retry') return undefined;
      if (!isBeforeDial(cause)) this.#isRefreshed = false;
    }
    if (this.#attempt >= maxAttempts || this.#spentMs >= giveUpAfterMs) return undefined;

    const ownMs = toBackoffMs(this.#attempt, this.#options);
    this.#attempt += 1;
    // At least something: where neither dialling nor waiting takes time, it ends, too.
    this.#spentMs += Math.max(1, ownMs);
    return Math.max(ownMs, toAskedMs(cause, maxRetryAfterMs));
  }

  /** How long the dial may have to wait for the one before it. */
  #toGapMs(): number {
    const { baseDelayMs, maxDelayMs } = this.#options;
    const leastMs = Math.ceil(Math.min(baseDelayMs, maxDelayMs) / 2);
    return Math.max(0, Math.ceil(this.#dialledAt + leastMs - monotonicNow()));
  }

  #reset(): void {
    this.#attempt = 0;
    this.#spentMs = 0;
    this.#refreshes = 0;
    this.#isRefreshed = false;
  }
}

/** Of a dial that took longer, a machine that slept meanwhile is to blame, and not the server. */
const LONGEST_DIAL_MS = 30_000;

/** Whether the server was not even asked: what it said of the tokens before still stands. */
function isBeforeDial(cause: unknown): boolean {
  if (!isLiveCallError(cause)) return false;
  return (
    cause._tag === 'TokenUnavailableError' ||
    (cause._tag === 'HandshakeTimeoutError' && cause.waitingFor === 'token')
  );
}
