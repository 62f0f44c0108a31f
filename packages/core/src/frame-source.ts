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
  private isHeard = false;
  private kept: Frame[] | undefined;
  private keptLength = 0;

  override next(frame: Frame): void {
    if (this.isHeard) super.next(frame);
    else if (this.keptLength <= MOST_KEPT) this.keep(frame);
  }

  override listen(subscriber: Subscriber<Frame>): void {
    if (this.isHeard) {
      super.listen(subscriber);
      return;
    }
    if (this.keptLength > MOST_KEPT) {
      this.isHeard = true;
      this.error(new ConnectionClosedError(1006, '', { cause: new Error(TOO_LATE) }));
      super.listen(subscriber);
      return;
    }
    // What comes meanwhile comes after it; what is left when its listener leaves waits for the next.
    for (let frame = this.take(); frame !== undefined; frame = this.take()) {
      subscriber.next(frame);
      if (subscriber.closed) return;
    }
    this.kept = undefined;
    this.isHeard = true;
    super.listen(subscriber);
  }

  private keep(frame: Frame): void {
    this.keptLength += frame.length;
    // Not even what was kept so far: with a hole in it, it is of no use.
    if (this.keptLength > MOST_KEPT) this.kept = undefined;
    else (this.kept ??= []).push(frame);
  }

  private take(): Frame | undefined {
    const frame = this.kept?.shift();
    this.keptLength -= frame?.length ?? 0;
    return frame;
  }
}

const TOO_LATE = 'nobody listened to its first megabyte';
