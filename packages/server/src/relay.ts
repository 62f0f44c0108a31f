import type { IncomingMessage } from 'node:http';
import type { Socket } from 'node:net';

import { HandshakeRefusedError, isLiveCallError } from '@livecall/core';
import type { Transport } from '@livecall/core';
import {
  assertDurationMs,
  assertFunctions,
  readPageProtocols,
  RELAY_CLOSE,
  RELAY_PROTOCOL,
  toRelayClose,
} from '@livecall/core/internal';
import type { PageName, RelayClose } from '@livecall/core/internal';
import { checkHeartbeat } from '@livecall/core/node/internal';
import { identity, Subscription } from 'rxjs';
import { WebSocket, WebSocketServer } from 'ws';

import { askCall } from './ask-call.js';
import { attachUpgrade } from './attach-upgrade.js';
import type { UpgradeSource } from './attach-upgrade.js';
import { dialPlatform } from './dial-platform.js';
import type { Dialled, RelayedCall } from './dial-platform.js';
import { answer, PATIENCE_MS } from './hang-up.js';
import { relayBook } from './relay-book.js';
import { checkLimits } from './relay-limits.js';
import type { RelayOptions } from './relay-options.js';
import type { RelayStats } from './relay-stats.js';
import { tellFailures } from './tell-failures.js';
import { wait } from './wait.js';
import { findHandshakeProblem } from './web-socket-handshake.js';

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
    heartbeat,
    limits = {},
    tapTransport = identity,
    onRefused,
    onError,
  } = options;
  if (typeof (authorize as unknown) !== 'function') {
    throw new TypeError('authorize must be a function: it says who may follow which call.');
  }
  assertFunctions({ transport: options.transport, tapTransport, onRefused, onError });
  assertDurationMs({ authorizeTimeoutMs });
  const bounds = checkLimits(limits);
  const { maxPages, maxPayloadBytes } = bounds;
  const { onFailure, tellRefused } = tellFailures(options, 'relay');
  const book = relayBook<Call>(
    { ...bounds, heartbeat: checkHeartbeat(heartbeat) },
    toDial(options, tapTransport),
    onFailure,
  );
  const origins = new Set(allowedOrigins);

  const webSockets = new WebSocketServer({
    noServer: true,
    clientTracking: false,
    maxPayload: maxPayloadBytes,
    perMessageDeflate: false,
    handleProtocols: () => RELAY_PROTOCOL,
  });
  const sockets = new Set<WebSocket>();
  const detachments = new Set<() => void>();
  let isClosing = false;

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
          const close = book.enter({ webSocket, socket }, name, call);
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

  const close = async ({ drainMs = 0 }: { readonly drainMs?: number } = {}): Promise<void> => {
    assertDurationMs({ drainMs });
    isClosing = true;
    for (const detach of detachments) detach();
    await book.close(drainMs);
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
    stats: book.stats,
    close,
    [Symbol.asyncDispose]: () => close(),
  };
}

/** No closure: one would keep the whole request for as long as there is the socket. */
function destroy(this: Socket): void {
  this.destroy();
}

/** What is dialled for a page: what stands over a way to the platform stands below what retries. */
function toDial<Call extends Pick<RelayedCall, 'user' | 'call'>>(
  options: RelayOptions<Call>,
  tapTransport: (transport: Transport, call: Call) => Transport,
): (call: Call) => Dialled {
  const dial = (
    options.transport === undefined
      ? dialPlatform(options.url, options.dial)
      : (call: Call) => ({ transport: options.transport(call), forms: () => [] })
  ) as (call: Call) => Dialled;
  return (call) => {
    const { transport, forms } = dial(call);
    return { transport: tapTransport(transport, call), forms };
  };
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
