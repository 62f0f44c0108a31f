import { isObservable } from 'rxjs';
import type { Observable, Subscription } from 'rxjs';

import type { ChannelListener } from './channel-listener.js';
import type { ConnectionState } from './connection-state.js';
import { Following } from './following.js';
import { assertDurationMs } from './internal/assert-duration-ms.js';
import { assertFunctions } from './internal/assert-option.js';
import { issueCommand } from './issue-command.js';
import type { CommandOptions, Confirmed } from './issue-command.js';
import type { LiveCallError } from './live-call-error.js';
import type { ClientProtocol, CommandId } from './protocol.js';
import type { Received } from './received.js';
import { checkRetryOptions } from './retry-options.js';
import type { CheckedRetryOptions, RetryConnectionOptions } from './retry-options.js';
import type { Transport } from './transport.js';

/** How a channel is followed. */
export interface ChannelOptions<In> {
  /** When to dial again; `false` never does. @default {} */
  readonly retry?: Omit<RetryConnectionOptions, 'lookNow$' | 'onRetry'> | false;
  /**
   * Milliseconds to go on listening after the message that is the end, for what the server still
   * has to say; less when it closes first. @default 1000
   */
  readonly lingerMs?: number;
  /** Gives the id of each command; it must never give one twice. @default the protocol's */
  readonly createId?: () => CommandId;
  /** What is built on the channel, and hears before and after everyone else. */
  readonly listener?: ChannelListener<In>;
}

/**
 * A transport with a protocol: messages come, commands go, and connections are lost and dialled
 * again below them.
 *
 * The streams are hot and share one socket, which opens with `connect()` and nothing else; leaving
 * a stream does not close it. Subscribe before `connect()` and nothing is missed. Who comes after
 * the end gets the same end as everyone had.
 *
 * A lost connection that is dialled again shows on `state$` and `errors$` alone. What the server
 * sent meanwhile is lost, and commands are never sent again.
 *
 * @typeParam In what the server sends
 * @typeParam Out what it is asked for
 */
export interface Channel<In, Out> {
  /**
   * Every message in wire order, answers to commands and unknown types too. Completes after the
   * end; errors once when it cannot be followed to it.
   */
  readonly messages$: Observable<Received<In>>;
  /**
   * Everything that went wrong, as values: it never errors. Who comes after a failure gets the
   * error that was the last.
   */
  readonly errors$: Observable<LiveCallError>;
  /** Where the connection stands; the last state first. Completes after `closed`; it never errors. */
  readonly state$: Observable<ConnectionState>;
  /**
   * Dials, and follows the channel until its end. Unsubscribing hangs up; whoever does so while a
   * message is told takes it from nobody. Once connected, it returns the same subscription; after
   * the end it does nothing but say so, once, on the console.
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
   * Sends a command. Cold: one subscription sends it once under an id of its own, emits what the
   * server answered and completes. Errors with a `CommandError`.
   */
  command(command: Out, options?: CommandOptions): Observable<Confirmed<In, Out>>;
}

/**
 * Speaks a protocol over a transport.
 *
 * @throws TypeError for an option that cannot be
 * @example
 * import { channel, liveCallProtocol } from '@livecall/core';
 * import type { Transport } from '@livecall/core';
 * import { filter } from 'rxjs';
 *
 * export function acks(transport: Transport) {
 *   const { messages$, connect } = channel(transport, liveCallProtocol);
 *   messages$.pipe(filter((received) => received.type === 'ack')).subscribe({
 *     next: ({ message }) => console.log(message.ackId),
 *     error: (error: Error) => console.error(error.message),
 *   });
 *   return connect();
 * }
 */
export function channel<In, Out extends { readonly type: string }>(
  transport: Transport,
  protocol: ClientProtocol<In, Out>,
  { retry, lingerMs = 1_000, createId, listener = {} }: ChannelOptions<In> = {},
): Channel<In, Out> {
  if (!isObservable(transport)) {
    throw new TypeError('transport must be an Observable of connections.');
  }
  assertDurationMs({ lingerMs });
  assertFunctions({ createId });
  const retryOptions = toRetryOptions(retry);
  const following = new Following(transport, protocol, {
    retryOptions,
    lingerMs,
    createId,
    listener,
  });
  const { streams } = following;
  const spoken: Channel<In, Out> = {
    messages$: streams.messages.values$,
    errors$: streams.errors.values$,
    state$: streams.state.values$,
    connect: () => following.connect(),
    lookNow: () => {
      following.lookNow();
    },
    command(command, options) {
      return issueCommand(following, command, options);
    },
  };
  return spoken;
}

const DEFAULT_RETRY = /* @__PURE__ */ checkRetryOptions({});
const NO_RETRY = /* @__PURE__ */ checkRetryOptions({ classify: () => 'fatal' });

function toRetryOptions(retry: ChannelOptions<unknown>['retry']): CheckedRetryOptions {
  if (retry === undefined) return DEFAULT_RETRY;
  if (retry === false) return NO_RETRY;
  if (typeof retry !== 'object' || (retry as unknown) === null) {
    throw new TypeError('retry must be false or the options of retryConnection.');
  }
  assertFunctions({ classify: retry.classify });
  return checkRetryOptions(retry);
}
