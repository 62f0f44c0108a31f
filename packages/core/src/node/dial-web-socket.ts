import type { ClientRequest, IncomingMessage } from 'node:http';

import { asyncScheduler } from 'rxjs';
import type { Observable, Subscriber, Unsubscribable } from 'rxjs';
import { WebSocket } from 'ws';
import type { ClientOptions } from 'ws';

import { NotOpenError } from '../command-error.js';
import { FrameSource } from '../frame-source.js';
import type { Progress } from '../patience.js';
import { toRetryAfterMs } from '../retry-after.js';
import { toHarmless } from '../to-harmless.js';
import { ConnectionClosedError } from '../transport-error.js';
import type { Connection } from '../transport.js';
import { Beating } from './beating.js';
import type { Beaten, HeartbeatOptions } from './beating.js';
import { toPassedHeaders } from './passed-handshake.js';
import type { UpgradeAnswer } from './passed-handshake.js';
import { isProgramError } from './program-advice.js';
import { proxyRefusalStatus } from './proxy-refusal.js';
import { readBody } from './read-body.js';
import { toConnectFailed } from './to-connect-failed.js';
import { toRefused } from './to-refused.js';
import { watchSockets } from './watch-sockets.js';
import { whyCut } from './why-cut.js';

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
  /** Told once when the server has answered. */
  readonly onAnswer: () => void;
}

/**
 * Opens one socket and tells a transport's subscriber what becomes of it; unsubscribing closes it.
 *
 * A class, whose sockets share their listeners, and let go of those that have done their part: as
 * closures, what a dial keeps while the connection is open was two kilobytes more.
 */
export class WebSocketDial implements Unsubscribable, Beaten {
  readonly #subscriber: Subscriber<Connection>;
  readonly #tokens: readonly string[];
  readonly #heartbeatOptions: Required<HeartbeatOptions>;
  readonly #maxPayload: number;
  readonly #lookNow$: Observable<unknown> | undefined;
  readonly #refusalTimeoutMs: number | undefined;
  #onUpgrade: DialOptions['onUpgrade'];
  #onAnswer: (() => void) | undefined;
  /** Only an agent makes connections that the socket knows nothing of. */
  #watched: ReturnType<typeof watchSockets> | undefined;
  #refusedBy: 'server' | 'proxy' = 'server';
  #proxyStatus: number | undefined;
  #upgradeHeaders: readonly string[] = NONE;
  #socket: DialledSocket | undefined;
  #failure: Error | undefined;
  #why: string | undefined;
  #beating: Beating | undefined;
  readonly #frames = new FrameSource();
  #closing: readonly [code: number, reason: string] = NORMAL;

  constructor(subscriber: Subscriber<Connection>, options: DialOptions) {
    const { clientOptions } = options;
    this.#subscriber = subscriber;
    this.#tokens = options.tokens;
    this.#heartbeatOptions = options.heartbeatOptions;
    this.#maxPayload = clientOptions.maxPayload ?? 0;
    this.#lookNow$ = options.lookNow$;
    this.#refusalTimeoutMs = options.refusalTimeoutMs;
    this.#onUpgrade = options.onUpgrade;
    this.#onAnswer = options.onAnswer;
    this.#watched = clientOptions.agent && watchSockets();
    try {
      this.#socket = this.#connect(options);
    } catch (error) {
      this.#watched?.cut();
      const harmless = toHarmless(error, this.#tokens);
      subscriber.error(toConnectFailed(harmless, { isProgram: true }));
      return;
    }
    this.#socket.dial = this;
    this.#socket
      // Never removed: closing a socket that is still connecting emits an error, and an error
      // without a listener ends the process.
      .on('error', onError)
      .on('unexpected-response', onUnexpectedResponse)
      .on('upgrade', onUpgrade)
      .on('open', onOpen)
      .on('close', onClose);
  }

  #connect({ url, clientOptions, protocols = [] }: DialOptions): DialledSocket {
    const watched = this.#watched;
    if (watched === undefined) return new DialledSocket(url, [...protocols], clientOptions);
    const options: ClientOptions = {
      ...clientOptions,
      finishRequest: (request: ClientRequest) => {
        // As `https-proxy-agent` tells it; the proxy's answer comes as the server's then.
        request.on('proxyConnect', ({ statusCode }: { readonly statusCode?: number }) => {
          if (statusCode !== 200) this.#refusedBy = 'proxy';
        });
        request.end();
      },
    };
    return watched.run(() => new DialledSocket(url, [...protocols], options));
  }

