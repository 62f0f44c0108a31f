import { expect, it } from 'vitest';

import { readHandshake, toHandshake } from './handshake.js';
import type { CallRequest } from './handshake.js';

const TOKENS = { conversationToken: 'c0ffee', accessToken: 'eyJh' };
const NEITHER = { productVersion: undefined, userId: undefined };

/** What a server reads of a query and of headers, whose names it has in small letters. */
const read = (search: string, headers: Readonly<Record<string, string>>) => {
  const byName = new Map(
    Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value]),
  );
  return readHandshake(new URLSearchParams(search), (name) => byName.get(name));
};

it('writes what is published', () => {
  expect(toHandshake({ ...TOKENS, productVersion: '1.2.3', userId: 'jo' })).toEqual({
    search: '?conversationToken=c0ffee',
    headers: {
      Authorization: 'Bearer eyJh',
      'x-hiya-product-version': '1.2.3',
      'x-hiya-account-user-id': 'jo',
    },
  });
});

it.each<CallRequest>([
  { ...TOKENS, ...NEITHER },
  { ...TOKENS, productVersion: '1.2.3', userId: 'jo' },
  { ...TOKENS, ...NEITHER, conversationToken: 'a+b/c=&d%20' },
])('reads what it has written: %j', (request) => {
  const { search, headers } = toHandshake(request);

  expect(read(search, headers)).toEqual({ _tag: 'Right', right: request });
});

it.each([
  ['no Authorization', {}],
  ['another Authorization', { authorization: 'Basic am86' }],
  ['another Authorization', { authorization: 'Bearer' }],
  ['another Authorization', { authorization: 'Bearer a b' }],
])('asks for a token where there is %s', (actual, headers) => {
  const expected = 'Authorization: Bearer and a token';

  expect(read('conversationToken=c0ffee', headers)).toEqual({
    ...{ _tag: 'Left', left: { status: 401, expected, actual } },
  });
});

it.each(['', 'conversationToken=', 'other=c0ffee'])('misses a token in ?%s', (search) => {
  expect(read(search, { authorization: 'bearer  eyJh' })).toEqual({
    ...{ _tag: 'Left', left: { status: 400, expected: 'a conversationToken', actual: 'none' } },
  });
});
