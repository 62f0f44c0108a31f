import { HandshakeRefusedError, liveCall } from '@livecall/core';
import type { Transport } from '@livecall/core';
import { webSocketTransport } from '@livecall/core/node';
import { expect, it } from 'vitest';
import { WebSocket } from 'ws';

import { accessToken, conversationToken } from './fixtures/canary-tokens.js';
import { follow, followCall } from './fixtures/follow.js';
import { livecall, run } from './fixtures/livecall.js';

/* `livecall replay --fault`: what goes wrong on purpose, and whose doing it is. */

const spam = 'recordings/screened-spam-call.ndjson';
const toTransport = (url: string): Transport =>
  webSocketTransport({ url, accessToken, conversationToken });
const replaying = (...flags: readonly string[]) =>
  livecall(['replay', spam, '--pace', 'instant', ...flags]);

it.concurrent('goes wrong for every call anew, and then no more', async () => {
  await using command = replaying('--fault', 'refuse:status=503,times=2', '--once');
  const url = await command.line(1);
  const refuse = async () => {
    using following = follow(toTransport(url));
    expect(await following.error()).toMatchObject({ status: 503 });
  };
  await refuse();
  await refuse();
  using following = follow(toTransport(url));
  expect(await following.error()).toMatchObject({ code: 1000 });

  const { exitCode, stderr } = await command.ends();
  expect(exitCode).toBe(0);
  expect(stderr).toContain(`livecall: ${spam}: over; the client did its part\n`);
});

it.concurrent('closes in the middle, and goes on with the client that dials again', async () => {
  await using command = replaying('--fault', 'close:frames=3,code=1012', '--once');
  const call = liveCall(toTransport(await command.line(1)));
  using following = followCall(call);

  expect(await following.state('reconnecting')).toMatchObject({ cause: { code: 1012 } });
  expect(await following.state('closed')).toMatchObject({ reason: 'call-ended' });
  expect((await command.ends()).exitCode).toBe(0);
});

it.concurrent('does not blame the client for what was not played', async () => {
  await using command = replaying('--fault', 'close:frames=3,code=1008', '--once');
  using following = follow(toTransport(await command.line(1)));

  expect(await following.error()).toMatchObject({ code: 1008 });
  expect((await command.ends()).exitCode).toBe(0);
});

it.concurrent('blames the client for what it did all the same', async () => {
  const flags = ['--pace', 'instant', '--once', '--fault', 'delay:ms=1'];
  await using command = livecall(['replay', 'recordings/joined-call.ndjson', ...flags]);
  using following = follow(toTransport(await command.line(1)));
  (await following.connection()).send('{"type":"client:endCall","id":"1"}');

  expect((await command.ends()).exitCode).toBe(1);
});

it.concurrent('goes wrong in several ways at once', async () => {
  await using command = replaying(
    ...['--fault', 'drop:type=transcript'],
    ...[
      '--fault',
      'insert:after=event:start,frame={"type":"error","description":"late, or never"}',
    ],
  );
  using following = follow(toTransport(await command.line(1)));
  await following.error();
  const frames = await following.frames(99);

  expect(frames.map((frame) => (JSON.parse(frame as string) as { type: string }).type)).toEqual([
    ...['event:start', 'error', 'event:end', 'event:callEnd'],
  ]);
});

it.concurrent.each([
  [
    'nonsense',
    'There is no fault nonsense; there are close, stall, insert, delay, postpone, drop, duplicate, reorder, garble, replace, refuse, fail.',
  ],
  ['close:when=now', 'The fault close has no when; it has dial, frames, after, code, reason.'],
  ['close:code=0', 'code must be a whole number from 1000 to 4999, not 0.'],
])('does not understand --fault %s', async (fault, said) => {
  expect(await run(['replay', spam, '--fault', fault])).toEqual({
    exitCode: 2,
    stdout: '',
    stderr: `livecall: --fault: ${said}\n`,
  });
});

it.concurrent('ends with 1 when a dial was none of the protocol, with --once', async () => {
  await using command = replaying('--once');
  const url = await command.line(1);
  const status = await new Promise((resolve) => {
    new WebSocket(url, { headers: { authorization: `Bearer ${accessToken}` } })
      .on('unexpected-response', (_request, response) => {
        response.resume();
        resolve(response.statusCode);
      })
      .on('error', resolve);
  });
  expect(status).toBe(400);
  using following = follow(toTransport(url));
  expect(await following.error()).not.toBeInstanceOf(HandshakeRefusedError);

  const { exitCode, stderr } = await command.ends();
  expect(exitCode).toBe(1);
  expect(stderr).toContain('handshake: expected a conversationToken, got none\n');
});

it.concurrent.each(['--speed', '--max-idle'])('has no use for %s without time', async (flag) => {
  expect(await run(['replay', spam, '--pace', 'instant', flag, '2'])).toEqual({
    exitCode: 2,
    stdout: '',
    stderr:
      'livecall: At --pace instant no time passes: --speed and --max-idle are for --pace recorded.\n',
  });
});

it.concurrent('ends with 1 for a fault that never struck, and names it', async () => {
  await using command = replaying('--once', '--fault', 'drop:type=akc', '--fault', 'close:dial=2');
  using following = follow(toTransport(await command.line(1)));
  expect(await following.error()).toMatchObject({ code: 1000 });

  const { exitCode, stderr } = await command.ends();
  expect(exitCode).toBe(1);
  expect(stderr).toMatch(
    /^livecall: drop:type=akc: unstruck: expected akc, got 1 dial with \d+ frames$/m,
  );
  expect(stderr).toMatch(/^livecall: close:dial=2: unstruck: expected dial 2, got 1 dial with/m);
});

it.concurrent('does not mind a fault that may miss', async () => {
  await using command = replaying('--once', '--fault', 'maybe:close:frames=300');
  using following = follow(toTransport(await command.line(1)));
  expect(await following.error()).toMatchObject({ code: 1000 });

  expect((await command.ends()).exitCode).toBe(0);
});

it.concurrent('ends with 1 when it is stopped before the one call was over', async () => {
  await using command = replaying('--once', '--fault', 'close:frames=3');
  await command.says('replaying');
  command.signal('SIGINT');

  const { exitCode, stderr } = await command.ends();
  expect(exitCode).toBe(1);
  expect(stderr).toContain('livecall: stopped before a call was over; no fault was judged\n');
});
