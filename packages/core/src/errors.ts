import { certificateAdvice } from './certificate-advice.js';
import { isError } from './is-error.js';
import { toPlainFields } from './plain-fields.js';
import { isDenied, programAdvice } from './program-advice.js';
import type { Frame } from './transport.js';

/*
 * No message, enumerable field or cause in this file holds a token, a phone number or what was
 * said in a call. What only the server worded (a close reason, an error's description) and the
 * frame of an `InvalidFrameError` are there to be read, but not enumerable: `console.log`,
 * `JSON.stringify` and the loggers pass them by.
 */

class TaggedError<Tag extends string> extends Error {
  readonly _tag: Tag;

  constructor(tag: Tag, message: string, options?: ErrorOptions) {
    super(message, options);
    this._tag = tag;
    this.name = tag;
  }

  /** What `JSON.stringify` writes: the plain form, as of {@link toPlainError}. */
  toJSON(): object {
    return toPlainFields(this);
  }
}

/** Keeps a field readable and out of every log. */
function hide(error: Error, field: string, value: unknown): void {
  Object.defineProperty(error, field, { value, enumerable: false });
}

/* The transport: why a connection could not be made, or ended */

const adviceByStatus: Readonly<Record<number, string>> = {
  400: 'the conversation token is not valid; take it from the call log entry (liveConversationToken)',
  401: 'the access token is missing, wrong or expired; get a new one',
  403: 'the access token does not allow this call; check whose token it is',
  404: 'no such conversation, or the call is no longer active; check the URL and the conversation token',
  407: 'a proxy before the server wants credentials',
  408: 'the server gave up waiting; try again',
  426: 'the request came without its upgrade; a proxy in between must pass Upgrade and Connection on',
  429: 'too many connections; wait before the next one',
  431: 'the headers are too long for it, or for a proxy in between; check the length of the access token',
};

const proxyAdviceByStatus: Readonly<Record<number, string>> = {
  401: 'it wants credentials; give them to the `agent`',
  403: 'it does not let through to this host and port; ask who runs it',
  407: 'it wants credentials; give them to the `agent`',
  408: 'it gave up waiting; try again',
  429: 'too many connections; wait before the next one',
};

function proxyAdviceFor(status: number): string {
  const advice = proxyAdviceByStatus[status];
  if (advice !== undefined) return advice;
  return status >= 500
    ? 'it did not reach the server; check the host in the URL, and see that it is up'
    : 'check the URL of the proxy, and that it knows CONNECT';
}

function adviceFor(status: number): string {
  const advice = adviceByStatus[status];
  if (advice !== undefined) return advice;
  if (status >= 500) return 'the server failed; try again later';
  if (status >= 300 && status < 400) return 'redirects are never followed; use the final URL';
  return 'it did not switch to the WebSocket protocol; check the URL';
}

/** What a server answered to a handshake that it refused, as it came. */
export interface RefusalAnswer {
  readonly statusText: string;
  /** Names and values in turn, as Node has them in `rawHeaders`. */
  readonly rawHeaders: readonly string[];
  /** As much of it as was read: nothing, unless the handshake was one that is passed on. */
  readonly body: Uint8Array;
}

/**
 * The handshake was answered with another status than 101, by the server or by an HTTP proxy on the
 * way to it.
 *
 * @see PROTOCOL.md#handshake
 */
export class HandshakeRefusedError extends TaggedError<'HandshakeRefusedError'> {
  /** The HTTP status. */
  readonly status: number;
  /** Milliseconds the server asks to wait (`Retry-After`), where it said so. */
  readonly retryAfterMs: number | undefined;
  /** Who it was: a proxy that refused the way (`CONNECT`) says nothing of the tokens, which it never saw. */
  readonly refusedBy: 'server' | 'proxy';
  /** The answer itself, for whoever passes it on; not enumerable, since it may hold anything. */
  declare readonly answer: RefusalAnswer | undefined;

  constructor(
    status: number,
    retryAfterMs?: number,
    answer?: RefusalAnswer,
    refusedBy: 'server' | 'proxy' = 'server',
  ) {
    const asked =
      retryAfterMs !== undefined && retryAfterMs > 0
        ? ` It asks to wait for ${Math.ceil(retryAfterMs / 1000)} s.`
        : '';
    super(
      'HandshakeRefusedError',
      refusedBy === 'proxy'
        ? `The HTTP proxy refused the way to the server with ${status}: ${proxyAdviceFor(status)}.${asked}`
        : `The server refused the connection with ${status}: ${adviceFor(status)}.${asked}`,
    );
    this.status = status;
    this.retryAfterMs = retryAfterMs;
    this.refusedBy = refusedBy;
    hide(this, 'answer', answer);
  }
}

