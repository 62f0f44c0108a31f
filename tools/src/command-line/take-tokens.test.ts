import { expect, it } from 'vitest';

import { takeTokens } from './take-tokens.js';

it('takes the tokens out of the environment, and nothing else', () => {
  const environment = {
    PATH: '/bin',
    LIVECALL_ACCESS_TOKEN: 'eyJh',
    LIVECALL_CONVERSATION_TOKEN: '',
    LIVECALL_COOKIE: 'sid=1',
    LIVECALL_URL: 'wss://calls.example',
  };

  expect(takeTokens(environment)).toEqual({
    LIVECALL_ACCESS_TOKEN: 'eyJh',
    LIVECALL_CONVERSATION_TOKEN: '',
    LIVECALL_COOKIE: 'sid=1',
  });
  expect(environment).toEqual({ PATH: '/bin', LIVECALL_URL: 'wss://calls.example' });
});

it('takes nothing where there is none', () => {
  expect(takeTokens({ PATH: '/bin' })).toEqual({});
});
