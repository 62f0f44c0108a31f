import { isComplete, loadRecording } from '@livecall/tools';
import { expect, it } from 'vitest';

import { makeFolder } from './fixtures/folder.js';
import { CALL_END, START } from './fixtures/frames.js';
import { createHistory } from './fixtures/history.js';
import { hasTerminals, livecall, tokens } from './fixtures/livecall.js';
import type { Livecall } from './fixtures/livecall.js';
import { startPlatform } from './fixtures/platform.js';
import type { Answer, Platform } from './fixtures/platform.js';

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

/** Lets each command be acknowledged, and the call go on. */
const acknowledging: Answer = (client) => {
  client.send(START);
  client.on('message', (data: Buffer) => {
    const { id } = JSON.parse(data.toString()) as { id: string };
    client.send(JSON.stringify({ type: 'ack', ackId: id }));
  });
};

const announced = 'keys: j joins the call, e e ends it, q stops the recording';
const again = 'press e again within 5 s to end the call itself';

/** The types of the commands that the platform was sent by its n-th dial. */
async function commandsOf(platform: Platform, dial = 1): Promise<readonly string[]> {
  const { frames } = await (await platform.dial(dial)).end();
  return frames.map((frame) => (JSON.parse(frame as string) as { type: string }).type);
}

itInTerminal.concurrent('joins at the key j', async () => {
  using folder = makeFolder();
  await using platform = await startPlatform(untilCommanded);
  const args = ['record', '--url', platform.url, '--out', folder.at('call.ndjson')];
  await using command = livecall(args, { inTerminal: true });
  await command.shows(announced);
  await command.shows('call from');
  command.types('j');

  await command.shows('→ join the call');
  await command.shows('← acknowledged');
  expect((await command.ends()).exitCode).toBe(0);
  expect(await commandsOf(platform)).toEqual(['client:joinCall']);
});

itInTerminal.concurrent('ends the call at the second e', async () => {
  using folder = makeFolder();
  await using platform = await startPlatform(untilCommanded);
  const args = ['record', '--url', platform.url, '--out', folder.at('call.ndjson')];
  await using command = livecall(args, { inTerminal: true });
  await command.shows(announced);
  await command.shows('call from');
  command.types('e');
  await command.shows(again);
  command.types('e');

  await command.shows('→ end the call');
  expect((await command.ends()).exitCode).toBe(0);
  expect(await commandsOf(platform)).toEqual(['client:endCall']);
});

itInTerminal.concurrent('joins once, however often j is pressed', async () => {
  using folder = makeFolder();
  const joins = createHistory<() => void>();
  await using platform = await startPlatform((client) => {
    client.send(START);
    client.on('message', (data: Buffer) => {
      const { id } = JSON.parse(data.toString()) as { id: string };
      joins.add(() => {
        client.send(JSON.stringify({ type: 'ack', ackId: id }));
      });
    });
  });
  const args = ['record', '--url', platform.url, '--out', folder.at('call.ndjson')];
  await using command = livecall(args, { inTerminal: true });
  await command.shows(announced);
  await command.shows('call from');
  command.types('j');
  const acknowledge = await joins.nth(1);
  command.types('j');
  await command.shows('joining already, and its acknowledgement is awaited; nothing more was sent');
  acknowledge();
  await command.shows('← acknowledged');
  command.types('j');
  await command.shows('joined already; nothing more was sent');
  command.types('q');

  expect((await command.ends()).exitCode).toBe(0);
  expect(await commandsOf(platform)).toEqual(['client:joinCall']);
});

itInTerminal.concurrent.each([
  ["a terminal's answer", '\u001b]11;rgb:1e1e/1e1e/1e1e\u001b\\'],
  ["a terminal's answer that BEL ends", '\u001b]11;rgb:eeee/eeee/eeee\u0007'],
  ['a paste', 'jeeq'],
  ['a bracketed paste', '\u001b[200~j\u001b[201~'],
  ['a report of the mouse', '\u001b[M eq'],
  ['a key with Alt', '\u001bj'],
])('takes no key out of %s', async (_what, input) => {
  using folder = makeFolder();
  await using platform = await startPlatform(acknowledging);
  const args = ['record', '--url', platform.url, '--out', folder.at('call.ndjson')];
  await using command = livecall(args, { inTerminal: true });
  await command.shows(announced);
  await command.shows('call from');
  command.types(input);
  // In another read than what came before it: then it is heard alone.
  await untilStopped(command);

  expect((await command.ends()).exitCode).toBe(0);
  expect(await commandsOf(platform)).toEqual([]);
});

