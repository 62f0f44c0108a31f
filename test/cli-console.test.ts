import { appendFileSync } from 'node:fs';
import { request } from 'node:http';

import { expect, it } from 'vitest';

import { startConsole } from './fixtures/console.js';
import { makeFolder } from './fixtures/folder.js';
import { run } from './fixtures/livecall.js';

/* `livecall console`, as a program asks it; test/browser/ opens its page. */

const HEADER = '{"livecall":1,"recordedAt":"2026-11-22T09:00:00.000Z"}\n';
const OPEN = '{"at":0,"event":"open","status":101}\n';

/** Asks with a header that `fetch` does not let one set. */
function statusOf(url: string, headers: Readonly<Record<string, string>>): Promise<number> {
  return new Promise((resolve, reject) => {
    request(url, { headers }, (response) => {
      response.resume();
      resolve(response.statusCode ?? 0);
    })
      .on('error', reject)
      .end();
  });
}

it('serves its own page, and nobody else', async () => {
  await using console = await startConsole(['recordings']);
  const { ask, key, url } = console;
  const page = await fetch(url);
  const { host, origin } = new URL(url);

  expect(page.status).toBe(200);
  expect(page.headers.get('content-security-policy')).toBe("frame-ancestors 'none'");
  expect(await page.text()).toContain("default-src 'none'");
  expect((await ask('/api/recordings')).status).toBe(200);
  expect((await ask('/')).status).toBe(403);
  expect((await ask('/?key=another')).status).toBe(403);
  expect((await ask('/api/recordings', {})).status).toBe(403);
  expect((await ask(`/api/recordings?key=${key}`, {})).status).toBe(403);
  expect((await ask('/api/nothing')).status).toBe(404);
  expect((await ask('/api/command?type=client:endCall', undefined, 'POST')).status).toBe(404);
  const headers = { 'x-livecall-key': key };
  expect(await statusOf(`${origin}/api/recordings`, headers)).toBe(200);
  for (const foreign of [
    { host: 'calls.example' },
    { host: host.replace(/\d+$/, '1') },
    { origin: 'https://calls.example' },
    { origin: 'null' },
  ]) {
    expect(await statusOf(`${origin}/api/recordings`, { ...headers, ...foreign })).toBe(403);
    expect(await statusOf(url, foreign)).toBe(403);
  }
});

it('lists the recordings below a folder, and says which cannot be read', async () => {
  using folder = makeFolder();
  folder.makeFolder('inner');
  folder.write('inner/one.ndjson', `${HEADER}${OPEN}`);
  folder.write('bad.ndjson', 'nothing\n');
  folder.write('.hidden.ndjson', HEADER);
  folder.write('notes.txt', 'nothing');
  await using console = await startConsole([folder.path]);
  const list = async () =>
    (await (await console.ask('/api/recordings')).text())
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as { name: string; problem?: string });

  expect(await list()).toMatchObject([
    {
      id: 0,
      name: 'bad.ndjson',
      problem: expect.stringContaining('not a livecall recording') as string,
    },
    { id: 1, name: 'inner/one.ndjson', summary: { outcome: { how: 'incomplete' } } },
  ]);
  folder.write('a-new-one.ndjson', HEADER);
  expect((await list()).map(({ name }) => name)).toEqual([
    'a-new-one.ndjson',
    'bad.ndjson',
    'inner/one.ndjson',
  ]);
  expect((await console.ask('/api/recording?id=99')).status).toBe(404);
  expect((await console.ask('/api/recording?id=../../etc/passwd')).status).toBe(404);
});

it('finds what was said, and by whom', async () => {
  await using console = await startConsole(['recordings']);
  const search = async (query: string) => (await console.ask(`/api/search?${query}`)).text();

  expect(JSON.parse(await search('words=harbour+couriers'))).toMatchObject({
    count: 1,
    lines: [[5, 5]],
    text: "Hi, it's Marta from Harbour Couriers. I have a parcel that needs a signature.",
  });
  expect(await search('words=harbour+couriers&role=assistant')).toBe('');
  expect((await console.ask('/api/search?words=...')).status).toBe(400);
});

it('sends what is written to a recording meanwhile', async () => {
  using folder = makeFolder();
  const path = folder.write('call.ndjson', HEADER);
  await using console = await startConsole([path]);
  await console.ask('/api/recordings');
  const response = await console.ask('/api/recording?id=0');
  const reader = response.body?.pipeThrough(new TextDecoderStream()).getReader();

  expect((await reader?.read())?.value).toBe(HEADER);
  appendFileSync(path, OPEN);
  expect((await reader?.read())?.value).toBe(OPEN);

  // A page that reads does not keep it.
  console.command.signal('SIGINT');
  expect((await console.command.ends()).exitCode).toBe(0);
});

it('says what cannot be looked at, and where it cannot listen', async () => {
  const missing = await run(['console', 'nowhere', '--no-open']);
  expect(missing).toMatchObject({
    exitCode: 66,
    stderr: 'livecall: nowhere: no such file or folder.\n',
  });

  await using console = await startConsole(['recordings']);
  const { port } = new URL(console.url);
  const taken = await run(['console', 'recordings', '--no-open', '--port', port]);
  expect(taken.exitCode).toBe(69);
  expect(taken.stderr).toContain(`Cannot listen on 127.0.0.1:${port}: the port is in use`);
});

it('shows a call beside its recording only where that is a file', async () => {
  const args = ['record', '--url', 'ws://127.0.0.1:1', '--out', '-', '--console', '--no-open'];
  const { exitCode, stderr } = await run(args);

  expect({ exitCode, stderr }).toEqual({
    exitCode: 2,
    stderr: 'livecall: --console shows what is in a file: give one to --out.\n',
  });
});