/** The connection was not open in time. */
export class HandshakeTimeoutError extends TaggedError<'HandshakeTimeoutError'> {
  /** How long it was given, in milliseconds. */
  readonly timeoutMs: number;
  /** What it was still waiting for: a token from its provider, or the server. */
  readonly waitingFor: 'token' | 'server';

  constructor(timeoutMs: number, waitingFor: 'token' | 'server' = 'server') {
    const what =
      waitingFor === 'token'
        ? 'The token provider gave no token'
        : 'The server did not answer the handshake';
    super('HandshakeTimeoutError', `${what} within ${timeoutMs} ms; see that it can be reached.`);
    this.timeoutMs = timeoutMs;
    this.waitingFor = waitingFor;
  }
}

/** The connection could not be made: name not found, refused, TLS, or an answer that is no handshake. */
export class ConnectFailedError extends TaggedError<'ConnectFailedError'> {
  /** The system's or library's own code, `ECONNREFUSED` or `CERT_HAS_EXPIRED` for one, where there is one. */
  readonly code: string | undefined;

  /**
   * Whether it would come again however often it is dialled: a certificate that is not accepted, a
   * permission that is missing, a mistake in this program.
   */
  readonly isLasting: boolean;

  /** @param options.isProgram whether this program is at fault, and not the network */
  constructor(cause: unknown, { isProgram = false }: { readonly isProgram?: boolean } = {}) {
    const reason = isError(cause)
      ? cause.message || codeOf(cause) || cause.name
      : 'no reason given';
    const code = codeOf(cause);
    const certificate = certificateAdvice(code);
    const program = isProgram || isDenied(cause) ? programAdvice(cause) : undefined;
    // Some say it in a sentence.
    const failed = `Could not connect: ${reason.replace(/\.+$/, '')}`;
    super(
      'ConnectFailedError',
      certificate !== undefined
        ? `The server's certificate is not accepted (${code}): ${certificate}.`
        : program !== undefined
          ? `${failed}; ${program}.`
          : `${failed}. Check the URL and the network.`,
      { cause },
    );
    this.code = code;
    this.isLasting = certificate !== undefined || program !== undefined;
  }
}

/** A token function failed or gave no token. What it threw is its own affair: `providerError`, not enumerable. */
export class TokenUnavailableError extends TaggedError<'TokenUnavailableError'> {
  /** Which of the two it is. */
  readonly token: 'accessToken' | 'conversationToken';
  /** What the token function threw; not enumerable. */
  declare readonly providerError: unknown;

  constructor(token: 'accessToken' | 'conversationToken', providerError?: unknown) {
    const how = isError(providerError) ? `failed (${providerError.name})` : 'gave no usable token';
    super(
      'TokenUnavailableError',
      `The ${token} function ${how}; it must give a non-empty string.`,
    );
    this.token = token;
    hide(this, 'providerError', providerError);
  }
}

const meaningByCode: Readonly<Record<number, string>> = {
  1000: 'normal closure',
  1001: 'going away',
  1002: 'protocol error',
  1003: 'unsupported data',
  1005: 'no code given',
  1006: 'cut without a close',
  1007: 'invalid payload',
  1008: 'policy violation',
  1009: 'message too big',
  1010: 'extension missing',
  1011: 'server error',
  1012: 'service restart',
  1013: 'try again later',
  1014: 'bad gateway',
  1015: 'TLS failure',
  4999: 'the client departed from the recording',
};

/**
 * A close code with what it means, where that is known.
 *
 * @example
 * import { nameCloseCode } from '@livecall/core';
 *
 * console.log(nameCloseCode(1009)); // => 1009 (message too big)
 */
export function nameCloseCode(code: number): string {
  const meaning = meaningByCode[code];
  return meaning === undefined ? `${code}` : `${code} (${meaning})`;
}

/** An open connection ended, by whatever code: 1000 from the server too. @see PROTOCOL.md#close-codes */
export class ConnectionClosedError extends TaggedError<'ConnectionClosedError'> {
  /** The close code; 1006 when the connection was cut without one. */
  readonly code: number;
  /** The server's own words for it; not enumerable, since they may hold anything. */
  declare readonly reason: string;
  /** Whether the server sent a close frame. */
  readonly wasClean: boolean;

