import { isComplete, loadRecording } from '@livecall/tools';
import { expect, it } from 'vitest';

import { makeFolder } from './fixtures/folder.js';
import { CALL_END, START } from './fixtures/frames.js';
import { hasTerminals, livecall, tokens } from './fixtures/livecall.js';
import { startPlatform } from './fixtures/platform.js';
import type { Answer } from './fixtures/platform.js';

/* `livecall record` in a terminal: its keys and its colours. */

const itInTerminal = it.skipIf(!hasTerminals);
if (!hasTerminals) console.warn('No script of util-linux here: nothing is tested in a terminal.');

const ESCAPE = '\u001b';

/** A call that goes on until it is joined or ended. */
const untilCommanded: Answer = (client) => {
  client.send(START);
  client.on('message', (data: Buffer) => {
    const { id } = JSON.parse(data.toString()) as { id: string };
    client.send(JSON.stringify({ type: 'ack', ackId: id }));
    client.send(CALL_END);
    client.close(1000);
  });
};

itInTerminal.concurrent.each([
  ['j', 'client:joinCall', '→ join the call'],
  ['e', 'client:endCall', '→ end the call'],
])('sends a command at the key %s', async (key, type, shown) => {
  using folder = makeFolder();
  await using platform = await startPlatform(untilCommanded);
  const args = ['record', '--url', platform.url, '--out', folder.at('call.ndjson')];
  await using command = livecall(args, { inTerminal: true });
  await command.shows('keys: j joins the call, e ends it, q stops the recording');
  await command.shows('call from');
  command.types(key);

  await command.shows(shown);
  await command.shows('← acknowledged');
  expect((await command.ends()).exitCode).toBe(0);
  const { frames } = await (await platform.dial(1)).end();
  expect(frames.map((frame) => JSON.parse(frame as string) as unknown)).toMatchObject([{ type }]);
});

itInTerminal.concurrent.each([
  ['q', 'q'],
  ['Ctrl-C', '\u0003'],
])('stops at %s, and leaves the call alone', async (_what, key) => {
  using folder = makeFolder();
  await using platform = await startPlatform(untilCommanded);
  const out = folder.at('call.ndjson');
  const args = ['record', '--url', platform.url, '--out', out];
  await using command = livecall(args, { inTerminal: true });
  await command.shows('call from');
  command.types(`x${key}`);

  await command.shows('stopping; the call itself goes on');
  expect((await command.ends()).exitCode).toBe(0);
  expect(await (await platform.dial(1)).end()).toEqual({ code: 1000, reason: '', frames: [] });
  expect(isComplete(await loadRecording(out))).toBe(true);
});

itInTerminal.concurrent.each<[what: string, env: Record<string, string>, isColoured: boolean]>([
  ['coloured', { TERM: 'xterm' }, true],
  ['plain with NO_COLOR', { TERM: 'xterm', NO_COLOR: '1' }, false],
  ['plain where the terminal is dumb', { TERM: 'dumb' }, false],
])('is %s', async (_what, env, isColoured) => {
  using folder = makeFolder();
  await using platform = await startPlatform(404);
  const args = ['record', '--url', platform.url, '--out', folder.at('call.ndjson')];
  await using command = livecall(args, { env: { ...tokens, ...env }, inTerminal: true });

  const { exitCode, stdout } = await command.ends();
  expect(exitCode).toBe(69);
  expect(stdout).toContain('refused with 404');
  expect(stdout.includes(ESCAPE)).toBe(isColoured);
});
