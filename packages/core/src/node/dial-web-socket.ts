import type { ClientRequest, IncomingMessage } from 'node:http';

import { asyncScheduler } from 'rxjs';
import type { Observable, Subscriber, TeardownLogic } from 'rxjs';
import { WebSocket } from 'ws';
import type { ClientOptions } from 'ws';

import { NotOpenError } from '../command-error.js';
import { FrameSource } from '../frame-source.js';
import { patience } from '../patience.js';
import { isProgramError } from '../program-advice.js';
import { toRetryAfterMs } from '../retry-after.js';
import { toHarmless } from '../to-harmless.js';
import {
  ConnectFailedError,
  ConnectionClosedError,
  HandshakeRefusedError,
} from '../transport-error.js';
import type { Connection } from '../transport.js';
import { heartbeat } from './heartbeat.js';
import type { Heartbeat, HeartbeatOptions } from './heartbeat.js';
import { toPassedHeaders } from './passed-handshake.js';
import type { UpgradeAnswer } from './passed-handshake.js';
import { proxyRefusalStatus } from './proxy-refusal.js';
import { watchSockets } from './watch-sockets.js';

/** What one dial is made with. */
export interface DialOptions {
  readonly url: string;
  readonly clientOptions: ClientOptions;
  readonly heartbeatOptions: Required<HeartbeatOptions>;
  /** Emits when the peer is to be asked at once whether it is there. */
  readonly lookNow$?: Observable<unknown> | undefined;
  /** Not to be told in any error. */
  readonly tokens: readonly string[];
  /** The subprotocols to offer. @default [] */
  readonly protocols?: readonly string[];
  /** Where a refusal is to be read whole, how long that may take, in milliseconds. */
  readonly refusalTimeoutMs?: number;
  /** Takes how the server let us in. */
  readonly onUpgrade?: (answer: UpgradeAnswer) => void;
  /** Told once when the handshake is over, however it went. */
  readonly onAnswer: () => void;
}

/**
 * Opens one socket and tells a transport's subscriber what becomes of it.
 *
 * @returns what closes the socket
 */
export function dialWebSocket(
  subscriber: Subscriber<Connection>,
  {
    url,
    clientOptions,
    heartbeatOptions,
    lookNow$,
    tokens,
    protocols = [],
    refusalTimeoutMs,
    onUpgrade,
    onAnswer,
  }: DialOptions,
): TeardownLogic {
  // Only an agent makes connections that the socket knows nothing of.
  const watched = clientOptions.agent && watchSockets();
  let refusedBy: HandshakeRefusedError['refusedBy'] = 'server';
  const options: ClientOptions = {
    ...clientOptions,
    ...(watched && {
      finishRequest: (request: ClientRequest) => {
        // As `https-proxy-agent` tells it; the proxy's answer comes as the server's then.
        request.on('proxyConnect', ({ statusCode }: { readonly statusCode?: number }) => {
          if (statusCode !== 200) refusedBy = 'proxy';
        });
        request.end();
      },
    }),
  };
  const connect = () => new WebSocket(url, [...protocols], options);
  let socket: WebSocket;
  try {
    socket = watched === undefined ? connect() : watched.run(connect);
  } catch (error) {
    watched?.cut();
    onAnswer();
    subscriber.error(new ConnectFailedError(toHarmless(error, tokens), { isProgram: true }));
    return undefined;
  }
  let failure: Error | undefined;
  let why: string | undefined;
  let proxyStatus: number | undefined;
  let beating: Heartbeat | undefined;
  let upgradeHeaders: readonly string[] = [];
  let closing: readonly [code: number, reason: string] = [1000, ''];

  // Never removed: closing a socket that is still connecting emits an error, and an error
  // without a listener ends the process.
  socket.on('error', (error) => {
    if (failure !== undefined) return;
    failure = toHarmless(error, tokens);
    proxyStatus = proxyRefusalStatus(error);
    why = whyCut(failure, clientOptions);
  });
  socket.on('unexpected-response', (_request, response) => {
    const nowMs = asyncScheduler.now();
    onAnswer();
    const { statusCode: status = 0, statusMessage = '', rawHeaders, headers } = response;
    const retryAfterMs = toRetryAfterMs({
      retryAfter: headers['retry-after'],
      date: headers.date,
      nowMs,
    });
    const refuse = (body: Uint8Array) => {
      const answer = { statusText: statusMessage, rawHeaders, body };
      subscriber.error(new HandshakeRefusedError(status, retryAfterMs, answer, refusedBy));
    };
    if (refusalTimeoutMs === undefined) refuse(new Uint8Array());
    else subscriber.add(readBody(response, refusalTimeoutMs, refuse));
  });
  socket.on('upgrade', ({ rawHeaders }) => {
    upgradeHeaders = rawHeaders;
  });
  socket.on('open', () => {
    onAnswer();
    watched?.stop();
    onUpgrade?.({ rawHeaders: toPassedHeaders(upgradeHeaders).flat(), protocol: socket.protocol });
    upgradeHeaders = [];
    const { hear, look } = (beating = heartbeat(
      socket,
      heartbeatOptions,
      () => {
        why = 'the server did not answer a ping';
        failure ??= new Error(why);
        socket.terminate();
      },
      () => (isReading(socket) ? NaN : 0),
    ));
    subscriber.add(lookNow$?.subscribe(look));
    const frames = new FrameSource();
    socket.on('message', (data, isBinary) => {
      hear();
      // `binaryType` is left at 'nodebuffer': `data` is one Buffer.
      frames.next(isBinary ? (data as Buffer) : (data as Buffer).toString());
    });
    subscriber.next({
      frames$: frames.values$,
      send(frame) {
        if (socket.readyState !== WebSocket.OPEN) throw new NotOpenError();
        socket.send(frame);
      },
      bufferedBytes: () => socket.bufferedAmount,
      isReading: () => isReading(socket),
      closeWith(code, reason) {
        closing = [code, reason];
      },
    });
  });
  socket.on('close', (code, reason) => {
    // Refused, or given up: what was told stands.
    if (subscriber.closed) return;
    if (beating !== undefined) {
      const options = { cause: failure, ...(why !== undefined && { why }) };
      subscriber.error(new ConnectionClosedError(code, reason.toString(), options));
      return;
    }
    onAnswer();
    subscriber.error(
      proxyStatus === undefined
        ? new ConnectFailedError(failure, { isProgram: isProgramError(failure) })
        : new HandshakeRefusedError(proxyStatus, undefined, undefined, 'proxy'),
    );
  });

  return () => {
    beating?.stop();
    if (socket.readyState === WebSocket.OPEN) close(socket, ...closing);
    else if (socket.readyState === WebSocket.CONNECTING) socket.terminate();
    watched?.cut();
  };
}

