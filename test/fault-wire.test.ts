import { liveCall } from '@livecall/core';
import type { LiveCall, LiveCallOptions, TokenRequest } from '@livecall/core';
import { webSocketTransport } from '@livecall/core/node';
import type { WebSocketTransportOptions } from '@livecall/core/node';
import { firstValueFrom, lastValueFrom, toArray } from 'rxjs';
import { expect, it, onTestFinished, vi } from 'vitest';

import { accessToken, conversationToken } from './fixtures/canary-tokens.js';
import { followCall } from './fixtures/follow.js';
import { forward } from './fixtures/forward.js';
import { CALL_END, START } from './fixtures/frames.js';
import { freePort } from './fixtures/free-port.js';
import { startRawServer } from './fixtures/raw-server.js';
import type { RawDial, RawServer } from './fixtures/raw-server.js';
import { toCloseFrame, toWireFrame } from './fixtures/wire-frame.js';

/* What a call makes of faults below the messages of a WebSocket: bytes, and the lack of them. */

type Answer = (dial: RawDial) => void;

/** Starts a server that gives the n-th dial the n-th answer, and the last one to all that follow. */
function startInOrder(...answers: readonly Answer[]): Promise<RawServer> {
  let dials = 0;
  return startRawServer((dial) => {
    answers[Math.min(dials++, answers.length - 1)]?.(dial);
  });
}

/** Lets a dial in, ends the call, and closes: all of it in one segment. */
const endCall: Answer = ({ socket, switching }) => {
  socket.end(
    Buffer.concat([Buffer.from(switching), toWireFrame('text', CALL_END), toCloseFrame(1000)]),
  );
};

/** A call that dials again at once. */
function toCall(
  url: string,
  options: Partial<WebSocketTransportOptions> = {},
  callOptions: LiveCallOptions = {},
): LiveCall {
  return liveCall(webSocketTransport({ url, accessToken, conversationToken, ...options }), {
    retry: { random: () => 0 },
    ...callOptions,
  });
}

/** What a call shows from now on: its states, and the types of its messages. */
function watch(call: LiveCall) {
  const states: string[] = [];
  const heard: string[] = [];
  call.state$.subscribe((state) => {
    states.push(state.status === 'closed' ? state.reason : state.status);
  });
  call.messages$.subscribe({
    next: ({ message }) => heard.push(message.type),
    error: () => undefined,
  });
  return { states, heard };
}

/* The handshake */

it.each<[what: string, answer: Answer, error: object]>([
  ['does not answer', () => undefined, { _tag: 'HandshakeTimeoutError', waitingFor: 'server' }],
  [
    'hangs up',
    ({ socket }) => void socket.end(),
    { _tag: 'ConnectFailedError', code: 'ECONNRESET' },
  ],
  [
    'resets the connection',
    ({ socket }) => void socket.resetAndDestroy(),
    { _tag: 'ConnectFailedError', code: 'ECONNRESET' },
  ],
  [
    'hangs up in the middle of its answer',
    ({ socket, switching }) => void socket.end(switching.slice(0, 60)),
    { _tag: 'ConnectFailedError', code: 'ECONNRESET' },
  ],
  [
    'answers garbage',
    ({ socket }) => void socket.end(Buffer.alloc(256, 0xa5)),
    { _tag: 'ConnectFailedError', code: expect.stringMatching(/^HPE_/) as unknown },
  ],
])('dials again when the server %s', async (_what, answer, error) => {
  await using server = await startInOrder(answer, endCall);
  const call = toCall(server.url, { handshakeTimeoutMs: 1_000 });
  const { states } = watch(call);
  using following = followCall(call);
  await following.state('closed');

  expect(states.slice(0, 3)).toEqual(['idle', 'connecting', 'reconnecting']);
  expect(states.slice(-3)).toEqual(['open', 'closing', 'call-ended']);
  expect(await following.errors(1)).toMatchObject([error]);
  await (await server.dial(1)).gone();
  await (await server.dial(2)).gone();
});

it('dials on while nobody listens, and is let in once somebody does', async () => {
  await using server = await startInOrder(endCall);
  const port = await freePort();
  const call = toCall(
    `ws://127.0.0.1:${port}/ws/v1/liveCalls`,
    {},
    { retry: { baseDelayMs: 10, maxDelayMs: 10, maxAttempts: Infinity } },
  );
  const { states } = watch(call);
  using following = followCall(call);
  expect(await following.errors(3)).toMatchObject(
    Array(3).fill({ _tag: 'ConnectFailedError', code: 'ECONNREFUSED' }),
  );
  expect(new Set(states)).toEqual(new Set(['idle', 'connecting', 'reconnecting']));
  onTestFinished(await forward(port, Number(new URL(server.url).port)));
  await following.state('closed');

  expect(states.slice(-3)).toEqual(['open', 'closing', 'call-ended']);
  await (await server.dial(1)).gone();
});

