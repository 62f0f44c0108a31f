import { expect, it } from 'vitest';

import { parseHello, toHelloText } from './hello.js';

it('reads what it tells', () => {
  const hello = { run: { job: 17, nth: 2 }, calls: 125 };
  expect(toHelloText(hello)).toBe('17-2 125');
  expect(parseHello('17-2 125')).toEqual(hello);
});

it.each(['', '17-2', '17-2 ', '17 125', '17-2 -5', '17-2 1e9', '17-2 125 6', ' 125'])(
  'reads none in %j',
  (text) => {
    expect(parseHello(text)).toBeUndefined();
  },
);
