import type { Socket } from 'node:net';

import { expect, it } from 'vitest';

import { toGatherer } from './to-gatherer.js';

/** A socket that tells what goes to the system together. */
function corked() {
  const writes: string[] = [];
  let held: string | undefined;
  const socket = {
    cork: () => (held = ''),
    uncork: () => {
      if (held !== undefined) writes.push(held);
      held = undefined;
    },
    get writableLength() {
      return held?.length ?? 0;
    },
  };
  const { gather, flush } = toGatherer(socket as unknown as Socket, 4);
  const say = (text: string) => {
    gather(() => {
      held = (held ?? '') + text;
    });
  };
  return { writes, say, flush };
}

it('writes what is said in one turn together', async () => {
  const { writes, say } = corked();
  for (const text of ['a', 'b', 'cd']) say(text);
  expect(writes).toEqual([]);
  await Promise.resolve();
  expect(writes).toEqual(['abcd']);
  say('e');
  await Promise.resolve();
  expect(writes).toEqual(['abcd', 'e']);
});

it('writes at once what is more than is gathered, and goes on gathering', async () => {
  const { writes, say } = corked();
  for (const text of ['abcd', 'e', 'f']) say(text);
  expect(writes).toEqual(['abcde']);
  await Promise.resolve();
  expect(writes).toEqual(['abcde', 'f']);
});

it('writes at once where that is asked for, and nothing twice', async () => {
  const { writes, say, flush } = corked();
  say('a');
  flush();
  flush();
  expect(writes).toEqual(['a']);
  await Promise.resolve();
  expect(writes).toEqual(['a']);
});
