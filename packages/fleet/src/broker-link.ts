import type { NatsConnection } from '@nats-io/transport-node';
import { Observable, share } from 'rxjs';

/** What becomes of the connection to the broker. */
export type LinkNews = 'away' | 'back' | 'closed';

/** The connection to the broker as everything on it sees it. */
export interface BrokerLink {
  /** Hot. Completes after `closed`: then every loop of the client's own has ended, and none said so. */
  readonly news$: Observable<LinkNews>;
  /** Whether something published now would reach the broker; while it is away, the client drops it. */
  isUp(): boolean;
}

/** One for each connection, since each listener of the client's is an iterator and a loop. */
const links = new WeakMap<NatsConnection, BrokerLink>();

/** Watches a connection. */
export function brokerLink(connection: NatsConnection): BrokerLink {
  const known = links.get(connection);
  if (known !== undefined) return known;
  let isUp = !connection.isClosed();
  const news$ = new Observable<LinkNews>((subscriber) => {
    void (async () => {
      for await (const { type } of connection.status()) {
        if (type === 'disconnect') {
          isUp = false;
          subscriber.next('away');
        } else if (type === 'reconnect') {
          isUp = true;
          subscriber.next('back');
        }
      }
    })();
    void connection.closed().then(() => {
      isUp = false;
      subscriber.next('closed');
      subscriber.complete();
    });
  }).pipe(share());
  const link = { news$, isUp: () => isUp && !connection.isClosed() };
  // For as long as the connection lives, so that `isUp` is right whoever listens.
  news$.subscribe();
  links.set(connection, link);
  return link;
}
