import { once } from 'node:events';

import { ConnectionClosedError } from '@livecall/core';
import type { Connection, Transport } from '@livecall/core';
import { serve } from '@livecall/server';
import type { DialledClient, Server } from '@livecall/server';
import { concat, firstValueFrom, merge, NEVER, noop, of, Subject } from 'rxjs';
import { expect, it } from 'vitest';
import { WebSocket } from 'ws';

import { rawClient, toHandshake } from './fixtures/raw-client.js';

/* What a route is given of who dials. */

const connection: Connection = { frames$: NEVER, send: () => undefined };
function toOpen(): Transport {
  return concat(of(connection), NEVER);
}

/** A server that tells who dials it, the next one. */
async function startServer(transport: Transport, onClient?: (client: DialledClient) => void) {
  let tell: (client: DialledClient) => void = noop;
  const next = new Promise<DialledClient>((resolve) => {
    tell = resolve;
  });
  const server = await serve(({ client }) => {
    onClient?.(client);
    tell(client);
    return transport;
  });
  return { server, next };
}

const dial = ({ url }: Server, protocols: readonly string[] = []) =>
  new WebSocket(`${url}?conversationToken=c0ffee`, [...protocols], {
    headers: { Authorization: 'Bearer eyJh' },
  });

it('lets a client in as its route says', async () => {
  const rawHeaders = ['X-Served-By', 'the-platform', 'Connection', 'close'];
  const started = await startServer(toOpen(), (client) => {
    client.answerWith({ rawHeaders, protocol: 'second' });
  });
  await using server = started.server;
  const socket = dial(server, ['first', 'second']);
  const [[{ headers }]] = (await Promise.all([once(socket, 'upgrade'), once(socket, 'open')])) as [
    [{ headers: Record<string, string> }],
    unknown,
  ];

  expect(socket.protocol).toBe('second');
  expect(headers).toMatchObject({ 'x-served-by': 'the-platform', connection: 'Upgrade' });
  socket.terminate();
});

it('lets a client in with the first subprotocol that it offers, where its route says nothing', async () => {
  const started = await startServer(toOpen());
  await using server = started.server;
  const socket = dial(server, ['first', 'second']);
  await once(socket, 'open');

  expect(socket.protocol).toBe('first');
  socket.terminate();
});

/** So long, that an answer which waits for it never comes. */
const NEVER_MS = 3_600_000;
const isThere = (client: DialledClient, withinMs = NEVER_MS) =>
  firstValueFrom(client.isThere(withinMs));

it('knows of a client that answers that it is there, and of one that hung up that it is not', async () => {
  const started = await startServer(toOpen());
  await using server = started.server;
  const socket = dial(server);
  await once(socket, 'open');
  const client = await started.next;

  expect(await isThere(client)).toBe(true);
  socket.terminate();
  await firstValueFrom(client.closed$);
  expect(await isThere(client)).toBe(false);
});

it('takes a client for there that was not let in yet, and for gone when it left', async () => {
  const started = await startServer(NEVER);
  await using server = started.server;
  using raw = await rawClient(server.port, toHandshake());
  const client = await started.next;

  expect(await isThere(client)).toBe(true);
  expect(client.isClosing()).toBe(false);
  raw.socket.destroy();
  await firstValueFrom(client.closed$, { defaultValue: undefined });
  expect(await isThere(client)).toBe(false);
});

it('takes a client for gone that answers nothing in time, or is being closed', async () => {
  const end$ = new Subject<never>();
  const started = await startServer(merge(of(connection), end$));
  await using server = started.server;
  using raw = await rawClient(server.port, toHandshake());
  expect(await raw.status()).toBe(101);
  const client = await started.next;

  expect(await isThere(client, 1)).toBe(false);
  expect(client.isClosing()).toBe(false);
  end$.error(new ConnectionClosedError(1000));
  expect(client.isClosing()).toBe(true);
  expect(await isThere(client)).toBe(false);
});
