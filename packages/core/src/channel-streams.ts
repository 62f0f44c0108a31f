import type { Subscriber } from 'rxjs';

import type { ChannelListener } from './channel-listener.js';
import type { Closed, ConnectionState } from './connection-state.js';
import { Latest } from './latest.js';
import type { LiveCallError } from './live-call-error.js';
import { Multicast } from './multicast.js';
import type { Received } from './received.js';

const IDLE: ConnectionState = { status: 'idle' };

/**
 * What a channel tells, in which order, and what of its end those hear who come later. A class,
 * since every call has one.
 */
export class ChannelStreams<In> {
  readonly messages = new Multicast<Received<In>>();
  readonly errors = new Multicast<LiveCallError>();
  readonly state = new Latest<ConnectionState>(IDLE);
  readonly listener: ChannelListener<In>;
  #isTelling = false;
  #untold: (() => void)[] | undefined;
  /** Whether they have ended, or are about to. */
  isClosed = false;

  constructor(listener: ChannelListener<In>) {
    this.listener = listener;
  }

  /**
   * Tells one thing after the other: what happens while something is told, a hang-up for one, is
   * told when everyone has heard that.
   */
  tell<Teller, A>(teller: Teller, news: (this: Teller, value: A) => void, value: A): void {
    if (this.#isTelling) {
      (this.#untold ??= []).push(() => {
        news.call(teller, value);
      });
      return;
    }
    this.#isTelling = true;
    try {
      news.call(teller, value);
      if (this.#untold !== undefined) this.#tellUntold();
    } finally {
      this.#isTelling = false;
    }
  }

  #tellUntold(): void {
    for (let next = this.#untold; next !== undefined; next = this.#untold) {
      this.#untold = undefined;
      for (const later of next) later();
    }
  }

  /** Ends all of them, once, when it is its turn. */
  close(closed: Closed): void {
    if (this.isClosed) return;
    this.isClosed = true;
    this.tell(this, this.#tellClosed, closed);
  }

  /** The state first: it settles the commands that wait, before the messages they wait for end. */
  #tellClosed(closed: Closed): void {
    this.state.next(closed);
    if (closed.reason === 'failed') {
      const { error } = closed;
      this.errors.next(error);
      this.listener.closed?.(closed);
      this.messages.error(error);
      this.errors.end(complete, (late) => {
        late.next(error);
        late.complete();
      });
    } else {
      this.listener.closed?.(closed);
      this.messages.complete();
      this.errors.complete();
    }
    this.listener.told?.();
    this.state.complete();
  }
}

const complete = (listener: Subscriber<unknown>) => {
  listener.complete();
};
