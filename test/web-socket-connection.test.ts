import { liveCall, NotOpenError } from '@livecall/core';
import type { Frame, Transport } from '@livecall/core';
import { webSocketTransport } from '@livecall/core/node';
import type { WebSocketTransportOptions } from '@livecall/core/node';
import { firstValueFrom, take, toArray } from 'rxjs';
import { expect, it, onTestFinished } from 'vitest';

import { accessToken, conversationToken } from './fixtures/canary-tokens.js';
import { follow, followCall } from './fixtures/follow.js';
import { START } from './fixtures/frames.js';
import { cut, startPlatform } from './fixtures/platform.js';
import type { Answer } from './fixtures/platform.js';
import { startRawServer, toBytes } from './fixtures/raw-server.js';

/* An open connection: its frames, and every way in which it can end. */

const toTransport = (
  { url }: { readonly url: string },
  options: Partial<WebSocketTransportOptions> = {},
): Transport => webSocketTransport({ url, accessToken, conversationToken, ...options });

const letIn: Answer = () => undefined;

const frames: readonly (readonly [what: string, frame: Frame])[] = [
  ['text', START],
  ['empty text', ''],
  ['text of all planes', 'ß — 你好 🤖 \u{1F469}\u200D\u{1F692} \u0000 \\u0000 \u2028 \uFEFF'],
  ['text that begins with a byte order mark', '\uFEFF{}'],
  ['JSON with white space of its own', '{ "type" : "ack",\r\n\t"ackId" : "8f0c" }\n'],
  ['text longer than a segment', 'ü'.repeat(200_000)],
  ['bytes', Buffer.from(Array.from({ length: 256 }, (_, byte) => byte))],
  ['no bytes', Buffer.alloc(0)],
  ['bytes whose length takes eight bytes', Buffer.alloc(70_000, 'livecall')],
];

it.each(frames)('receives %s as it was sent', async (_what, frame) => {
  await using platform = await startPlatform((client) => {
    client.send(frame);
  });
  using following = follow(toTransport(platform));

  expect(await following.frames(1)).toStrictEqual([frame]);
});

it.each(frames)('sends %s as it was given', async (_what, frame) => {
  await using platform = await startPlatform(letIn);
  using following = follow(toTransport(platform));
  (await following.connection()).send(frame);

  expect(await (await platform.dial(1)).frames(1)).toStrictEqual([frame]);
});

it('sends the bytes of a view, and no others', async () => {
  await using platform = await startPlatform(letIn);
  using following = follow(toTransport(platform));
  (await following.connection()).send(new Uint8Array([0, 1, 2, 3, 4]).subarray(1, 3));

  expect(await (await platform.dial(1)).frames(1)).toStrictEqual([Buffer.from([1, 2])]);
});

it('gives every listener every frame', async () => {
  await using platform = await startPlatform((client) => {
    client.on('message', () => {
      for (const frame of ['a', 'b']) client.send(frame);
    });
  });
  using following = follow(toTransport(platform));
  const { frames$, send } = await following.connection();
  const second = firstValueFrom(frames$.pipe(take(2), toArray()));
  send('go');

  expect(await second).toEqual(['a', 'b']);
  expect(await following.frames(2)).toEqual(['a', 'b']);
});

it('keeps no listener of one who has left', async () => {
  const warnings: Error[] = [];
  const warn = (warning: Error) => void warnings.push(warning);
  process.on('warning', warn);
  onTestFinished(() => {
    process.off('warning', warn);
  });
  await using platform = await startPlatform(letIn);
  using following = follow(toTransport(platform));
  const { frames$ } = await following.connection();
  for (let left = 0; left < 20; left += 1) frames$.subscribe().unsubscribe();
  await new Promise((resolve) => setImmediate(resolve));

  expect(warnings).toEqual([]);
});

it('misses no frame that came in one segment with the handshake', async () => {
  await using server = await startRawServer(({ socket, switching }) => {
    socket.write(
      Buffer.concat([
        Buffer.from(switching),
        toBytes('text', Buffer.from('first')),
        toBytes('binary', Buffer.from([1])),
        toBytes('text', Buffer.from('last')),
        toBytes('close', Buffer.from([0x03, 0xe8])),
      ]),
    );
  });
  using following = follow(toTransport(server));

  expect(await following.error()).toMatchObject({ code: 1000 });
  expect(await following.frames(9)).toEqual(['first', Buffer.from([1]), 'last']);
});

it('tells a call of what came in one segment with the handshake', async () => {
  await using server = await startRawServer(({ socket, switching }) => {
    socket.write(Buffer.concat([Buffer.from(switching), toBytes('text', Buffer.from(START))]));
  });
  const call = liveCall(toTransport(server));
  const event = firstValueFrom(call.events$);
  using following = followCall(call);
  await following.state('open');

  expect(await event).toMatchObject({ type: 'event:start' });
});

it.each([1000, 1001, 1002, 1003, 1007, 1008, 1009, 1011, 1012, 1013, 1014, 3000, 4401, 4999])(
  'ends with the code and the reason when the server closes with %d',
  async (code) => {
    const reason = `the server's own words for ${code} ☎`;
    await using platform = await startPlatform((client) => {
      client.close(code, reason);
    });
    using following = follow(toTransport(platform));

    const error = await following.error();
    expect(error).toMatchObject({ _tag: 'ConnectionClosedError', code, reason, wasClean: true });
    expect((error as Error).cause).toBeUndefined();
    expect(await (await platform.dial(1)).end()).toMatchObject({ code });
  },
);

