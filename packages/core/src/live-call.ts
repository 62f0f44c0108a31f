import { map, throwError } from 'rxjs';
import type { Observable, Subscription } from 'rxjs';

import type { CallSnapshot } from './call-snapshot.js';
import { CallViews } from './call-views.js';
import { channel } from './channel.js';
import type { Channel, ChannelOptions } from './channel.js';
import { SendFailedError } from './command-error.js';
import { assertBooleans, assertFunctions, assertNotNegative } from './internal/assert-option.js';
import type { CommandOptions, Confirmed } from './issue-command.js';
import { endCall, joinCall } from './protocol/commands.js';
import type { Command } from './protocol/commands.js';
import { liveCallClient } from './protocol/live-call-protocol.js';
import type { CallEvent, ServerMessage, Transcript } from './protocol/messages.js';
import type { Transport } from './transport.js';

/** A command that the server has acknowledged. */
export interface Acknowledged {
  /** Which command it was. */
  readonly type: Command['type'];
  /** The id that this command was sent with. */
  readonly id: string;
  /** Which connection it crossed, counted from 1. */
  readonly connection: number;
  /** When the confirmation arrived, in milliseconds since the epoch. */
  readonly at: number;
  /** What confirmed it: its ack, or for `endCall` the call's end. */
  readonly confirmedBy: 'ack' | 'callEnd';
}

/** How a call is followed. */
export interface LiveCallOptions {
  /** When to dial again; `false` never does. @default {} */
  readonly retry?: Exclude<ChannelOptions<ServerMessage>['retry'], undefined>;
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
  /** How many utterances `call$` keeps, about 200 bytes each and their text. @default 10000 */
  readonly maxUtterances?: number;
  /** Gives the id of each command; it must never give one twice. @default crypto.randomUUID */
  readonly createId?: () => string;
}

/**
 * One live call: what is said, what happens, and the two commands. There is one way to send them,
 * `command`; `joinCall` and `endCall` are it by the name of what is asked for, and `sendCommand` is it
 * for a stream of them.
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
export interface LiveCall extends Omit<Channel<ServerMessage, Command>, 'command'> {
  /** What happens to the call. Completes after its end; errors once when it cannot be followed to it. */
  readonly events$: Observable<CallEvent>;
  /** What is said, as it is said. Ends as `events$` does. */
  readonly transcript$: Observable<Transcript>;
  /** The call so far; the last snapshot first. Completes with the call; it never errors. */
  readonly call$: Observable<CallSnapshot>;
  /**
   * Dials, and follows the call until its end. Unsubscribing hangs up the monitor, never the call;
   * whoever does so while a message is told takes it from nobody. Once connected, it returns the
   * same subscription; after the end it does nothing but say so, once, on the console.
   */
  connect(): Subscription;
  /**
   * Asks for the call to be transferred to the user. Cold: one subscription sends one command,
   * emits its acknowledgement and completes. Errors with a {@link CommandError}.
   */
  joinCall(options?: CommandOptions): Observable<Acknowledged>;
  /** Asks for the call to be ended; as `joinCall`, but the call's end confirms it, too. */
  endCall(options?: CommandOptions): Observable<Acknowledged>;
  /** Sends either of the two commands, as a value; what is neither fails unsent. */
  command(command: Command, options?: CommandOptions): Observable<Acknowledged>;
}

/**
 * Follows one live call over a transport.
 *
 * @throws TypeError for an option that cannot be
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
  { cleanCloseIsEnd = false, maxUtterances = 10_000, createId, ...options }: LiveCallOptions = {},
): LiveCall {
  assertBooleans({ cleanCloseIsEnd });
  assertFunctions({ createId });
  assertNotNegative({ maxUtterances });
  const views = new CallViews(maxUtterances);
  const protocol = cleanCloseIsEnd ? endingWith1000 : liveCallClient;
  const followed = channel(transport, protocol, {
    ...options,
    ...(createId && { createId: () => assertText(createId()) }),
    listener: views,
  });
  // Not a spread: of members that come after one, V8 makes a hidden class and two kilobytes each time.
  const { messages$, errors$, state$, connect, lookNow } = followed;
  const call: LiveCall = {
    messages$,
    errors$,
    state$,
    connect,
    lookNow,
    events$: views.events$,
    transcript$: views.transcript$,
    call$: views.call$,
    command(command, options) {
      return isCommand(command)
        ? followed.command(command, options).pipe(map(toAcknowledged))
        : throwError(() => new SendFailedError('A command', 'not-sent', NEITHER));
    },
    joinCall(options) {
      return call.command(joinCall, options);
    },
    endCall(options) {
      return call.command(endCall, options);
    },
  };
  return call;
}

const endingWith1000: typeof liveCallClient = {
  ...liveCallClient,
  isEndingClose: (code) => code === 1000,
};

const NEITHER = 'livecall knows client:joinCall and client:endCall, and it is neither';

/** What is no command must not become one: it is the last that could be taken back. */
function isCommand(asked: unknown): asked is Command {
  const type = (asked as Partial<Command> | null | undefined)?.type;
  return type === joinCall.type || type === endCall.type;
}

/** @throws TypeError for an id that JSON would not have as text. */
function assertText(id: unknown): string {
  if (typeof id === 'string') return id;
  throw new TypeError('createId must give a string.');
}

function toAcknowledged(confirmed: Confirmed<ServerMessage, Command>): Acknowledged {
  const { command, id, connection, at, by } = confirmed;
  return {
    type: command.type,
    id: String(id),
    connection,
    at,
    confirmedBy: by === 'ack' ? 'ack' : 'callEnd',
  };
}
