import { liveCall } from '@livecall/core';
import type { LiveCall } from '@livecall/core';
import { webSocketTransport } from '@livecall/core/node';
import { ack, closeAfter, openReplay, scenario, stallAfter, toHaveSent } from '@livecall/tools';
import { filter, lastValueFrom, switchMap } from 'rxjs';
import { expect, it } from 'vitest';
import { WebSocket } from 'ws';

import { makeApp } from './fixtures/app.js';
import { followCall } from './fixtures/follow.js';

/* A recording that is opened for a test, over a real socket. */

const recording = scenario()
  .start()
  .onJoin(ack())
  .caller('A parcel.')
  .callEnd()
  .close()
  .toRecording('call.ndjson');

async function join(call: LiveCall): Promise<void> {
  const joined = lastValueFrom(
    call.events$.pipe(
      filter(({ type }) => type === 'event:start'),
      switchMap(() => call.joinCall()),
    ),
  );
  call.connect();
  await joined;
}

/** Dials a server that should be gone. */
async function dial(url: string): Promise<unknown> {
  const transport = webSocketTransport({ url, accessToken: 'any', conversationToken: 'any' });
  return lastValueFrom(transport).catch((error: unknown) => error);
}

const GONE = { _tag: 'ConnectFailedError', code: 'ECONNREFUSED' };

it('plays a call, and leaves no server behind', async () => {
  const opened = await openReplay(recording, { over: 'socket' });
  await join(opened.call);
  await opened.finish();
  await opened.finish();

  expect(toHaveSent(opened.call, ['client:joinCall']).pass).toBe(true);
  expect(toHaveSent(opened.server, ['client:joinCall']).pass).toBe(true);
  expect(await dial(opened.server.url)).toMatchObject(GONE);
});

it('plays it to another client', async () => {
  const opened = await openReplay(recording, { over: 'socket' });
  const { url } = opened.server;
  await join(liveCall(webSocketTransport({ url, accessToken: 'any', conversationToken: 'any' })));
  await opened.finish();

  expect(toHaveSent(opened.server, ['client:joinCall']).pass).toBe(true);
});

it('plays it by hand', async () => {
  const opened = await openReplay(recording, { over: 'socket', pace: 'manual' });
  using following = followCall(opened.call);
  opened.call.joinCall({ whenNotOpen: 'wait' }).subscribe();
  // A dial over a socket takes its time, of which the replay knows nothing.
  const untilJoined = setInterval(() => {
    opened.server.advance(1);
  });
  await following.state('closed');
  clearInterval(untilJoined);

  await opened.finish();
});

it('tells the client where it departed', async () => {
  const opened = await openReplay(recording, { over: 'socket', waitMs: 0 });
  const failed = lastValueFrom(opened.call.events$).catch((error: unknown) => error);
  opened.call.connect();

  expect(await failed).toMatchObject({
    code: 4999,
    cause: {
      _tag: 'DivergedError',
      message: expect.stringContaining('call.ndjson:4: missing: ') as unknown,
    },
  });
  await expect(opened.finish()).rejects.toMatchObject({ _tag: 'DivergedError' });
  expect(await dial(opened.server.url)).toMatchObject(GONE);
});

it('says what was wrong with a handshake', async () => {
  const opened = await openReplay(recording, { over: 'socket', waitMs: 50 });
  const client = new WebSocket(opened.server.url);
  await new Promise((resolve) => client.once('error', resolve));

  await expect(opened.finish()).rejects.toThrow(
    [
      'The client departed from call.ndjson:',
      '  handshake: expected Authorization: Bearer and a token, got no Authorization',
      '  call.ndjson:2: unconsumed: expected dial 1 of 1, got no dial',
    ].join('\n'),
  );
});

const stalled = {
  over: 'socket',
  faults: [stallAfter({ frames: 1 })],
  call: { lingerMs: 0 },
} as const;

it('hangs up a call that is still open', async () => {
  const opened = await openReplay(recording, stalled);
  using following = followCall(opened.call);
  await following.state('open');

  await expect(opened.finish()).rejects.toThrow('the call is still open');
  expect(await following.state('closed')).toMatchObject({ reason: 'hung-up' });
  expect(await dial(opened.server.url)).toMatchObject(GONE);
});

it('cuts another client that is still connected', async () => {
  const opened = await openReplay(recording, stalled);
  const { url } = opened.server;
  const options = { url, accessToken: 'any', conversationToken: 'any' };
  using following = followCall(liveCall(webSocketTransport(options), { retry: false }));
  await following.state('open');

  await expect(opened.finish()).rejects.toThrow('a connection is still open');
  expect(await following.state('closed')).toMatchObject({ error: { code: 1006 } });
  expect(await dial(url)).toMatchObject(GONE);
});

it('closes without a verdict', async () => {
  const opened = await openReplay(recording, stalled);
  using following = followCall(opened.call);
  await following.state('open');
  await opened.close();

  expect(await following.state('closed')).toMatchObject({ reason: 'hung-up' });
  expect(await dial(opened.server.url)).toMatchObject(GONE);
});

it('dials again through a fault', async () => {
  const faults = [closeAfter({ frames: 2, code: 1012 })];
  const call = { retry: { random: () => 0 } };
  const opened = await openReplay(recording, { over: 'socket', faults, call });
  await join(opened.call);
  await opened.finish();

  expect(toHaveSent(opened.call, ['client:joinCall']).pass).toBe(true);
});

it('lets the process exit, whatever came of it', async () => {
  using app = makeApp();
  const script = app.write(
    'exits.js',
    `
import { openReplay, stallAfter } from '@livecall/tools';
for (const over of ['process', 'socket']) {
  for (const faults of [[], [stallAfter({ frames: 1 })]]) {
    for (const how of ['finish', 'close']) {
      const options = { over, faults, waitMs: 10, call: { lingerMs: 0 } };
      const opened = await openReplay('recordings/joined-call.ndjson', options);
      opened.call.connect();
      await opened[how]().catch((error) => console.log(error.name));
    }
  }
}
`,
  );

  expect(await app.node(script)).toEqual({
    exitCode: 0,
    stdout: 'DivergedError\nDivergedError\nDivergedError\nDivergedError\n',
    stderr: '',
  });
});