it('keeps what the server says on closing out of what is logged of it', async () => {
  await using platform = await startPlatform((client) => {
    client.close(4401, `no longer valid: ${accessToken.slice(0, 90)}`);
  });
  using following = follow(toTransport(platform));

  expect(await following.error()).toMatchObject({ code: 4401 });
});

it('ends with 1005 when the server closes without a code', async () => {
  await using platform = await startPlatform((client) => {
    client.close();
  });
  using following = follow(toTransport(platform));

  expect(await following.error()).toMatchObject({ code: 1005, reason: '', wasClean: true });
});

it.each(['FIN', 'RST'] as const)(
  'ends with 1006 when the connection is cut with a %s',
  async (how) => {
    await using platform = await startPlatform((client) => {
      client.on('message', () => {
        cut(client, how);
      });
    });
    using following = follow(toTransport(platform));
    (await following.connection()).send('cut');

    const error = await following.error();
    expect(error).toMatchObject({
      _tag: 'ConnectionClosedError',
      code: 1006,
      reason: '',
      wasClean: false,
    });
    expect((error as Error).cause).toBeUndefined();
  },
);

it.each<[what: string, sent: Buffer, code: string, told: number, why?: string]>([
  [
    'text that is not UTF-8',
    toBytes('text', Buffer.from([0xc3, 0x28])),
    'WS_ERR_INVALID_UTF8',
    1007,
    'a text message was not UTF-8',
  ],
  ['a frame of an unknown kind', Buffer.from([0x83, 0x00]), 'WS_ERR_INVALID_OPCODE', 1002],
  ['a frame that claims compression', Buffer.from([0xc1, 0x00]), 'WS_ERR_UNEXPECTED_RSV_1', 1002],
  [
    'a close with a code that cannot be',
    Buffer.from([0x88, 0x02, 0x03, 0xed]),
    'WS_ERR_INVALID_CLOSE_CODE',
    1002,
  ],
])('ends with 1006 and a cause after %s', async (_what, sent, code, told, why) => {
  await using platform = await startPlatform((client) => {
    (client as unknown as { _socket: NodeJS.WritableStream })._socket.write(sent);
  });
  using following = follow(toTransport(platform));

  expect(await following.error()).toMatchObject({
    code: 1006,
    wasClean: false,
    message: `The connection was closed with 1006 (cut without a close): ${why ?? `the server broke the WebSocket protocol (${code})`}.`,
    cause: { code },
  });
  expect(await (await platform.dial(1)).end()).toMatchObject({ code: told });
});

it('ends with 1006 and a cause after a message that is too long', async () => {
  await using platform = await startPlatform((client) => {
    client.send('x'.repeat(1_024));
    client.send('x'.repeat(1_025));
  });
  using following = follow(toTransport(platform, { socket: { maxPayloadBytes: 1_024 } }));

  expect(await following.error()).toMatchObject({
    code: 1006,
    message:
      'The connection was closed with 1006 (cut without a close): a message was longer than the 1024 bytes of `maxPayloadBytes`; raise it to hear such messages.',
    cause: { code: 'WS_ERR_UNSUPPORTED_MESSAGE_LENGTH', message: 'Max payload size exceeded' },
  });
  expect(await following.frames(9)).toEqual(['x'.repeat(1_024)]);
  expect(await (await platform.dial(1)).end()).toMatchObject({ code: 1009 });
});

it('closes with 1000 when it is unsubscribed', async () => {
  await using platform = await startPlatform(letIn);
  const following = follow(toTransport(platform));
  (await following.connection()).send('last words');
  following.unsubscribe();

  expect(await (await platform.dial(1)).end()).toEqual({
    code: 1000,
    reason: '',
    frames: ['last words'],
  });
});

it('cuts a server that does not answer its close', async () => {
  await using server = await startRawServer(({ socket, switching }) => {
    socket.write(switching);
  });
  const following = follow(toTransport(server, { socket: { closeTimeoutMs: 20 } }));
  await following.connection();
  following.unsubscribe();

  await (await server.dial(1)).gone();
});

it('throws when a frame is sent after it was unsubscribed', async () => {
  await using platform = await startPlatform(letIn);
  const following = follow(toTransport(platform));
  const { send } = await following.connection();
  following.unsubscribe();
  expect(() => {
    send('too late');
  }).toThrow(NotOpenError);

  expect(await (await platform.dial(1)).end()).toMatchObject({ frames: [] });
  expect(() => {
    send('far too late');
  }).toThrow(NotOpenError);
});

it.each<[what: string, close: Answer]>([
  [
    'was closed',
    (client) => {
      client.close(1000);
    },
  ],
  [
    'was cut',
    (client) => {
      client.terminate();
    },
  ],
])('throws when a frame is sent after the connection %s', async (_what, close) => {
  await using platform = await startPlatform(close);
  using following = follow(toTransport(platform));
  const { send } = await following.connection();
  await following.error();

  expect(() => {
    send('too late');
  }).toThrow(expect.objectContaining({ _tag: 'NotOpenError', delivery: 'not-sent' }));
});
