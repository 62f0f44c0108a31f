import { liveCall } from '@livecall/core';
import type { ConnectionState, LiveCallError, ServerMessage } from '@livecall/core';

import { brokerRetry, brokerTransport } from '../../broker-transport.js';
import { exitCodes, ExitError } from '../exit-error.js';
import type { GivenSecrets } from '../find-secret.js';
import { openBroker, toFleet } from '../open-broker.js';
import type { BrokerFlags } from '../open-broker.js';
import { print, say, toVisible } from '../say.js';
import { sayLink } from '../say-link.js';
import { stopping } from '../stopping.js';
import { toCallId } from '../to-call-id.js';

/** What `livecall-fleet follow` was called with. */
export interface FollowFlags extends BrokerFlags {
  readonly json?: boolean;
}

/** `livecall-fleet follow`: shows a call, from its beginning, as it is read from the broker. */
export async function runFollow(
  callId: string,
  flags: FollowFlags,
  given: GivenSecrets,
): Promise<number> {
  const id = toCallId(callId);
  const { json = false } = flags;
  const connection = await openBroker(flags, given);
  const call = liveCall(brokerTransport({ connection, callId: id, ...toFleet(flags) }), {
    retry: brokerRetry,
  });
  let isAwaited = false;
  const sayCause = ({ _tag: tag, message }: LiveCallError) => {
    // No connection of the call was there in time: it is enqueued later, or nobody has it.
    if (tag !== 'HandshakeTimeoutError') say(message);
    else if (!isAwaited) say(`nothing is heard of ${id}; waits for a worker to follow it`);
    isAwaited = tag === 'HandshakeTimeoutError';
  };
  let notWritten: NodeJS.ErrnoException | undefined;
  const state = await new Promise<ConnectionState>((resolve) => {
    call.messages$.subscribe({
      next: (received) => {
        if (json) print(JSON.stringify(received));
        else print(describe(received.message));
      },
      error: () => undefined,
    });
    call.state$.subscribe((next) => {
      if (next.status === 'closed') resolve(next);
      else if (next.status === 'reconnecting') sayCause(next.cause);
      else if (next.status === 'open' && next.connection > 1) say('connected again');
    });
    const following = call.connect();
    const stop = () => {
      following.unsubscribe();
    };
    following.add(stopping().subscribe(stop));
    following.add(sayLink(connection));
    // Nobody reads it any more (`| head`), or it cannot be written.
    process.stdout.once('error', (error: NodeJS.ErrnoException) => {
      if (error.code !== 'EPIPE') notWritten = error;
      stop();
    });
  });
  await connection.close();
  if (notWritten !== undefined) {
    const why = `standard output cannot be written (${notWritten.code ?? 'unknown'}).`;
    throw new ExitError(exitCodes.ioError, why, { cause: notWritten });
  }
  if (state.status === 'closed' && state.reason === 'failed') {
    throw new ExitError(exitCodes.unavailable, state.error.message);
  }
  return exitCodes.ok;
}

function describe(message: ServerMessage): string {
  if ('role' in message) return `${message.role}: ${toVisible(message.msg)}`;
  if ('phone' in message) {
    return `call from ${toVisible(message.phone) || 'a number that is not given'}`;
  }
  if ('msg' in message) return `screening ended · ${toVisible(message.msg)}`;
  if ('description' in message) return `error: ${toVisible(message.description)}`;
  if ('timestamp' in message) return 'call ended';
  return message.type === 'unknown'
    ? 'a message of a kind that is not published'
    : 'a command was acknowledged';
}