const restart: Answer = ({ socket, switching }) => {
  socket.end(Buffer.concat([Buffer.from(switching), toCloseFrame(1012)]));
};

const unauthorized: Answer = ({ socket }) => {
  socket.end('HTTP/1.1 401 Unauthorized\r\nContent-Length: 0\r\n\r\n');
};

it('asks for new tokens when they are refused on the second dial', async () => {
  const asked = vi.fn<(request: TokenRequest) => string>(() => accessToken);
  await using server = await startInOrder(restart, unauthorized, endCall);
  const call = toCall(server.url, { accessToken: asked });
  const { states } = watch(call);
  using following = followCall(call);
  await following.state('closed');

  expect(states.join(' ')).toBe(
    'idle connecting open reconnecting reconnecting open closing call-ended',
  );
  expect(await following.errors(9)).toMatchObject([
    { _tag: 'ConnectionClosedError', code: 1012 },
    { _tag: 'HandshakeRefusedError', status: 401 },
  ]);
  expect(asked.mock.calls.map(([{ reason }]) => reason)).toEqual([
    'connect',
    'connect',
    'unauthorized',
  ]);
  for (const number of [1, 2, 3]) await (await server.dial(number)).gone();
});

it('gives up when the new tokens are refused, too', async () => {
  await using server = await startInOrder(restart, unauthorized);
  const call = toCall(server.url);
  const { states } = watch(call);
  using following = followCall(call);

  expect(await following.state('closed')).toMatchObject({
    reason: 'failed',
    error: { _tag: 'HandshakeRefusedError', status: 401 },
  });
  expect(states.join(' ')).toBe('idle connecting open reconnecting reconnecting failed');
  for (const number of [1, 2, 3]) await (await server.dial(number)).gone();
});

/* An open connection */

/** Lets a dial in, says that a call comes in, and goes wrong when the client sends something. */
const goWrong =
  (wrong: Answer): Answer =>
  (dial) => {
    dial.socket.write(Buffer.concat([Buffer.from(dial.switching), toWireFrame('text', START)]));
    dial.socket.once('data', () => {
      wrong(dial);
    });
  };

const write =
  (...bytes: readonly Buffer[]): Answer =>
  ({ socket }) => {
    socket.write(Buffer.concat(bytes));
  };

const MAX = 65_536;

it.each<[what: string, wrong: Answer, cause: string | undefined]>([
  ['cuts it with a FIN', ({ socket }) => void socket.end(), undefined],
  ['cuts it with a reset', ({ socket }) => void socket.resetAndDestroy(), undefined],
  [
    'cuts it in the middle of a frame',
    ({ socket }) => void socket.end(toWireFrame('text', CALL_END).subarray(0, -1)),
    undefined,
  ],
  [
    'sends text that is not UTF-8',
    write(toWireFrame('text', Buffer.of(0xc3, 0x28))),
    'INVALID_UTF8',
  ],
  ['sends a frame of an unknown kind', write(Buffer.of(0x83, 0x00)), 'INVALID_OPCODE'],
  ['sets a bit that is reserved', write(Buffer.of(0xa1, 0x00)), 'UNEXPECTED_RSV_2_3'],
  ['claims compression', write(Buffer.of(0xc1, 0x00)), 'UNEXPECTED_RSV_1'],
  ['masks its frames', write(toWireFrame('text', CALL_END, { isMasked: true })), 'UNEXPECTED_MASK'],
  ['continues what was not begun', write(toWireFrame('continuation', CALL_END)), 'INVALID_OPCODE'],
  ['sends a ping in fragments', write(toWireFrame('ping', '', { isFinal: false })), 'EXPECTED_FIN'],
  [
    'sends a ping that is too long',
    write(toWireFrame('ping', 'x'.repeat(126))),
    'INVALID_CONTROL_PAYLOAD_LENGTH',
  ],
  ['closes with a code that cannot be', write(toCloseFrame(1005)), 'INVALID_CLOSE_CODE'],
  [
    'sends a message that is too long',
    write(toWireFrame('text', 'x'.repeat(MAX + 1))),
    'UNSUPPORTED_MESSAGE_LENGTH',
  ],
  [
    'sends fragments of a message that is too long',
    write(
      toWireFrame('text', 'x'.repeat(MAX), { isFinal: false }),
      toWireFrame('continuation', 'x'),
    ),
    'UNSUPPORTED_MESSAGE_LENGTH',
  ],
])('dials again when the server %s', async (_what, wrong, cause) => {
  await using server = await startInOrder(goWrong(wrong), endCall);
  const call = toCall(server.url, { socket: { maxPayloadBytes: MAX } });
  const { states, heard } = watch(call);
  using following = followCall(call);
  await firstValueFrom(call.events$);

  await expect(lastValueFrom(call.joinCall())).rejects.toMatchObject({
    _tag: 'ConnectionLostError',
    delivery: 'unknown',
  });
  await following.state('closed');
  expect(states.join(' ')).toBe('idle connecting open reconnecting open closing call-ended');
  expect(heard).toEqual(['event:start', 'event:callEnd']);
  const [error, ...more] = await following.errors(9);
  expect(error).toMatchObject({ _tag: 'ConnectionClosedError', code: 1006, wasClean: false });
  expect(error?.cause).toEqual(
    cause === undefined ? undefined : expect.objectContaining({ code: `WS_ERR_${cause}` }),
  );
  expect(more).toEqual([]);
  await (await server.dial(1)).gone();
  await (await server.dial(2)).gone();
});

