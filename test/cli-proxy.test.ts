import type { Transport } from '@livecall/core';
import { webSocketTransport } from '@livecall/core/node';
import type { WebSocketTransportOptions } from '@livecall/core/node';
import { loadRecording } from '@livecall/tools';
import { expect, it } from 'vitest';

import { accessToken, conversationToken } from './fixtures/canary-tokens.js';
import { makeFolder } from './fixtures/folder.js';
import type { Folder } from './fixtures/folder.js';
import { follow } from './fixtures/follow.js';
import { CALL_END, START } from './fixtures/frames.js';
import { freePort } from './fixtures/free-port.js';
import { livecall, run } from './fixtures/livecall.js';
import type { Livecall } from './fixtures/livecall.js';
import { cut, startPlatform } from './fixtures/platform.js';
import type { Answer, Platform } from './fixtures/platform.js';
import { rawClient, toHandshake } from './fixtures/raw-client.js';

/* `livecall proxy`, between an app and the platform. */

const begin: Answer = (client) => {
  client.send(START);
};

const toTransport = (url: string, options: Partial<WebSocketTransportOptions> = {}): Transport =>
  webSocketTransport({ url, accessToken, conversationToken, ...options });

const startProxy = ({ url }: Pick<Platform, 'url'>, folder: Folder, ...flags: string[]): Livecall =>
  // It has no tokens of its own.
  livecall(['proxy', '--url', url, '--out-dir', folder.path, ...flags], { env: {} });

/** What happened in each recording of a folder, in the order in which they were begun. */
async function eventsIn(folder: Folder): Promise<string[][]> {
  return Promise.all(
    folder.recordings().map(async (name) => {
      const { entries } = await loadRecording(folder.at(name));
      return entries.map((entry) =>
        'from' in entry ? `${entry.event} ${entry.from}` : entry.event,
      );
    }),
  );
}

it.concurrent(
  'passes credentials, frames and the close on untouched, and records them',
  async () => {
    using folder = makeFolder();
    await using platform = await startPlatform((client) => {
      client.send(START);
      client.on('message', (data: Buffer) => {
        const { id } = JSON.parse(data.toString()) as { id: string };
        client.send(JSON.stringify({ type: 'ack', ackId: id }));
        client.send(Buffer.from([0, 255]));
        client.send(CALL_END);
        client.close(1000, 'goodbye');
      });
    });
    await using command = startProxy(platform, folder);
    const url = await command.line(1);
    expect(url).toMatch(/^ws:\/\/127\.0\.0\.1:\d+\/ws\/v1\/liveCalls$/);
    using following = follow(toTransport(url, { productVersion: '1.2.3', userId: 'user-7' }));
    const join = '{ "type": "client:joinCall", "id": "8f0c" }';
    (await following.connection()).send(join);

    expect(await following.error()).toMatchObject({ code: 1000, reason: 'goodbye' });
    expect(await following.frames(9)).toStrictEqual([
      START,
      '{"type":"ack","ackId":"8f0c"}',
      Buffer.from([0, 255]),
      CALL_END,
    ]);
    const dial = await platform.dial(1);
    expect(dial.headers).toMatchObject({
      authorization: `Bearer ${accessToken}`,
      'x-hiya-product-version': '1.2.3',
      'x-hiya-account-user-id': 'user-7',
    });
    expect(dial.path).toBe(
      `/ws/v1/liveCalls?conversationToken=${encodeURIComponent(conversationToken)}`,
    );
    expect(await dial.end()).toMatchObject({ frames: [join] });
    await command.says('recorded ');
    const [name = ''] = folder.recordings();
    expect(name).toMatch(/^call-\d{8}T\d{6}\.\d{3}Z\.ndjson$/);
    const { header, entries } = await loadRecording(folder.at(name));
    expect(header).toMatchObject({ endpoint: platform.url, redacted: ['credentials', 'phones'] });
    expect(entries).toMatchObject([
      { event: 'open' },
      { event: 'frame', from: 'server', json: { type: 'event:start', phone: '+12025550100' } },
      { event: 'frame', from: 'client', text: join },
      { event: 'frame', from: 'server', json: { type: 'ack' } },
      { event: 'frame', from: 'server', base64: 'AP8=' },
      { event: 'frame', from: 'server', json: { type: 'event:callEnd' } },
      { event: 'close', from: 'server', code: 1000, reason: 'goodbye' },
      { event: 'end' },
    ]);
  },
);

