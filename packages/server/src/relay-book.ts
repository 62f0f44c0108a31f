import { HandshakeRefusedError, retryConnection } from '@livecall/core';
import { RELAY_CLOSE, toRelayClose } from '@livecall/core/internal';
import type { PageName, RelayClose } from '@livecall/core/internal';

import type { Dialled, RelayedCall } from './dial-platform.js';
import type { RelayLimits } from './relay-limits.js';
import type { RelayStats } from './relay-stats.js';
import { relayedConnection } from './relayed-connection.js';
import type { RelayedConnection } from './relayed-connection.js';
import { relayedPage } from './relayed-page.js';
import type { PageClient, PageOptions, RelayedPage } from './relayed-page.js';
import { hideTokens } from './token-notes.js';
import { wait } from './wait.js';

/** How much of everything a relay has at the most. */
export type RelayBookBounds = Omit<PageOptions, 'onUnread'> &
  Omit<Required<RelayLimits>, 'maxPayloadBytes'>;

/** The pages of a relay, and the connections that they share. */
export interface RelayBook<Call> {
  /**
   * Takes a page that was let in, for the first time or anew.
   *
   * @returns what it is closed with where that cannot be
   */
  enter(client: PageClient, name: PageName, call: Call): RelayClose | undefined;
  stats(): RelayStats;
  /** Takes no further page, and closes all, spread over so many milliseconds. */
  close(drainMs: number): Promise<void>;
}

/** Keeps the pages of a relay, whose they are, what is kept for them, and within which bounds. */
export function relayBook<Call extends Pick<RelayedCall, 'user' | 'call'>>(
  bounds: RelayBookBounds,
  dial: (call: Call) => Dialled,
  onFailure: (failure: unknown) => void,
): RelayBook<Call> {
  const { keepBytes, shareBytes, maxKeptBytes, maxUnreadBytes, maxPages, maxPagesPerUser } = bounds;
  const pages = new Map<string, RelayedPage>();
  const pagesOf = new Map<string, Set<RelayedPage>>();
  const connections = new Set<RelayedConnection>();
  const shared = new Map<string, RelayedConnection>();
  let keptBytes = 0;
  let isClosing = false;

  /**
   * The beginnings are let go of first, then those who are away, the longest first, and last what
   * those who are here may still need.
   */
  const boundKept = () => {
    for (const connection of connections) {
      if (keptBytes <= maxKeptBytes) return;
      connection.letGo();
    }
    for (const page of pages.values()) {
      if (keptBytes <= maxKeptBytes) return;
      if (page.isAway) page.stop(RELAY_CLOSE.gone);
    }
    for (const connection of connections) {
      if (keptBytes <= maxKeptBytes) return;
      connection.forget();
    }
  };

  let unreadBytes = 0;
  let isBounding = false;
  const boundUnread = () => {
    // To look tells of more: not all once more for each.
    isBounding = true;
    // Some have read meanwhile.
    for (const page of pages.values()) page.lookUnread();
    for (const page of [...pages.values()].sort((a, b) => b.unreadBytes - a.unreadBytes)) {
      if (unreadBytes <= maxUnreadBytes || page.unreadBytes === 0) break;
      page.cut();
    }
    isBounding = false;
  };
  const pageOptions: PageOptions = {
    ...bounds,
    onUnread: (bytes) => {
      unreadBytes += bytes;
      if (bytes > 0 && unreadBytes > maxUnreadBytes && !isBounding) boundUnread();
    },
  };

  const connect = (call: Call, owner: string): RelayedConnection => {
    const known = shared.get(owner);
    if (known?.isWhole === true) return known;
    // A token that the platform does not take is renewed here, once, before a page hears of it.
    const { transport, forms } = dial(call);
    const connection = relayedConnection(transport.pipe(retryConnection({ maxAttempts: 0 })), {
      ...{ shareBytes, keepBytes, onFailure },
      hide: (frame) => hideTokens(frame, forms()),
      onKept: (bytes) => {
        keptBytes += bytes;
        if (bytes > 0 && keptBytes > maxKeptBytes) boundKept();
      },
      onIdle: () => {
        connections.delete(connection);
        if (shared.get(owner) === connection) shared.delete(owner);
      },
    });
    connections.add(connection);
    if (shareBytes > 0) shared.set(owner, connection);
    return connection;
  };

  /** Whether there is room for one more page of this user's. */
  const findRoom = (own: ReadonlySet<RelayedPage>): RelayClose | undefined => {
    if (isClosing) return FULL;
    if (pages.size >= maxPages) {
      const over = findOver(pages.values());
      if (over === undefined) return FULL;
      over.stop(RELAY_CLOSE.gone);
    }
    if (own.size < maxPagesPerUser) return undefined;
    const away = findOver(own) ?? [...own].find(({ isAway }) => isAway);
    if (away === undefined) return toRelayClose(new HandshakeRefusedError(429));
    away.stop(RELAY_CLOSE.gone);
    return undefined;
  };

  const enter = (client: PageClient, { id, resumed }: PageName, call: Call) => {
    const owner = toOwner(call);
    const known = pages.get(id);
    if (resumed !== undefined || known !== undefined) {
      const isOwn = resumed !== undefined && known?.owner === owner;
      return isOwn ? known.attach(client, resumed) : { code: RELAY_CLOSE.gone, reason: '' };
    }
    const own = pagesOf.get(call.user) ?? new Set();
    const full = findRoom(own);
    if (full !== undefined) return full;
    const page = relayedPage(owner, connect(call, owner), pageOptions, {
      // Behind all others: of those that are away, the first is away for longest.
      onAway: () => {
        pages.delete(id);
        pages.set(id, page);
        own.delete(page);
        own.add(page);
      },
      onGone: () => {
        pages.delete(id);
        own.delete(page);
        if (own.size === 0) pagesOf.delete(call.user);
      },
    });
    pages.set(id, page);
    pagesOf.set(call.user, own.add(page));
    return page.attach(client);
  };

  const close = async (drainMs: number): Promise<void> => {
    isClosing = true;
    const open = [...pages.values()];
    const here = open.filter(({ isAway }) => !isAway).length;
    const pauseMs = drainMs / Math.max(1, here);
    let dueMs = 0;
    let waitedMs = 0;
    for (const page of open) {
      if (page.isAway) {
        page.stop(RELAY_CLOSE.stopped);
        continue;
      }
      // Those of one millisecond go together.
      if (dueMs - waitedMs >= 1) {
        await wait(dueMs - waitedMs);
        waitedMs = dueMs;
      }
      page.stop(RELAY_CLOSE.stopped);
      dueMs += pauseMs;
    }
  };

  return {
    enter,
    stats() {
      const away = [...pages.values()].filter(({ isAway }) => isAway).length;
      return {
        pages: pages.size - away,
        away,
        connections: [...connections].filter(({ end }) => end === undefined).length,
        keptBytes,
        unreadBytes,
      };
    },
    close,
  };
}

const FULL = toRelayClose(new HandshakeRefusedError(503));

/** A page whose call is over, which is kept in case that it has not heard of it. */
function findOver(pages: Iterable<RelayedPage>): RelayedPage | undefined {
  for (const page of pages) if (page.isOver) return page;
  return undefined;
}

/** Whose page it is, and of which call. */
function toOwner({ user, call }: Pick<RelayedCall, 'user' | 'call'>): string {
  return JSON.stringify([user, call]);
}