it('dials again when the server says nothing more, not even a pong', async () => {
  await using server = await startInOrder(
    goWrong(() => undefined),
    endCall,
  );
  const call = toCall(server.url, { heartbeat: { pingIntervalMs: 10, pongTimeoutMs: 20 } });
  const { states } = watch(call);
  using following = followCall(call);
  await following.state('open');

  await expect(lastValueFrom(call.joinCall({ ackTimeoutMs: 60_000 }))).rejects.toMatchObject({
    _tag: 'ConnectionLostError',
    cause: { code: 1006 },
  });
  await following.state('closed');
  expect(states.join(' ')).toBe('idle connecting open reconnecting open closing call-ended');
  expect(await following.errors(9)).toMatchObject([
    {
      _tag: 'ConnectionClosedError',
      code: 1006,
      cause: { message: 'the server did not answer a ping' },
    },
  ]);
  await (await server.dial(1)).gone();
  await (await server.dial(2)).gone();
});

it('gives up when the same message is too long, dial after dial', async () => {
  const tooLong: Answer = ({ socket, switching }) => {
    socket.write(Buffer.concat([Buffer.from(switching), toWireFrame('text', 'x'.repeat(MAX + 1))]));
  };
  await using server = await startInOrder(tooLong);
  const call = toCall(
    server.url,
    { socket: { maxPayloadBytes: MAX } },
    { retry: { maxAttempts: 2, random: () => 0 } },
  );
  const { states } = watch(call);
  using following = followCall(call);

  expect(await following.state('closed')).toMatchObject({
    reason: 'failed',
    error: { code: 1006, cause: { code: 'WS_ERR_UNSUPPORTED_MESSAGE_LENGTH' } },
  });
  expect(states.join(' ')).toBe('idle connecting open reconnecting open reconnecting open failed');
  for (const number of [1, 2, 3]) await (await server.dial(number)).gone();
});

/* How TCP cuts what a server says */

const SAID = '{"type":"transcript","msg":"Grüße, 你好 🤖","role":"other"}';

const pieces = (text: string, at: number): readonly [Buffer, Buffer] => {
  const bytes = Buffer.from(text);
  return [bytes.subarray(0, at), bytes.subarray(at)];
};

/** The same three messages, in one frame each, or in fragments with a ping between them. */
const whole = [START, SAID, CALL_END].map((text) => toWireFrame('text', text));
const fragments = [START, SAID, CALL_END].flatMap((text) => {
  // In the middle of a character, where there is one of several bytes.
  const [first, rest] = pieces(text, 31);
  return [
    toWireFrame('text', first, { isFinal: false }),
    toWireFrame('ping', 'there?'),
    toWireFrame('continuation', '', { isFinal: false }),
    toWireFrame('continuation', rest),
  ];
});

/** Writes each byte only when the one before it has been handed to the network. */
async function trickle({ socket, switching }: RawDial, bytes: Buffer): Promise<void> {
  socket.setNoDelay(true);
  for (const byte of Buffer.concat([Buffer.from(switching), bytes])) {
    await new Promise<void>((resolve) => {
      socket.write(Buffer.of(byte), () => {
        resolve();
      });
    });
  }
  socket.end();
}

