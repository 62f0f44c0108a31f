import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

import { callChanges, liveCall } from '@livecall/core';
import { from, NEVER, noop, Observable } from 'rxjs';
import { expect, it } from 'vitest';

import { makeApp } from './fixtures/app.js';
import { accessToken, conversationToken } from './fixtures/canary-tokens.js';
import { CALL_END, START } from './fixtures/frames.js';
import { readPage } from './fixtures/page.js';
import { startPlatform } from './fixtures/platform.js';
import type { Answer } from './fixtures/platform.js';
import { readExamples } from './fixtures/read-examples.js';

/* The server-sent events of docs/recipes.md: the servers are run, and what crosses is counted. */

const examples = readExamples(fileURLToPath(new URL('../docs/recipes.md', import.meta.url)));

const APP = `
export interface User { readonly id: string }
export const accessToken = () => '${accessToken}';
export const findUser = async (cookie?: string): Promise<User | undefined> =>
  cookie === 'sid=1' ? { id: 'jo' } : undefined;
export const findCall = async (_user: User, id?: string) =>
  id?.startsWith('call-') ? { id, conversationToken: '${conversationToken}' + id } : undefined;
`;

/** Follows a call in each app as a page does that is cut once, and prints what it has of it. */
const RUN = `
import { once } from 'node:events';
import { request } from 'node:http';
import type { IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { foldChange } from '@livecall/core';
import type { CallChange, CallSnapshot } from '@livecall/core';
import { WebSocket } from 'ws';

const ask = async (port: number, path: string, method: string, headers: object = {}) => {
  const asking = request({ port, path, method, headers: { ...headers } });
  asking.end();
  const [response] = (await once(asking, 'response')) as [IncomingMessage];
  return response;
};

for (const name of ['sse-express', 'sse-fastify']) {
  const { server } = await import('./' + name + '.js');
  if (!server.listening) await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  let call: CallSnapshot | undefined;
  let id = '';
  const kinds: string[] = [];
  const orders = new Set<string>();
  const watch = async (until: number) => {
    const headers = { cookie: 'sid=1', ...(id !== '' && { 'last-event-id': id }) };
    const response = await ask(port, '/calls/call-' + name, 'GET', headers);
    let rest = '';
    for await (const chunk of response.setEncoding('utf8')) {
      const events = (rest + chunk).split('\\n\\n');
      rest = events.pop() ?? '';
      for (const event of events) {
        const fields = event.split('\\n').map((line) => line.split(/: ?(.*)/));
        orders.add(fields.map(([field]) => field).join());
        const last = fields.find(([field]) => field === 'id')?.[1];
        if (last === undefined) { kinds.push(event); continue; }
        id = last;
        const change = JSON.parse(fields.find(([field]) => field === 'data')?.[1] ?? '') as CallChange;
        kinds.push('call' in change ? 'all' : 'said' in change ? 'said ' + change.said?.length : 'facts');
        call = foldChange(call, change);
      }
      if ((call?.utterances.length ?? 0) >= until) break;
    }
    response.destroy();
  };
  await watch(1);
  const joins = [];
  for (const origin of ['https://elsewhere.example', 'null', 'http://localhost:' + port]) {
    const headers = { cookie: 'sid=1', origin };
    joins.push((await ask(port, '/calls/call-' + name + '/join', 'POST', headers)).statusCode);
  }
  // Whoever dials beside it has the platform go on.
  await once(new WebSocket('PLATFORM'), 'close');
  await watch(Infinity);
  const statuses = [];
  for (const [path, cookie] of [['/calls/call-' + name, 'sid=2'], ['/calls/none', 'sid=1']] as const) {
    statuses.push((await ask(port, path, 'GET', { cookie })).statusCode);
  }
  console.log(JSON.stringify({
    name,
    said: call?.utterances.map(({ text }) => text),
    phase: call?.phase,
    first: kinds[0],
    last: kinds.at(-1),
    whole: kinds.filter((kind) => kind === 'all').length,
    orders: [...orders].sort(),
    statuses,
    joins,
  }));
}
process.exit(0);
`;

it('sends a call to a page that is cut, and the rest of it when it is back', async () => {
  let goOn: () => void = noop;
  const call: Answer = (client) => {
    client.send(START);
    client.send('{"type":"transcript","msg":"Who is calling?","role":"assistant"}');
    client.on('message', (data: Buffer) => {
      const { id } = JSON.parse(data.toString()) as { id: string };
      client.send(JSON.stringify({ type: 'ack', ackId: id }));
    });
    goOn = () => {
      client.send('{"type":"transcript","msg":"A parcel.","role":"other"}');
      client.send('{"type":"transcript","msg":"Put it down.","role":"user"}');
      client.send(CALL_END);
      client.close(1000);
    };
  };
  const trigger: Answer = (client) => {
    goOn();
    client.close(1000);
  };
  await using platform = await startPlatform([call, trigger, call, trigger]);
  using app = makeApp();
  app.write('app.ts', APP);
  app.write('run.ts', RUN.replace('PLATFORM', platform.url));
  for (const name of ['sse', 'sse-express', 'sse-fastify']) {
    app.write(
      `${name}.ts`,
      (examples[name] ?? '')
        .replaceAll("process.env['PORT'] ?? 8080", '0')
        .replaceAll("process.env['LIVE_CALLS_URL'] ?? ''", `'${platform.url}'`),
    );
  }
  expect(await app.compile()).toBe('');

  const { stdout, stderr } = await app.node(join('dist', 'run.js'));
  expect(stderr).toBe('');
  const [express, fastify, ...more] = stdout.trim().split('\n');
  const followed = {
    said: ['Who is calling?', 'A parcel.', 'Put it down.'],
    phase: 'ended',
    first: 'all',
    last: 'event: over\ndata:',
    whole: 1,
    // The id is behind the data: a client that counts it at once has what it stands for.
    orders: ['data,id', 'event,data'],
    statuses: [401, 404],
  };
  expect(JSON.parse(express ?? '')).toEqual({
    ...followed,
    name: 'sse-express',
    joins: [403, 403, 204],
  });
  expect(JSON.parse(fastify ?? '')).toEqual({
    ...followed,
    name: 'sse-fastify',
    joins: [404, 404, 404],
  });
  expect(more).toEqual([]);
  // Each call was dialled once, whoever came back to it.
  expect(platform.dials).toHaveLength(4);
});

it('sends as much as the page says', () => {
  const sentences = Array.from({ length: 1_000 }, (_none, n) =>
    JSON.stringify({
      type: 'transcript',
      role: 'other',
      offset: n,
      msg: 'as it is said '.repeat(9),
    }),
  );
  const call = liveCall(
    new Observable((subscriber) => {
      subscriber.next({ frames$: from(sentences), send: noop });
      return NEVER.subscribe();
    }),
  );
  let [snapshots, changes] = [0, 0];
  call.call$.subscribe((snapshot) => {
    snapshots += JSON.stringify(snapshot).length;
  });
  callChanges(call.call$)().subscribe((change) => {
    changes += JSON.stringify(change).length;
  });
  call.connect().unsubscribe();

  const [[, told] = []] = readPage('recipes.md').table('bytes of JSON');
  expect(Object.fromEntries(told ?? [])).toEqual({
    'a snapshot a sentence': `${(snapshots / 1e6).toFixed(0)} MB`,
    'what changes': `${(changes / 1e6).toFixed(1)} MB`,
  });
});
