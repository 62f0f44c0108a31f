import fc from 'fast-check';
import { expect, it } from 'vitest';

import { align } from './align.js';

/** Does to the one list what the runs say, with what the other has. */
function follow(left: readonly string[], right: readonly string[]): readonly string[] {
  let [ours, theirs] = [0, 0];
  return align(left, right).flatMap(({ what, count }) => {
    const same = left.slice(ours, ours + count);
    const other = right.slice(theirs, theirs + count);
    if (what !== 'added') ours += count;
    if (what !== 'removed') theirs += count;
    if (what === 'same') expect(same).toEqual(other);
    return what === 'removed' ? [] : other;
  });
}

const numbers = (count: number, name: string) =>
  Array.from({ length: count }, (_, n) => `${name}${n}`);

it('makes one list of the other, whatever they are', () => {
  const list = fc.array(fc.constantFrom('a', 'b', 'c', 'd'), { maxLength: 30 });
  fc.assert(
    fc.property(list, list, (left, right) => {
      expect(follow(left, right)).toEqual(right);
    }),
  );
});

it('keeps what long lists begin and end with alike, though it stands there again and again', () => {
  const [left, right] = ['l', 'r'].map((name) => [
    ...Array.from({ length: 300 }, () => 'hello'),
    ...numbers(800, name),
    ...Array.from({ length: 200 }, () => 'bye'),
  ]) as [string[], string[]];

  expect(align(left, right)).toEqual([
    { what: 'same', count: 300 },
    { what: 'removed', count: 800 },
    { what: 'added', count: 800 },
    { what: 'same', count: 200 },
  ]);
  expect(follow([...left, 'hello'], right)).toEqual(right);
});

it('makes one list of the other where they are long, and have little in common', () => {
  const [left, right] = [numbers(1_500, 'l'), numbers(1_000, 'r')];
  for (const at of [10, 500, 900]) right[at] = left[at + 20] ?? '';
  // Against the order of the others.
  right[50] = left[1_200] ?? '';

  expect(follow(left, right)).toEqual(right);
  expect(align(left, right).filter(({ what }) => what === 'same')).toHaveLength(3);
});
