import { isComplete, loadRecording } from '@livecall/tools';
import { expect, it } from 'vitest';
import type { WebSocket } from 'ws';

import { makeFolder } from './fixtures/folder.js';
import { CALL_END, START } from './fixtures/frames.js';
import { createHistory } from './fixtures/history.js';
import { livecall } from './fixtures/livecall.js';
import { startPlatform } from './fixtures/platform.js';
import type { Answer } from './fixtures/platform.js';
import { startRawServer, toBytes } from './fixtures/raw-server.js';

/* However `livecall record` ends, it leaves a recording behind. */

/** A call that goes on until someone ends it. */
const longCall: Answer = (client) => {
  client.send(START);
};

it.concurrent('goes on when nobody reads what it shows', async () => {
  using folder = makeFolder();
  const clients = createHistory<WebSocket>();
  await using platform = await startPlatform((client) => {
    client.send(START);
    clients.add(client);
  });
  const out = folder.at('call.ndjson');
  await using command = livecall(['record', '--url', platform.url, '--out', out]);
  await command.shows('call from');
  command.leave();
  const client = await clients.nth(1);
  for (let said = 0; said < 9; said += 1) {
    client.send('{"type":"transcript","msg":"Hello?","role":"other"}');
  }
  client.send(CALL_END);
  client.close(1000);

  expect((await command.ends()).exitCode).toBe(0);
  expect(folder.entries('call.ndjson').at(-1)).toEqual({ event: 'end' });
});

it.concurrent.each([
  ['SIGINT', 0],
  ['SIGTERM', 143],
] as const)('completes the file on %s, and leaves the call alone', async (signal, exitCode) => {
  using folder = makeFolder();
  await using platform = await startPlatform(longCall);
  const out = folder.at('call.ndjson');
  await using command = livecall(['record', '--url', platform.url, '--out', out]);
  await command.shows('call from');
  command.signal(signal);

  expect((await command.ends()).exitCode).toBe(exitCode);
  await command.says('stopping; the call itself goes on');
  await command.says(`recorded to ${out}`);
  expect(await (await platform.dial(1)).end()).toEqual({ code: 1000, reason: '', frames: [] });
  expect(folder.entries('call.ndjson').slice(-2)).toEqual([
    { event: 'close', from: 'client', code: 1000, reason: '' },
    { event: 'end' },
  ]);
});

it.concurrent('completes the file when it is stopped between two dials', async () => {
  using folder = makeFolder();
  await using platform = await startPlatform({ status: 503, headers: { 'Retry-After': '60' } });
  const out = folder.at('call.ndjson');
  await using command = livecall(['record', '--url', platform.url, '--out', out]);
  await command.says('Dialling again in 60.0 s.');
  command.signal('SIGINT');

  expect((await command.ends()).exitCode).toBe(69);
  expect(folder.entries('call.ndjson')).toEqual([
    { event: 'refused', status: 503, retryAfterMs: 60_000 },
    { event: 'end' },
  ]);
});

it.concurrent('completes the file when it is stopped while it dials', async () => {
  using folder = makeFolder();
  await using platform = await startPlatform('silence');
  const out = folder.at('call.ndjson');
  await using command = livecall(['record', '--url', platform.url, '--out', out]);
  const dial = await platform.dial(1);
  command.signal('SIGINT');

  expect((await command.ends()).exitCode).toBe(69);
  await dial.gone();
  expect(folder.entries('call.ndjson')).toEqual([
    { event: 'failed', reason: 'aborted' },
    { event: 'end' },
  ]);
});

it.concurrent('ends at once at the second SIGINT', async () => {
  using folder = makeFolder();
  await using server = await startRawServer(({ socket, switching }) => {
    // It will never answer the close.
    socket.write(Buffer.concat([Buffer.from(switching), toBytes('text', Buffer.from(START))]));
  });
  const out = folder.at('call.ndjson');
  await using command = livecall(['record', '--url', server.url, '--out', out]);
  await command.shows('call from');
  command.signal('SIGINT');
  await command.says('recorded to');
  // A second Ctrl-C is told from the twin of the first by the time between them.
  const pressing = setInterval(() => {
    command.signal('SIGINT');
  }, 20);

  const { exitCode } = await command.ends().finally(() => {
    clearInterval(pressing);
  });
  expect(exitCode).toBe(130);
  expect(isComplete(await loadRecording(out))).toBe(true);
});

it.concurrent('takes two SIGINTs at once, as npx makes of one Ctrl-C, for one', async () => {
  using folder = makeFolder();
  await using platform = await startPlatform(longCall);
  const out = folder.at('call.ndjson');
  await using command = livecall(['record', '--url', platform.url, '--out', out]);
  await command.shows('call from');
  command.signal('SIGINT');
  command.signal('SIGINT');

  expect((await command.ends()).exitCode).toBe(0);
  expect(folder.entries('call.ndjson').at(-1)).toEqual({ event: 'end' });
});

it.concurrent('completes the file on SIGHUP, and ends by that signal', async () => {
  using folder = makeFolder();
  await using platform = await startPlatform(longCall);
  const out = folder.at('call.ndjson');
  await using command = livecall(['record', '--url', platform.url, '--out', out]);
  await command.shows('call from');
  command.signal('SIGHUP');

  expect((await command.ends()).exitCode).toBe(129);
  expect(command.endedBy()).toBe('SIGHUP');
  expect(await (await platform.dial(1)).end()).toMatchObject({ code: 1000 });
  expect(folder.entries('call.ndjson').at(-1)).toEqual({ event: 'end' });
});

it.concurrent('ends by itself when the server does not answer its close', async () => {
  using folder = makeFolder();
  await using server = await startRawServer(({ socket, switching }) => {
    socket.write(Buffer.concat([Buffer.from(switching), toBytes('text', Buffer.from(START))]));
  });
  const out = folder.at('call.ndjson');
  await using command = livecall(['record', '--url', server.url, '--out', out]);
  await command.shows('call from');
  command.signal('SIGINT');

  expect((await command.ends()).exitCode).toBe(0);
});

it.concurrent('leaves a file that can be read when it is killed', async () => {
  using folder = makeFolder();
  await using platform = await startPlatform(longCall);
  const out = folder.at('call.ndjson');
  await using command = livecall(['record', '--url', platform.url, '--out', out]);
  await command.shows('call from');
  command.signal('SIGKILL');
  await command.ends();

  const recording = await loadRecording(out);
  expect(recording.entries.map(({ event }) => event)).toEqual(['open', 'frame']);
  expect(recording.warnings).toEqual([]);
  expect(isComplete(recording)).toBe(false);
});

it.concurrent('says so when the disk is full, and goes on with the call', async () => {
  using folder = makeFolder();
  await using platform = await startPlatform((client) => {
    const msg = 'x'.repeat(400);
    for (let said = 0; said < 9; said += 1) {
      client.send(JSON.stringify({ type: 'transcript', msg, role: 'other' }));
    }
    client.send(CALL_END);
    client.close(1000);
  });
  const out = folder.at('call.ndjson');
  await using command = livecall(['record', '--url', platform.url, '--out', out], {
    fileBlocks: 2,
  });

  const { exitCode, stdout, stderr } = await command.ends();
  expect(exitCode).toBe(74);
  expect(stderr.split('\n').filter((line) => line.includes('call.ndjson'))).toEqual([
    `livecall: ${out}: cannot be written (EFBIG); the recording ends here, the call goes on`,
  ]);
  expect(stdout).toContain('call ended');
  const recording = await loadRecording(out);
  expect(recording.warnings).toEqual([]);
  expect(isComplete(recording)).toBe(false);
});
