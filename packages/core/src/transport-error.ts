import { CausedError } from './caused-error.js';
import { nameCloseCode } from './close-codes.js';
import { errorCode } from './error-code.js';
import { isError } from './is-error.js';
import { refusalMeaning } from './protocol/refusal-meaning.js';
import { nameOf, TaggedError } from './tagged-error.js';
import { whyLasting } from './why-lasting.js';

/** What a server answered to a handshake that it refused, as it came. */
export interface RefusalAnswer {
  readonly statusText: string;
  /** Names and values in turn, as Node has them in `rawHeaders`. */
  readonly rawHeaders: readonly string[];
  /** As much of it as was read: nothing, unless the handshake was one that is passed on. */
  readonly body: Uint8Array;
}

/** What else is known of a refusal. */
export interface RefusalOptions {
  /** What was answered, where it is passed on. @default none of it is kept */
  readonly answer?: RefusalAnswer;
  /** Who answered so. @default 'server' */
  readonly refusedBy?: HandshakeRefusedError['refusedBy'];
  /** Whether the tokens were renewed for it already: the same would be answered again. @default false */
  readonly isLasting?: boolean;
  /** What it means and what to do about it, in harmless words. @default what the status means */
  readonly advice?: string;
}

/**
 * The handshake was answered with another status than 101, by the server or by an HTTP proxy on the
 * way to it.
 *
 * @see PROTOCOL.md#handshake
 */
export class HandshakeRefusedError extends TaggedError<'HandshakeRefusedError'> {
  /** The HTTP status. */
  declare readonly status: number;
  /** Milliseconds the server asks to wait (`Retry-After`), where it said so. */
  declare readonly retryAfterMs: number | undefined;
  /** Who it was: a proxy that refused the way (`CONNECT`) says nothing of the tokens, which it never saw. */
  declare readonly refusedBy: 'server' | 'proxy';
  /** Whether the tokens were renewed for it already, as by a relay: a further dial would be refused alike. */
  declare readonly isLasting: boolean;
  /** The answer itself, for whoever passes it on; not enumerable, since it may hold anything. */
  declare readonly answer: RefusalAnswer | undefined;

  constructor(
    status: number,
    retryAfterMs?: number,
    { answer, refusedBy = 'server', isLasting = false, advice }: RefusalOptions = {},
  ) {
    const isProxy = refusedBy === 'proxy';
    const who = isProxy
      ? 'HTTP proxy refused the way to the server'
      : 'server refused the connection';
    const why = advice ?? (isProxy ? undefined : refusalMeaning(status));
    const asked =
      retryAfterMs !== undefined && retryAfterMs > 0
        ? ` It asks to wait for ${Math.ceil(retryAfterMs / 1000)} s.`
        : '';
    super(
      'HandshakeRefusedError',
      `The ${who} with ${status}${why === undefined ? '' : `: ${why}`}.${asked}`,
      { status, retryAfterMs, refusedBy, isLasting },
      { answer },
    );
  }
}

/** The connection was not open in time. */
export class HandshakeTimeoutError extends TaggedError<'HandshakeTimeoutError'> {
  /** How long it was given, in milliseconds. */
  declare readonly timeoutMs: number;
  /** What it was still waiting for: a token from its provider, or the server. */
  declare readonly waitingFor: 'token' | 'server';

  constructor(timeoutMs: number, waitingFor: 'token' | 'server' = 'server') {
    const what =
      waitingFor === 'token'
        ? 'The token provider gave no token'
        : 'The server did not answer the handshake';
    super('HandshakeTimeoutError', `${what} within ${timeoutMs} ms; see that it can be reached.`, {
      timeoutMs,
      waitingFor,
    });
  }
}

/**
 * The connection could not be made: name not found, refused, TLS, or an answer that is no handshake.
 *
 * Its message repeats the cause's. `webSocketTransport` leaves tokens out of both; a transport of
 * one's own gives it a cause that is as harmless.
 */
export class ConnectFailedError extends CausedError<'ConnectFailedError'> {
  /** The system's or library's own code, `ECONNREFUSED` or `CERT_HAS_EXPIRED` for one, where there is one. */
  declare readonly code: string | undefined;

  /**
   * Whether it would come again however often it is dialled: a certificate that is not accepted, a
   * permission that is missing, a mistake in this program.
   */
  declare readonly isLasting: boolean;

  constructor(
    cause: unknown,
    {
      advice,
    }: {
      /** What to do about it, of what would come again however often it is dialled. */
      readonly advice?: string;
    } = {},
  ) {
    const code = errorCode(cause);
    const why = whyLasting(cause, code);
    const isLasting = why !== undefined || advice !== undefined;
    const reason = isError(cause) ? cause.message || code || cause.name : 'no reason given';
    super(
      'ConnectFailedError',
      (why === 'certificate'
        ? `The server's certificate is not accepted (${code}): `
        : // Some say it in a sentence.
          `Could not connect: ${reason.replace(/\.+$/, '')}${isLasting ? '; ' : '. '}`) +
        (isLasting ? `${advice ?? LASTING}.` : 'Check the URL and the network.'),
      { code, isLasting },
      { cause },
    );
  }
}

const LASTING = 'it would come again however often it is dialled';

/** A token function failed or gave no token. What it threw is its own affair: `providerError`, not enumerable. */
export class TokenUnavailableError extends TaggedError<'TokenUnavailableError'> {
  /** Which of the two it is. */
  declare readonly token: 'accessToken' | 'conversationToken';
  /** What the token function threw; not enumerable. */
  declare readonly providerError: unknown;

  constructor(token: 'accessToken' | 'conversationToken', providerError?: unknown) {
    const how = isError(providerError) ? `failed (${providerError.name})` : 'gave no usable token';
    super(
      'TokenUnavailableError',
      `The ${token} function ${how}; it must give a non-empty string.`,
      { token },
      { providerError },
    );
  }
}

/** An open connection ended, by whatever code: 1000 from the server too. @see PROTOCOL.md#close-codes */
export class ConnectionClosedError extends CausedError<'ConnectionClosedError'> {
  /** The close code; 1006 when the connection was cut without one. */
  declare readonly code: number;
  /** The server's own words for it; not enumerable, since they may hold anything. */
  declare readonly reason: string;
  /** Whether the server sent a close frame. */
  declare readonly wasClean: boolean;

  constructor(
    code: number,
    reason = '',
    {
      wasClean = code !== 1006,
      why,
      cause,
    }: {
      readonly wasClean?: boolean;
      /** What this side cut it for, in harmless words. */
      readonly why?: string;
      readonly cause?: unknown;
    } = {},
  ) {
    const closed = `The connection was closed with ${nameCloseCode(code)}`;
    super(
      'ConnectionClosedError',
      why === undefined ? `${closed}.` : `${closed}: ${why}.`,
      { code, wasClean },
      { reason, ...(cause !== undefined && { cause }) },
    );
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
      {},
      { failure },
    );
  }
}

/** Everything a {@link Transport} errors with. */
export type TransportError =
  | HandshakeRefusedError
  | HandshakeTimeoutError
  | ConnectFailedError
  | TokenUnavailableError
  | ConnectionClosedError;
