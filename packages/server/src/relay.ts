import type { IncomingMessage } from 'node:http';
import type { Socket } from 'node:net';

import { HandshakeRefusedError, isLiveCallError, retryConnection } from '@livecall/core';
import {
  assertDurationMs,
  assertFunctions,
  assertWhole,
  failureName,
  readPageProtocols,
  RELAY_CLOSE,
  RELAY_PROTOCOL,
  toRelayClose,
} from '@livecall/core/internal';
import type { PageName, RelayClose } from '@livecall/core/internal';
import { identity, noop, Subscription } from 'rxjs';
import { WebSocket, WebSocketServer } from 'ws';

import { askCall } from './ask-call.js';
import { attachUpgrade } from './attach-upgrade.js';
import type { UpgradeSource } from './attach-upgrade.js';
import { callSafely } from './call-safely.js';
import { dialPlatform } from './dial-platform.js';
import type { Dialled, RelayedCall } from './dial-platform.js';
import { hideTokens } from './note-tokens.js';
import type { RefusedHandshake } from './read-handshake.js';
import type { RelayOptions } from './relay-options.js';
import { relayedConnection } from './relayed-connection.js';
import type { RelayedConnection } from './relayed-connection.js';
import { relayedPage } from './relayed-page.js';
import type { PageOptions, RelayedPage } from './relayed-page.js';
import { answer, PATIENCE_MS } from './serve-client.js';
import { findHandshakeProblem } from './web-socket-handshake.js';

/** How much there is of everything. */
export interface RelayStats {
  /** Pages that are connected. */
  readonly pages: number;
  /** Pages that are away, and may be back. */
  readonly away: number;
  /** Connections to the platform. */
  readonly connections: number;
  /** Bytes that are kept of what the platform said. */
  readonly keptBytes: number;
  /** Bytes that wait for pages to read them, as far as it was looked at. */
  readonly unreadBytes: number;
}

/** A running relay. */
export interface Relay {
  /**
   * Takes the upgrades of a server that are to the relay's path.
   *
   * @returns what lets go of the server again
   */
  attach(server: UpgradeSource): () => void;
  /** Takes one upgrade, whatever its path: for an app that has an `upgrade` listener of its own. */
  handleUpgrade(request: IncomingMessage, socket: Socket, head: Buffer): void;
  stats(): RelayStats;
  /**
   * Lets go of every server, closes every page so that it dials anew, spread over so many
   * milliseconds, and hangs up on the platform, never on a call.
   */
  close(options?: { readonly drainMs?: number }): Promise<void>;
  [Symbol.asyncDispose](): Promise<void>;
}

/**
 * Puts the platform behind an app's own server, for pages that follow calls with `relayTransport`:
 * the app says who may follow what, and the platform's tokens stay here.
 *
 * What the platform says, a page gets in order, once, also where it was away for a while; how it
 * refuses or ends arrives by its own name.
 *
 * @throws TypeError for an option that cannot be
 * @see docs/relay.md
 * @example
 * import { createServer } from 'node:http';
 *
 * import { relay } from '@livecall/server';
 *
 * const server = createServer();
 * const relayed = relay({
 *   url: 'wss://calls.example/ws/v1/liveCalls',
 *   authorize: (request) => ({
 *     user: 'jo',
 *     call: request.url?.split('/').at(-1) ?? '',
 *     accessToken: () => process.env['LIVECALL_ACCESS_TOKEN'] ?? '',
 *     conversationToken: 'liveConversationToken-of-the-call-log-entry',
 *   }),
 * });
 * relayed.attach(server);
 */
