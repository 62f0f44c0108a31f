import { createServer } from 'node:http';
import type { IncomingMessage } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';

import { HandshakeRefusedError, isLiveCallError, LIVE_CALLS_PATH, patience } from '@livecall/core';
import type { Transport } from '@livecall/core';
import { assertDurationMs } from '@livecall/core/internal';
import type { UpgradeAnswer } from '@livecall/core/node';
import { checkHeartbeat, toPassedHeaders } from '@livecall/core/node/internal';
import * as E from 'fp-ts/lib/Either.js';
import {
  forkJoin,
  fromEvent,
  isObservable,
  lastValueFrom,
  noop,
  ReplaySubject,
  take,
  takeUntil,
} from 'rxjs';
import { WebSocket, WebSocketServer } from 'ws';

import { callSafely } from './call-safely.js';
import type { ClientClose } from './dialled-client.js';
import { answer, cut, PATIENCE_MS, refuse } from './hang-up.js';
import { toOwnOrigins } from './own-origins.js';
import { answerPlainRequest, isStrippedHandshake, UPGRADE_ADVICE } from './plain-request.js';
import { isDial, readRequest } from './read-request.js';
import { serveClient } from './serve-client.js';
import type { Route, Server, ServeOptions } from './serve-options.js';
import { tellFailures } from './tell-failures.js';
import { toDialledClient } from './to-dialled-client.js';
import type { ClientState } from './to-dialled-client.js';
import { isWebSocketUpgrade } from './web-socket-handshake.js';

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
 * | another error, or its frames' | 1011 |
 * | ends its frames alone | closed without a code |
 *
 * The handshake is checked as published, and before a transport is dialled for it: another path is
 * answered 404, what is no WebSocket handshake 400, 405 or 426, no `Authorization: Bearer` 401, no
 * `conversationToken` 400. Values are not looked at. `GET /healthz` is answered 200, any other
 * request without an upgrade 426. A client that leaves unsubscribes. What a client can make the
 * server keep is bounded: see {@link ServeLimits}. A client has one connection: a transport that
 * dials again (`retryConnection`) belongs behind a `liveCall`.
 *
 * @param route one transport for all, or a function that chooses one for each dial
 * @throws TypeError for a bound that is less than 1
 * @returns rejects with the system's error when it cannot listen (`EADDRINUSE`)
 * @see PROTOCOL.md#handshake
 * @example
 * import { loadRecording } from '@livecall/recording';
 * import { replay } from '@livecall/tools';
 * import { serve } from '@livecall/server';
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
    answerTimeoutMs = 60_000,
    heartbeat,
    limits = {},
    ...listeners
  }: ServeOptions = {},
): Promise<Server> {
  const {
    maxPayloadBytes = 1024 * 1024,
    maxConnections = 1_000,
    maxBufferedBytes = 16 * 1024 * 1024,
  } = limits;
  for (const [name, bound] of Object.entries({
    maxPayloadBytes,
    maxConnections,
    maxBufferedBytes,
    answerTimeoutMs,
  })) {
    if (!(bound >= 1)) throw new TypeError(`${name} must be at least 1, not ${bound}.`);
  }
  assertDurationMs({ answerTimeoutMs });
  const heartbeatOptions = heartbeat && checkHeartbeat(heartbeat);
  const choose: Route = isObservable(route) ? () => route : route;
  const http = createServer((request, response) => {
    if (isStrippedHandshake(request) || isDial(request)) {
      tellRefused({
        status: 426,
        expected: 'Upgrade and Connection',
        actual: `none; ${UPGRADE_ADVICE}`,
      });
    }
    const { status, headers = [], body = '' } = answerPlainRequest(request);
    response.writeHead(status, { ...Object.fromEntries(headers), Connection: 'close' }).end(body);
  });
  const answers = new WeakMap<IncomingMessage, UpgradeAnswer>();
  const webSockets = new WebSocketServer({
    noServer: true,
    maxPayload: maxPayloadBytes,
    perMessageDeflate: false,
    handleProtocols: (offered, request) =>
      (answers.get(request)?.protocol ?? [...offered][0]) || false,
  });
  webSockets.on('headers', (lines, request) => {
    for (const [name, value] of toPassedHeaders(answers.get(request)?.rawHeaders ?? [])) {
      lines.push(`${name}: ${value}`);
    }
  });
  const sockets = new Set<Socket>();
  const dialled = new Set<Socket>();
  const origins = new Set(allowedOrigins);

  const { onFailure, tellRefused } = tellFailures(listeners, 'serve');

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
    if (!isWebSocketUpgrade(request.headers)) {
      // Java's HttpClient offers HTTP/2 with everything it asks, a server's health for one.
      const plain = answerPlainRequest(request);
      if (plain.status === 200) {
        answer(socket, plain);
        return;
      }
    }
    const closed$ = new ReplaySubject<ClientClose>(1);
    const state: ClientState = {
      ...{ socket, closed$, webSocket: undefined, leave: noop, answer: undefined },
    };
    const asked = readRequest(request, origins, toDialledClient(state));
    if (E.isLeft(asked)) {
      tellRefused(asked.left.refused);
      answer(socket, asked.left.answer);
      return;
    }
    if (dialled.size >= maxConnections) {
      answer(socket, { status: 503 });
      return;
    }
    dialled.add(socket);
    const letGo = () => dialled.delete(socket);
    socket.on('close', letGo);
    const upgrade = () => {
      let client: WebSocket | undefined;
      if (state.answer !== undefined) answers.set(request, state.answer);
      // It calls back before it returns, or not at all where the client has left.
      socket.pause();
      webSockets.handleUpgrade(request, socket, head, (upgraded) => {
        client = upgraded;
      });
      // What came with the handshake is read once the stream flows anew.
      socket.resume();
      return client;
    };
    try {
      serveClient(toTransport(choose(asked.right)), {
        ...{ state, maxBufferedBytes, answerTimeoutMs, heartbeatOptions, upgrade, onFailure },
        onUnanswered: letGo,
      });
    } catch (failure) {
      // A route may refuse by throwing; what else it throws is its own fault, not the client's.
      const isRefusal = isLiveCallError(failure) && failure._tag === 'HandshakeRefusedError';
      if (!isRefusal) onFailure(failure);
      refuse(socket, isRefusal ? failure : new HandshakeRefusedError(500));
    }
  });

  await new Promise<void>((resolve, reject) => {
    http.once('error', reject).listen(port, host, () => {
      // Later ones are of single connections that could not be accepted.
      http.off('error', reject).on('error', onFailure);
      resolve();
    });
  });
  const address = http.address() as AddressInfo;
  for (const origin of toOwnOrigins(address)) origins.add(origin);

  /** Waits for those that are being closed, as long as they may take. */
  const allClosed = async (): Promise<void> => {
    const closing = [...webSockets.clients].filter(
      ({ readyState }) => readyState === WebSocket.CLOSING,
    );
    const allClosed$ = forkJoin(closing.map((client) => fromEvent(client, 'close').pipe(take(1))));
    await lastValueFrom(allClosed$.pipe(takeUntil(patience(PATIENCE_MS))), { defaultValue: [] });
  };
  const close = async (): Promise<void> => {
    const isClosed = new Promise((resolve) => http.close(resolve));
    await allClosed();
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
    url: `ws://${toDialledHost(host, address)}:${address.port}${LIVE_CALLS_PATH}`,
    port: address.port,
    close,
    [Symbol.asyncDispose]: close,
  };
}

/** Who listens on every address is dialled on this machine's own: the others are no address. */
function toDialledHost(host: string, { address }: AddressInfo): string {
  if (address === '0.0.0.0') return '127.0.0.1';
  if (address === '::') return '[::1]';
  return host.includes(':') ? `[${host}]` : host;
}

/** What a route gave, where it is a transport. */
function toTransport(given: unknown): Transport {
  if (isObservable(given)) return given as Transport;
  // An async one's failure would end the process.
  callSafely(() => given, noop);
  throw new TypeError(
    'The route gave no transport: it must return one, an Observable, for each dial.',
  );
}
