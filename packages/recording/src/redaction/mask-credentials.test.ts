import fc from 'fast-check';
import { expect, it } from 'vitest';

import { findCredentials, maskCredentials } from './mask-credentials.js';

/* {"alg":"none"} . {"sub":"canary-subscriber"} . canary-signature, as in a JWT. */
const jwt = 'eyJhbGciOiJub25lIn0.eyJzdWIiOiJjYW5hcnktc3Vic2NyaWJlciJ9.Y2FuYXJ5LXNpZ25hdHVyZQ';

it.each([
  [jwt, '[redacted]', ['a JWT']],
  [`token="${jwt}".`, 'token="[redacted]".', ['a JWT', 'what is named a credential']],
  ['eyJhbGciOiJub25lIn0.e30.', '[redacted]', ['a JWT']],
  ['eyJhbGciOiJSU0EifQ.b2s.aXY.Y2lwaGVy.dGFn', '[redacted]', ['a JWT']],
  [
    'Authorization: Bearer s3cr3t-t',
    'Authorization: Bearer [redacted]',
    ['a bearer token', 'what is named a credential'],
  ],
  ['bearer  0123456789abcdef==', 'bearer  [redacted]', ['a bearer token']],
  [`Bearer ${jwt}`, 'Bearer [redacted]', ['a JWT', 'a bearer token']],
  ['BEARER x1y2z3w4', 'BEARER [redacted]', ['a bearer token']],
  ['Bearer\tx1y2z3w4', 'Bearer\t[redacted]', ['a bearer token']],
  ['failed:\nBearer x1y2z3w4', 'failed:\nBearer [redacted]', ['a bearer token']],
  ['{"a":"\\nBearer\\tx1y2z3w4"}', '{"a":"\\nBearer\\t[redacted]"}', ['a bearer token']],
  ['Bearer "x1y2z3w4"', 'Bearer "[redacted]"', ['a bearer token']],
  ['Bearer%20x1y2z3w4', 'Bearer%20[redacted]', ['a bearer token']],
  ['DPoP x1y2z3w4', 'DPoP [redacted]', ['a bearer token']],
  ['Bearer abcdefghijklmnopqrstuvwx', 'Bearer [redacted]', ['a bearer token']],
  ['Token x1y2z3w4', 'Token [redacted]', ['a token']],
  ['Basic dXNlcjpwYXNzd29yZA==', 'Basic [redacted]', ['a basic credential']],
  ...[
    ['bearer: ', 'x1y2z3w4', ''],
    ['Authorization: Basic ', 'dXNlcjpw', ''],
    ['"Authorization":"Basic ', 'dXNlcjpw', '"'],
    ['Authorization: Token ', 'abcd1234', ''],
    ['authorization=Bearer ', 'x1y2z3w4', ' next'],
    ['authorization=', 'abcdefgh', ''],
    ['authorization%3DBearer+', 'x1y2z3w4', ''],
    ['Proxy-Authorization: ', 'x1y2z3w4', ''],
    ['access_token=', 'abcdefgh', '&expires_in=3600'],
    ['accessToken: "', 'x1y2z3w4', '"'],
    ['{"access_token":"', 'x1y2z3w4', '","expires_in":3600}'],
    ['{\\"refresh_token\\": \\"', 'x1y2z3w4', '\\"}'],
    ['{\\\\\\"id_token\\\\\\":\\\\\\"', 'x1y2z3w4', '\\\\\\"}'],
    ["client_secret = '", 'x1y2z3w4', "'"],
    ['password=', 'correcthorse', ''],
    ['x-api-key: ', 'x1y2z3w4', ''],
  ].map(([before = '', token = '', after = '']): [string, string, string[]] => [
    before + token + after,
    `${before}[redacted]${after}`,
    [
      ...(/bearer /i.test(before) ? ['a bearer token'] : []),
      ...(/Token /.test(before) ? ['a token'] : []),
      'what is named a credential',
    ],
  ]),
  [
    'wss://host/calls?access_token=abcdefgh&x=1',
    'wss://host/calls?access_token=[redacted]&x=1',
    ['what is named a credential', 'a credential in a URL'],
  ],
  ['/calls?a=b&sig=abcdefgh#x', '/calls?a=b&sig=[redacted]#x', ['a credential in a URL']],
  ['https://me:secret@host/', 'https://me:[redacted]@host/', ['a password in a URL']],
  ['Cookie: sid=abcdefgh; theme=dark', 'Cookie: [redacted]', ['a cookie']],
])('masks %s', (text, masked, names) => {
  expect(maskCredentials(text)).toBe(masked);
  expect(findCredentials(text)).toEqual(names);
  expect(findCredentials(masked)).toEqual([]);
});

