import { Observable } from 'rxjs';
import type { MonoTypeOperatorFunction } from 'rxjs';

import { Dialler } from './dialler.js';
import type { Follower } from './dialler.js';
import { checkRetryOptions } from './retry-options.js';
import type { RetryConnectionOptions } from './retry-options.js';
import type { Connection } from './transport.js';

/**
 * Dials again when a connection could not be made or was lost, as long as it may help.
 *
 *     dials    c---------#            the server goes away
 *                        ~~d---e-#    random wait, dialled again
 *     result   c-----------d---e-...  one connection after the other
 *
 * The wait is between half of `baseDelayMs` and the whole of it, doubled with every retry up to
 * `maxDelayMs`, or what the server's `Retry-After` asks for where that is longer. After the verdict
 * `refresh-token` it is dialled again at once, and the token functions are asked with the reason
 * `unauthorized`; a second such verdict in a row is fatal. Each further one that is not in a row
 * waits and counts as any retry does, until a connection stayed open for `resetAfterMs`. The
 * connection before is closed before the next dial; unsubscribing ends the wait, too.
 *
 * @throws TypeError for an option that is no duration, or a negative `giveUpAfterMs` or `maxAttempts`
 * @see PROTOCOL.md#dialling-again
 * @example
 * import { retryConnection } from '@livecall/core';
 * import type { Transport } from '@livecall/core';
 *
 * export const retrying = (transport: Transport): Transport =>
 *   transport.pipe(retryConnection({ giveUpAfterMs: 300_000 }));
 */
export function retryConnection(
  options: RetryConnectionOptions = {},
): MonoTypeOperatorFunction<Connection> {
  const checked = checkRetryOptions(options);
  const { lookNow$, onRetry } = options;
  return (transport) =>
    new Observable((subscriber) => {
      const follower: Follower = {
        inTurn: (news) => {
          news();
        },
        follow: (connection) => {
          subscriber.next(connection);
        },
        classify: (cause) => checked.classify(cause),
        onRetry: (retry) => onRetry?.(retry),
        fail: (error) => {
          subscriber.error(error);
        },
        end: () => {
          subscriber.complete();
        },
      };
      const dialler = new Dialler(transport, checked, follower, subscriber, lookNow$);
      subscriber.add(dialler);
      subscriber.add(
        lookNow$?.subscribe(() => {
          dialler.look();
        }),
      );
      dialler.dial();
    });
}
