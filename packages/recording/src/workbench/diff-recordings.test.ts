import { expect, it } from 'vitest';

import { parseRecording } from '../format/parse-recording.js';
import { loadRecording } from '../format/read-recording.js';
import type { Entry, Recording } from '../format/recording.js';
import { ack, scenario } from '../scenario.js';
import { diffRecordings } from './diff-recordings.js';

const courier = scenario()
  .start()
  .caller('Harbour Couriers.', { after: 100 })
  .onJoin(ack({ after: 70 }), { after: 100 })
  .callEnd({ after: 100 });

it('passes over times, ids and marks', async () => {
  const other = courier
    .toNdjson()
    .replace('"at":100,', '"at":120,')
    .replaceAll(/00000000-0000-4000-8000-0{11}1/g, 'another id')
    .replace('"timestamp":"2026', '"timestamp":"2027');
  const right = await parseRecording('right', other);

  expect(other).toContain('another id');
  expect(diffRecordings(courier.toRecording(), right)).toMatchObject({ isSame: true, header: [] });
  expect(diffRecordings(courier.toRecording(), right, { ids: true }).isSame).toBe(false);
});

it('aligns by content what is longer by one', () => {
  const longer = scenario()
    .start()
    .assistant('Hello?')
    .caller('Harbour Couriers.', { after: 100 })
    .onJoin(ack({ after: 70 }), { after: 100 })
    .callEnd({ after: 100 });
  const { rows } = diffRecordings(courier.toRecording(), longer.toRecording());

  expect(rows.filter(({ what }) => what !== 'same')).toMatchObject([
    { what: 'added', right: { line: 4, moment: { what: 'said', text: 'Hello?' } } },
  ]);
});

it('puts side by side what was said in other words', () => {
  const other = scenario().start().assistant('What?').caller('Harbor Couriers, hello.');
  const left = scenario().start().caller('Harbour Couriers, hello.').assistant('Why is it late?');
  const { rows } = diffRecordings(left.toRecording(), other.toRecording());

  expect(rows.map((row) => [row.what, 'left' in row ? row.left.line : row.right.line])).toEqual([
    ...[
      ['same', 2],
      ['same', 3],
      ['added', 4],
      ['removed', 4],
      ['added', 5],
      ['removed', 5],
    ],
    ...[
      ['same', 6],
      ['same', 7],
    ],
  ]);
});

it('tells the commands apart that acks are for', () => {
  const joins = scenario().start().onJoin(ack());
  const ends = scenario().start().onEnd(ack());
  const { rows } = diffRecordings(joins.toRecording(), ends.toRecording());

  expect(rows.map(({ what }) => what).filter((what) => what !== 'same')).toEqual([
    ...['removed', 'removed', 'added', 'added'],
  ]);
});

it('says what came earlier or later, where times are asked for', async () => {
  const later = courier.toNdjson().replace('"at":270,', '"at":290,');
  const right = await parseRecording('right', later.replaceAll('"at":370,', '"at":390,'));
  const { isSame, rows } = diffRecordings(courier.toRecording(), right, { timesMs: 10 });

  expect(isSame).toBe(false);
  expect(rows.filter(({ what }) => what === 'moved')).toMatchObject([
    { byMs: 20, left: { moment: { what: 'acknowledged' } } },
  ]);
  expect(diffRecordings(courier.toRecording(), right, { timesMs: 20 }).isSame).toBe(true);
});

it('says which fields of the header differ, but for those of the file', async () => {
  const joined = await loadRecording('recordings/joined-call.ndjson');
  const file = { title: 'another', recordedAt: 'then', endpoint: 'wss://b.example/', redacted: [] };
  const alike = { ...joined, header: { ...joined.header, ...file } };
  const other = { ...joined, header: { ...joined.header, build: '7' } };

  expect(diffRecordings(joined, alike)).toMatchObject({ isSame: true, header: [] });
  expect(diffRecordings(joined, other)).toMatchObject({ isSame: false, header: ['build'] });
});

it('aligns long calls that have little in common by what was said once in each', () => {
  const call = (words: string): Recording => {
    const { entries, ...rest } = scenario().start().callEnd().toRecording();
    const said = Array.from({ length: 8_000 }, (_, n): Entry => {
      const msg = n % 1_000 === 500 ? `This is minute ${n}.` : `${words} ${n}`;
      return {
        at: 0,
        event: 'frame',
        from: 'server',
        json: { type: 'transcript', msg, role: 'other' },
      };
    });
    return { ...rest, entries: [...entries.slice(0, 2), ...said, ...entries.slice(2)] };
  };
  const { isSame, rows } = diffRecordings(call('the one talks on'), call('another speaks instead'));
  const same = rows.flatMap((row) => (row.what === 'same' ? [row.left.moment] : []));

  expect(isSame).toBe(false);
  expect(same.flatMap((moment) => (moment?.what === 'said' ? [moment.text] : []))).toEqual(
    [500, 1_500, 2_500, 3_500, 4_500, 5_500, 6_500, 7_500].map((n) => `This is minute ${n}.`),
  );
  expect(rows.filter(({ what }) => what === 'removed')).toHaveLength(7_992);
  expect(rows.filter(({ what }) => what === 'added')).toHaveLength(7_992);
});
