import { readFileSync } from 'node:fs';

import { decodeLines } from '@livecall/recording/format';
import { expect, it } from 'vitest';

import { createCall } from './call.js';
import type { Row } from './call.js';
import { diffCalls, differencesOf } from './diff-calls.js';
import type { Side } from './diff-calls.js';

const said = (role: 'assistant' | 'other' | 'user', text: string, at = 0): Row => ({
  at,
  moment: { at, what: 'said', role, text },
  entry: { at, event: 'mark', label: '' },
  line: 2,
  connection: 1,
});
const marked = (side: Side | undefined) =>
  side?.pieces.map(({ text, isOwn }) => (isOwn ? `[${text}]` : text)).join('');
const draw = (left: readonly Row[], right: readonly Row[]) =>
  diffCalls(left, right).map(
    ({ kind, left: one, right: other }) =>
      `${kind}: ${marked(one) ?? '-'} | ${marked(other) ?? '-'}`,
  );

it('marks the words that differ in what was said', () => {
  expect(
    draw(
      [said('assistant', 'Who is calling?'), said('other', 'It is Marta.', 10)],
      [said('assistant', 'Who is calling?', 3), said('other', 'It is Peter.', 90)],
    ),
  ).toEqual([
    'same: Who is calling? | Who is calling?',
    'changed: It is [Marta]. | It is [Peter].',
  ]);
});

it('marks as a whole what has little in common', () => {
  expect(
    draw(
      [said('other', 'Good morning, I call about the flat.')],
      [said('other', 'Hello, it is a parcel about which I call.')],
    ),
  ).toEqual([
    'changed: [Good morning, I call about the flat.] | [Hello, it is a parcel about which I call.]',
  ]);
});

it('shows on one side alone what the other has not', () => {
  const common = said('assistant', 'Goodbye.');

  expect(draw([said('other', 'One.'), common], [common, said('user', 'Two.')])).toEqual([
    'left: One. | -',
    'same: Goodbye. | Goodbye.',
    'right: - | Two.',
  ]);
});

it('never sets beside one another what was said by two', () => {
  expect(draw([said('other', 'Yes.')], [said('user', 'Yes.')])).toEqual([
    'left: Yes. | -',
    'right: - | Yes.',
  ]);
});

it('finds a call equal to itself, whenever it was', async () => {
  const { call, add } = createCall('call');
  const bytes = readFileSync(new URL('../../../recordings/joined-call.ndjson', import.meta.url));
  for await (const lines of decodeLines('call', () => [bytes])) add(lines);
  const later = call.rows.map((row) => ({ ...row, at: row.at * 2 }));
  const compared = diffCalls(call.rows, later);

  expect(compared.every(({ kind }) => kind === 'same')).toBe(true);
  expect(compared).toHaveLength(call.rows.length);
});

it('loses no line of either side, and keeps their order', () => {
  const lefts = ['a', 'b', 'c', 'd', 'e'].map((text) => said('other', text));
  const rights = ['b', 'x', 'd', 'y', 'z', 'e'].map((text) => said('other', text));
  const compared = diffCalls(lefts, rights);

  expect(compared.flatMap(({ left }) => left?.row ?? [])).toEqual(lefts);
  expect(compared.flatMap(({ right }) => right?.row ?? [])).toEqual(rights);
});

it('says where the differences begin', () => {
  const compared = diffCalls(
    ['a', 'b', 'c', 'd'].map((text) => said('other', text)),
    ['a', 'x', 'y', 'd', 'e'].map((text) => said('other', text)),
  );

  expect(differencesOf(compared)).toEqual([1, 4]);
});
