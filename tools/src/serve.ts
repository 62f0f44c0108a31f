import { createServer } from 'node:http';
import type { IncomingMessage } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';

import { HandshakeRefusedError } from '@livecall/core';
import type { Transport } from '@livecall/core';
import * as E from 'fp-ts/lib/Either.js';
import { forkJoin, fromEvent, isObservable, lastValueFrom, take, takeUntil, timer } from 'rxjs';
import { WebSocket, WebSocketServer } from 'ws';

import { LIVE_CALLS_PATH, toRequest } from './handshake.js';
import type { ServeRequest } from './handshake.js';
import type { Divergence } from './replay/divergence.js';
import type { Replay } from './replay/replay.js';
import { cut, PATIENCE_MS, refuse, serveClient } from './serve-client.js';

/** So many refused handshakes are told of; who sends more is no client that is tested. */
const MAX_REFUSALS = 1_000;

/** Which transport answers a client. */
export type Route = (request: ServeRequest) => Transport;

/** Where a server listens, and whom it lets in. */
export interface ServeOptions {
  /** The address to listen on. @default '127.0.0.1' */
  readonly host?: string;
  /** The port to listen on; 0 takes a free one. @default 0 */
  readonly port?: number;
  /** Browser origins that may dial; others are refused with 403. @default [] */
  readonly allowedOrigins?: readonly string[];
  /** The longest message accepted from a client, in bytes; a longer one is closed with 1009. @default 1048576 */
  readonly maxPayloadBytes?: number;
  /**
   * How many clients may be dialling or connected at a time; others are answered 503. Of TCP
   * connections there may be twice as many; what is beyond is dropped. @default 1000
   */
  readonly maxConnections?: number;
  /**
   * How many bytes may wait for a client that does not read; with more it is closed with 1013, and
   * cut when it reads nothing more of that for a second. @default 16777216
   */
  readonly maxBufferedBytes?: number;
  /** Called with each handshake that is not as published, as it is refused. */
  readonly onRefused?: (divergence: Divergence) => void;
}

/** A running server. */
export interface Server {
  /** What to dial, `ws://127.0.0.1:PORT/ws/v1/liveCalls`. */
  readonly url: string;
  /** The port it listens on. */
  readonly port: number;
  /**
   * Waits until every replay served is played to its end, and gives where the clients departed from
   * them; each wait is bounded by the replay's `waitMs`. It knows the replays that the route gave as
   * they are, and keeps them until it is closed: of one behind an operator, ask the replay itself.
   */
  done(): Promise<readonly Divergence[]>;
  /** Stops listening, and cuts every connection that is not being closed already. */
  close(): Promise<void>;
  [Symbol.asyncDispose](): Promise<void>;
}

/**
 * Puts a transport behind a real WebSocket server: what the transport does, the client sees.
 *
 * | the transport | the client |
 * |---|---|
 * | opens | 101 |
 * | `HandshakeRefusedError` | its status, and `Retry-After` |
 * | `HandshakeTimeoutError` | no answer |
 * | another error before it opened | the TCP connection is closed without an answer |
 * | `ConnectionClosedError` | its code and reason; with 1006 the TCP connection is cut |
 *
 * The handshake is checked as published: another path is answered 404, no `Authorization: Bearer`
 * 401, no `conversationToken` 400. Values are not looked at. A client that leaves unsubscribes.
 * What a client can make the server keep is bounded: see {@link ServeOptions}. A client has one
 * connection: a transport that dials again (`retryConnection`) belongs behind a `liveCall`.
 *
 * @param route one transport for all, or a function that chooses one for each dial; one that throws
 *   is answered 500
 * @throws TypeError for a bound that is less than 1
 * @returns rejects with the system's error when it cannot listen (`EADDRINUSE`)
 * @see PROTOCOL.md#handshake
 * @example
 * import { loadRecording, replay, serve } from '@livecall/tools';
 *
 * await using server = await serve(replay(await loadRecording('recordings/joined-call.ndjson')));
 * console.log(server.url);
 */
