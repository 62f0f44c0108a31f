import { runInNewContext } from 'node:vm';

import { expect, it } from 'vitest';

import { toHarmless } from './to-harmless.js';

const tokens = ['an-access-token', 'a-conversation-token'];

it.each([
  ['connect ECONNREFUSED 127.0.0.1:9', 'connect ECONNREFUSED 127.0.0.1:9'],
  [
    "WebSocket connection to 'wss://h:1/ws?conversationToken=a-conversation-token' failed: no way",
    "WebSocket connection to 'wss://h:1/ws' failed: no way",
  ],
  ['tunnel via http://user:pass@proxy:3128/: no', 'tunnel via http://proxy:3128/: no'],
  ['no way for Bearer an-access-token', 'what failed was told with a token in it'],
  ['?t=YW4tYWNjZXNzLXRva2Vu', 'what failed was told with a token in it'],
  [
    '140735:error:1408F10B:SSL routines:ssl3_get_record:wrong version number:../ssl/record.c:332:',
    'TLS: wrong version number',
  ],
  [
    'error:100000f7:SSL routines:OPENSSL_internal:WRONG_VERSION_NUMBER',
    'TLS: wrong version number',
  ],
  ["IP: 1.2.3.4 is not in the cert's list: 5.6.7.8", "IP: 1.2.3.4 is not in the cert's list"],
])('tells %j', (message, told) => {
  expect(toHarmless(new Error(message), tokens).message).toBe(told);
});

it('keeps name and code, and nothing else', () => {
  const error = Object.assign(new RangeError('no'), { code: 'EPROXY', request: { secret: 1 } });

  expect(Object.entries(toHarmless(error, tokens))).toEqual([
    ['name', 'RangeError'],
    ['code', 'EPROXY'],
  ]);
});

it('keeps those of an error of another realm', () => {
  const foreign: unknown = runInNewContext("Object.assign(new TypeError('no'), { code: 'E' })");

  expect(foreign).not.toBeInstanceOf(Error);
  expect(toHarmless(foreign, tokens)).toMatchObject({
    message: 'no',
    name: 'TypeError',
    code: 'E',
  });
});

it.each([undefined, null, 'a string', 42, { message: 'like one' }])(
  'knows nothing of %j',
  (error) => {
    expect(toHarmless(error, tokens).message).toBe('unknown');
  },
);
