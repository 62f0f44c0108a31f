import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';

import { loadRecording, replay, serveReplays } from '@livecall/tools';
import { afterAll, expect, it } from 'vitest';

import { makeApp } from './fixtures/app.js';

/* NODE_DEBUG=livecall, in a plain Node over a real socket. */

const run = promisify(execFile);
const app = makeApp();
afterAll(() => {
  app[Symbol.dispose]();
});

const program = `
import { liveCall } from '@livecall/core';
import { webSocketTransport } from '@livecall/core/node';
import { filter, switchMap } from 'rxjs';

const transport = webSocketTransport({
  url: process.argv[2],
  accessToken: 'canary-access',
  conversationToken: 'canary-conversation',
});
const call = liveCall(transport);
const joined$ = call.events$.pipe(
  filter(({ type }) => type === 'event:end'),
  switchMap(() => call.joinCall()),
);
joined$.subscribe();
call.connect();
`;

it('tells what happens to a call under NODE_DEBUG, and nothing of what is said in it', async () => {
  const recording = await loadRecording(join(app.path, 'recordings', 'joined-call.ndjson'));
  const path = app.write('join.js', program);
  const follow = async (debug: string) => {
    await using server = await serveReplays(replay(recording));
    const env = { PATH: process.env['PATH'], NODE_DEBUG: debug };
    return await run(process.execPath, [path, server.url], { env });
  };

  expect(await follow('')).toEqual({ stdout: '', stderr: '' });
  const { stdout, stderr } = await follow('livecall');
  const news = stderr
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line.replace(/^LIVECALL \d+: /, '')) as Record<string, string>);

  expect(stdout).toBe('');
  expect(news.map(({ kind = '', type = '' }) => `${kind} ${type}`.trim())).toEqual([
    ...['dial', 'open', 'received event:start'],
    ...Array.from({ length: 4 }, () => 'received transcript'),
    ...['received event:end', 'sent client:joinCall', 'received ack', 'answered client:joinCall'],
    ...['received transcript', 'received transcript', 'received event:callEnd', 'close', 'over'],
  ]);
  expect(news.at(-1)).toMatchObject({ call: 1, dial: 1, outcome: 'ended' });
  for (const secret of ['canary', 'Marta', '+1202', '2026-11', '0000-4000']) {
    expect(stderr).not.toContain(secret);
  }
});