export async function serve(
  route: Route | Transport,
  {
    host = '127.0.0.1',
    port = 0,
    allowedOrigins = [],
    maxPayloadBytes = 1024 * 1024,
    maxConnections = 1_000,
    maxBufferedBytes = 16 * 1024 * 1024,
    onRefused,
  }: ServeOptions = {},
): Promise<Server> {
  for (const [name, bound] of Object.entries({
    maxPayloadBytes,
    maxConnections,
    maxBufferedBytes,
  })) {
    if (!(bound >= 1)) throw new TypeError(`${name} must be at least 1, not ${bound}.`);
  }
  const choose: Route = isObservable(route) ? () => route : route;
  const http = createServer((_request, response) => {
    response
      .writeHead(426, { Connection: 'close', Upgrade: 'websocket' })
      .end('This is a WebSocket endpoint.\n');
  });
  const webSockets = new WebSocketServer({
    noServer: true,
    maxPayload: maxPayloadBytes,
    perMessageDeflate: false,
  });
  const replays = new Set<Replay>(isObservable(route) && isReplay(route) ? [route] : []);
  const sockets = new Set<Socket>();
  const dialled = new Set<Socket>();
  const handshakes: Divergence[] = [];

  // Who sends no handshake is hung up on after a minute, by Node.
  http.maxConnections = 2 * maxConnections;
  http.on('connection', (socket) => {
    sockets.add(socket);
    socket.on('close', () => sockets.delete(socket));
  });
  http.on('upgrade', (request: IncomingMessage, socket: Socket, head: Buffer) => {
    // Without a listener, a client that resets the connection ends the process.
    socket.on('error', () => socket.destroy());
    // A connection that is not read does not tell that the client hung up.
    socket
      .on('end', () => {
        cut(socket);
      })
      .resume();
    const asked = toRequest(request, allowedOrigins);
    if (E.isLeft(asked)) {
      if (handshakes.length < MAX_REFUSALS) handshakes.push(asked.left.divergence);
      onRefused?.(asked.left.divergence);
      refuse(socket, new HandshakeRefusedError(asked.left.status));
      return;
    }
    if (dialled.size >= maxConnections) {
      refuse(socket, new HandshakeRefusedError(503));
      return;
    }
    dialled.add(socket);
    socket.on('close', () => dialled.delete(socket));
    const chosen = E.tryCatch(() => choose(asked.right), toRefusal);
    if (E.isLeft(chosen)) {
      refuse(socket, chosen.left);
      return;
    }
    const transport = chosen.right;
    if (isReplay(transport)) replays.add(transport);
    const upgrade = () => {
      let client: WebSocket | undefined;
      // It calls back before it returns, or not at all where the handshake is no WebSocket's.
      webSockets.handleUpgrade(request, socket, head, (upgraded) => {
        client = upgraded;
      });
      return client;
    };
    serveClient(transport, { socket, maxBufferedBytes, upgrade });
  });

  await new Promise<void>((resolve, reject) => {
    http.once('error', reject).listen(port, host, () => {
      http.off('error', reject);
      resolve();
    });
  });
  const address = http.address() as AddressInfo;

  const close = async (): Promise<void> => {
    const isClosed = new Promise((resolve) => http.close(resolve));
    const closing = [...webSockets.clients].filter(
      ({ readyState }) => readyState === WebSocket.CLOSING,
    );
    const allClosed$ = forkJoin(closing.map((client) => fromEvent(client, 'close').pipe(take(1))));
    await lastValueFrom(allClosed$.pipe(takeUntil(timer(PATIENCE_MS))), { defaultValue: [] });
    // The server counts a connection out before the transport behind it hears of that.
    const areGone = [...sockets].map(
      (socket) => new Promise((resolve) => socket.once('close', resolve)),
    );
    // A connection that was ended already still has its last words to say.
    for (const socket of sockets) {
      if (socket.writableEnded) socket.destroySoon();
      else socket.destroy();
    }
    await Promise.all([isClosed, ...areGone]);
  };

  return {
    url: `ws://${host.includes(':') ? `[${host}]` : host}:${address.port}${LIVE_CALLS_PATH}`,
    port: address.port,
    async done() {
      const divergences = await Promise.all([...replays].map((replay) => replay.done()));
      return [...handshakes, ...divergences.flat()];
    },
    close,
    [Symbol.asyncDispose]: close,
  };
}

/** A route may refuse by throwing; what else it throws is its own fault, not the client's. */
function toRefusal(error: unknown): HandshakeRefusedError {
  return error instanceof HandshakeRefusedError ? error : new HandshakeRefusedError(500);
}

function isReplay(transport: Transport): transport is Replay {
  return 'done' in transport && typeof transport.done === 'function';
}