it.each<[what: string, frames: readonly Buffer[], send: (dial: RawDial, bytes: Buffer) => unknown]>(
  [
    ['a byte at a time', whole, trickle],
    ['in fragments, a byte at a time', fragments, trickle],
    [
      'all in one segment',
      whole,
      ({ socket, switching }, bytes) => socket.end(Buffer.concat([Buffer.from(switching), bytes])),
    ],
    [
      'in fragments, all in one segment',
      fragments,
      ({ socket, switching }, bytes) => socket.end(Buffer.concat([Buffer.from(switching), bytes])),
    ],
  ],
)('hears the same when it comes %s', async (_what, frames, send) => {
  const bytes = Buffer.concat([...frames, toCloseFrame(1000)]);
  await using server = await startRawServer((dial) => void send(dial, bytes));
  const call = toCall(server.url);
  const { states } = watch(call);
  const heard = lastValueFrom(call.messages$.pipe(toArray()));
  using following = followCall(call);

  expect((await heard).map(({ message }) => message)).toEqual([
    JSON.parse(START),
    JSON.parse(SAID),
    JSON.parse(CALL_END),
  ]);
  expect(states.join(' ')).toBe('idle connecting open closing call-ended');
  expect(await following.errors(9)).toEqual([]);
  await (await server.dial(1)).gone();
});

it.each([125, 126, 127, 65_535, 65_536, 1_048_576])(
  'hears a message of %d bytes',
  async (length) => {
    const around = '{"type":"transcript","msg":"","role":"other"}'.length;
    const msg = 'x'.repeat(length - around);
    const text = `{"type":"transcript","msg":"${msg}","role":"other"}`;
    await using server = await startRawServer(({ socket, switching }) => {
      socket.end(
        Buffer.concat([
          Buffer.from(switching),
          toWireFrame('text', text),
          toWireFrame('text', CALL_END),
          toCloseFrame(1000),
        ]),
      );
    });
    const call = toCall(server.url);
    const { states } = watch(call);
    const said = firstValueFrom(call.transcript$);
    using following = followCall(call);

    expect((await said).msg === msg).toBe(true);
    await following.state('closed');
    expect(states.join(' ')).toBe('idle connecting open closing call-ended');
    await (await server.dial(1)).gone();
  },
);

it.each(['text', 'binary'] as const)('skips an empty %s frame, and goes on', async (opcode) => {
  await using server = await startInOrder(({ socket, switching }) => {
    socket.end(
      Buffer.concat([
        Buffer.from(switching),
        toWireFrame(opcode),
        toWireFrame('text', CALL_END),
        toCloseFrame(1000),
      ]),
    );
  });
  const call = toCall(server.url);
  const { states, heard } = watch(call);
  using following = followCall(call);
  await following.state('closed');

  expect(states.join(' ')).toBe('idle connecting open closing call-ended');
  expect(heard).toEqual(['event:callEnd']);
  expect(await following.errors(9)).toMatchObject([{ _tag: 'InvalidFrameError', length: 0 }]);
  await (await server.dial(1)).gone();
});

/* The close */

it('ends with the call, and cuts a server that never answers its close', async () => {
  await using server = await startRawServer(({ socket, switching }) => {
    socket.write(Buffer.concat([Buffer.from(switching), toWireFrame('text', CALL_END)]));
  });
  const call = toCall(server.url, { socket: { closeTimeoutMs: 20 } }, { lingerMs: 0 });
  const { states } = watch(call);
  using following = followCall(call);
  await following.state('closed');

  expect(states.join(' ')).toBe('idle connecting open closing call-ended');
  expect(await following.errors(9)).toEqual([]);
  await (await server.dial(1)).gone();
});

it('ends with the code of a server that closes, but keeps the TCP connection', async () => {
  await using server = await startRawServer(({ socket, switching }) => {
    socket.write(Buffer.concat([Buffer.from(switching), toCloseFrame(4401)]));
  });
  const call = toCall(server.url);
  const { states } = watch(call);
  using following = followCall(call);

  expect(await following.state('closed')).toMatchObject({
    reason: 'failed',
    error: { _tag: 'ConnectionClosedError', code: 4401, wasClean: true },
  });
  expect(states.join(' ')).toBe('idle connecting open failed');
  await (await server.dial(1)).gone();
});
