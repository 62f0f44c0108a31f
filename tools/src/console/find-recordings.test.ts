import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { expect, it, onTestFinished } from 'vitest';

import { findRecordings } from './find-recordings.js';

function makeFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'livecall-test-'));
  onTestFinished(() => {
    rmSync(folder, { recursive: true, force: true });
  });
  return folder;
}

it('finds what is below a folder, by name, and follows no link out of it', () => {
  const folder = makeFolder();
  const elsewhere = makeFolder();
  mkdirSync(join(folder, 'b'));
  for (const name of ['c.ndjson', 'a.ndjson', 'b/inner.ndjson', '.hidden.ndjson', 'notes.txt']) {
    writeFileSync(join(folder, name), '');
  }
  writeFileSync(join(elsewhere, 'secret.ndjson'), '');
  symlinkSync(join(elsewhere, 'secret.ndjson'), join(folder, 'link.ndjson'));
  symlinkSync(elsewhere, join(folder, 'linked'));

  expect(findRecordings([folder]).map(({ name }) => name)).toEqual([
    'a.ndjson',
    join('b', 'inner.ndjson'),
    'c.ndjson',
  ]);
});

it('takes a file that is named as it is', () => {
  expect(findRecordings(['calls/one.log'])).toEqual([{ path: 'calls/one.log', name: 'one.log' }]);
});
