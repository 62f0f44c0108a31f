import { spawn } from 'node:child_process';
import { once } from 'node:events';

import { expect, it } from 'vitest';

import { accessToken } from '../fixtures/canary-tokens.js';
import { START } from '../fixtures/frames.js';
import { livecall } from '../fixtures/livecall.js';
import { readPage } from '../fixtures/page.js';
import { cut, startPlatform } from '../fixtures/platform.js';
import type { Answer } from '../fixtures/platform.js';
import { clients } from './clients.js';
import type { Client } from './clients.js';

/*
 * Every cell of the table of clients in docs/runtimes.md: npm run test:runtimes. Each is a program
 * of its own in test/runtimes/clients, which prints what its library tells it.
 */

/** Runs a client, and gives the lines that it printed. */
async function follow({ command, env }: Client, url: string): Promise<readonly string[]> {
  const [file, ...args] = command;
  const child = spawn(file, [...args, url, accessToken], {
    env: { PATH: process.env['PATH'], HOME: '/tmp', ...env },
    timeout: 40_000,
  });
  let stdout = '';
  let stderr = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => (stdout += text));
  child.stderr.setEncoding('utf8').on('data', (text: string) => (stderr += text));
  await once(child, 'close');
  if (stdout === '') throw new Error(`It printed nothing: ${stderr}`);
  return stdout.trim().split('\n');
}

/** What a client prints last of a platform that does this. */
async function lastOf(client: Client, answer: Answer): Promise<string> {
  await using platform = await startPlatform(answer);
  const url = `${platform.url}?conversationToken=joined-call`;
  const lines = await follow(client, url);
  // Some tell a refusal, and then that they closed.
  const last = lines.find((line) => line.startsWith('refused')) ?? lines.at(-1) ?? '';
  const [what = '', first = '', second = ''] = last.trim().split(' ');
  const told = /^(none|None|undef|)$/.test(first) ? 'nothing' : first;
  return what === 'refused' && /^\d+$/.test(second) ? `${told}, ${second} s` : told;
}

/** A transcript longer than what some libraries take. */
const toTranscript = (length: number) =>
  JSON.stringify({ type: 'transcript', role: 'user', msg: 'x'.repeat(length) });

/** What is seen of each column. */
const columns: Readonly<Record<string, (client: Client) => Promise<string>>> = {
  'Origin it sends': async (client) => {
    await using platform = await startPlatform(404);
    await follow(client, platform.url).catch(() => undefined);
    const { origin, authorization } = (await platform.dial(1)).headers;
    expect(authorization).toBe(`Bearer ${accessToken}`);
    if (origin === undefined) return 'none';
    return origin === `http://127.0.0.1:${platform.port}` ? "the server's" : origin;
  },
  '429, Retry-After: 7': (client) =>
    lastOf(client, { status: 429, headers: { 'Retry-After': '7' } }),
  'closed with 4999': (client) =>
    lastOf(client, (socket) => {
      socket.send(START);
      socket.close(4999, 'bye');
    }),
  'closed without a code': (client) =>
    lastOf(client, (socket) => {
      socket.send(START);
      socket.close();
    }),
  cut: (client) =>
    lastOf(client, (socket) => {
      socket.send(START);
      // Once it has been read: right behind it, Java's may tell of an internal error, or of nothing.
      setTimeout(cut, 500, socket, 'FIN');
    }),
  'a message of 40 kB': (client) => withMessageOf(client, 40_000),
  'a message of 900 kB': (client) => withMessageOf(client, 900_000),
  'livecall replay --once': async (client) => {
    await using replay = livecall([
      ...['replay', 'recordings/screened-spam-call.ndjson', '--once', '--pace', 'instant'],
    ]);
    const url = await replay.line(1);
    const [first = ''] = await follow(client, `${url}?conversationToken=any`);
    if (first !== 'open') return first;
    return String((await replay.ends()).exitCode);
  },
};

async function withMessageOf(client: Client, length: number): Promise<string> {
  const frame = toTranscript(length);
  await using platform = await startPlatform((socket) => {
    socket.send(frame);
    socket.close(1000);
  });
  const lines = await follow(client, platform.url);
  return lines.includes(`message ${frame.length}`) ? 'arrives' : (lines.at(-1) ?? '');
}

const table = readPage('runtimes.md').table('client');

it('has a row for each client, and a check for each column', () => {
  expect([...table.keys()]).toEqual(Object.keys(clients));
  for (const cells of table.values()) expect([...cells.keys()]).toEqual(Object.keys(columns));
});

for (const [name, toClient] of Object.entries(clients)) {
  const client = await toClient();
  for (const [column, see] of Object.entries(columns)) {
    const said = table.get(name)?.get(column) ?? '';
    it.concurrent(`${name} · ${column} · ${said}`, async ({ skip, task }) => {
      if (typeof client === 'string') skip(client);
      else {
        const seen = await see(client);
        task.meta.seen = seen;
        expect(seen).toBe(said);
      }
    });
  }
}
