import { distinctUntilChanged, map, Observable } from 'rxjs';

import { CallLog } from './call-snapshot.js';
import type { CallSnapshot } from './call-snapshot.js';
import type { ChannelListener } from './channel-listener.js';
import type { Closed } from './connection-state.js';
import { Latest } from './latest.js';
import { Multicast } from './multicast.js';
import type { CallEvent, ServerMessage, Transcript } from './protocol/messages.js';
import type { Received } from './received.js';
import type { Frame } from './transport.js';

/**
 * What a live call shows beside its channel: its events, what is said, and the call so far. They are
 * no filters of `messages$`: whoever follows them hears of a message when all of its listeners have.
 *
 * A class for the reason that `Multicast` is one.
 */
export class CallViews implements ChannelListener<ServerMessage> {
  readonly #events = new Multicast<CallEvent>();
  readonly #transcript = new Multicast<Transcript>();
  readonly #logged = new Latest<void>(undefined);
  readonly #log: CallLog;
  #isOver = false;

  constructor(maxUtterances: number) {
    this.#log = new CallLog(maxUtterances);
  }

  get events$(): Observable<CallEvent> {
    return this.#events.values$;
  }

  get transcript$(): Observable<Transcript> {
    return this.#transcript.values$;
  }

  get call$(): Observable<CallSnapshot> {
    // Made when it is asked for: a call that nobody follows so would have made it for nothing.
    return new Observable((subscriber) =>
      this.#logged.values$
        .pipe(
          map(() => this.#log.snapshot()),
          distinctUntilChanged(),
        )
        .subscribe(subscriber),
    );
  }

  opened(connection: number): void {
    this.#log.open(connection);
  }

  received(received: Received, frame: Frame): void {
    this.#log.add(received, typeof frame === 'string' ? frame : undefined);
  }

  told(received?: Received): void {
    if (received !== undefined) this.#show(received.message);
    this.#logged.next();
    if (this.#isOver) this.#logged.complete();
  }

  #show(message: ServerMessage): void {
    switch (message.type) {
      case 'event:callEnd':
      case 'event:start':
      case 'event:end':
        this.#events.next(message);
        break;
      case 'transcript':
        this.#transcript.next(message);
        break;
      default:
    }
  }

  closed(closed: Closed): void {
    this.#isOver = true;
    for (const stream of [this.#events, this.#transcript]) {
      if (closed.reason === 'failed') stream.error(closed.error);
      else stream.complete();
    }
  }
}