it.concurrent('records a call that is dialled again in the same file', async () => {
  using folder = makeFolder();
  const dropped: Answer = (client) => {
    client.send(START);
    client.on('message', () => {
      cut(client, 'RST');
    });
  };
  const ended: Answer = (client) => {
    client.send(CALL_END);
    client.close(1000);
  };
  await using platform = await startPlatform([dropped, 503, ended]);
  await using command = startProxy(platform, folder);
  const transport = toTransport(await command.line(1));
  const first = follow(transport);
  (await first.connection()).send('{"type":"client:joinCall","id":"1"}');
  expect(await first.error()).toMatchObject({ code: 1006 });
  expect(await follow(transport).error()).toMatchObject({ status: 503 });
  expect(await follow(transport).error()).toMatchObject({ code: 1000 });
  await command.says('recorded ');

  expect(await eventsIn(folder)).toEqual([
    [
      ...['open', 'frame server', 'frame client', 'close server', 'refused'],
      ...['open', 'frame server', 'close server', 'end'],
    ],
  ]);
});

it.concurrent('records calls at the same time in files of their own', async () => {
  using folder = makeFolder();
  await using platform = await startPlatform(begin);
  await using command = startProxy(platform, folder);
  const url = await command.line(1);
  const callers = ['canary-a', 'canary-b', 'canary-c'].map((token) =>
    follow(toTransport(url, { conversationToken: token })),
  );
  for (const caller of callers) await caller.frames(1);
  expect(folder.recordings()).toHaveLength(3);
  for (const caller of callers) caller.unsubscribe();
  for (let number = 1; number <= 3; number += 1) {
    expect(await (await platform.dial(number)).end()).toMatchObject({ code: 1000 });
  }
  command.signal('SIGINT');

  expect((await command.ends()).exitCode).toBe(0);
  expect(await eventsIn(folder)).toEqual(
    Array(3).fill(['open', 'frame server', 'close client', 'end']),
  );
});

it.concurrent('completes every file on Ctrl-C', async () => {
  using folder = makeFolder();
  await using platform = await startPlatform(begin);
  await using command = startProxy(platform, folder);
  const url = await command.line(1);
  const callers = [
    follow(toTransport(url)),
    // Another dial for the same call, while the first is on the line.
    follow(toTransport(url)),
    follow(toTransport(url, { conversationToken: 'canary-other' })),
  ];
  for (const caller of callers) await caller.frames(1);
  // One of them has hung up, and might dial again.
  callers.at(-1)?.unsubscribe();
  expect(await (await platform.dial(3)).end()).toMatchObject({ code: 1000 });
  command.signal('SIGINT');

  expect((await command.ends()).exitCode).toBe(0);
  expect(await eventsIn(folder)).toEqual(
    Array(3).fill(['open', 'frame server', 'close client', 'end']),
  );
  expect(await (await platform.dial(1)).end()).toMatchObject({ code: 1000, frames: [] });
  expect(await (await platform.dial(2)).end()).toMatchObject({ code: 1000, frames: [] });
});

it.concurrent('stops with 143 on SIGTERM', async () => {
  using folder = makeFolder();
  await using platform = await startPlatform(begin);
  await using command = startProxy(platform, folder);
  using following = follow(toTransport(await command.line(1)));
  await following.frames(1);
  command.signal('SIGTERM');

  expect((await command.ends()).exitCode).toBe(143);
  expect(await eventsIn(folder)).toEqual([['open', 'frame server', 'close client', 'end']]);
});

