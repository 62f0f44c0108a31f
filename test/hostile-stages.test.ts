import { once } from 'node:events';

import {
  ConnectionClosedError,
  HandshakeRefusedError,
  HandshakeTimeoutError,
} from '@livecall/core';
import type { Connection, Transport } from '@livecall/core';
import { webSocketTransport } from '@livecall/core/node';
import { replay, scenario, serve } from '@livecall/tools';
import type { Route } from '@livecall/tools';
import fc from 'fast-check';
import { concat, EMPTY, NEVER, of, throwError } from 'rxjs';
import { expect, it } from 'vitest';

import { accessToken, conversationToken } from './fixtures/canary-tokens.js';
import { follow } from './fixtures/follow.js';
import { START } from './fixtures/frames.js';
import { expectNoProcessEnding } from './fixtures/process-endings.js';
import { rawClient, toHandshake } from './fixtures/raw-client.js';
import { toWireFrame } from './fixtures/wire-frame.js';

/* Bytes of any kind, at whatever point of a client's life, and whatever becomes of that client. */

expectNoProcessEnding();

const open$: Transport = concat(
  of<Connection>({ frames$: concat(of(START), NEVER), send: () => undefined }),
  NEVER,
);

/** What becomes of a client. */
const fates: Readonly<Record<string, () => unknown>> = {
  'let in': () => open$,
  'let in, and played a recording': () =>
    replay(scenario().start().onJoin().callEnd().close().toRecording('call')),
  'let in only to be closed': () => throwError(() => new ConnectionClosedError(4401, 'expired')),
  'let in only to be closed without a code': () => EMPTY,
  'let in only to be cut': () => throwError(() => new ConnectionClosedError(1006)),
  refused: () => throwError(() => new HandshakeRefusedError(401)),
  'refused by a mistake': () => undefined,
  'given no answer': () => throwError(() => new HandshakeTimeoutError(10)),
  'kept waiting': () => NEVER,
  'hung up on': () => throwError(() => new Error('no carrier')),
};

const frames = fc
  .record({
    opcode: fc.constantFrom('continuation', 'text', 'binary', 'close', 'ping', 'pong'),
    content: fc.oneof(fc.uint8Array({ maxLength: 130 }), fc.constant(Uint8Array.of(0x03, 0xe8))),
    isFinal: fc.boolean(),
    isMasked: fc.boolean(),
  })
  .map(({ opcode, content, ...options }) =>
    toWireFrame(opcode as 'text', Buffer.from(content), options),
  );
const hostile = fc
  .array(fc.oneof(frames, fc.uint8Array({ maxLength: 200 }).map(Buffer.from)), { maxLength: 6 })
  .map((parts) => Buffer.concat(parts));

/** When a client begins to send them. */
const stages = [
  'in the place of a handshake',
  'within its handshake',
  'behind its handshake',
  'once it was answered',
  'once the server has ended its side',
] as const;
const leavings = ['stays', 'half-closes', 'resets'] as const;

async function attack(
  port: number,
  stage: (typeof stages)[number],
  bytes: Buffer,
  leaving: (typeof leavings)[number],
  isAnswered: boolean,
): Promise<void> {
  const handshake = Buffer.from(toHandshake());
  using client = await rawClient(port);
  const { socket } = client;
  switch (stage) {
    case 'in the place of a handshake':
      socket.write(bytes);
      break;
    case 'within its handshake':
      socket.write(Buffer.concat([handshake.subarray(0, -2), bytes, Buffer.from('\r\n\r\n')]));
      break;
    case 'behind its handshake':
      socket.write(Buffer.concat([handshake, bytes]));
      break;
    default: {
      const ended = once(socket, 'end').catch(() => undefined);
      socket.write(handshake);
      if (isAnswered) await once(socket, 'data');
      socket.resume();
      if (stage === 'once the server has ended its side' && isAnswered) {
        // Who is let in is not left by itself: it asks for its close.
        socket.write(toWireFrame('close', Buffer.of(0x03, 0xe8), { isMasked: true }));
        await ended;
      }
      socket.write(bytes);
    }
  }
  if (leaving === 'half-closes') socket.end();
  if (leaving === 'resets') socket.resetAndDestroy();
}

it.each(Object.entries(fates))(
  'serves others whatever a client sends that is %s',
  async (_fate, route) => {
    let isHostile = true;
    const choose = (() => (isHostile ? route() : open$)) as Route;
    await using server = await serve(choose, { onError: () => undefined, answerTimeoutMs: 1_000 });
    const answered = ['let in', 'refused'];
    const isAnswered = answered.some((begin) => _fate.startsWith(begin)) && !_fate.includes('cut');
    await fc.assert(
      fc.asyncProperty(
        fc.constantFrom(...stages),
        hostile,
        fc.constantFrom(...leavings),
        async (stage, bytes, leaving) => {
          isHostile = true;
          await attack(server.port, stage, bytes, leaving, isAnswered);
        },
      ),
      { numRuns: 40 },
    );

    isHostile = false;
    using following = follow(
      webSocketTransport({ url: server.url, accessToken, conversationToken }),
    );
    expect(await following.frames(1)).toEqual([START]);
  },
);
