import type { Connection, Frame } from '@livecall/core';
import { neverSaid } from '@livecall/core/internal';
import { asyncScheduler, Observable } from 'rxjs';

import { callSafely } from './call-safely.js';

/**
 * What a connection says. Where its frames end, it is lost, as it is to `liveCall`: it errors with
 * what they end with, or a close without a code. How it ended is the transport's to say, which may do
 * so in that turn.
 *
 * @param onFailure called with what a transport throws that cannot be left
 * @see PROTOCOL.md#life-cycle
 */
export function hearFrames(
  { frames$ }: Connection,
  onFailure: (failure: unknown) => void,
): Observable<Frame> {
  // Not composed: the operators would be three more for each frame to pass.
  return new Observable((subscriber) => {
    const failLater = (error: unknown) => {
      const failing = asyncScheduler.schedule(() => {
        callSafely(() => {
          subscriber.error(error);
        }, onFailure);
      });
      subscriber.add(failing);
    };
    const hearing = frames$.subscribe({
      next: (frame) => {
        subscriber.next(frame);
      },
      error: failLater,
      complete: () => {
        failLater(neverSaid());
      },
    });
    subscriber.add(hearing);
  });
}
