import { readdirSync, readlinkSync } from 'node:fs';
import { platform as system } from 'node:os';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

import type { Connection, Frame, Transport } from '@livecall/core';
import { webSocketTransport } from '@livecall/core/node';
import {
  ack,
  failDial,
  loadRecording,
  replay,
  scenario,
  serve,
  serveReplays,
} from '@livecall/tools';
import type { Replay } from '@livecall/tools';
import { concat, NEVER, of } from 'rxjs';
import { expect, it, vi } from 'vitest';

import { accessToken, conversationToken } from './fixtures/canary-tokens.js';
import { makeFolder } from './fixtures/folder.js';
import { follow } from './fixtures/follow.js';
import { START } from './fixtures/frames.js';
import { createHistory } from './fixtures/history.js';
import { livecall } from './fixtures/livecall.js';
import { startPlatform } from './fixtures/platform.js';
import { rawClient, toHandshake } from './fixtures/raw-client.js';

/* What clients can make a server, a replay and a proxy keep: bounded, and given back. */

const MIB = 1_048_576;
const toTransport = (url: string, token = conversationToken): Transport =>
  webSocketTransport({ url, accessToken, conversationToken: token });
const toCommand = (type: string, id: number, size: number) =>
  JSON.stringify({ type, id: `${id}`, pad: 'p'.repeat(size) });
const toJoin = (id: number, size: number) => toCommand('client:joinCall', id, size);

it('closes with 1013 on a client whose frames its server does not read', async () => {
  let waiting = 0;
  const sent = createHistory<Frame>();
  const unread: Connection = {
    frames$: NEVER,
    send: (frame: Frame) => {
      waiting += frame.length;
      sent.add(frame);
    },
    bufferedBytes: () => waiting,
  };
  await using server = await serve(concat(of(unread), NEVER), {
    limits: { maxBufferedBytes: MIB },
  });
  using following = follow(toTransport(server.url));
  const { send } = await following.connection();
  for (let number = 0; number < 8; number += 1) send('a'.repeat(MIB / 4));

  expect(await following.error()).toMatchObject({
    code: 1013,
    reason: 'too much waits to be sent on',
  });
  expect(sent.all).toHaveLength(5);
});

it('closes with 4999 on a client that sends a loose replay more and more, and keeps a MiB of it', async () => {
  const call = scenario().start().onJoin(ack()).callEnd().toRecording('call.ndjson');
  const played$ = replay(call, { match: 'loose', waitMs: Infinity });
  await using server = await serve(played$);
  using following = follow(toTransport(server.url));
  const { send } = await following.connection();
  for (let id = 0; id < 8; id += 1) send(toCommand('client:endCall', id, MIB / 4));

  expect(await following.error()).toMatchObject({ code: 4999, reason: 'unexpected at line 4' });
  expect(played$.divergences()).toMatchObject([
    { expected: 'no more than a MiB beyond what was recorded', actual: 'client:endCall' },
  ]);
  expect(played$.received()).toHaveLength(3);
});

it('replays a recording whose client sent more than that, at any level', async () => {
  const call = scenario()
    .start()
    .onFrame({ type: 'client:joinCall', id: '1', pad: 'p'.repeat(2 * MIB) })
    .close()
    .toRecording('call.ndjson');
  for (const match of ['strict', 'typed', 'loose'] as const) {
    const played$ = replay(call, { match });
    using following = follow(played$);
    (await following.connection()).send(toJoin(1, 2 * MIB));

    expect(await following.error()).toMatchObject({ code: 1000 });
    expect(await played$.done()).toEqual([]);
  }
});

