import { expect, it } from 'vitest';

import { guardRequest } from './guard-request.js';

const at = { port: 4000, key: 'a-key-of-this-console' };
const own = { host: '127.0.0.1:4000', 'x-livecall-key': at.key };

it.each([
  ['its page', '/?key=a-key-of-this-console', { host: '127.0.0.1:4000' }],
  ['its page, by the other name', '/?key=a-key-of-this-console', { host: 'localhost:4000' }],
  ['what its page asks for', '/api/recordings', own],
  ['what its page sends', '/api/command', { ...own, origin: 'http://127.0.0.1:4000' }],
])('lets in %s', (_what, url, headers) => {
  expect(guardRequest({ url, headers }, at)).toBeUndefined();
});

it.each([
  ['no key', '/', { host: '127.0.0.1:4000' }, /key/],
  ['another key', '/?key=another', { host: '127.0.0.1:4000' }, /key/],
  ['a key as long', '/?key=b-key-of-this-console', { host: '127.0.0.1:4000' }, /key/],
  [
    'a key in the wrong place',
    '/api/recordings?key=a-key-of-this-console',
    { host: '127.0.0.1:4000' },
    /key/,
  ],
  ['another host', '/api/recordings', { ...own, host: 'calls.example:4000' }, /127/],
  ['another port', '/api/recordings', { ...own, host: '127.0.0.1:4001' }, /127/],
  ['no host', '/api/recordings', { 'x-livecall-key': at.key }, /127/],
  ['another origin', '/api/recordings', { ...own, origin: 'https://calls.example' }, /own page/],
  [
    'an origin of another port',
    '/api/command',
    { ...own, origin: 'http://127.0.0.1:3000' },
    /own page/,
  ],
  ['a hidden origin', '/api/command', { ...own, origin: 'null' }, /own page/],
  ['no address', 'http://[', own, /address/],
])('refuses %s', (_what, url, headers, reason) => {
  expect(guardRequest({ url, headers }, at)?.reason).toMatch(reason);
});
