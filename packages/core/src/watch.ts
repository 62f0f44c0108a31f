import { Observable, Subject } from 'rxjs';
import type { MonoTypeOperatorFunction, Subscription } from 'rxjs';

import type { CallNews } from './call-news.js';
import { dialRequest } from './dial-request.js';
import { assertDurationMs } from './internal/assert-duration-ms.js';
import { assertFunctions } from './internal/assert-option.js';
import type { AnyProtocol } from './protocol.js';
import { liveCallProtocol } from './protocol/live-call-protocol.js';
import type { Connection } from './transport.js';
import { watchedCall } from './watched-call.js';
import type { WatchedCall } from './watched-call.js';

/** What is watched. */
export interface WatchOptions {
  /** What is said on it. @default liveCallProtocol */
  readonly protocol?: AnyProtocol;
  /** Milliseconds after which a command that is not answered is told to be late. @default 5000 */
  readonly lateAfterMs?: number;
}

/**
 * Tells what happens on a transport, and changes none of it: each dial and how it went, each message
 * by its type and size, each command and its answer, each end.
 *
 * One operator watches as many calls as it is put over: all dials of one `liveCall`, or of one
 * `retryConnection`, are a call; where nothing dials again, each dial is one. It stands below these
 * two. Every frame is decoded once more, so that what is not watched costs nothing.
 *
 * @param onNews is told before anyone else hears of it; what it throws is an unhandled error, and no
 *   matter of the call's
 * @throws TypeError for an option that cannot be
 * @see docs/opentelemetry.md
 * @example
 * import { liveCall, watch } from '@livecall/core';
 * import type { Transport } from '@livecall/core';
 *
 * export const logged = (transport: Transport, log: (line: object) => void) =>
 *   liveCall(transport.pipe(watch(log)));
 */
export function watch(
  onNews: (news: CallNews) => void,
  { protocol = liveCallProtocol, lateAfterMs = 5_000 }: WatchOptions = {},
): MonoTypeOperatorFunction<Connection> {
  if (typeof (onNews as unknown) !== 'function') throw new TypeError('watch needs a function.');
  assertFunctions({ decode: protocol.decode, decodeCommand: protocol.decodeCommand });
  assertDurationMs({ lateAfterMs });
  // A subscriber of RxJS's reports what a listener throws, and goes on.
  const news$ = new Subject<CallNews>();
  news$.subscribe(onNews);
  const tell = (news: CallNews) => {
    news$.next(news);
  };
  const calls = new WeakMap<Subscription, WatchedCall>();
  let begun = 0;

  return (transport) =>
    new Observable((subscriber) => {
      const { life = subscriber, reason } = dialRequest();
      const known = calls.get(life);
      if (known === undefined) begun += 1;
      const call = known ?? watchedCall(begun, tell, protocol, lateAfterMs);
      const dial = call.dial(reason);
      subscriber.add(() => {
        dial.leave();
      });
      if (known === undefined) {
        calls.set(life, call);
        // After the end of its dial, where that is all there is of it.
        life.add(call.end);
      }
      const subscription = transport.subscribe({
        next: (connection) => {
          subscriber.next(dial.open(connection));
        },
        error: (error: unknown) => {
          dial.fail(error, () => {
            subscriber.error(error);
          });
        },
        complete: () => {
          dial.leave('server', 1005);
          subscriber.complete();
        },
      });
      subscriber.add(subscription);
    });
}