it('keeps of a replay that is over what it diverged in, and not what its client sent', async () => {
  setFlagsFromString('--expose-gc');
  const collect = runInNewContext('gc') as () => void;
  const call = scenario().start().onJoin(ack()).callEnd().close().toRecording('call.ndjson');
  const references: WeakRef<Replay>[] = [];
  await using server = await serveReplays(() => {
    const played$ = replay(call);
    references.push(new WeakRef(played$));
    return played$;
  });
  for (let id = 0; id < 8; id += 1) {
    using following = follow(toTransport(server.url));
    const type = id % 2 === 0 ? 'client:endCall' : 'client:joinCall';
    (await following.connection()).send(JSON.stringify({ type, id: '1' }));
    expect(await following.error()).toMatchObject({ code: id % 2 === 0 ? 4999 : 1000 });
  }

  while (references.some((reference) => reference.deref() !== undefined)) {
    await new Promise(setImmediate);
    collect();
  }
  expect(await server.done()).toHaveLength(4);
});

it('tells of a replay that was over, and is dialled again by who has it still', async () => {
  const played$ = replay(scenario().start().close().toRecording('call.ndjson'));
  await using server = await serveReplays(() => played$);
  using first = follow(toTransport(server.url));
  expect(await first.error()).toMatchObject({ code: 1000 });
  expect(await server.done()).toEqual([]);
  using second = follow(toTransport(server.url));
  expect(await second.error()).toMatchObject({ status: 404 });

  expect(await server.done()).toMatchObject([{ kind: 'unexpected', actual: 'a further one' }]);
});

it('gives the slot of a client that gets no answer to another', async () => {
  const call = scenario().start().close().toRecording('call.ndjson');
  let dials = 0;
  await using server = await serve(
    () => {
      dials += 1;
      return dials === 1 ? replay(call).pipe(failDial({ reason: 'timeout' })) : replay(call);
    },
    { limits: { maxConnections: 1 } },
  );
  using waiting = await rawClient(server.port, toHandshake());
  // Its transport gives up in its own time.
  for (let status: unknown = 503; status === 503;) {
    using next = follow(toTransport(server.url));
    const error = await next.error();
    status = (error as { status?: number }).status;
    if (status === undefined) expect(error).toMatchObject({ code: 1000 });
  }
  expect(waiting.socket.destroyed).toBe(false);
});

it('closes with 1013 on an app whose platform does not read, through the proxy', async () => {
  using folder = makeFolder();
  await using platform = await startPlatform((client) => {
    client.pause();
  });
  await using command = livecall(['proxy', '--url', platform.url, '--out-dir', folder.path]);
  using following = follow(toTransport(await command.line(1)));
  const { send } = await following.connection();
  for (let id = 0; id < 64; id += 1) send(toJoin(id, MIB - 100));

  expect(await following.error()).toMatchObject({ code: 1013 });
});

it.skipIf(system() !== 'linux')(
  'holds no file open for a dial that was refused, and goes on in it with the next',
  async () => {
    using folder = makeFolder();
    const refusals = Array.from({ length: 20 }, () => 401);
    await using platform = await startPlatform([
      ...refusals,
      (client) => {
        client.send(START);
        client.close(1012);
      },
    ]);
    await using command = livecall(['proxy', '--url', platform.url, '--out-dir', folder.path]);
    const url = await command.line(1);
    const countFiles = () =>
      readdirSync(`/proc/${command.pid}/fd`, { encoding: 'utf8' }).filter((descriptor) => {
        try {
          return readlinkSync(`/proc/${command.pid}/fd/${descriptor}`).includes('.ndjson');
        } catch {
          return false;
        }
      }).length;
    for (const number of refusals.keys()) {
      using following = follow(toTransport(url, `canary-${number}`));
      expect(await following.error()).toMatchObject({ status: 401 });
    }
    expect(folder.recordings()).toHaveLength(20);
    // The client may hear of its end before the file is closed.
    const holdsNone = () => {
      expect(countFiles()).toBe(0);
    };
    await vi.waitFor(holdsNone, { timeout: 60_000 });
    using again = follow(toTransport(url, 'canary-0'));
    expect(await again.error()).toMatchObject({ code: 1012 });
    await vi.waitFor(holdsNone, { timeout: 60_000 });
    command.signal('SIGINT');
    await command.ends();

    const [first = ''] = folder.recordings();
    const { entries } = await loadRecording(folder.at(first));
    expect(entries.map(({ event }) => event)).toEqual(['refused', 'open', 'frame', 'close', 'end']);
  },
);
