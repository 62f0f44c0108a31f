import { expect, it } from 'vitest';

import { hang } from './hang.js';

const text = 'I have a parcel that needs a signature.';

/** As a terminal shows it, with what stands before it. */
const show = (before: string, columns: number) =>
  `${before}${hang(text, before.length, columns)}`.split('\n');

it('puts what is longer than a line below its own beginning', () => {
  expect(show('00:01.180  caller      ', 45)).toEqual([
    '00:01.180  caller      I have a parcel that',
    '                       needs a signature.',
  ]);
});

it('breaks at words, too, where there is no room below its beginning', () => {
  expect(show('00:01.180  caller      ', 40)).toEqual([
    '00:01.180  caller      I have a parcel',
    '  that needs a signature.',
  ]);
  expect(show('00:01.180  caller      ', 25)).toEqual([
    '00:01.180  caller      ',
    '  I have a parcel that',
    '  needs a signature.',
  ]);
});

it('begins a line where what stands before it takes more than one', () => {
  for (const columns of [22, 23, 24]) {
    expect(show('00:01.180  caller      ', columns).slice(1).join(' ').replace(/\s+/g, ' ')).toBe(
      ` ${text}`,
    );
  }
  expect(show('1:00:01.180  caller      ', 22)).toEqual([
    '1:00:01.180  caller      ',
    '  I have a parcel that',
    '  needs a signature.',
  ]);
});

it('leaves to the terminal what is narrower than any', () => {
  expect(show('00:01.180  caller      ', 20)).toEqual([`00:01.180  caller      ${text}`]);
});

it('leaves what fits as it is', () => {
  expect(show('', 100)).toEqual([text]);
});
