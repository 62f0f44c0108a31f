import * as E from 'fp-ts/lib/Either.js';
import {
  asapScheduler,
  asyncScheduler,
  defer,
  distinctUntilChanged,
  isObservable,
  map,
  Observable,
  ReplaySubject,
  startWith,
  Subject,
  Subscription,
} from 'rxjs';

import { createCallLog } from './call-snapshot.js';
import type { CallSnapshot } from './call-snapshot.js';
import { classify as defaultClassify } from './classify.js';
import type { Verdict } from './classify.js';
import { decodeFrame } from './codec.js';
import { CallEndedError, NotOpenError, ServerReportedError } from './command-error.js';
import type { Closed, ConnectionState, Reconnecting } from './connection-state.js';
import { assertDurationMs } from './internal/assert-duration-ms.js';
import { assertBooleans, assertFunctions } from './internal/assert-option.js';
import { issueCommand } from './issue-command.js';
import type { Acknowledged, CommandOptions } from './issue-command.js';
import { EndedWithoutCallEndError, isLiveCallError } from './live-call-error.js';
import type { LiveCallError } from './live-call-error.js';
import { Multicast } from './multicast.js';
import { patience } from './patience.js';
import { endCall, joinCall } from './protocol.js';
import type { CallEvent, Command, Transcript } from './protocol.js';
import type { Received } from './received.js';
import { retryConnection } from './retry-connection.js';
import type { RetryConnectionOptions } from './retry-connection.js';
import { ConnectionClosedError, TransportFailedError } from './transport-error.js';
import type { TransportError } from './transport-error.js';
import type { Connection, Frame, Transport } from './transport.js';

/** How a call is followed. */
export interface LiveCallOptions {
  /** When to dial again; `false` never does. @default {} */
  readonly retry?: Omit<RetryConnectionOptions, 'lookNow$' | 'onRetry'> | false;
  /**
   * Milliseconds to go on listening after `event:callEnd`, for what the server still has to say;
   * less when it closes first. @default 1000
   */
  readonly lingerMs?: number;
  /**
   * Whether a close with 1000 ends the call without `event:callEnd`, too. It is dialled again
   * otherwise, since there are proxies that make a 1000 of every cut. @default false
   */
  readonly cleanCloseIsEnd?: boolean;
  /** How many utterances `call$` keeps, about 100 bytes each and their text. @default 10000 */
  readonly maxUtterances?: number;
  /** Gives the id of each command; it must never give one twice. @default crypto.randomUUID */
  readonly createId?: () => string;
}

/**
 * One live call: what is said, what happens, and the two commands.
 *
 * The streams are hot and share one socket, which opens with `connect()` and nothing else; leaving
 * a stream does not close it. Subscribe before `connect()` and nothing is missed. Who comes after
 * the call's end gets the same end as everyone had.
 *
 * A lost connection that is dialled again shows on `state$` and `errors$` alone. The protocol has
 * no resume: what the server sent meanwhile is lost, and commands are never sent again.
 *
 * @see PROTOCOL.md#life-cycle
 */
export interface LiveCall {
  /** What happens to the call. Completes after its end; errors once when it cannot be followed to it. */
  readonly events$: Observable<CallEvent>;
  /** What is said, as it is said. Ends as `events$` does. */
  readonly transcript$: Observable<Transcript>;
  /** Everything that went wrong, the last error included: as values; it never errors. */
  readonly errors$: Observable<LiveCallError>;
  /** Every message in wire order, acks and unknown types too. Ends as `events$` does. */
  readonly messages$: Observable<Received>;
  /** Where the connection stands; the last state first. Completes after `closed`; it never errors. */
  readonly state$: Observable<ConnectionState>;
  /** The call so far; the last snapshot first. Completes with the call; it never errors. */
  readonly call$: Observable<CallSnapshot>;
  /**
   * Dials, and follows the call until its end. Unsubscribing hangs up the monitor, never the call;
   * whoever does so while a message is told takes it from nobody. Once connected, it returns the
   * same subscription; after the end it does nothing but say so, once, on the console.
   */
  connect(): Subscription;
  /**
   * Looks at once whether the connection still lives, and dials at once where one is waited for: for
   * an app that knows better than a timer, since its machine woke up or its network came back.
   * Nothing happens before `connect()` and after the end.
   *
   * @see PROTOCOL.md#dialling-again
   */
  lookNow(): void;
  /**
   * Asks for the call to be transferred to the user. Cold: one subscription sends one command,
   * emits its acknowledgement and completes. Errors with a {@link CommandError}.
   */
  joinCall(options?: CommandOptions): Observable<Acknowledged>;
  /** Asks for the call to be ended; as `joinCall`, but the call's end confirms it, too. */
  endCall(options?: CommandOptions): Observable<Acknowledged>;
}