  /** @param options.why what this side cut it for, in harmless words */
  constructor(
    code: number,
    reason = '',
    {
      wasClean = code !== 1006,
      why,
      cause,
    }: { readonly wasClean?: boolean; readonly why?: string; readonly cause?: unknown } = {},
  ) {
    const closed = `The connection was closed with ${nameCloseCode(code)}`;
    super(
      'ConnectionClosedError',
      why === undefined ? `${closed}.` : `${closed}: ${why}.`,
      cause === undefined ? undefined : { cause },
    );
    this.code = code;
    hide(this, 'reason', reason);
    this.wasClean = wasClean;
  }
}

/**
 * Something failed that is not of livecall's making: a transport of someone else's, or a function
 * that was given as an option. What it threw is `failure`, not enumerable.
 */
export class TransportFailedError extends TaggedError<'TransportFailedError'> {
  /** What was thrown; not enumerable, since it may hold anything. */
  declare readonly failure: unknown;

  constructor(failure: unknown) {
    super(
      'TransportFailedError',
      `The transport failed with ${nameOf(failure)}; what it said is in \`failure\`.`,
    );
    hide(this, 'failure', failure);
  }
}

/** Everything a {@link Transport} errors with. */
export type TransportError =
  | HandshakeRefusedError
  | HandshakeTimeoutError
  | ConnectFailedError
  | TokenUnavailableError
  | ConnectionClosedError;

/* The call */

/** A frame is not a message of the protocol. The call goes on. */
export class InvalidFrameError extends TaggedError<'InvalidFrameError'> {
  /** Where in the message it is wrong, `role` for one; empty for the frame as a whole. */
  readonly path: string;
  /** What should stand there. */
  readonly expected: string;
  /** The frame's length, in characters when it is text, in bytes when binary. */
  readonly length: number;
  /** The frame itself; not enumerable. */
  declare readonly frame: Frame;

  constructor(frame: Frame, expected: string, path = '') {
    const what =
      path === ''
        ? `a frame of ${frame.length} ${typeof frame === 'string' ? 'characters' : 'bytes'} is not ${expected}`
        : `\`${path}\` is not of type ${expected}`;
    super('InvalidFrameError', `An invalid message arrived: ${what}. It was skipped.`);
    this.path = path;
    this.expected = expected;
    this.length = frame.length;
    hide(this, 'frame', frame);
  }
}

/**
 * The server sent an `error` message. The call goes on unless it also closes. It has no stack: where
 * livecall read the message tells nothing of the server, and would take five times as long as that.
 *
 * @see PROTOCOL.md#error
 */
export class ServerReportedError extends TaggedError<'ServerReportedError'> {
  /** The server's own words; not enumerable, since they may hold anything. */
  declare readonly description: string;

  constructor(description: string) {
    const { stackTraceLimit } = Error;
    Reflect.set(Error, 'stackTraceLimit', 0);
    super('ServerReportedError', 'The server reported an error; its words are in `description`.');
    Reflect.set(Error, 'stackTraceLimit', stackTraceLimit);
    hide(this, 'description', description);
  }
}

/**
 * The server closed with 1000, but never said that the call had ended; then it knew the call no
 * more (404), or could not be reached again.
 *
 * @see PROTOCOL.md#dialling-again
 */
export class EndedWithoutCallEndError extends TaggedError<'EndedWithoutCallEndError'> {
  constructor(cause: ConnectionClosedError, { isGone = false }: { isGone?: boolean } = {}) {
    super(
      'EndedWithoutCallEndError',
      isGone
        ? 'The server closed the connection without event:callEnd, and then knew the call no more (404): it has most likely ended.'
        : 'The server closed the connection without event:callEnd; the call may still be going on.',
      { cause },
    );
  }
}

/* Commands */

/**
 * What is known about a command that failed: it was certainly not sent, and may be sent again, or
 * it may or may not have been carried out.
 */
export type Delivery = 'not-sent' | 'unknown';

/** There is no open connection to send on. */
export class NotOpenError extends TaggedError<'NotOpenError'> {
  /** It was certainly not sent. */
  readonly delivery = 'not-sent' satisfies Delivery;
  /** How long an open connection was waited for, in milliseconds; 0 when it was not. */
  readonly waitedMs: number;

  constructor(waitedMs = 0) {
    const waited =
      waitedMs > 0 ? `No connection opened within ${waitedMs} ms` : 'The connection is not open';
    super(
      'NotOpenError',
      `${waited}; the command was not sent. Send it once the connection is open.`,
    );
    this.waitedMs = waitedMs;
  }
}

/** No ack came in time. The command may have been carried out all the same. */
export class AckTimeoutError extends TaggedError<'AckTimeoutError'> {
  /** It was sent; what became of it is not known. */
  readonly delivery = 'unknown' satisfies Delivery;
  /** How long the ack was given, in milliseconds. */
  readonly ackTimeoutMs: number;
  /** The `error` messages that came while it waited; the protocol does not say which command one is about. */
  readonly errorsSinceSend: readonly ServerReportedError[];

