import { Observable } from 'rxjs';
import type { MonoTypeOperatorFunction, Observer, Subscription } from 'rxjs';

import type { Connection, Transport } from './transport.js';

/** Why and for whom a transport is subscribed. */
export interface DialRequest {
  /** `unauthorized` after the verdict `refresh-token`: the tokens of the dial before will not do. */
  readonly reason: 'connect' | 'unauthorized';
  /** Emits when the app wants to know at once whether the connection still lives. */
  readonly lookNow$?: Observable<unknown>;
  /**
   * Whose dial it is: what holds all dials of one call together, and ends with them. A token that
   * came too late for one of them is kept for the next until then.
   */
  readonly life?: Subscription;
  /**
   * Hears the tokens that are dialled with, as whoever writes down what crosses the connection must,
   * to leave them out: when the transport is subscribed, those that are known by then, or none; and
   * all of them before they are dialled with. A transport that has none calls it with none. It does
   * not throw.
   */
  readonly onTokens?: (tokens: readonly string[]) => void;
}

const FIRST: DialRequest = { reason: 'connect' };

/** One for all copies of the package in a realm: what retries and what dials may be of two. */
const slot: { current?: DialRequest | undefined } = ((globalThis as Record<symbol, unknown>)[
  Symbol.for('@livecall/core dial request')
] ??= {});

/**
 * Why the transport that is being subscribed is dialled. To be read within the subscription, by what
 * dials: after it, and where nothing retries, it is the request of a first dial.
 *
 * This is how the verdict of `retryConnection` gets through whatever operators stand between it and
 * the transport, and why a transport remembers nothing from one dial to the next. A transport that
 * subscribes to another one later than it is subscribed itself takes it along.
 *
 * @example
 * import { dialRequest, withDialRequest } from '@livecall/core';
 * import type { Transport } from '@livecall/core';
 * import { defer, switchMap, timer } from 'rxjs';
 *
 * export const later = (transport: Transport, ms: number): Transport =>
 *   defer(() => {
 *     const request = dialRequest();
 *     return timer(ms).pipe(switchMap(() => transport.pipe(withDialRequest(request))));
 *   });
 */
export function dialRequest(): DialRequest {
  return slot.current ?? FIRST;
}

/**
 * Subscribes the transport with this request; what the transport tells is told without it.
 *
 * @see dialRequest
 * @example
 * import { withDialRequest } from '@livecall/core';
 * import type { Transport } from '@livecall/core';
 *
 * // Never with a token of the cache.
 * export const fresh = (transport: Transport): Transport =>
 *   transport.pipe(withDialRequest({ reason: 'unauthorized' }));
 */
export function withDialRequest(request: DialRequest): MonoTypeOperatorFunction<Connection> {
  return (transport) => new Observable((subscriber) => subscribeAs(request, transport, subscriber));
}

/** What `withDialRequest` does, without an operator that every call would keep. */
export function subscribeAs(
  request: DialRequest,
  transport: Transport,
  observer: Observer<Connection>,
): Subscription {
  const outside = slot.current;
  const dialling = new Dialling(observer, outside);
  slot.current = request;
  try {
    return transport.subscribe(dialling);
  } finally {
    dialling.isSubscribing = false;
    slot.current = outside;
  }
}

/**
 * Tells what the transport tells, without the request: whoever hears of it at once may dial something
 * else within it, and that is another dial. A class, since every open call keeps one.
 */
class Dialling implements Observer<Connection> {
  isSubscribing = true;
  readonly #observer: Observer<Connection>;
  readonly #outside: DialRequest | undefined;

  constructor(observer: Observer<Connection>, outside: DialRequest | undefined) {
    this.#observer = observer;
    this.#outside = outside;
  }

  next(connection: Connection): void {
    this.#tell(() => {
      this.#observer.next(connection);
    });
  }

  error(failure: unknown): void {
    this.#tell(() => {
      this.#observer.error(failure);
    });
  }

  complete(): void {
    this.#tell(() => {
      this.#observer.complete();
    });
  }

  #tell(news: () => void): void {
    if (!this.isSubscribing) {
      news();
      return;
    }
    const within = slot.current;
    slot.current = this.#outside;
    try {
      news();
    } finally {
      slot.current = within;
    }
  }
}
