import { appendFileSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { Subject } from 'rxjs';
import { expect, it, onTestFinished } from 'vitest';

import { followFile } from './follow-file.js';

function makeFile(text: string): string {
  const folder = mkdtempSync(join(tmpdir(), 'livecall-test-'));
  onTestFinished(() => {
    rmSync(folder, { recursive: true, force: true });
  });
  const path = join(folder, 'call.ndjson');
  writeFileSync(path, text);
  return path;
}
const text = (chunk: IteratorResult<Uint8Array>) =>
  new TextDecoder().decode(chunk.value as Uint8Array);

it('reads what is there, and then what is written behind it', async () => {
  const path = makeFile('first\n');
  const look$ = new Subject<void>();
  const abort = new AbortController();
  const chunks = followFile(path, { signal: abort.signal, look$ });

  expect(text(await chunks.next())).toBe('first\n');
  const next = chunks.next();
  appendFileSync(path, 'second\n');
  const looking = setInterval(() => {
    look$.next();
  }, 1);
  expect(text(await next)).toBe('second\n');
  clearInterval(looking);

  const last = chunks.next();
  abort.abort();
  expect(await last).toEqual({ done: true, value: undefined });
});

it('reads a file that is longer than a chunk as a whole', async () => {
  const long = 'x'.repeat(700_000);
  const path = makeFile(long);
  const abort = new AbortController();
  let read = '';
  for await (const chunk of followFile(path, { signal: abort.signal })) {
    read += new TextDecoder().decode(chunk);
    if (read.length === long.length) abort.abort();
  }

  expect(read).toBe(long);
});

it('fails where there is no such file', async () => {
  const chunks = followFile('nowhere.ndjson', { signal: new AbortController().signal });

  await expect(chunks.next()).rejects.toMatchObject({ code: 'ENOENT' });
});
