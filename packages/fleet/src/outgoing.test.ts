import * as fc from 'fast-check';
import { expect, it } from 'vitest';

import { createLineReader } from './line-reader.js';
import { takeMessage } from './outgoing.js';

it('makes lines to messages that are none too large, and cut only what is larger than one', () => {
  const line = fc.nat({ max: 60 }).map((length) => `${'x'.repeat(length)}\n`);
  fc.assert(
    fc.property(
      fc.array(line, { maxLength: 12 }),
      fc.integer({ min: 1, max: 80 }),
      (lines, largest) => {
        const waiting: Uint8Array[] = lines.map((text) => Buffer.from(text));
        const messages: string[] = [];
        let ended = 0;
        for (;;) {
          const message = takeMessage(waiting, largest);
          if (message === undefined) break;
          messages.push(Buffer.from(message.payload).toString());
          ended += message.lines;
          // What ends in it is what was told to.
          expect(messages.at(-1)?.split('\n')).toHaveLength(message.lines + 1);
          expect(message.payload.length).toBeLessThanOrEqual(largest);
          expect(message.payload.length).toBeGreaterThan(0);
        }
        expect(messages.join('')).toBe(lines.join(''));
        expect(ended).toBe(lines.length);
        const parts = messages.filter((text) => !text.endsWith('\n'));
        for (const part of parts) expect(part).toHaveLength(largest);
      },
    ),
  );
});

it('puts no more together than 64 KiB, which a longer line may be', () => {
  const [short, long] = [Buffer.alloc(1_000, 'x'), Buffer.alloc(100_000, 'y')];
  const waiting: Uint8Array[] = [...Array.from({ length: 70 }, () => short), long, short];
  const sizes = Array.from({ length: 4 }, () => takeMessage(waiting, 2 ** 20)?.payload.length);
  expect(sizes).toEqual([65_000, 5_000, 100_000, 1_000]);
  expect(waiting).toEqual([]);
});

it('has its messages read as the lines that they were made of', () => {
  const line = fc
    .oneof(fc.string(), fc.constantFrom('', 'señal 🙂'))
    .map((text) => text.replaceAll('\n', ''));
  fc.assert(
    fc.property(
      fc.array(line, { maxLength: 12 }),
      fc.integer({ min: 1, max: 40 }),
      (lines, largest) => {
        const waiting: Uint8Array[] = lines.map((text) => Buffer.from(`${text}\n`));
        const reader = createLineReader();
        const read: string[] = [];
        for (let message = takeMessage(waiting, largest); message !== undefined;) {
          read.push(...reader.read(message.payload));
          message = takeMessage(waiting, largest);
        }
        // What is no text becomes one, as in a file.
        expect(read).toEqual(lines.map((text) => Buffer.from(text).toString()));
      },
    ),
  );
});

it('reads on behind a part whose end never came', () => {
  const reader = createLineReader();
  expect(reader.read(Buffer.from('a part'))).toEqual([]);
  reader.skip();
  expect(reader.read(Buffer.from('one\ntwo\n'))).toEqual(['one', 'two']);
});
