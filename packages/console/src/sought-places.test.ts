import { decodeLines, scenario } from '@livecall/recording/format';
import { expect, it } from 'vitest';

import { createCall } from './call.js';
import { toSoughtPlaces } from './sought-places.js';

const text = scenario()
  .start()
  .caller('I have a PARCEL that')
  .assistant('Mm-hm.')
  .caller('needs a signature, a parcel.')
  .toNdjson();

async function read(until: number) {
  const { call, add } = createCall('call');
  const part = text.split('\n').slice(0, until).join('\n');
  for await (const lines of decodeLines('call', () => [new TextEncoder().encode(`${part}\n`)])) {
    add(lines);
  }
  return call.rows;
}

it('finds the words in the rows of the lines in which a search has found them', async () => {
  const rows = await read(6);
  const { inRow, rows: begins } = toSoughtPlaces(rows, {
    words: 'parcel',
    lines: [
      [4, 4],
      [6, 6],
    ],
  });
  const words = [...inRow].flatMap(([row, places]) => {
    const { moment } = rows[row] ?? {};
    return places.map(([from, to]) => moment?.what === 'said' && moment.text.slice(from, to));
  });

  expect(words).toEqual(['PARCEL', 'parcel']);
  expect(begins.map((row) => rows[row]?.line)).toEqual([4, 6]);
});

it('finds words that one says around the words of another', async () => {
  const rows = await read(6);
  const { inRow, rows: begins } = toSoughtPlaces(rows, {
    words: 'parcel that needs a',
    lines: [
      [4, 6],
      [6, 6],
    ],
  });

  expect(begins).toHaveLength(2);
  expect([...inRow.values()]).toEqual([[[9, 20]], [[0, 7]]]);
});

it('finds nothing yet in lines that are not read', async () => {
  const { inRow, rows } = toSoughtPlaces(await read(4), { words: 'parcel', lines: [[6, 6]] });

  expect([inRow.size, rows]).toEqual([0, []]);
});
