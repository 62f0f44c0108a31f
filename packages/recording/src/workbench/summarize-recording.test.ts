import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterAll, expect, it } from 'vitest';

import { parseRecording } from '../format/parse-recording.js';
import { loadRecording } from '../format/read-recording.js';
import { ack, scenario } from '../scenario.js';
import { createFileSummary } from './file-summary.js';
import { summarizeRecording } from './summarize-recording.js';

const folder = mkdtempSync(join(tmpdir(), 'livecall-summary-'));
afterAll(() => {
  rmSync(folder, { recursive: true });
});

/** Summarizes a recording and its file, which must say the same. */
async function summarize(ndjson: string) {
  const path = join(folder, 'call.ndjson');
  writeFileSync(path, ndjson);
  const summary = summarizeRecording(await parseRecording('call', ndjson));
  expect(createFileSummary()(path)).toEqual(summary);
  return summary;
}

it.each([
  [{ how: 'ended' }, scenario().start().callEnd()],
  [{ how: 'left' }, scenario().start().hangUp()],
  [{ how: 'closed', code: 1008 }, scenario().start().close(1008)],
  [{ how: 'cut' }, scenario().start().drop(1006)],
  [{ how: 'refused', status: 401 }, scenario().refuse(401)],
  [{ how: 'failed', reason: 'timeout' }, scenario().fail('timeout')],
])('says how it ended: %j', async (outcome, call) => {
  expect((await summarize(call.toNdjson())).outcome).toEqual(outcome);
});

it('says that there is no end, or nothing at all', async () => {
  const lines = scenario().start().caller('Hello?').toNdjson().split('\n');

  expect((await summarize(`${lines.slice(0, 4).join('\n')}\n`)).outcome).toEqual({
    how: 'incomplete',
  });
  expect((await summarize(`${lines[0] ?? ''}\n{"at":0,"event":"end"}\n`)).outcome).toEqual({
    how: 'nothing',
  });
});

it('counts what was said, asked and dialled', async () => {
  const call = scenario({ title: 'a courier' })
    .start({ phone: '+12025550100' })
    .caller('A "quoted" word.', { after: 90_000 })
    .drop(1006)
    .open()
    .caller('Hello?')
    .onJoin(ack())
    .send({ type: 'transcript', msg: 'nobody said it', role: 'nobody' })
    .callEnd({ after: 500 });

  expect(await summarize(call.toNdjson())).toEqual({
    title: 'a courier',
    recordedAt: '2026-01-01T00:00:00.000Z',
    durationMs: 90_500,
    outcome: { how: 'ended' },
    phone: '+12025550100',
    connections: 2,
    utterances: 2,
    commands: ['client:joinCall'],
  });
});

it('says of every recording at hand what is in its file', async () => {
  const files = readdirSync('recordings').filter((name) => name.endsWith('.ndjson'));
  const summarizeFile = createFileSummary();

  for (const name of files) {
    const path = `recordings/${name}`;
    expect(summarizeFile(path)).toEqual(summarizeRecording(await loadRecording(path)));
  }
  expect(files).toHaveLength(12);
});
