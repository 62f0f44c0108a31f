import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';

import fc from 'fast-check';
import { afterAll, expect, it } from 'vitest';

import { parseRecording } from '../format/parse-recording.js';
import { scenario } from '../scenario.js';
import { createFileSearch } from './file-search.js';
import type { SearchOptions } from './phrase.js';
import { createBlockReader } from './block-reader.js';
import { searchRecording } from './search-recording.js';

const folder = mkdtempSync(join(tmpdir(), 'livecall-search-'));
afterAll(() => {
  rmSync(folder, { recursive: true });
});
const path = join(folder, 'call.ndjson');

/** Searches a recording and its file, which must find the same. */
async function search(ndjson: string, words: string, options?: SearchOptions) {
  const hits = searchRecording(await parseRecording('call', ndjson), words, options);
  writeFileSync(path, ndjson);
  expect(createFileSearch(words, options)(path)).toEqual(hits);
  return hits;
}

const courier = scenario()
  .start()
  .assistant('Who is calling, please?')
  .caller('Harbour Couriers. I have a PARCEL that')
  .assistant('Mm-hm.')
  .caller('needs a signature. Crème brûlée, two parcels.')
  .caller('Zu Händen von Frau Øzgür, Hauptstraße.')
  .subscriber('Leave the parcel at the door.')
  .callEnd()
  .toNdjson();

it.each<[words: string, options: SearchOptions, lines: readonly (number | string)[]]>([
  ['parcel', {}, [5, 7, 9]],
  ['parcel', { role: 'user' }, [9]],
  ['parcel', { wholeWords: true }, [5, 9]],
  ['CREME Brulee', {}, [7]],
  ['crème brûlée', {}, [7]],
  ['hauptstrasse', {}, [8]],
  ['straß', {}, [8]],
  ['tras', {}, [8]],
  ['ozgur', {}, [8]],
  ['handen von', {}, [8]],
  ['who is calling please', {}, [4]],
  ['parcel that needs a signature', {}, ['5-7']],
  ['that needs', {}, ['5-7']],
  ['two parcels zu', {}, ['7-8']],
  ['have a parcel that needs a signature creme brulee two parcels zu handen', {}, ['5-8']],
  // Another one says it.
  ['hm needs', {}, []],
  ['parcel needs', {}, []],
  ['zebra', {}, []],
])('finds %s with %j', async (words, options, lines) => {
  const hits = await search(courier, words, options);

  expect(
    hits.map(({ line, throughLine }) =>
      throughLine === undefined ? line : `${line}-${throughLine}`,
    ),
  ).toEqual(lines);
});

it('says who said it, when, and what', async () => {
  expect(await search(courier, 'that needs')).toMatchObject([
    {
      at: 0,
      role: 'other',
      text: 'Harbour Couriers. I have a PARCEL that needs a signature. Crème brûlée, two parcels.',
    },
  ]);
});

it('finds across utterances what is written without spaces', async () => {
  const ndjson = scenario().start().caller('荷物をお届').caller('けに来ました').toNdjson();

  expect(await search(ndjson, 'お届けに')).toMatchObject([{ line: 4, throughLine: 5 }]);
});

it('finds what stands in no line as it is said', async () => {
  const lines = scenario()
    .start()
    .caller('one')
    .caller('two')
    .caller('three')
    .toNdjson()
    .split('\n');
  const toLine = (payload: object) =>
    JSON.stringify({ at: 0, event: 'frame', from: 'server', ...payload });
  const said = (msg: string) => JSON.stringify({ type: 'transcript', msg, role: 'other' });
  lines[3] = toLine({ base64: Buffer.from(said('parcel')).toString('base64') });
  lines[4] = `{"at":0,"event":"frame","from":"server","json":{"type":"transcript","msg":"p\\u0061rcel","role":"other"}}`;
  lines[5] = toLine({ text: said('a  parcel').replaceAll(':', ': ') });

  expect(await search(lines.join('\n'), 'parcel')).toHaveLength(3);
});

it('refuses words without a word', () => {
  expect(() => createFileSearch('…')).toThrow(TypeError);
});

it('says what is no recording', () => {
  writeFileSync(path, 'parcel\n');
  expect(() => createFileSearch('parcel')(path)).toThrow('is not a livecall recording');
  writeFileSync(path, gzipSync('parcel\n'));
  expect(() => createFileSearch('parcel')(path)).toThrow('is compressed (gzip)');
  writeFileSync(path, '');
  expect(() => createFileSearch('parcel')(path)).toThrow('is empty');
  expect(() => createFileSearch('parcel')(join(folder, 'none'))).toThrow('no such file');
});

const words = fc.constantFrom(
  ...['parcel', 'Parcel', 'PÄRCEL', 'a', 'A', 'ﬁ', 'fi', 'ß', 'ss', 's', 'è', '荷', '物', '.', "'"],
);
const text = fc.array(fc.tuple(words, fc.constantFrom(' ', '', '\u0301', ', ')), { maxLength: 4 });
const toText = (parts: readonly (readonly string[])[]) => parts.flat().join('');

it('finds in a file what it finds in a recording', async () => {
  const utterance = fc.tuple(fc.constantFrom('caller' as const, 'assistant' as const), text);
  await fc.assert(
    fc.asyncProperty(
      fc.array(utterance, { maxLength: 8 }),
      text.map(toText).filter((wanted) => /[\p{L}\p{N}]/u.test(wanted)),
      fc.boolean(),
      async (said, wanted, wholeWords) => {
        const ndjson = said
          .reduce((call, [who, parts]) => call[who](toText(parts)), scenario().start())
          .toNdjson();
        await search(ndjson, wanted, { wholeWords });
      },
    ),
  );
});

it('reads every line once, and what stood before a block with it', () => {
  const lines = Array.from(
    { length: 40_000 },
    (_line, index) => `${index} ${'x'.repeat(index % 9)}`,
  );
  writeFileSync(path, lines.join('\n'));
  const fresh: string[] = [];
  let blocks = 0;
  for (const { bytes, line, freshFrom } of createBlockReader(100_000)(path)) {
    expect(bytes.toString().startsWith(`${line - 1} `)).toBe(true);
    fresh.push(
      ...bytes
        .toString('utf8', freshFrom)
        .split('\n')
        .filter((text) => text !== ''),
    );
    blocks += 1;
  }

  expect(fresh).toEqual(lines);
  expect(blocks).toBeGreaterThan(3);
});
