import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

import { expect, it } from 'vitest';

import * as RELAY_CLOSE from '../packages/core/src/relay-close.js';
import { accessToken, conversationToken } from './fixtures/canary-tokens.js';
import { makeApp } from './fixtures/app.js';
import { CALL_END, START } from './fixtures/frames.js';
import { readPage } from './fixtures/page.js';
import { startPlatform } from './fixtures/platform.js';
import { readExamples } from './fixtures/read-examples.js';

/* docs/relay.md: its examples are run, and its tables are what the code has. */

const path = fileURLToPath(new URL('../docs/relay.md', import.meta.url));

const APP = `
export interface User { readonly id: string }
export const accessToken = () => '${accessToken}';
export const findUser = async (cookie?: string): Promise<User | undefined> =>
  cookie === 'sid=1' ? { id: 'jo' } : undefined;
export const findCall = async (_user: User, id?: string) =>
  id === '8f0c' ? { id, conversationToken: '${conversationToken}' } : undefined;
`;

/** Follows a call in the app that is named, and prints what comes. */
const RUN = `
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { liveCall } from '@livecall/core';
import { relayTransport } from '@livecall/core/browser';
import { WebSocket } from 'ws';

const { server } = await import('./' + process.argv[2] + '.js');
if (!server.listening) await once(server, 'listening');
const { port } = server.address() as AddressInfo;
const follow = (cookie: string, id: string) => {
  const webSocket = class extends WebSocket {
    constructor(url: string, protocols: string[]) {
      super(url, protocols, { headers: { cookie } });
    }
  };
  const call = liveCall(relayTransport({ url: 'http://localhost:' + port + '/livecall/' + id, webSocket }));
  return new Promise((resolve) => {
    call.errors$.subscribe((error) => console.log(error.message));
    call.transcript$.subscribe({ next: ({ msg }) => console.log(msg), error: resolve, complete: () => resolve(0) });
    call.connect();
  });
};
await follow('sid=1', '8f0c');
await follow('sid=2', '8f0c');
console.log(await (await fetch('http://localhost:' + port + '/')).text());
process.exit(0);
`;

it('has examples that compile and run', async () => {
  await using platform = await startPlatform((client) => {
    client.send(START);
    client.send('{"type":"transcript","msg":"Who is calling?","role":"assistant"}');
    client.send(CALL_END);
    client.close(1000);
  });
  using app = makeApp();
  app.write('app.ts', APP);
  app.write('run.ts', RUN);
  for (const [name, code] of Object.entries(readExamples(path))) {
    app.write(
      `${name}.ts`,
      code
        .replaceAll("process.env['PORT'] ?? 8080", '0')
        .replaceAll("process.env['LIVE_CALLS_URL'] ?? ''", `'${platform.url}'`),
    );
  }
  expect(await app.compile()).toBe('');

  for (const framework of ['express', 'fastify']) {
    const { stdout, stderr } = await app.node(join('dist', 'run.js'), framework);
    expect([stdout.split('\n'), stderr]).toEqual([
      [
        'Who is calling?',
        // Asked for once more, and then told.
        expect.stringContaining('401'),
        expect.stringContaining('401'),
        'the page',
        '',
      ],
      '',
    ]);
  }
});

it('names every code of its own', () => {
  const codes = [...readPage('relay.md').table('code').keys()];

  expect(codes.slice(0, -2).map(Number)).toEqual(Object.values(RELAY_CLOSE).sort((a, b) => a - b));
});

it('has every setting of a page', () => {
  const options = readFileSync(
    new URL('../packages/core/src/browser/relay-transport-options.ts', import.meta.url),
    'utf8',
  );
  const names = [...options.matchAll(/^ {2}readonly (\w+)/gm)].map(([, name]) => name);

  expect([...readPage('relay.md').table('of `relayTransport`').keys()]).toEqual(names);
});

it.each([
  [
    'of `relay`',
    [
      'packages/server/src/relay.ts',
      'packages/server/src/relay-limits.ts',
      'packages/core/src/node/heartbeat-options.ts',
    ],
    14,
  ],
  ['of `relayTransport`', ['packages/core/src/browser/relay-transport.ts'], 4],
])('has the settings and defaults %s', (heading, files, count) => {
  const source = files
    .map((file) => readFileSync(new URL(`../${file}`, import.meta.url), 'utf8'))
    .join('');
  const rows = [...readPage('relay.md').table(heading)].filter(([, columns]) =>
    /^\d|^none|^\//.test(columns.get('default') ?? ''),
  );

  expect(rows).toHaveLength(count);
  for (const [name, columns] of rows) {
    const [, value = ''] =
      new RegExp(`^ +${name.replace(/^.*\./, '')} = (.*),$`, 'm').exec(source) ?? [];
    expect([name, columns.get('default')]).toEqual([name, toShown(name, value)]);
  }
});

/** A default as the page writes it. */
function toShown(name: string, value: string): string {
  if (value === '[]') return 'none';
  if (value.startsWith("'")) return value.slice(1, -1);
  const number = value
    .replaceAll('_', '')
    .split('*')
    .reduce((product, factor) => product * Number(factor), 1);
  if (name.endsWith('Ms')) return `${number / 1_000} s`;
  if (!name.endsWith('Bytes')) return number.toLocaleString('en');
  return number >= 1024 ** 2 ? `${number / 1024 ** 2} MiB` : `${number / 1024} KiB`;
}