export function relay<Call extends Pick<RelayedCall, 'user' | 'call'> = RelayedCall>(
  options: RelayOptions<Call>,
): Relay {
  const {
    authorize,
    path = '/livecall',
    allowedOrigins = [],
    authorizeTimeoutMs = 10_000,
    beatIntervalMs = 15_000,
    beatTimeoutMs = 10_000,
    keepMs = 60_000,
    keepBytes = 4 * 1024 * 1024,
    shareBytes = 256 * 1024,
    maxKeptBytes = 256 * 1024 * 1024,
    maxBufferedBytes = 16 * 1024 * 1024,
    maxUnreadBytes = 256 * 1024 * 1024,
    maxPayloadBytes = 1024 * 1024,
    maxPages = 10_000,
    maxPagesPerUser = 32,
    tapTransport = identity,
    onRefused,
    onError = warn,
  } = options;
  if (typeof (authorize as unknown) !== 'function') {
    throw new TypeError('authorize must be a function: it says who may follow which call.');
  }
  assertFunctions({ transport: options.transport, tapTransport, onRefused, onError });
  assertDurationMs({ authorizeTimeoutMs, keepMs });
  assertDurationMs({ beatIntervalMs, beatTimeoutMs }, 1);
  assertWhole(
    {
      ...{ keepBytes, maxKeptBytes, maxBufferedBytes, maxUnreadBytes, maxPayloadBytes },
      ...{ maxPages, maxPagesPerUser },
    },
    1,
  );
  assertWhole({ shareBytes }, 0);
  if (keepBytes > maxBufferedBytes) {
    throw new TypeError(
      'maxBufferedBytes must be at least keepBytes: a page that returns gets it all at once.',
    );
  }
  const dial = (
    options.transport === undefined
      ? dialPlatform(options.url, options.dial)
      : (call: Call) => ({ transport: options.transport(call), forms: () => [] })
  ) as (call: Call) => Dialled;
  const origins = new Set(allowedOrigins);

  const webSockets = new WebSocketServer({
    noServer: true,
    clientTracking: false,
    maxPayload: maxPayloadBytes,
    perMessageDeflate: false,
    handleProtocols: () => RELAY_PROTOCOL,
  });
  const sockets = new Set<WebSocket>();
  const pages = new Map<string, RelayedPage>();
  const pagesOf = new Map<string, Set<RelayedPage>>();
  const connections = new Set<RelayedConnection>();
  const shared = new Map<string, RelayedConnection>();
  const detachments = new Set<() => void>();
  let keptBytes = 0;
  let isClosing = false;

  const onFailure = (failure: unknown) => {
    // One that fails itself has nobody to tell.
    callSafely(() => {
      onError(failure);
    }, noop);
  };
  const tellRefused = (refused: RefusedHandshake) => {
    callSafely(() => onRefused?.(refused), onFailure);
  };

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
    isBounding = true;
    // Some have read meanwhile.
    for (const page of pages.values()) page.lookUnread();
    for (const page of [...pages.values()].sort((a, b) => b.unreadBytes - a.unreadBytes)) {
      if (unreadBytes <= maxUnreadBytes) break;
      page.cut();
    }
    isBounding = false;
  };
  const pageOptions: PageOptions = {
    ...{ beatIntervalMs, beatTimeoutMs, keepMs, maxBufferedBytes },
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
    const connection = relayedConnection(
      tapTransport(transport, call).pipe(retryConnection({ maxAttempts: 0 })),
      {
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
      },
    );
    connections.add(connection);
    if (shareBytes > 0) shared.set(owner, connection);
    return connection;
  };

  /** Whether there is room for one more page of this user's. */
  const findRoom = (own: ReadonlySet<RelayedPage>): RelayClose | undefined => {
    if (isClosing || pages.size >= maxPages) return toRelayClose(new HandshakeRefusedError(503));
    if (own.size < maxPagesPerUser) return undefined;
    const away = [...own].find(({ isAway }) => isAway);
    if (away === undefined) return toRelayClose(new HandshakeRefusedError(429));
    away.stop(RELAY_CLOSE.gone);
    return undefined;
  };

  const enter = (webSocket: WebSocket, socket: Socket, { id, resumed }: PageName, call: Call) => {
    const owner = toOwner(call);
    const known = pages.get(id);
    if (resumed !== undefined || known !== undefined) {
      const isOwn = resumed !== undefined && known?.owner === owner;
      return isOwn
        ? known.attach({ webSocket, socket }, resumed)
        : { code: RELAY_CLOSE.gone, reason: '' };
    }
    const own = pagesOf.get(call.user) ?? new Set();
    const full = findRoom(own);
    if (full !== undefined) return full;
    const page = relayedPage(owner, connect(call, owner), pageOptions, () => {
      pages.delete(id);
      own.delete(page);
      if (own.size === 0 && pagesOf.get(call.user) === own) pagesOf.delete(call.user);
    });
    pages.set(id, page);
    pagesOf.set(call.user, own.add(page));
    return page.attach({ webSocket, socket });
  };

  const accept = (
    webSocket: WebSocket,
    request: IncomingMessage,
    socket: Socket,
    name: PageName,
  ) => {
    sockets.add(webSocket);
    const asking = new Subscription();
    webSocket
      .on('error', () => {
        webSocket.terminate();
      })
      .on('close', () => {
        sockets.delete(webSocket);
        asking.unsubscribe();
      });
    const refuse = ({ code, reason }: RelayClose) => {
      webSocket.close(code, reason);
    };
    if (!isAllowedOrigin(request, origins)) {
      tellRefused({
        status: 403,
        expected: "the page's own host, or one of allowedOrigins",
        actual: 'another Origin',
      });
      refuse(toRelayClose(new HandshakeRefusedError(403)));
      return;
    }
    const asked = askCall(authorize, request, authorizeTimeoutMs).subscribe({
      next: (call) => {
        try {
          const close = enter(webSocket, socket, name, call);
          if (close !== undefined) refuse(close);
        } catch (failure) {
          onFailure(failure);
          refuse(toRelayClose(failure));
        }
      },
      error: (failure: unknown) => {
        const close = toRelayClose(failure);
        // What it says of the way to the platform is not authorize's to say.
        if (!isLiveCallError(failure)) onFailure(failure);
        refuse(close);
      },
    });
    asking.add(asked);
  };

  const handleUpgrade = (request: IncomingMessage, socket: Socket, head: Buffer) => {
    // Without a listener, a client that resets the connection ends the process.
    socket.on('error', destroy);
    const problem = findHandshakeProblem(request);
    if (problem !== undefined) {
      tellRefused({
        status: problem.answer.status,
        expected: problem.expected,
        actual: problem.actual,
      });
      answer(socket, problem.answer);
      return;
    }
    const offered = request.headers['sec-websocket-protocol']?.split(',') ?? [];
    const name = readPageProtocols(offered.map((protocol) => protocol.trim()));
    if (name === undefined) {
      const expected = 'the subprotocols of relayTransport';
      tellRefused({ status: 400, expected, actual: offered.length === 0 ? 'none' : 'others' });
      answer(socket, {
        status: 400,
        body: 'This is a relay: relayTransport of @livecall/core/browser dials it.\n',
      });
      return;
    }
    if (isClosing || sockets.size >= 2 * maxPages) {
      answer(socket, { status: 503 });
      return;
    }
    // 101 at once: a browser dials one socket of a host at a time, and proxies do not wait for long.
    webSockets.handleUpgrade(request, socket, head, (webSocket) => {
      accept(webSocket, request, socket, name);
    });
  };

  const closePages = async (drainMs: number): Promise<void> => {
    const open = [...pages.values()].sort((a, b) => Number(b.isAway) - Number(a.isAway));
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

  const close = async ({ drainMs = 0 }: { readonly drainMs?: number } = {}): Promise<void> => {
    assertDurationMs({ drainMs });
    isClosing = true;
    for (const detach of detachments) detach();
    await closePages(drainMs);
    const areClosed = [...sockets].map((webSocket) => {
      if (webSocket.readyState === WebSocket.OPEN) webSocket.close(RELAY_CLOSE.stopped);
      return new Promise((resolve) => webSocket.once('close', resolve));
    });
    await Promise.race([Promise.all(areClosed), wait(PATIENCE_MS)]);
    for (const webSocket of sockets) webSocket.terminate();
    webSockets.close();
  };

  return {
    attach(server) {
      const detach = attachUpgrade(server, path, handleUpgrade);
      detachments.add(detach);
      return () => {
        detachments.delete(detach);
        detach();
      };
    },
    handleUpgrade,
    stats() {
      const away = [...pages.values()].filter(({ isAway }) => isAway).length;
      return {
        pages: pages.size - away,
        away,
        connections: connections.size,
        keptBytes,
        unreadBytes,
      };
    },
    close,
    [Symbol.asyncDispose]: () => close(),
  };
}

const wait = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

/** No closure: one would keep the whole request for as long as there is the socket. */
function destroy(this: Socket): void {
  this.destroy();
}

/** Whose page it is, and of which call. */
function toOwner({ user, call }: Pick<RelayedCall, 'user' | 'call'>): string {
  return JSON.stringify([user, call]);
}

/** A browser tells whose page dials; who is none tells nothing. */
function isAllowedOrigin(
  { headers, socket }: IncomingMessage,
  origins: ReadonlySet<string>,
): boolean {
  const { origin, host } = headers;
  if (origin === undefined || origins.has(origin)) return true;
  if (!URL.canParse(origin)) return false;
  const page = new URL(origin);
  // Behind a proxy that ends TLS, the scheme is not known here.
  return page.host === host && ('encrypted' in socket ? page.protocol === 'https:' : true);
}

/** The words of an error can hold what must not stand in a log. */
function warn(failure: unknown): void {
  process.emitWarning(
    `authorize, a transport or a callback of relay() failed with ${failureName(failure)}; onError is told the whole of it.`,
    'LivecallRelayWarning',
  );
}