it.each([
  '',
  'the bearer of bad news',
  'bearer certificates',
  'Bearer [redacted]',
  'eyJhbGciOiJub25lIn0',
  'abc.eyJ.def',
  'www.example.com',
  'keyJhbGciOiJub25lIn0.eyJzdWIiOiJj.Y2FuYXJ5',
  'Bearer realm="calls", error="invalid_token"',
  'the token was refused',
  'your token is 4155552671',
  'token 4155552671',
  'password: incorrect',
  'authorization: required',
  'the password is wrong: try again',
  'a basic understanding of JavaScript',
  'https://host:8443/path@2',
  'the cookie: oatmeal with raisins',
  'a key of 20261128',
])('keeps %j', (text) => {
  expect(maskCredentials(text)).toBe(text);
  expect(findCredentials(text)).toEqual([]);
});

const part = fc.oneof(
  fc.constantFrom(jwt, 'Bearer ', 'bearer  ', 'eyJ', '.', ' ', 'a1b2c3d4'),
  fc.constantFrom('TOKEN', 'password', '=', ':', '"', '\\"', '\t', '\\t', '+', '%3D', 'Basic '),
  fc.constantFrom('://', '@', '?', '&', 'sid=', 'cookie:', 'aB3dE6gH9jKl=', 'authorization'),
  fc.string(),
);

/** A sign of each of the shapes, and nothing that has one. */
const ALL_SIGNS = '\n" eyJ Beare DPo key Toke basi cret wor pwd phrase zatio kie = :// ';

it.each([
  'password',
  'passwd',
  'passphrase',
  'secret',
  'token',
  'bearer',
  'access_key',
  'authorization',
])('looks for %s without an equals sign, in any case', (name) => {
  for (const written of [name, name.toUpperCase()]) {
    expect(maskCredentials(`${written}: x1y2z3w4`)).toBe(`${written}: [redacted]`);
  }
});

it('looks at a text without the signs as closely as at one with them', () => {
  fc.assert(
    fc.property(fc.array(part), (parts) => {
      const text = parts.join('');

      expect(maskCredentials(text + ALL_SIGNS)).toBe(maskCredentials(text) + ALL_SIGNS);
    }),
  );
});

it('changes nothing the second time', () => {
  fc.assert(
    fc.property(fc.array(part), (parts) => {
      const masked = maskCredentials(parts.join(''));

      expect(maskCredentials(masked)).toBe(masked);
    }),
  );
});

it.each([
  ...['eyJ', 'eyJhbGciOiJub25lIn0', 'Bearer ', 'bearer a', 'a.', ' ', '\\', '+', '"'],
  ...['bearer+', 'token+', 'Basic+', 'Basic a', 'password=', 'token: ', '?', '&', '&a', '&key='],
  ...['://', '://a:', '://:@', 'cookie:', 'cookie: a', 'cookie:a=', 'authorization:Bearer '],
])('takes no longer than the text is long: %j', (piece) => {
  const before = process.cpuUsage();
  maskCredentials(`${ALL_SIGNS}${piece.repeat(1_000_000 / piece.length)}`);

  expect(process.cpuUsage(before).user).toBeLessThan(2_000_000);
});
