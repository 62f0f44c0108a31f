import type { ClientRequest, IncomingMessage } from 'node:http';

import { asyncScheduler } from 'rxjs';
import type { Observable, Subscriber, Unsubscribable } from 'rxjs';
import { WebSocket } from 'ws';
import type { ClientOptions } from 'ws';

import { isSendable } from '../close-codes.js';
import { NotOpenError } from '../command-error.js';
import { FrameSource } from '../frame-source.js';
import type { Progress } from '../patience.js';
import { toRetryAfterMs } from '../retry-after.js';
import { toHarmless } from '../to-harmless.js';
import { ConnectionClosedError } from '../transport-error.js';
import type { Connection } from '../transport.js';
import { Beating } from './beating.js';
import type { Beaten } from './beating.js';
import type { HeartbeatOptions } from './heartbeat-options.js';
import { toPassedHeaders } from './passed-handshake.js';
import type { UpgradeAnswer } from './passed-handshake.js';
import { isProgramError } from './program-advice.js';
import { proxyRefusalStatus } from './proxy-refusal.js';
import { readBody } from './read-body.js';
import { shareSecureContext } from './share-secure-context.js';
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
  readonly protocols?: string[];
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
  readonly #maxPayload: number;
  /** Until it is open. */
  #options: DialOptions | undefined;
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
    this.#maxPayload = clientOptions.maxPayload ?? 0;
    this.#options = options;
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
  }

  #connect({ url, clientOptions, protocols = [] }: DialOptions): DialledSocket {
    const watched = this.#watched;
    if (watched === undefined)
      return new DialledSocket(url, protocols, shareSecureContext(url, clientOptions));
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
    return watched.run(() => new DialledSocket(url, protocols, options));
  }

  fail(error: Error): void {
    if (this.#failure !== undefined) return;
    this.#failure = toHarmless(error, this.#tokens);
    this.#proxyStatus = proxyRefusalStatus(error);
    this.#why = whyCut(this.#failure, this.#maxPayload);
  }

  refuse(response: IncomingMessage): void {
    const nowMs = asyncScheduler.now();
    // Where the server does not answer, the error that says so ends the wait, too.
    this.#options?.onAnswer();
    const refusalTimeoutMs = this.#options?.refusalTimeoutMs;
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
    if (refusalTimeoutMs === undefined) refuse(new Uint8Array());
    else this.#subscriber.add(readBody(response, refusalTimeoutMs, refuse));
  }

  upgrade({ rawHeaders }: IncomingMessage): void {
    if (this.#options?.onUpgrade !== undefined) this.#upgradeHeaders = rawHeaders;
  }

  open(): void {
    const socket = this.#socket;
    const options = this.#options;
    if (socket === undefined || options === undefined) return;
    this.#options = undefined;
    options.onAnswer();
    this.#watched?.stop();
    options.onUpgrade?.({
      rawHeaders: toPassedHeaders(this.#upgradeHeaders).flat(),
      protocol: socket.protocol,
    });
    this.#upgradeHeaders = NONE;
    this.#beating = new Beating(socket, options.heartbeatOptions, this);
    this.#subscriber.add(options.lookNow$?.subscribe(this));
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
    const socket = this.#socket;
    if (socket?.readyState === WebSocket.OPEN) close(socket, ...this.#closing);
    else if (socket?.readyState === WebSocket.CONNECTING) socket.terminate();
    this.#watched?.cut();
  }
}

const NONE: readonly never[] = [];
const NORMAL: readonly [code: number, reason: string] = [1000, ''];

/**
 * Tells its dial what happens, and nobody else: it has no listeners. Seven of them were 200 bytes of
 * every call, and looked up for each message.
 */
class DialledSocket extends WebSocket {
  declare dial?: WebSocketDial;

  override emit(event: string | symbol, ...told: unknown[]): boolean;
  override emit(event: string | symbol, first?: unknown, second?: unknown): boolean {
    const { dial } = this;
    switch (event) {
      case 'message':
        // `binaryType` is left at 'nodebuffer': it is one Buffer.
        dial?.hear(first as Buffer, second as boolean);
        return true;
      case 'ping':
      case 'pong':
        dial?.sign();
        return true;
      case 'unexpected-response':
        dial?.refuse(second as IncomingMessage);
        return true;
      case 'upgrade':
        dial?.upgrade(first as IncomingMessage);
        return true;
      case 'open':
        dial?.open();
        return true;
      case 'error':
        // Closing a socket that is still connecting emits one, too.
        dial?.fail(first as Error);
        return true;
      case 'close':
        dial?.close(first as number, String(second));
        return true;
      default:
        return false;
    }
  }
}

function close(socket: WebSocket, code: number, reason: string): void {
  if (isSendable(code)) socket.close(code, reason);
  else if (code === 1005) socket.close();
  // What cannot be sent was a cut: nobody is left to say more.
  else socket.close(1000);
}

/**
 * Whether `ws` has taken bytes off the socket that it has not told of yet, as while a compressed
 * frame is on the thread pool. It does not say so by itself; without its receiver, it is not known.
 */
function isReading(socket: WebSocket): boolean {
  const { _receiver: receiver } = socket as { _receiver?: { readonly writableLength?: number } };
  return (receiver?.writableLength ?? 0) > 0;
}
