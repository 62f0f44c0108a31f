import { globalAgent } from 'node:http';

import { liveCall } from '@livecall/core';
import { webSocketTransport } from '@livecall/core/node';
import type { WebSocketTransportOptions } from '@livecall/core/node';
import { expect, it } from 'vitest';

import { accessToken, conversationToken } from './fixtures/canary-tokens.js';
import { follow, followCall } from './fixtures/follow.js';
import { CALL_END } from './fixtures/frames.js';
import { startPlatform } from './fixtures/platform.js';
import type { Answer, Platform } from './fixtures/platform.js';

/* What is left after many calls: nothing. */

const CYCLES = 200;

const toOptions = ({ url }: Platform): WebSocketTransportOptions => ({
  url,
  accessToken,
  conversationToken,
});

/** What keeps this process going, counted. */
function countResources(): Readonly<Record<'sockets' | 'dials' | 'timers' | 'listeners', number>> {
  const count = (name: string) =>
    process.getActiveResourcesInfo().filter((resource) => resource === name).length;
  const emitters = [process, globalAgent];
  const listeners = emitters.flatMap((emitter) =>
    emitter.eventNames().map((name) => emitter.listenerCount(name as string)),
  );
  return {
    sockets: count('TCPSocketWrap'),
    dials: count('TCPConnectWrap'),
    timers: count('Timeout'),
    listeners: listeners.reduce((sum, number) => sum + number, 0),
  };
}

/** Lets what was closed be collected by the event loop. */
async function settle(platform: Platform): Promise<void> {
  await platform.empty();
  await new Promise((resolve) => setImmediate(resolve));
}

it.each<[what: string, answer: Answer, cycle: (platform: Platform) => Promise<unknown>]>([
  [
    'were hung up',
    () => undefined,
    async (platform) => {
      using following = follow(webSocketTransport(toOptions(platform)));
      await following.connection();
    },
  ],
  [
    'were given up while they were dialled',
    'silence',
    async (platform) => {
      const dialled = platform.dial(platform.dials.length + 1);
      const following = follow(webSocketTransport(toOptions(platform)));
      await dialled;
      following.unsubscribe();
    },
  ],
  [
    'were closed by the server',
    (client) => {
      client.close(1000);
    },
    async (platform) => {
      using following = follow(webSocketTransport(toOptions(platform)));
      await following.error();
    },
  ],
  [
    'were refused',
    404,
    async (platform) => {
      using following = follow(webSocketTransport(toOptions(platform)));
      await following.error();
    },
  ],
  [
    'ran their course, a command and its ack included',
    (client) => {
      client.on('message', (data: Buffer) => {
        const { id } = JSON.parse(data.toString()) as { id: string };
        client.send(JSON.stringify({ type: 'ack', ackId: id }));
        client.send(CALL_END);
        client.close(1000);
      });
    },
    async (platform) => {
      const call = liveCall(webSocketTransport(toOptions(platform)));
      call.endCall({ whenNotOpen: 'wait' }).subscribe();
      using following = followCall(call);
      await following.state('closed');
    },
  ],
])(
  'leaves no socket, timer or listener behind after calls that %s',
  async (_what, answer, cycle) => {
    await using platform = await startPlatform(answer);
    // The first makes what the process keeps for all that follow.
    await cycle(platform);
    await settle(platform);
    const before = countResources();
    for (let done = 0; done < CYCLES; done += 1) await cycle(platform);
    await settle(platform);

    const { timers, ...left } = countResources();
    expect(platform.dials).toHaveLength(CYCLES + 1);
    expect({ ...left, timers: before.timers }).toEqual(before);
    // The test runner has one of its own now and then.
    expect(timers).toBeLessThanOrEqual(before.timers + 1);
  },
);