  constructor(type: string, ackTimeoutMs: number, errorsSinceSend: readonly ServerReportedError[]) {
    const reported =
      errorsSinceSend.length === 0
        ? ''
        : ` The server reported ${errorsSinceSend.length} error(s) meanwhile.`;
    super(
      'AckTimeoutError',
      `No ack for ${type} within ${ackTimeoutMs} ms; whether it was carried out is unknown.${reported}`,
    );
    this.ackTimeoutMs = ackTimeoutMs;
    this.errorsSinceSend = errorsSinceSend;
  }
}

/** The connection that the command was sent on ended before the ack. */
export class ConnectionLostError extends TaggedError<'ConnectionLostError'> {
  /** It was sent; what became of it is not known. */
  readonly delivery = 'unknown' satisfies Delivery;

  constructor(type: string, cause: unknown) {
    super(
      'ConnectionLostError',
      `The connection ended before ${type} was acknowledged; whether it was carried out is unknown.`,
      { cause },
    );
  }
}

/** The call, or the following of it, is over. */
export class CallEndedError extends TaggedError<'CallEndedError'> {
  /** Whether it was sent before the end. */
  readonly delivery: Delivery;

  constructor(type: string, delivery: Delivery) {
    const known =
      delivery === 'not-sent' ? 'it was not sent' : 'whether it was carried out is unknown';
    super(
      'CallEndedError',
      `The call, or the following of it, ended before ${type} was ${delivery === 'not-sent' ? 'sent' : 'acknowledged'}; ${known}.`,
    );
    this.delivery = delivery;
  }
}

/**
 * It could not be sent, for a reason that is not of livecall's making: `send` of a transport of
 * someone else's or `createId` threw, or it is no command.
 */
export class SendFailedError extends TaggedError<'SendFailedError'> {
  /** `not-sent` where it came to no sending; `unknown` where sending it failed. */
  readonly delivery: Delivery;
  /** What was thrown; not enumerable, since it may hold anything. */
  declare readonly failure: unknown;

  constructor(
    type: string,
    delivery: Delivery,
    what: string,
    { failure }: { failure?: unknown } = {},
  ) {
    const thrown =
      failure === undefined
        ? what
        : `${what} failed with ${nameOf(failure)}; what it said is in \`failure\``;
    super(
      'SendFailedError',
      delivery === 'not-sent'
        ? `${type} was not sent: ${thrown}.`
        : `Sending ${type} failed, and whether it was carried out is unknown: ${thrown}.`,
    );
    this.delivery = delivery;
    hide(this, 'failure', failure);
  }
}

/** Why a command failed; `delivery` says what is known of it. */
export type CommandError =
  NotOpenError | AckTimeoutError | ConnectionLostError | CallEndedError | SendFailedError;

/** Every error that livecall makes; tell them apart by `_tag`. */
export type LiveCallError =
  | TransportError
  | TransportFailedError
  | InvalidFrameError
  | ServerReportedError
  | EndedWithoutCallEndError
  | CommandError;

/** Every error's class by its tag; the type sees to it that none is missing. */
export const errorsByTag: {
  readonly [Tag in LiveCallError['_tag']]: {
    readonly prototype: Extract<LiveCallError, { readonly _tag: Tag }>;
  };
} = {
  HandshakeRefusedError,
  HandshakeTimeoutError,
  ConnectFailedError,
  TokenUnavailableError,
  ConnectionClosedError,
  TransportFailedError,
  InvalidFrameError,
  ServerReportedError,
  EndedWithoutCallEndError,
  NotOpenError,
  AckTimeoutError,
  ConnectionLostError,
  CallEndedError,
  SendFailedError,
};

/**
 * Tells livecall's own errors from all others, by tag: two copies of the package know each other's.
 *
 * @example
 * import { isLiveCallError } from '@livecall/core';
 *
 * export function toStatus(error: unknown): number | undefined {
 *   const isRefused = isLiveCallError(error) && error._tag === 'HandshakeRefusedError';
 *   return isRefused ? error.status : undefined;
 * }
 */
export function isLiveCallError(error: unknown): error is LiveCallError {
  return isError(error) && '_tag' in error && Object.hasOwn(errorsByTag, String(error._tag));
}

function codeOf(cause: unknown): string | undefined {
  const code = isError(cause) && 'code' in cause ? cause.code : undefined;
  return typeof code === 'string' ? code : undefined;
}

function nameOf(failure: unknown): string {
  return isError(failure) ? failure.name : typeof failure;
}
