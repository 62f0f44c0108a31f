import { webSocketTransport } from '@livecall/core/node';
import { ack, scenario, serveReplays, replay, showDivergence } from '@livecall/tools';
import type { Scenario } from '@livecall/tools';
import { expect, it } from 'vitest';
import { WebSocket } from 'ws';

import { accessToken, conversationToken } from './fixtures/canary-tokens.js';
import { makeFolder } from './fixtures/folder.js';
import { follow } from './fixtures/follow.js';
import { CALL_END } from './fixtures/frames.js';
import { createHistory } from './fixtures/history.js';
import { livecall } from './fixtures/livecall.js';
import { startPlatform } from './fixtures/platform.js';
import { rawClient, toHandshake } from './fixtures/raw-client.js';
import { toWireFrame } from './fixtures/wire-frame.js';

/* How a client closes, and what a replay, a recording and a platform make of that. */

const ended = scenario().start().caller('A parcel.').callEnd().close();
const asking = scenario().start().onJoin(ack()).callEnd().close();
const toClose = (code: number, reason = '') =>
  toWireFrame('close', Buffer.concat([Buffer.of(code >> 8, code & 0xff), Buffer.from(reason)]), {
    isMasked: true,
  });

it.each<[what: string, bytes: Buffer, call: Scenario, exitCode: number, said: string]>([
  [
    'is too long for it, though all was sent',
    toClose(1009),
    ended,
    1,
    'got a close with 1009 (a message was too big for it)',
  ],
  [
    'it cannot read, though all was sent',
    toClose(1007),
    ended,
    1,
    'got a close with 1007 (a text was no UTF-8 to it)',
  ],
  ['it hears to its end', toClose(1000), ended, 0, 'played to the end, as recorded'],
  [
    'it leaves without its command',
    toClose(1000),
    asking,
    1,
    'missing: expected client:joinCall, got nothing before the client closed; line',
  ],
])(
  'judges with --once a client by how it closes what %s',
  async (_what, bytes, call, exitCode, said) => {
    using folder = makeFolder();
    const path = folder.write('call.ndjson', call.toNdjson());
    await using command = livecall([
      'replay',
      path,
      '--pace',
      'instant',
      '--once',
      '--wait',
      '9000',
    ]);
    const { port } = new URL(await command.line(1));
    // Its close is there before it has read anything.
    using client = await rawClient(Number(port), toHandshake());
    await client.status();
    client.socket.write(bytes);
    await client.rest();

    const over = await command.ends();
    expect(over.stderr).toContain(said);
    expect(over.exitCode).toBe(exitCode);
  },
);

it('names with --once what cut a client off that had more to hear', async () => {
  using folder = makeFolder();
  const slow = scenario().start().caller('A parcel.', { after: 600_000 }).callEnd().close();
  const path = folder.write('call.ndjson', slow.toNdjson());
  await using command = livecall(['replay', path, '--once']);
  const { port } = new URL(await command.line(1));
  using client = await rawClient(Number(port), toHandshake());
  await client.status();
  client.socket.destroy();

  const { exitCode, stderr } = await command.ends();
  expect(exitCode).toBe(1);
  expect(stderr).toContain(
    'early-close: expected the client to stay for transcript, got a cut without a close (1006), which a proxy in between may have made',
  );
});

it.each([1002, 1003, 1007, 1009, 1011])(
  'tells in done() of a client that closes with %i, whenever that comes',
  async (code) => {
    const played$ = replay(ended.toRecording('call.ndjson'));
    await using server = await serveReplays(played$);
    using client = await rawClient(server.port, toHandshake());
    await client.status();
    client.socket.write(toClose(code));
    await client.rest();

    const [divergence, ...others] = await server.done();
    expect(others).toEqual([]);
    expect(divergence && showDivergence(divergence)).toContain(`got a close with ${code}`);
  },
);

it('takes a client for none that failed when it answers with the code that it was sent', async () => {
  const failing = scenario().start().close(1011).toRecording('call.ndjson');
  await using server = await serveReplays(replay(failing));
  using following = follow(webSocketTransport({ url: server.url, accessToken, conversationToken }));

  expect(await following.error()).toMatchObject({ code: 1011 });
  expect(await server.done()).toEqual([]);
});

it.each<[code: number | undefined, reason: string, heard: number]>([
  [4001, 'handed over', 4001],
  [1001, '', 1001],
  [undefined, '', 1005],
  [1000, 'done', 1000],
])(
  'tells the platform, and the recording, that an app closed with %s',
  async (code, reason, heard) => {
    using folder = makeFolder();
    await using platform = await startPlatform((client) => {
      client.send(CALL_END);
    });
    await using command = livecall(['proxy', '--url', platform.url, '--out-dir', folder.path]);
    const app = new WebSocket(`${await command.line(1)}?conversationToken=c0ffee`, {
      headers: { Authorization: 'Bearer any-token' },
    });
    const frames = createHistory<unknown>();
    app.on('message', frames.add);
    await frames.nth(1);
    app.close(code, reason);

    expect(await (await platform.dial(1)).end()).toMatchObject({ code: heard, reason });
    await command.says('recorded ');
    const [name = ''] = folder.recordings();
    expect(folder.lines(name).join('\n')).toContain(
      `"event":"close","from":"client","code":${heard},"reason":"${reason}"`,
    );
  },
);
