import { existsSync } from 'node:fs';

import { isComplete, loadRecording, parseRecording } from '@livecall/tools';
import { expect, it } from 'vitest';
import type { WebSocket } from 'ws';

import { makeFolder } from './fixtures/folder.js';
import { CALL_END, START } from './fixtures/frames.js';
import { createHistory } from './fixtures/history.js';
import { livecall, run } from './fixtures/livecall.js';
import { startPlatform } from './fixtures/platform.js';
import type { Answer } from './fixtures/platform.js';

/* A full disk under standard output or standard error, and readers that go away. */

/** Takes everything and has no room for it. */
const FULL = '/dev/full';
const itWithFull = it.skipIf(!existsSync(FULL));
if (!existsSync(FULL)) console.warn('No /dev/full here: no full output is tested.');

const recording = 'recordings/joined-call.ndjson';

itWithFull.concurrent.each([
  ['show', recording],
  ['show', '--json', recording],
  ['redact', recording, '-'],
  ['check', 'recordings/malformed-frames.ndjson'],
  ['check', '--json', 'recordings/malformed-frames.ndjson'],
  ['--help'],
  ['record', '--help'],
  ['--version'],
])('ends with 74 and a sentence where its output is full: livecall %s %s %s', async (...args) => {
  expect(await run(args, { stdoutTo: FULL })).toEqual({
    exitCode: 74,
    stdout: '',
    stderr: 'livecall: standard output: the disk is full.\n',
  });
});

itWithFull.concurrent('ends with 74 where neither output has room', async () => {
  const { exitCode } = await run(['show', recording], { stdoutTo: FULL, stderrTo: FULL });

  expect(exitCode).toBe(74);
});

itWithFull.concurrent('goes on without what standard error would say', async () => {
  const { exitCode, stdout } = await run(['show', recording], { stderrTo: FULL });

  expect(exitCode).toBe(0);
  expect(stdout).toContain('→ join the call');
});

const shortCall: Answer = (client) => {
  client.send(START);
  client.send(CALL_END);
  client.close(1000);
};

itWithFull.concurrent.each([
  ['the view', { stdoutTo: FULL }],
  ['the messages', { stderrTo: FULL }],
  ['both', { stdoutTo: FULL, stderrTo: FULL }],
])('records on where there is no room for %s', async (_what, outputs) => {
  using folder = makeFolder();
  await using platform = await startPlatform(shortCall);
  const out = folder.at('call.ndjson');
  const { exitCode } = await run(['record', '--url', platform.url, '--out', out], outputs);

  expect(exitCode).toBe(0);
  expect(isComplete(await loadRecording(out))).toBe(true);
});

itWithFull.concurrent('says once that the view has no room', async () => {
  using folder = makeFolder();
  await using platform = await startPlatform(shortCall);
  const args = ['record', '--json', '--url', platform.url, '--out', folder.at('call.ndjson')];
  const { stderr } = await run(args, { stdoutTo: FULL });

  expect(stderr.match(/the disk is full; nothing more is shown there/g)).toHaveLength(1);
});

itWithFull.concurrent('ends a recording to standard output that has no room, with 74', async () => {
  await using platform = await startPlatform((client) => {
    client.send(START);
  });
  const { exitCode, stderr } = await run(['record', '--url', platform.url, '--out', '-'], {
    stdoutTo: FULL,
  });

  expect(exitCode).toBe(74);
  expect(stderr).toContain('livecall: standard output: the disk is full.');
});

it.concurrent('ends a recording whose reader goes away, with 74', async () => {
  const clients = createHistory<WebSocket>();
  await using platform = await startPlatform((client) => {
    client.send(START);
    clients.add(client);
  });
  await using command = livecall(['record', '--url', platform.url, '--out', '-']);
  await command.shows('event:start');
  command.leave('stdout');
  const client = await clients.nth(1);
  const speaking = setInterval(() => {
    client.send('{"type":"transcript","msg":"Hello?","role":"other"}');
  }, 5);
  const { exitCode, stdout, stderr } = await command.ends().finally(() => {
    clearInterval(speaking);
  });

  expect(exitCode).toBe(74);
  expect(stderr).toContain('standard output: nobody reads it any more; the recording ends there.');
  expect((await parseRecording('read so far', stdout)).entries).toHaveLength(2);
});

itWithFull.concurrent.each([
  ['replay', recording],
  ['proxy', '--url', 'wss://calls.invalid/', '--out-dir', 'recordings'],
])('serves on where there is no room for the URL: livecall %s', async (...args) => {
  await using command = livecall(args, { stdoutTo: FULL });
  await command.says('the disk is full; nothing more is shown there');
  await command.says('Ctrl-C stops');
  // Nothing else names the port.
  const told = await command.says('listening at ws://127.0.0.1:');
  const { port } = new URL(told.slice(told.indexOf('ws://')));
  expect((await fetch(`http://127.0.0.1:${port}/healthz`)).status).toBe(200);
  command.signal('SIGINT');

  expect((await command.ends()).exitCode).toBe(0);
});

it.concurrent.each([[['show']], [['show', '--json']]])(
  'is content where the reader of livecall %j has read enough',
  async (args) => {
    await using command = livecall([...args, recording]);
    command.leave();

    expect((await command.ends()).exitCode).toBe(0);
  },
);
