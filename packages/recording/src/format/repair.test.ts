import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import * as fc from 'fast-check';
import { expect, it, onTestFinished } from 'vitest';

import { loadRecording } from './read-recording.js';
import { isComplete } from './recording.js';
import { planRepair } from './repair.js';

function makeFolder(): (name: string, content: Uint8Array) => string {
  const folder = mkdtempSync(join(tmpdir(), 'livecall-repair-'));
  onTestFinished(() => {
    rmSync(folder, { recursive: true });
  });
  return (name, content) => {
    writeFileSync(join(folder, name), content);
    return join(folder, name);
  };
}

it('completes a recording that was cut at any byte, and keeps every line that is whole', async () => {
  const write = makeFolder();
  const whole = readFileSync('recordings/dropped-and-rejoined.ndjson');
  const headerBytes = whole.indexOf('\n') + 1;
  await fc.assert(
    fc.asyncProperty(fc.integer({ min: headerBytes, max: whole.length }), async (bytes) => {
      const cut = whole.subarray(0, bytes);
      const { keptBytes, added } = await planRepair(write('cut.ndjson', cut));
      const repaired = Buffer.concat([cut.subarray(0, keptBytes), Buffer.from(added)]);
      const path = write('repaired.ndjson', repaired);
      const recording = await loadRecording(path);

      expect(isComplete(recording)).toBe(true);
      expect(recording.warnings).toEqual([]);
      const kept = cut.subarray(0, cut.lastIndexOf('\n') + 1);
      expect(repaired.subarray(0, kept.length).equals(kept)).toBe(true);
      // A second repair finds nothing.
      expect(await planRepair(path)).toEqual({ keptBytes: repaired.length, added: '', steps: [] });
    }),
  );
});

it('finds where a torn line begins, however long it is', async () => {
  const write = makeFolder();
  const header = '{"livecall":1,"recordedAt":"2026-11-22T09:00:00.000Z"}\n';
  const torn = `{"at":1,"event":"mark","label":"${'x'.repeat(200_000)}`;

  expect(await planRepair(write('long.ndjson', Buffer.from(header + torn)))).toEqual({
    keptBytes: header.length,
    added: '{"at":0,"event":"end"}\n',
    steps: ['dropped line 2, which was torn', 'added the end'],
  });
});