/** What this side cuts a connection for, in words of its own. */
function whyCut(failure: Error, { maxPayload = 0 }: ClientOptions): string | undefined {
  const code = 'code' in failure ? String(failure.code) : '';
  if (code === 'WS_ERR_UNSUPPORTED_MESSAGE_LENGTH') {
    return `a message was longer than the ${maxPayload} bytes of \`maxPayloadBytes\`; raise it to hear such messages`;
  }
  if (code === 'WS_ERR_INVALID_UTF8') return 'a text message was not UTF-8';
  return code.startsWith('WS_ERR_')
    ? `the server broke the WebSocket protocol (${code})`
    : undefined;
}

function close(socket: WebSocket, code: number, reason: string): void {
  if (code === 1005) socket.close();
  // What cannot be sent was a cut: nobody is left to say more.
  else if (code === 1006 || code === 1015) socket.close(1000);
  else socket.close(code, reason);
}

/** The most that is read of a refusal's body. */
const MAX_BODY_BYTES = 64 * 1024;

/** Reads a body to its end, or as much of it as there may be. */
function readBody(
  response: IncomingMessage,
  timeoutMs: number,
  onRead: (body: Uint8Array) => void,
): TeardownLogic {
  const chunks: Buffer[] = [];
  let length = 0;
  const finish = () => {
    expiry.unsubscribe();
    onRead(Buffer.concat(chunks).subarray(0, MAX_BODY_BYTES));
  };
  const expiry = patience(timeoutMs, () => length).subscribe(finish);
  response.on('data', (chunk: Buffer) => {
    chunks.push(chunk);
    length += chunk.length;
    if (length >= MAX_BODY_BYTES) finish();
  });
  // One of them comes, however it ends; for whoever has been told, neither says more.
  response.on('end', finish).on('close', finish);
  response.on('error', finish);
  return expiry;
}

/**
 * Whether `ws` has taken bytes off the socket that it has not told of yet, as while a compressed
 * frame is on the thread pool. It does not say so by itself; without its receiver, it is not known.
 */
function isReading(socket: WebSocket): boolean {
  const { _receiver: receiver } = socket as { _receiver?: { readonly writableLength?: number } };
  return (receiver?.writableLength ?? 0) > 0;
}
