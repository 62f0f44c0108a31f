import type { Subscriber } from 'rxjs';

import { Multicast } from './multicast.js';
import { ConnectionClosedError } from './transport-error.js';
import type { Frame } from './transport.js';

/** So much is kept for whoever comes late, in characters and bytes. */
const MOST_KEPT = 1024 * 1024;

/**
 * The frames of one connection, for a transport to tell: its `values$` is what
 * {@link Connection.frames$} asks for. What comes before anyone listens is kept for the first who
 * does, up to a megabyte: so `delayWhen`, or any operator that passes a connection on later, loses
 * nothing. With more, nothing is kept, and who listens hears that the connection is lost.
 *
 * A class for the reason that `Multicast` is one.
 *
 * @example
 * import type { MessagePort } from 'node:worker_threads';
 *
 * import { FrameSource } from '@livecall/core';
 * import type { Transport } from '@livecall/core';
 * import { Observable } from 'rxjs';
 *
 * export const overPort = (port: MessagePort): Transport =>
 *   new Observable((subscriber) => {
 *     const frames = new FrameSource();
 *     port.on('message', (message) => frames.next(String(message)));
 *     subscriber.next({ frames$: frames.values$, send: (frame) => port.postMessage(frame) });
 *     return () => port.close();
 *   });
 */
export class FrameSource extends Multicast<Frame> {
  #isHeard = false;
  #kept: Frame[] | undefined;
  #keptLength = 0;

  override next(frame: Frame): void {
    if (this.#isHeard) {
      super.next(frame);
      return;
    }
    if (this.isEnded) return;
    this.#keptLength += frame.length;
    // Not even what was kept so far: with a hole in it, it is of no use.
    if (this.#keptLength > MOST_KEPT) this.#kept = undefined;
    else (this.#kept ??= []).push(frame);
  }

  override listen(subscriber: Subscriber<Frame>): void {
    // What comes meanwhile comes after it; what is left when its listener leaves waits for the next.
    for (let frame = this.#kept?.shift(); frame !== undefined; frame = this.#kept?.shift()) {
      this.#keptLength -= frame.length;
      subscriber.next(frame);
      if (subscriber.closed) return;
    }
    this.#kept = undefined;
    this.#isHeard = true;
    if (this.#keptLength > MOST_KEPT)
      this.error(new ConnectionClosedError(1006, '', { cause: new Error(TOO_LATE) }));
    super.listen(subscriber);
  }
}

const TOO_LATE = 'nobody listened to its first megabyte';
