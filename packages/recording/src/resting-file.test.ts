import { spawnSync } from 'node:child_process';
import {
  existsSync,
  mkdtempSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
  unlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import * as E from 'fp-ts/lib/Either.js';
import { expect, it, onTestFinished } from 'vitest';

import { loadRecording } from './format/read-recording.js';
import { recordingFile } from './recording-file.js';

/* A recording's file that is let go of between two dials. */

function start() {
  const folder = mkdtempSync(join(tmpdir(), 'livecall-rest-'));
  onTestFinished(() => {
    rmSync(folder, { recursive: true });
  });
  const path = join(folder, 'call.ndjson');
  const said: string[] = [];
  const created = recordingFile(path, {
    onError: ({ message }) => said.push(message.slice(path.length)),
  });
  if (E.isLeft(created)) throw created.left;
  return { path, file: created.right, said };
}

const MARK = { event: 'mark', label: 'one' } as const;
const LOST = [': was deleted while it was written; the recording ends here, the call goes on'];

it('goes on in the same file after a rest, at its end', async () => {
  const { path, file, said } = start();
  file.write(MARK);
  file.rest();
  file.rest();
  file.write(MARK);
  file.rest();
  file.end();
  file.rest();

  const { entries } = await loadRecording(path);
  expect(entries.map(({ event }) => event)).toEqual(['mark', 'mark', 'end']);
  expect(said).toEqual([]);
});

it('writes into no other file that has its name after a rest', () => {
  const { path, file, said } = start();
  file.rest();
  renameSync(path, `${path}.kept`);
  writeFileSync(path, 'of somebody else');
  file.write(MARK);

  expect(readFileSync(path, 'utf8')).toBe('of somebody else');
  expect(said).toEqual(LOST);
});

it.each<[what: string, replace: (path: string) => void]>([
  ['is gone', () => undefined],
  [
    'is a link to another',
    (path) => {
      writeFileSync(`${path}.other`, '');
      symlinkSync(`${path}.other`, path);
    },
  ],
  [
    'is a pipe that nobody reads',
    (path) => {
      spawnSync('mkfifo', [path]);
    },
  ],
])('writes into no file that %s after a rest, and says so once', (_what, replace) => {
  const { path, file, said } = start();
  file.rest();
  unlinkSync(path);
  replace(path);
  file.write(MARK);
  file.write(MARK);
  file.end();

  expect(said).toHaveLength(1);
  expect(said[0]).toMatch(/the recording ends here, the call goes on$/);
  if (existsSync(`${path}.other`)) expect(readFileSync(`${path}.other`, 'utf8')).toBe('');
});

it('says at the end of a rest that the file was deleted', () => {
  const { path, file, said } = start();
  file.rest();
  unlinkSync(path);
  file.end();

  expect(said).toEqual(LOST);
});