  /** The server has answered. Where it did not, the error that says so ends the wait, too. */
  #answer(): void {
    this.#onAnswer?.();
    this.#onAnswer = undefined;
  }

  fail(error: Error): void {
    if (this.#failure !== undefined) return;
    this.#failure = toHarmless(error, this.#tokens);
    this.#proxyStatus = proxyRefusalStatus(error);
    this.#why = whyCut(this.#failure, this.#maxPayload);
  }

  refuse(response: IncomingMessage): void {
    const nowMs = asyncScheduler.now();
    this.#answer();
    const { statusCode: status = 0, statusMessage = '', rawHeaders, headers } = response;
    const retryAfterMs = toRetryAfterMs({
      retryAfter: headers['retry-after'],
      date: headers.date,
      nowMs,
    });
    const refuse = (body: Uint8Array) => {
      const answer = { statusText: statusMessage, rawHeaders, body };
      this.#subscriber.error(
        toRefused(status, retryAfterMs, { answer, refusedBy: this.#refusedBy }),
      );
    };
    if (this.#refusalTimeoutMs === undefined) refuse(new Uint8Array());
    else this.#subscriber.add(readBody(response, this.#refusalTimeoutMs, refuse));
  }

  upgrade({ rawHeaders }: IncomingMessage): void {
    if (this.#onUpgrade !== undefined) this.#upgradeHeaders = rawHeaders;
  }

  open(): void {
    const socket = this.#socket;
    if (socket === undefined) return;
    this.#answer();
    this.#watched?.stop();
    this.#onUpgrade?.({
      rawHeaders: toPassedHeaders(this.#upgradeHeaders).flat(),
      protocol: socket.protocol,
    });
    this.#upgradeHeaders = NONE;
    this.#onUpgrade = undefined;
    this.#beating = new Beating(socket, this.#heartbeatOptions, this);
    socket
      .off('unexpected-response', onUnexpectedResponse)
      .off('upgrade', onUpgrade)
      .off('open', onOpen)
      .on('message', onMessage)
      .on('ping', onSign)
      .on('pong', onSign);
    this.#subscriber.add(this.#lookNow$?.subscribe(this));
    this.#subscriber.next({
      frames$: this.#frames.values$,
      send(frame) {
        if (socket.readyState !== WebSocket.OPEN) throw new NotOpenError();
        socket.send(frame);
      },
      bufferedBytes: () => socket.bufferedAmount,
      isReading: () => isReading(socket),
      closeWith: (code, reason) => {
        this.#closing = [code, reason];
      },
    });
  }

  hear(data: Buffer, isBinary: boolean): void {
    this.sign();
    this.#frames.next(isBinary ? data : data.toString());
  }

  /** Of `lookNow$`. */
  next(): void {
    this.#beating?.look();
  }

  /** Something came: the peer is there. */
  sign(): void {
    this.#beating?.hear();
  }

  get progress(): Progress {
    return () => (this.#socket !== undefined && isReading(this.#socket) ? NaN : 0);
  }

  fallSilent(): void {
    this.#why = 'the server did not answer a ping';
    this.#failure ??= new Error(this.#why);
    this.#socket?.terminate();
  }

  close(code: number, reason: string): void {
    const subscriber = this.#subscriber;
    // Refused, or given up: what was told stands.
    if (subscriber.closed) return;
    const failure = this.#failure;
    if (this.#beating !== undefined) {
      const why = this.#why;
      const options = { cause: failure, ...(why !== undefined && { why }) };
      subscriber.error(new ConnectionClosedError(code, reason, options));
      return;
    }
    subscriber.error(
      this.#proxyStatus === undefined
        ? toConnectFailed(failure, { isProgram: isProgramError(failure) })
        : toRefused(this.#proxyStatus, undefined, { refusedBy: 'proxy' }),
    );
  }

  unsubscribe(): void {
    this.#beating?.stop();
    const socket = this.#socket?.off('ping', onSign).off('pong', onSign);
    if (socket?.readyState === WebSocket.OPEN) close(socket, ...this.#closing);
    else if (socket?.readyState === WebSocket.CONNECTING) socket.terminate();
    this.#watched?.cut();
  }
}

const NONE: readonly never[] = [];
const NORMAL: readonly [code: number, reason: string] = [1000, ''];

/** Knows its dial, so that all sockets share their listeners. */
class DialledSocket extends WebSocket {
  declare dial: WebSocketDial;
}

const dialOf = (socket: unknown) => (socket as { readonly dial: WebSocketDial }).dial;

function onError(this: unknown, error: Error): void {
  dialOf(this).fail(error);
}

function onUnexpectedResponse(this: unknown, _request: unknown, response: IncomingMessage): void {
  dialOf(this).refuse(response);
}

function onUpgrade(this: unknown, response: IncomingMessage): void {
  dialOf(this).upgrade(response);
}

function onOpen(this: unknown): void {
  dialOf(this).open();
}

function onMessage(this: unknown, data: unknown, isBinary: boolean): void {
  // `binaryType` is left at 'nodebuffer': `data` is one Buffer.
  dialOf(this).hear(data as Buffer, isBinary);
}

function onSign(this: unknown): void {
  dialOf(this).sign();
}

function onClose(this: unknown, code: number, reason: Buffer): void {
  dialOf(this).close(code, reason.toString());
}

function close(socket: WebSocket, code: number, reason: string): void {
  if (code === 1005) socket.close();
  // What cannot be sent was a cut: nobody is left to say more.
  else if (code === 1006 || code === 1015) socket.close(1000);
  else socket.close(code, reason);
}

/**
 * Whether `ws` has taken bytes off the socket that it has not told of yet, as while a compressed
 * frame is on the thread pool. It does not say so by itself; without its receiver, it is not known.
 */
function isReading(socket: WebSocket): boolean {
  const { _receiver: receiver } = socket as { _receiver?: { readonly writableLength?: number } };
  return (receiver?.writableLength ?? 0) > 0;
}
