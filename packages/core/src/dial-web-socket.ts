import type { IncomingMessage } from 'node:http';

import { asyncScheduler } from 'rxjs';
import type { Subscriber, TeardownLogic } from 'rxjs';
import { WebSocket } from 'ws';
import type { ClientOptions } from 'ws';

import {
  ConnectFailedError,
  ConnectionClosedError,
  HandshakeRefusedError,
  NotOpenError,
} from './errors.js';
import { FrameSource } from './frame-source.js';
import { heartbeat } from './heartbeat.js';
import type { Heartbeat, HeartbeatOptions } from './heartbeat.js';
import { toPassedHeaders } from './passed-handshake.js';
import type { UpgradeAnswer } from './passed-handshake.js';
import { toRetryAfterMs } from './retry-after.js';
import { tokenForms } from './token-forms.js';
import type { Connection } from './transport.js';

/** What one dial is made with. */
export interface DialOptions {
  readonly url: string;
  readonly clientOptions: ClientOptions;
  readonly heartbeatOptions: Required<HeartbeatOptions>;
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
    tokens,
    protocols = [],
    refusalTimeoutMs,
    onUpgrade,
    onAnswer,
  }: DialOptions,
): TeardownLogic {
  let socket: WebSocket;
  try {
    socket = new WebSocket(url, [...protocols], clientOptions);
  } catch (error) {
    onAnswer();
    subscriber.error(new ConnectFailedError(toHarmless(error, tokens)));
    return undefined;
  }
  let failure: Error | undefined;
  let beating: Heartbeat | undefined;
  let upgradeHeaders: readonly string[] = [];

  // Never removed: closing a socket that is still connecting emits an error, and an error
  // without a listener ends the process.
  socket.on('error', (error) => {
    failure ??= toHarmless(error, tokens);
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
      subscriber.error(new HandshakeRefusedError(status, retryAfterMs, answer));
    };
    if (refusalTimeoutMs === undefined) refuse(new Uint8Array());
    else subscriber.add(readBody(response, refusalTimeoutMs, refuse));
  });
  socket.on('upgrade', ({ rawHeaders }) => {
    upgradeHeaders = rawHeaders;
  });
  socket.on('open', () => {
    onAnswer();
    onUpgrade?.({ rawHeaders: toPassedHeaders(upgradeHeaders).flat(), protocol: socket.protocol });
    upgradeHeaders = [];
    const { hear } = (beating = heartbeat(socket, heartbeatOptions, () => {
      failure ??= new Error('the server did not answer a ping');
      socket.terminate();
    }));
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
    });
  });
  socket.on('close', (code, reason) => {
    // Refused, or given up: what was told stands.
    if (subscriber.closed) return;
    if (beating === undefined) onAnswer();
    subscriber.error(
      beating === undefined
        ? new ConnectFailedError(failure)
        : new ConnectionClosedError(code, reason.toString(), { cause: failure }),
    );
  });

  return () => {
    beating?.stop();
    if (socket.readyState === WebSocket.OPEN) socket.close(1000);
    else if (socket.readyState === WebSocket.CONNECTING) socket.terminate();
  };
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
  const expiry = asyncScheduler.schedule(finish, timeoutMs);
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
 * Keeps an error's name, message and code. What else hangs on it (the raw answer of the server,
 * the request with its headers) does not belong in a log; nor does a message that quotes a token,
 * as an agent's may.
 */
function toHarmless(error: unknown, tokens: readonly string[]): Error {
  if (!(error instanceof Error)) return new Error('unknown');
  const message = error.message
    // OpenSSL tells its memory addresses and source lines, too.
    .replace(/^.*:SSL routines:[^:]*:([^:]+):.*$/s, 'TLS: $1')
    // A certificate can name as many hosts as it likes.
    .replace(/( is not (?:in the )?cert's \w+):.*$/s, '$1');
  const forms = tokens.flatMap(tokenForms);
  const isHarmless = (text: string) => !forms.some((form) => text.includes(form));
  const cause = new Error(
    isHarmless(message) ? message : 'what failed was told with a token in it',
  );
  cause.name = error.name;
  const code = 'code' in error ? error.code : undefined;
  return typeof code === 'string' && isHarmless(code) ? Object.assign(cause, { code }) : cause;
}
