import { CausedError } from './caused-error.js';
import { nameOf, TaggedError } from './tagged-error.js';

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
    super(
      'ServerReportedError',
      'The server reported an error; its words are in `description`.',
      {},
      { description },
    );
    Reflect.set(Error, 'stackTraceLimit', stackTraceLimit);
  }
}

/**
 * What is known about a command that failed: it was certainly not sent, and may be sent again, or
 * it may or may not have been carried out.
 */
export type Delivery = 'not-sent' | 'unknown';

/** There is no open connection to send on. */
export class NotOpenError extends TaggedError<'NotOpenError'> {
  /** It was certainly not sent. */
  declare readonly delivery: 'not-sent';
  /** How long an open connection was waited for, in milliseconds; 0 when it was not. */
  declare readonly waitedMs: number;

  constructor(waitedMs = 0) {
    const waited =
      waitedMs > 0 ? `No connection opened within ${waitedMs} ms` : 'The connection is not open';
    super(
      'NotOpenError',
      `${waited}; the command was not sent. Send it once the connection is open.`,
      { delivery: 'not-sent', waitedMs },
    );
  }
}

/** No ack came in time. The command may have been carried out all the same. */
export class AckTimeoutError extends CausedError<'AckTimeoutError'> {
  /** It was sent; what became of it is not known. */
  declare readonly delivery: 'unknown';
  /** How long the ack was given, in milliseconds. */
  declare readonly ackTimeoutMs: number;
  /** The `error` messages that came while it waited; the protocol does not say which command one is about. */
  declare readonly errorsSinceSend: readonly ServerReportedError[];

  constructor(type: string, ackTimeoutMs: number, errorsSinceSend: readonly ServerReportedError[]) {
    const reported =
      errorsSinceSend.length === 0
        ? ''
        : ` The server reported ${errorsSinceSend.length} error(s) meanwhile.`;
    super(
      'AckTimeoutError',
      `No ack for ${type} within ${ackTimeoutMs} ms; whether it was carried out is unknown.${reported}`,
      { delivery: 'unknown', ackTimeoutMs, errorsSinceSend },
    );
  }
}

/** The connection that the command was sent on ended before the ack. */
export class ConnectionLostError extends CausedError<'ConnectionLostError'> {
  /** It was sent; what became of it is not known. */
  declare readonly delivery: 'unknown';

  constructor(type: string, cause: unknown) {
    super(
      'ConnectionLostError',
      `The connection ended before ${type} was acknowledged; whether it was carried out is unknown.`,
      { delivery: 'unknown' },
      { cause },
    );
  }
}

/** The call, or the following of it, is over. */
export class CallEndedError extends TaggedError<'CallEndedError'> {
  /** Whether it was sent before the end. */
  declare readonly delivery: Delivery;

  constructor(type: string, delivery: Delivery) {
    const known =
      delivery === 'not-sent' ? 'it was not sent' : 'whether it was carried out is unknown';
    super(
      'CallEndedError',
      `The call, or the following of it, ended before ${type} was ${delivery === 'not-sent' ? 'sent' : 'acknowledged'}; ${known}.`,
      { delivery },
    );
  }
}

/**
 * It could not be sent, for a reason that is not of livecall's making: `send` of a transport of
 * someone else's or `createId` threw, or it is no command.
 */
export class SendFailedError extends TaggedError<'SendFailedError'> {
  /** `not-sent` where it came to no sending; `unknown` where sending it failed. */
  declare readonly delivery: Delivery;
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
      { delivery },
      { failure },
    );
  }
}

/** Why a command failed; `delivery` says what is known of it. */
export type CommandError =
  NotOpenError | AckTimeoutError | ConnectionLostError | CallEndedError | SendFailedError;