itInTerminal.concurrent('takes no key out of an answer that came in two reads', async () => {
  using folder = makeFolder();
  await using platform = await startPlatform(acknowledging);
  const args = ['record', '--url', platform.url, '--out', folder.at('call.ndjson')];
  await using command = livecall(args, { inTerminal: true });
  await command.shows(announced);
  await command.shows('call from');
  command.types('\u001b]11;rgb:');
  command.types('e');
  command.types('\u001b\\');
  await untilStopped(command);

  await command.ends();
  expect(await commandsOf(platform)).toEqual([]);
});

itInTerminal.concurrent.each(['\u001b]11;rgb:1e1e/1e1e/1e1e\u001b\\', 'e', 'jeq\n', 'j'])(
  'drops %j that waited before there were keys',
  async (input) => {
    using folder = makeFolder();
    await using platform = await startPlatform(acknowledging);
    const args = ['record', '--url', platform.url, '--out', folder.at('call.ndjson')];
    await using command = livecall(args, { inTerminal: true, input });
    await command.shows(announced);
    await command.shows('call from');
    await untilStopped(command);

    expect((await command.ends()).stdout).not.toContain(again);
    expect(await commandsOf(platform)).toEqual([]);
  },
);

/** Presses q until it is heard: right after other input it counts as part of that. */
async function untilStopped(command: Livecall): Promise<void> {
  const stopping = command.shows('stopping; the call itself goes on');
  const pressing = setInterval(() => {
    command.types('q');
  }, 150);
  await stopping.finally(() => {
    clearInterval(pressing);
  });
}

itInTerminal.concurrent('takes no keys with --no-keys', async () => {
  using folder = makeFolder();
  await using platform = await startPlatform(acknowledging);
  const args = ['record', '--no-keys', '--url', platform.url, '--out', folder.at('call.ndjson')];
  await using command = livecall(args, { inTerminal: true });
  await command.shows('call from');
  // The terminal is as it was: it makes a signal of Ctrl-C by itself.
  command.types('j\u0003');

  const { stdout } = await command.ends();
  expect(stdout).toContain('stopping; the call itself goes on');
  expect(stdout).not.toContain('keys:');
  expect(await commandsOf(platform)).toEqual([]);
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
  await command.shows(announced);
  await command.shows('call from');
  command.types(key);

  await command.shows('stopping; the call itself goes on');
  expect((await command.ends()).exitCode).toBe(0);
  expect(await (await platform.dial(1)).end()).toEqual({ code: 1000, reason: '', frames: [] });
  expect(isComplete(await loadRecording(out))).toBe(true);
});

itInTerminal.concurrent.each([
  ['q', 'q'],
  ['Ctrl-C', '\u0003'],
])('is no success where %s comes before any connection', async (_what, key) => {
  using folder = makeFolder();
  await using platform = await startPlatform({ status: 503, headers: { 'Retry-After': '60' } });
  const args = ['record', '--url', platform.url, '--out', folder.at('call.ndjson')];
  await using command = livecall(args, { inTerminal: true });
  await command.shows(announced);
  await command.shows('Dialling again in');
  command.types(key);

  const { exitCode, stdout } = await command.ends();
  expect(exitCode).toBe(69);
  expect(stdout).toContain('No connection was opened before it was stopped');
});

itInTerminal.concurrent(
  'records in the background, without keys, and takes them with fg',
  async () => {
    using folder = makeFolder();
    await using platform = await startPlatform(acknowledging);
    const args = ['record', '--url', platform.url, '--out', folder.at('call.ndjson')];
    await using command = livecall(args, { inTerminal: true, inBackground: true });
    await command.shows('in the background: no keys are taken');
    await command.shows('call from');
    command.types('fg\r');
    await command.shows(announced);
    command.types('j');
    await command.shows('← acknowledged');
    // Stopped, and continued, it has its keys again.
    command.types('\u001a');
    await command.shows('Stopped');
    command.types('fg\r');
    await command.shows(announced, 2);
    command.types('q');
    await command.shows('stopping; the call itself goes on');
    command.types('exit\r');
    await command.ends();

    expect(await commandsOf(platform)).toEqual(['client:joinCall']);
  },
);

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

itInTerminal.each([
  ['show -', 'waiting for a recording from this terminal; Ctrl-D ends it'],
  [
    'record --url wss://calls.invalid/ --access-token-file -',
    'waiting for the access token from this terminal; Ctrl-D ends it',
  ],
])('says what it waits for: livecall %s', async (args, said) => {
  await using command = livecall(args.split(' '), { inTerminal: true });

  await command.shows(said);
  command.types('\u0004');
  expect((await command.ends()).stdout).toContain('is empty');
});
