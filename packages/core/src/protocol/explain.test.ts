import * as E from 'fp-ts/lib/Either.js';
import * as t from 'io-ts';
import { expect, it } from 'vitest';

import { explain } from './explain.js';
import type { Explanation } from '../message.js';

const Point = t.type({ at: t.union([t.number, t.string], 'At'), label: t.string }, 'Point');
const Gap = t.type({
  from: t.intersection([t.type({ ms: t.number }), t.partial({ of: t.string })]),
});
const Step = t.type({ ms: t.number, label: t.string }, 'Step');
const Track = t.union([Point, Gap], 'Track');

function explained(codec: t.Mixed, u: unknown): Explanation {
  const decoded = codec.decode(u) as t.Validation<unknown>;
  if (E.isRight(decoded)) throw new Error('The value was decoded.');
  return explain(decoded.left);
}

it.each<[name: string, codec: t.Mixed, value: unknown, path: string, expected: string]>([
  ['a field', Point, { at: 1, label: 2 }, 'label', 'string'],
  ['a missing field', Point, { at: 1 }, 'label', 'string'],
  ['a field that is a union, by the name of the union', Point, { at: null, label: '' }, 'at', 'At'],
  ['the value as a whole', Point, 'here', '', 'Point'],
  ['a union as a whole, by its name', Track, null, '', 'Track'],
  ['the member of a union that came closest', Track, { from: { ms: '3' } }, 'from.ms', 'number'],
  ['a field inside of an intersection', Gap, { from: { ms: 3, of: 4 } }, 'from.of', 'string'],
  ['the first of two', Gap, { from: {} }, 'from.ms', 'number'],
  ['the first of two fields', Step, {}, 'ms', 'number'],
])('points to %s', (_name, codec, value, path, expected) => {
  expect(explained(codec, value)).toStrictEqual({ path, expected });
});

it('says nothing of the value', () => {
  const explanation = explained(Track, { at: { secret: '4711' }, label: '4711', 4711: '4711' });

  expect(JSON.stringify(explanation)).not.toContain('4711');
});

it('has a word for no errors at all', () => {
  expect(explain([])).toStrictEqual({ path: '', expected: 'known' });
});