it.concurrent('completes the file when the call is not dialled again in time', async () => {
  using folder = makeFolder();
  await using platform = await startPlatform((client) => {
    client.send(START);
    client.close(1012);
  });
  await using command = startProxy(platform, folder, '--rejoin-within', '0');
  const transport = toTransport(await command.line(1));
  using first = follow(transport);
  expect(await first.error()).toMatchObject({ code: 1012 });
  await command.says('recorded ');
  using second = follow(transport);
  expect(await second.error()).toMatchObject({ code: 1012 });
  command.signal('SIGINT');
  await command.ends();

  expect(await eventsIn(folder)).toEqual(
    Array(2).fill(['open', 'frame server', 'close server', 'end']),
  );
});

it.concurrent('passes every refusal on', async () => {
  using folder = makeFolder();
  const statuses = [302, 400, 401, 403, 404, 408, 429, 500, 503];
  const headers = { 'Retry-After': '7' };
  await using platform = await startPlatform(statuses.map((status) => ({ status, headers })));
  await using command = startProxy(platform, folder);
  const transport = toTransport(await command.line(1));
  for (const status of statuses) {
    using following = follow(transport);
    expect(await following.error()).toMatchObject({ status, retryAfterMs: 7_000 });
  }
  command.signal('SIGINT');
  await command.ends();

  expect(await eventsIn(folder)).toEqual([[...statuses.map(() => 'refused'), 'end']]);
});

it.concurrent('hangs up on the app when the platform cannot be reached', async () => {
  using folder = makeFolder();
  const url = `ws://127.0.0.1:${await freePort()}/`;
  await using command = startProxy({ url }, folder, '--rejoin-within', '0');
  using following = follow(toTransport(await command.line(1)));

  expect(await following.error()).toMatchObject({ code: 'ECONNRESET' });
  await command.says('recorded ');
  const { entries } = await loadRecording(folder.at(folder.recordings()[0] ?? ''));
  expect(entries).toMatchObject([
    { event: 'failed', reason: 'unreachable', code: 'ECONNREFUSED' },
    { event: 'end' },
  ]);
});

it.concurrent('records no token that goes through it, whoever repeats it', async () => {
  using folder = makeFolder();
  const repeating: Answer = (client) => {
    client.send(JSON.stringify({ type: 'error', description: accessToken }));
    client.on('message', () => {
      client.close(1008, conversationToken);
    });
  };
  await using platform = await startPlatform([401, repeating]);
  await using command = startProxy(platform, folder);
  const url = await command.line(1);
  const expired = follow(toTransport(url, { accessToken: 'an-expired-token' }));
  expect(await expired.error()).toMatchObject({ status: 401 });
  using following = follow(toTransport(url));
  (await following.connection()).send(`{"type":"client:joinCall","id":"${accessToken}"}`);

  expect(await following.error()).toMatchObject({ code: 1008, reason: conversationToken });
  command.signal('SIGINT');
  await command.ends();
  expect(folder.recordings()).toHaveLength(1);
  expect(folder.lines(folder.recordings()[0] ?? '').join()).toContain('"[redacted]"');
});

it.concurrent('lets a call go on that it cannot record', async () => {
  using folder = makeFolder();
  await using platform = await startPlatform(begin);
  await using command = startProxy(platform, folder);
  const transport = toTransport(await command.line(1));
  folder.remove();
  using following = follow(transport);

  expect(await following.frames(1)).toEqual([START]);
  expect(await command.says('unrecorded')).toMatch(
    /: its folder does not exist; create it first; the call goes on unrecorded$/,
  );
});

