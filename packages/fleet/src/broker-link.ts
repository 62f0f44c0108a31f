import { errors } from '@nats-io/transport-node';
import type { NatsConnection } from '@nats-io/transport-node';
import { Observable, share, Subject } from 'rxjs';

/** What becomes of the connection to the broker. */
export type LinkNews = 'away' | 'back' | 'closed';

/** The connection to the broker as everything on it sees it. */
export interface BrokerLink {
  /** Hot. Completes after `closed`: then every loop of the client's own has ended, and none said so. */
  readonly news$: Observable<LinkNews>;
  /** Whether something published now would reach the broker; while it is away, the client drops it. */
  isUp(): boolean;
  /**
   * Hot. What the server does not let this user do, or that it does not let it in any more: what was
   * published is dropped, and whoever waits for its answer waits in vain.
   */
  readonly denials$: Observable<string>;
  /** Why it was closed, where the client knows. */
  whyClosed(): string | undefined;
}

/** One for each connection, since each listener of the client's is an iterator and a loop. */
const links = new WeakMap<NatsConnection, BrokerLink>();

/** Watches a connection. */
export function brokerLink(connection: NatsConnection): BrokerLink {
  const known = links.get(connection);
  if (known !== undefined) return known;
  let isUp = !connection.isClosed();
  let whyClosed: string | undefined;
  const denials$ = new Subject<string>();
  const news$ = new Observable<LinkNews>((subscriber) => {
    void (async () => {
      for await (const status of connection.status()) {
        const { type } = status;
        if (type === 'error') {
          if (isDenial(status.error)) denials$.next(status.error.message);
        } else if (type === 'disconnect') {
          isUp = false;
          subscriber.next('away');
        } else if (type === 'reconnect') {
          isUp = true;
          subscriber.next('back');
        }
      }
    })();
    void connection.closed().then((why) => {
      isUp = false;
      if (why instanceof Error) whyClosed = why.message;
      subscriber.next('closed');
      subscriber.complete();
      denials$.complete();
    });
  }).pipe(share());
  const link = {
    news$,
    isUp: () => isUp && !connection.isClosed(),
    denials$: denials$.asObservable(),
    whyClosed: () => whyClosed,
  };
  // For as long as the connection lives, so that `isUp` is right whoever listens.
  news$.subscribe();
  links.set(connection, link);
  return link;
}

function isDenial(error: Error): boolean {
  return (
    error instanceof errors.PermissionViolationError ||
    error instanceof errors.AuthorizationError ||
    error instanceof errors.UserAuthenticationExpiredError
  );
}
