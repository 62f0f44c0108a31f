import { readFileSync } from 'node:fs';

import { expect, it } from 'vitest';

import { createCall, rowAt } from './call.js';
import { describeMoment, tellMoment } from './describe-moment.js';
import { toOutcome } from './outcome.js';
import { decodeLines } from '@livecall/recording/format';

async function read(name: string, text: string) {
  const { call, add } = createCall(name);
  for await (const lines of decodeLines(name, () => [new TextEncoder().encode(text)])) add(lines);
  return call;
}
const recordings = new URL('../../../recordings/', import.meta.url);
const load = (name: string) =>
  read(name, readFileSync(new URL(`${name}.ndjson`, recordings), 'utf8'));

it('reads a recording with the line and the connection of each row', async () => {
  const call = await load('dropped-and-rejoined');

  expect(call.header?.title).toBe('the connection is cut, and the call is rejoined');
  expect(call.rows.map(({ line, connection }) => `${line}/${connection}`).join(' ')).toBe(
    '2/1 3/1 4/1 5/1 6/1 7/1 8/2 9/2 10/2 11/2 12/2 13/2 14/2 15/2',
  );
  expect(call).toMatchObject({ isComplete: true, lastAt: 7_024.5, problem: undefined });
});

it.each([
  ['joined-call', 'joined'],
  ['dropped-and-rejoined', 'joined'],
  ['screened-spam-call', 'screened'],
  ['ended-by-subscriber', 'ended'],
  ['error-then-close', 'lost'],
  ['refused-401', 'refused'],
  ['recorder-died', 'unfinished'],
])('says how %s went: %s', async (name, outcome) => {
  expect(toOutcome(await load(name))).toBe(outcome);
});

it('stops at a line that cannot be read, and says which', async () => {
  const header = '{"livecall":1,"recordedAt":"2026-11-22T09:00:00.000Z"}';
  const open = '{"at":1,"event":"open","status":101}';
  const call = await read('bad', `${header}\n${open}\nnothing\n${open}\n`);

  expect(call.rows).toHaveLength(1);
  expect(call.problem).toBe('line 3 is not a line of JSON in UTF-8');
});

it('finds the row of a time', () => {
  const rows = [{ at: 1 }, { at: 5 }, { at: 5 }, { at: 9 }];

  expect([0, 1, 5, 6, 100].map((at) => rowAt(rows, at))).toEqual([-1, 0, 2, 2, 3]);
});

it('tells every moment of the recordings in words', async () => {
  const calls = await Promise.all(
    ['malformed-frames', 'error-mid-call', 'unknown-message', 'withheld-number'].map(load),
  );
  const rows = calls.flatMap(({ rows: own }) => own);

  expect(rows.length).toBeGreaterThan(30);
  for (const { moment } of rows) {
    expect(tellMoment(moment)).not.toContain('undefined');
    expect(describeMoment(moment).text).not.toBe('');
  }
});