it.concurrent('says so when a recording breaks off, and lets the call go on', async () => {
  using folder = makeFolder();
  await using platform = await startPlatform((client) => {
    client.send(START);
    client.on('message', () => {
      client.send(START);
      client.send(CALL_END);
      client.close(1000);
    });
  });
  await using command = startProxy(platform, folder);
  using following = follow(toTransport(await command.line(1)));
  const { send } = await following.connection();
  await following.frames(1);
  folder.remove();
  send('{"type":"client:endCall","id":"8f0c"}');

  expect(await following.frames(3)).toEqual([START, START, CALL_END]);
  expect(await command.says('was deleted')).toMatch(/; the recording ends here, the call goes on/);
  command.signal('SIGINT');
  const { exitCode, stderr } = await command.ends();
  expect(exitCode).toBe(0);
  expect(stderr).not.toContain('recorded ');
});

it.concurrent(
  'masks the words of the calls, and takes out numbers of other countries, where it is told to',
  async () => {
    using folder = makeFolder();
    await using platform = await startPlatform((client) => {
      client.send('{"type":"transcript","msg":"A parcel.","role":"other"}');
      client.send('{"type":"error","description":"no way to 020 7946 0958"}');
      client.send(CALL_END);
      client.close(1000);
    });
    await using command = startProxy(
      platform,
      folder,
      '--mask-transcripts',
      '--default-country',
      'GB,US',
      '--rejoin-within',
      '600000',
    );
    using following = follow(toTransport(await command.line(1)));
    await following.error();
    await command.says('recorded ');

    const [name = 'no recording'] = folder.recordings();
    expect(folder.lines(name).join('\n')).toContain('"x xxxxxx."');
    expect(folder.lines(name).join('\n')).toContain('"no way to 202-555-0100"');
  },
);

it.concurrent.each([
  ['there is none', 'nowhere', 'there is no such folder; create it first'],
  ['it is a file', 'file', 'is a file'],
])('wants a folder to record to: %s', async (_what, name, problem) => {
  using folder = makeFolder();
  folder.write('file', '');
  const args = ['--url', 'wss://calls.invalid/', '--out-dir', folder.at(name)];

  expect(await run(['proxy', ...args])).toEqual({
    exitCode: 73,
    stdout: '',
    stderr: `livecall: ${folder.at(name)}: ${problem}.\n`,
  });
});

it.concurrent.each([
  ['http://127.0.0.1/', 'The url must start with ws: or wss:, not http://.'],
  ['https://calls.invalid/', 'The url must start with wss:, not https://.'],
  [
    `wss://calls.invalid/?conversationToken=${encodeURIComponent(conversationToken)}`,
    'The url must not carry a token; tokens are given apart from it.',
  ],
  [`wss://${accessToken}@calls.invalid/`, 'The url must have no user name, password or fragment.'],
  [
    `wss://user:${accessToken}@calls.invalid/`,
    'The url must have no user name, password or fragment.',
  ],
  [
    'ws://calls.invalid/',
    'The url must start with wss: for calls.invalid: with ws: the tokens cross the network in the clear.',
  ],
  [`calls/${accessToken}`, 'The url is not a URL; it should look like wss://HOST/ws/v1/liveCalls.'],
])('wants a url that it can dial, before any app does: %s', async (url, said) => {
  using folder = makeFolder();

  expect(await run(['proxy', '--url', url, '--out-dir', folder.path])).toEqual({
    exitCode: 2,
    stdout: '',
    stderr: `livecall: --url: ${said}\n`,
  });
  expect(folder.recordings()).toEqual([]);
});

it.concurrent('refuses a conversationToken that cannot be sent on with 400', async () => {
  using folder = makeFolder();
  await using platform = await startPlatform(begin);
  await using command = startProxy(platform, folder);
  const port = Number(new URL(await command.line(1)).port);
  using client = await rawClient(
    port,
    toHandshake({ target: '/ws/v1/liveCalls?conversationToken=a%20b' }),
  );

  expect(await client.status()).toBe(400);
  expect(platform.dials).toEqual([]);
});