const CONNECTED_AFTER_END =
  'livecall: connect() on a call that is over does nothing. It follows one call, once: make a new ' +
  'one with liveCall(), in React within the effect that connects it.';

const CALL_ENDED: Closed = { status: 'closed', reason: 'call-ended' };

/**
 * Follows one live call over a transport.
 *
 * @see PROTOCOL.md
 * @example
 * import { liveCall } from '@livecall/core';
 * import type { Transport } from '@livecall/core';
 *
 * export function follow(transport: Transport) {
 *   const call = liveCall(transport);
 *   call.transcript$.subscribe({
 *     next: ({ role, msg }) => console.log(role, msg),
 *     error: (error: Error) => console.error(error.message),
 *   });
 *   return call.connect();
 * }
 */
export function liveCall(
  transport: Transport,
  {
    retry = {},
    lingerMs = 1_000,
    cleanCloseIsEnd = false,
    maxUtterances = 10_000,
    createId = randomUUID,
  }: LiveCallOptions = {},
): LiveCall {
  if (!isObservable(transport)) {
    throw new TypeError('transport must be an Observable of connections.');
  }
  if (retry !== false && (typeof retry !== 'object' || (retry as unknown) === null)) {
    throw new TypeError('retry must be false or the options of retryConnection.');
  }
  assertDurationMs({ lingerMs });
  assertBooleans({ cleanCloseIsEnd });
  assertFunctions({ createId });
  if (!(maxUtterances >= 0)) {
    throw new TypeError(`maxUtterances must be at least 0, not ${maxUtterances}.`);
  }
  const { classify = defaultClassify, ...retryOptions } =
    retry === false ? { classify: (): Verdict => 'fatal' } : retry;
  assertFunctions({ classify });

  const events = new Multicast<CallEvent>();
  const transcript = new Multicast<Transcript>();
  const errors = new Multicast<LiveCallError>();
  const messages = new Multicast<Received>();
  const state$ = new ReplaySubject<ConnectionState>(1);
  const logged = new Multicast<void>();
  const lookNow$ = new Subject<void>();

  const log = createCallLog(maxUtterances);
  let following: Subscription | undefined;
  let hearing: Subscription | undefined;
  let open: Connection | undefined;
  let breakOff: (error: LiveCallError) => void = () => undefined;
  let connections = 0;
  let hasCallEnded = false;
  /** What the server closed with when it was 1000, and no connection has opened since. */
  let normalClose: ConnectionClosedError | undefined;
  let lastVerdict: Verdict = 'fatal';
  let isClosed = false;
  let isTelling = false;
  let hasWarned = false;
  let untold: (() => void)[] = [];
  let heard = 0;

  state$.next({ status: 'idle' });

  /**
   * Tells one thing after the other: what happens while something is told, a hang-up for one, is
   * told when everyone has heard that.
   */
  const tell = <A>(news: (value: A) => void, value: A) => {
    if (isTelling) {
      untold.push(() => {
        news(value);
      });
      return;
    }
    isTelling = true;
    try {
      news(value);
      for (let next = untold; next.length > 0; next = untold) {
        untold = [];
        for (const later of next) later();
      }
    } finally {
      isTelling = false;
    }
  };

  const progress = () => (open?.isReading?.() === true ? NaN : heard);

  const receive = (frame: Frame) => {
    heard += 1;
    tell(tellFrame, frame);
  };

  const tellFrame = (frame: Frame) => {
    // Lost, and dialled again: what a transport may still deliver of it comes too late.
    if (open === undefined || following?.closed === true) return;
    const decoded = decodeFrame(frame);
    if (E.isLeft(decoded)) {
      errors.next(decoded.left);
      return;
    }
    const message = decoded.right;
    const received = { connection: connections, at: asyncScheduler.now(), message };
    log.add(received);
    // Before anyone hears of it: whoever hangs up then, or sends, does so after the call's end.
    if (message.type === 'event:callEnd' && !hasCallEnded) {
      hasCallEnded = true;
      following?.add(patience(lingerMs, progress).subscribe(hangUp));
      state$.next({ status: 'closing', connection: connections });
    }
    messages.next(received);
    switch (message.type) {
      case 'event:callEnd':
      case 'event:start':
      case 'event:end':
        events.next(message);
        break;
      case 'transcript':
        transcript.next(message);
        break;
      case 'error':
        errors.next(new ServerReportedError(message.description));
        break;
      case 'ack':
      case 'unknown':
    }
    logged.next();
  };

  /** Listens to a connection before anyone is told of it: what it says at once is told next. */
  const follow = (connection: Connection) => {
    lose();
    open = connection;
    normalClose = undefined;
    connections += 1;
    log.open(connections);
    try {
      hearing = connection.frames$.subscribe({
        next: receive,
        error: (error: unknown) => {
          dropLater(connection, toLost(error));
        },
        complete: () => {
          dropLater(connection, new ConnectionClosedError(1005));
        },
      });
    } catch (error) {
      // A connection of someone else's that is none.
      fail(error);
      return;
    }
    following?.add(hearing);
    state$.next({ status: 'open', connection: connections });
    logged.next();
  };

  /**
   * A connection of someone else's whose frames end is lost. How it ended is the transport's to say:
   * it may do so in this turn.
   */
  const dropLater = (connection: Connection, error: LiveCallError) => {
    const drop = () => {
      if (open === connection) tell(breakOff, error);
    };
    following?.add(asyncScheduler.schedule(drop));
  };

  const lose = () => {
    open = undefined;
    hearing?.unsubscribe();
  };

  /** What a dial says, in turn. `concatWith`, for what completes, would keep a kilobyte. */
  const dialledTransport: Transport = new Observable((subscriber) => {
    const next = (connection: Connection) => {
      subscriber.next(connection);
    };
    const error = (cause: unknown) => {
      subscriber.error(cause);
    };
    breakOff = error;
    return transport.subscribe({
      next: (connection) => {
        tell(next, connection);
      },
      error: (cause: unknown) => {
        tell(error, cause);
      },
      // A transport that completes, though none should, has closed.
      complete: () => {
        tell(error, new ConnectionClosedError(1005));
      },
    });
  });

  const connection$ = dialledTransport.pipe(
    retryConnection({
      ...retryOptions,
      lookNow$,
      classify: (error) => {
        lose();
        if (isNormalClose(error)) normalClose = error;
        const isEnd = hasCallEnded || (cleanCloseIsEnd && isNormalClose(error));
        lastVerdict = isEnd ? 'fatal' : classify(error);
        return lastVerdict;
      },
      onRetry: ({ attempt, delayMs, cause }) => {
        const error = toLiveCallError(cause);
        tell(tellRetry, { status: 'reconnecting', attempt, delayMs, cause: error });
      },
    }),
  );

  const tellState = (state: ConnectionState) => {
    state$.next(state);
  };

  const tellRetry = (retrying: Reconnecting) => {
    state$.next(retrying);
    errors.next(retrying.cause);
  };

  const close = (closed: Closed) => {
    if (isClosed) return;
    isClosed = true;
    open = undefined;
    tell(tellClosed, closed);
  };

  /** The state first: it settles the commands that wait, before the messages they wait for end. */
  const tellClosed = (closed: Closed) => {
    state$.next(closed);
    if (closed.reason === 'failed') {
      errors.next(closed.error);
      for (const stream of [events, transcript, messages]) stream.error(closed.error);
    } else {
      for (const stream of [events, transcript, messages]) stream.complete();
    }
    errors.complete();
    logged.next();
    logged.complete();
    state$.complete();
  };

  const toClosed = (error: LiveCallError): Closed => {
    if (hasCallEnded) return CALL_ENDED;
    if (cleanCloseIsEnd && isNormalClose(error)) return { status: 'closed', reason: 'clean-close' };
    if (normalClose === undefined) return { status: 'closed', reason: 'failed', error };
    // Another verdict than these, on the tokens for one, says more than that the call has no end.
    const isGone =
      error._tag === 'HandshakeRefusedError' &&
      error.status === 404 &&
      error.refusedBy === 'server';
    const isWithoutEnd = error === normalClose || isGone || lastVerdict === 'retry';
    return {
      status: 'closed',
      reason: 'failed',
      error: isWithoutEnd ? new EndedWithoutCallEndError(normalClose, { isGone }) : error,
    };
  };

  const hangUp = () => {
    following?.unsubscribe();
  };

  const fail = (error: unknown) => {
    close(toClosed(toLiveCallError(error)));
    hangUp();
  };

  const send = (type: Command['type'], frame: Frame): unknown => {
    // Hung up on in a message that is still being told.
    if (isClosed || following?.closed === true) throw new CallEndedError(type, 'not-sent');
    if (open === undefined) throw new NotOpenError();
    // One of someone else's may give a promise.
    const connection: { send(frame: Frame): unknown } = open;
    return connection.send(frame);
  };

  /**
   * A second mount of React's StrictMode connects a call that its first one hung up on, and nothing
   * comes of it. `connect().unsubscribe()` is a hang-up, and is none of that.
   */
  const warnLater = (subscription: Subscription) => {
    if (hasWarned) return;
    hasWarned = true;
    const warning = asapScheduler.schedule(() => {
      console.warn(CONNECTED_AFTER_END);
    });
    const unsubscribe = subscription.unsubscribe.bind(subscription);
    subscription.unsubscribe = () => {
      warning.unsubscribe();
      unsubscribe();
    };
  };

  function issue(command: Command, options?: CommandOptions): Observable<Acknowledged> {
    return issueCommand(
      { state$, messages$: messages.values$, errors$: errors.values$, send, createId, progress },
      command,
      options,
    );
  }

  const call: LiveCall = {
    events$: events.values$,
    transcript$: transcript.values$,
    errors$: errors.values$,
    messages$: messages.values$,
    state$: state$.asObservable(),
    call$: defer(() =>
      logged.values$.pipe(
        startWith(undefined),
        map(() => log.snapshot()),
        distinctUntilChanged(),
      ),
    ),
    connect() {
      if (following !== undefined) {
        if (following.closed) warnLater(following);
        return following;
      }
      const subscription = new Subscription();
      following = subscription;
      tell(tellState, { status: 'connecting' });
      // Whoever hears it may hang up within it.
      if (!subscription.closed) {
        subscription.add(connection$.subscribe({ next: follow, error: fail }));
      }
      subscription.add(() => {
        close(hasCallEnded ? CALL_ENDED : { status: 'closed', reason: 'hung-up' });
      });
      return subscription;
    },
    lookNow() {
      lookNow$.next();
    },
    joinCall(options) {
      return issue(joinCall, options);
    },
    endCall(options) {
      return issue(endCall, options);
    },
  };
  return call;
}

const randomUUID = () => crypto.randomUUID();

/** What a connection's frames may end with: a transport's error is taken at its word. */
function toLost(error: unknown): LiveCallError {
  const isKnown = isLiveCallError(error) && classifiable.has(error._tag);
  return isKnown
    ? error
    : new ConnectionClosedError(1006, '', { cause: new TransportFailedError(error) });
}

const classifiable: ReadonlySet<LiveCallError['_tag']> = new Set<TransportError['_tag']>([
  'HandshakeRefusedError',
  'HandshakeTimeoutError',
  'ConnectFailedError',
  'TokenUnavailableError',
  'ConnectionClosedError',
]);

function isNormalClose(error: unknown): error is ConnectionClosedError {
  return isLiveCallError(error) && error._tag === 'ConnectionClosedError' && error.code === 1000;
}

/** A transport of someone else's may error with anything. */
function toLiveCallError(error: unknown): LiveCallError {
  return isLiveCallError(error) ? error : new TransportFailedError(error);
}
