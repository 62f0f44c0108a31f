import { liveCall } from '@livecall/core';
import { nodeWebSocket } from '@livecall/core/node';
import { record, recordingFile } from '@livecall/recording';
import * as E from 'fp-ts/lib/Either.js';
import { finalize, noop } from 'rxjs';
import { expect, it } from 'vitest';

import { accessToken, conversationToken } from './fixtures/canary-tokens.js';
import { followCall } from './fixtures/follow.js';
import { makeFolder } from './fixtures/folder.js';
import { CALL_END, START } from './fixtures/frames.js';
import { run } from './fixtures/livecall.js';
import { startPlatform } from './fixtures/platform.js';
import { startRelay } from './fixtures/relayed.js';

/* `livecall record --relay`, and a relay that records by itself. */

const COOKIE = 'theme=dark; sid=a-session-that-is-secret';

/** A relay into which the cookie lets in, and a call that ends once it was joined. */
async function start() {
  const platform = await startPlatform((client) => {
    client.send(START);
    client.on('message', (data: Buffer) => {
      const { id } = JSON.parse(data.toString()) as { id: string };
      client.send(JSON.stringify({ type: 'ack', ackId: id }));
      client.send('{"type":"transcript","msg":"a-session-that-is-secret","role":"other"}');
      client.send(CALL_END);
      client.close(1000);
    });
  });
  const running = await startRelay(platform, {
    authorize: ({ headers: { cookie } }) =>
      cookie === COOKIE ? { user: 'jo', call: '8f0c', accessToken, conversationToken } : undefined,
  });
  return {
    ...{ platform, running },
    url: running.url.replace('ws:', 'http:'),
    [Symbol.asyncDispose]: async () => {
      await running[Symbol.asyncDispose]();
      await platform[Symbol.asyncDispose]();
    },
  };
}

it('records a call that a page follows, on the connection of the page', async () => {
  using folder = makeFolder();
  await using started = await start();
  const { platform, running, url } = started;
  const page = liveCall(running.page({ webSocket: nodeWebSocket({ cookie: COOKIE }) }));
  using following = followCall(page);
  await following.state('open');
  const out = folder.at('call.ndjson');
  const cookieFile = folder.write('cookie.txt', `${COOKIE}\n`);
  const flags = ['--relay', '--url', url, '--cookie-file', cookieFile, '--join-after', '1ms'];
  const { exitCode, stderr } = await run(['record', ...flags, '--out', out], { env: {} });

  expect([exitCode, stderr]).toEqual([0, expect.stringContaining(`recorded to ${out}`)]);
  expect(await following.state('closed')).toMatchObject({ reason: 'call-ended' });
  expect(platform.dials).toHaveLength(1);
  const [header = '', ...lines] = folder.lines('call.ndjson');
  expect(JSON.parse(header)).toMatchObject({
    endpoint: url,
    redacted: ['credentials', 'phones'],
  });
  expect(lines.join('\n')).toContain('client:joinCall');
  // Wherever it is said.
  expect(lines.join('\n')).not.toContain('a-session-that-is-secret');
});

it.each<[what: string, flags: readonly string[], exitCode: number, says: RegExp]>([
  ['without the cookie', [], 77, /refused the connection with 401/],
  [
    'with a cookie that would cross in the clear',
    ['--url', 'ws://calls.example'],
    2,
    /in the clear/,
  ],
  ['at no relay', ['--url', 'ftp://calls.example'], 2, /--url: .*wss:/],
])('says what is wrong %s', async (_what, flags, exitCode, says) => {
  using folder = makeFolder();
  await using started = await start();
  const env = flags.length === 0 ? undefined : { LIVECALL_COOKIE: COOKIE };
  const ended = await run(
    ['record', '--relay', '--url', started.url, ...flags, '--out', folder.at('call.ndjson')],
    { env: env ?? {} },
  );

  expect([ended.exitCode, ended.stderr]).toEqual([exitCode, expect.stringMatching(says)]);
});

it('has a relay write down what passes it, once for the pages that share it', async () => {
  using folder = makeFolder();
  await using platform = await startPlatform((client) => {
    client.send(START);
    client.on('message', () => {
      client.send(`{"type":"error","description":"${accessToken}"}`);
      client.send(CALL_END);
      client.close(1000);
    });
  });
  await using running = await startRelay(platform, {
    tapTransport: (transport, { call }) => {
      const file = recordingFile(folder.at(`${call}.ndjson`), { endpoint: platform.url });
      if (E.isLeft(file)) throw file.left;
      return transport.pipe(
        record(file.right),
        finalize(() => {
          file.right.end();
        }),
      );
    },
  });
  const page = liveCall(running.page());
  using first = followCall(page);
  using second = followCall(liveCall(running.page()));
  await first.state('open');
  await second.state('open');
  page.joinCall().subscribe({ error: noop });
  await Promise.all([first.state('closed'), second.state('closed')]);

  const text = folder.lines('8f0c.ndjson').join('\n');
  expect(JSON.parse(folder.lines('8f0c.ndjson')[0] ?? '')).toMatchObject({
    redacted: ['credentials', 'phones'],
  });
  expect(text).not.toContain(accessToken);
  expect((folder.entries('8f0c.ndjson') as { event: string }[]).map(({ event }) => event)).toEqual([
    ...['open', 'frame', 'frame', 'frame', 'frame', 'close', 'end'],
  ]);
});
